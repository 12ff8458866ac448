//! What ends a run before its time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

use super::record::FinishReason;

/// Existing means: stop.
pub(super) const CANCEL_FILE: &str = "cancel";

/// How often the runner looks for it.
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

/// Watches for a reason to stop.
pub(super) struct StopWatch {
    cancel: PathBuf,
    deadline: Instant,
    allowed: Duration,
    terminate: Signal,
}

impl StopWatch {
    /// The time allowed begins now.
    pub(super) fn start(dir: &Path, allowed: Duration) -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { cancel: dir.join(CANCEL_FILE), deadline: Instant::now() + allowed, allowed, terminate })
    }

    /// Ends when the run has to. Can be dropped and called again.
    pub(super) async fn stopped(&mut self) -> Stop {
        loop {
            // Also as a link that leads nowhere.
            if self.cancel.symlink_metadata().is_ok() {
                return Stop::Cancelled;
            }
            tokio::select! {
                () = sleep_until(self.deadline) => return Stop::TimedOut(self.allowed),
                _ = self.terminate.recv() => return Stop::Terminated,
                () = sleep(CANCEL_POLL) => {}
            }
        }
    }
}
