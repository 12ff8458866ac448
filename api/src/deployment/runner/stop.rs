//! What ends a run before its time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

use super::record::{FinishReason, RecordBody};
use super::spool::SpoolWriter;

/// Existing means: stop.
pub(super) const CANCEL_FILE: &str = "cancel";

/// Existing means: begin nothing new.
pub(super) const PAUSE_FILE: &str = "pause";

/// How often the runner looks for them.
const CANCEL_POLL: Duration = Duration::from_millis(200);

/// How long processes have to end by themselves.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// Why a run ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody asked for it.
    Cancelled,
    /// The runner was told to terminate.
    Terminated,
    /// The time allowed is over.
    TimedOut(Duration),
}

impl Stop {
    pub(super) fn reason(self) -> FinishReason {
        match self {
            Self::Cancelled | Self::Terminated => FinishReason::Cancelled,
            Self::TimedOut(_) => FinishReason::TimedOut,
        }
    }

    pub(super) fn message(self) -> String {
        match self {
            Self::Cancelled => "cancelled; what a target was doing at that moment may have taken effect".to_owned(),
            Self::Terminated => {
                "stopped because this machine shuts down; what a target was doing at that moment may have taken effect"
                    .to_owned()
            }
            Self::TimedOut(allowed) => {
                format!(
                    "not finished within the {} seconds allowed; what a target was doing at that moment may have taken effect",
                    allowed.as_secs()
                )
            }
        }
    }
}

/// Watches for a reason to stop, and for whether the run is to pause.
pub(super) struct StopWatch {
    cancel: PathBuf,
    pause: PathBuf,
    deadline: Instant,
    allowed: Duration,
    /// Since when it pauses: the time allowed stands still.
    paused: Option<Instant>,
    terminate: Signal,
}

impl StopWatch {
    /// The time allowed begins now.
    pub(super) fn start(dir: &Path, allowed: Duration) -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let (cancel, pause) = (dir.join(CANCEL_FILE), dir.join(PAUSE_FILE));
        Ok(Self { cancel, pause, deadline: Instant::now() + allowed, allowed, paused: None, terminate })
    }

    /// Ends when the run has to. Can be dropped and called again.
    pub(super) async fn stopped(&mut self) -> Stop {
        loop {
            // Also as a link that leads nowhere.
            if self.cancel.symlink_metadata().is_ok() {
                return Stop::Cancelled;
            }
            tokio::select! {
                () = sleep_until(self.deadline), if self.paused.is_none() => return Stop::TimedOut(self.allowed),
                _ = self.terminate.recv() => return Stop::Terminated,
                () = sleep(CANCEL_POLL) => {}
            }
        }
    }

    /// The run pauses, or goes on: meanwhile the time allowed stands still.
    pub(super) fn stand_still(&mut self, is_paused: bool) {
        match (self.paused, is_paused) {
            (None, true) => self.paused = Some(Instant::now()),
            (Some(since), false) => {
                self.deadline += since.elapsed();
                self.paused = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Waits for as long as somebody wants the run to pause, and says so in the spool.
    pub(super) async fn pause(&mut self, spool: &mut SpoolWriter) -> std::io::Result<Option<Stop>> {
        if !self.pause.exists() {
            return Ok(None);
        }
        spool.append(RecordBody::Paused)?;
        self.stand_still(true);
        while self.pause.exists() {
            tokio::select! {
                stop = self.stopped() => return Ok(Some(stop)),
                () = sleep(CANCEL_POLL) => {}
            }
        }
        self.stand_still(false);
        spool.append(RecordBody::Resumed)?;
        Ok(None)
    }
}
