//! The server's end of a run: starting the runner, finding out whether it lives, and clearing up after it.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use tokio::time::{Instant, sleep};

use super::process::{self, ProcessIdentity};
use super::record::{Record, RecordBody};
use super::stop::{CANCEL_FILE, PAUSE_FILE};
use super::{own_file, run_secrets, spool};
use crate::platform::crash;

/// Held by the runner as long as it lives.
pub(super) const LOCK_FILE: &str = "lock";
/// Which process the runner is.
pub(super) const PID_FILE: &str = "pid";
const PID_FILE_BYTES_MOST: u64 = 4 * 1024;
/// Ends the name of a directory that nobody runs and that is being removed.
pub const DISCARDED: &str = "discarded";
/// What the runner itself says; nothing, unless it cannot run at all.
const LOG_FILE: &str = "runner.log";

/// How long a new runner may take to take hold of its directory.
const START_PATIENCE: Duration = Duration::from_secs(10);

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// Prepared, and no runner has touched it: it may still be spawned.
    NotStarted,
    /// Its runner is at work.
    Alive,
    /// Its runner has finished; this is its last record, a [`RecordBody::Finished`].
    Ended(Box<Record>),
    /// Its runner is gone without a last record: what happened is unknown. Call [`sweep`] before saying so.
    Dead,
}

/// Why a runner did not start. Nothing touched a target.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SpawnError {
    #[error("the runner cannot be started")]
    Start(#[from] io::Error),
    #[error("the runner ended before it began: {0}")]
    Ended(String),
    #[error("the runner did not begin within {} seconds", START_PATIENCE.as_secs())]
    Late,
}

/// Starts `EXECUTABLE runner DIR` in a session of its own, with none of our environment and no pipe to us, and returns when it holds the
/// directory. It lives on when we die.
pub async fn spawn(dir: &Path, executable: &Path) -> Result<ProcessIdentity, SpawnError> {
    let log = OpenOptions::new().create(true).append(true).mode(0o600).open(dir.join(LOG_FILE))?;
    let log_too = log.try_clone()?;
    let mut child = CommandWrap::with_new(executable, |command| {
        command.arg("runner").arg(dir).env_clear().current_dir("/").stdin(Stdio::null()).stdout(log).stderr(log_too);
    })
    .wrap(ProcessSession)
    .spawn()?;
    crash::at("run::spawned");
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let deadline = Instant::now() + START_PATIENCE;
    while !is_ours(dir, pid) {
        if let Some(status) = child.try_wait()? {
            let said = fs::read_to_string(dir.join(LOG_FILE)).unwrap_or_default();
            let ended = || SpawnError::Ended(format!("{status} {}", said.trim()));
            return identity(dir).filter(|identity| identity.pid == pid).ok_or_else(ended);
        }
        if Instant::now() > deadline {
            child.start_kill()?;
            reap(child)?;
            return Err(SpawnError::Late);
        }
        sleep(Duration::from_millis(10)).await;
    }
    let identity = identity(dir);
    reap(child)?;
    identity.ok_or(SpawnError::Late)
}

/// Somebody has to take note of its death, or it stays a zombie as long as we live.
fn reap(mut child: Box<dyn ChildWrapper>) -> io::Result<()> {
    let wait = move || {
        if let Err(error) = child.wait() {
            tracing::warn!(%error, "the end of a runner was missed");
        }
    };
    std::thread::Builder::new().name("reap-runner".to_owned()).spawn(wait).map(drop)
}

/// Makes sure that no runner ever runs this directory, and removes it: true. False if a runner has begun, which is
/// then left alone. Of this and a runner that starts at the same moment, one succeeds.
///
/// # Errors
/// When the directory cannot be written; it may still be run then.
pub fn discard(dir: &Path) -> io::Result<bool> {
    if !dir.exists() {
        return Ok(true);
    }
    if is_alive(dir)? {
        return Ok(false);
    }
    match spool::take(dir) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    }
    // Out of a late runner's sight at once: while its files are removed one by one, it could find the spool gone and
    // the secrets there.
    let aside = dir.with_added_extension(DISCARDED);
    fs::rename(dir, &aside)?;
    fs::remove_dir_all(aside)?;
    Ok(true)
}

/// What became of the run in this directory. Says so also after a restart, and for a run of which nothing else is known.
///
/// # Errors
/// When the directory cannot be read.
pub fn probe(dir: &Path) -> io::Result<Probe> {
    // In this order: what lives now may end, and what has ended stays so.
    let is_alive = is_alive(dir)?;
    match spool::last_record(dir) {
        Ok(Some(record)) if matches!(record.body, RecordBody::Finished { .. }) => Ok(Probe::Ended(Box::new(record))),
        _ if is_alive => Ok(Probe::Alive),
        Ok(_) => Ok(Probe::Dead),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Probe::NotStarted),
        Err(error) => Err(error),
    }
}

/// Whether a runner is at work in this directory.
///
/// # Errors
/// When the directory cannot be read.
pub fn is_alive(dir: &Path) -> io::Result<bool> {
    Ok(is_held(dir)? || identity(dir).is_some_and(|identity| identity.is_alive()))
}

/// Asks the runner to stop; it notices within a quarter of a second and says in its spool what came of it.
pub fn cancel(dir: &Path) -> io::Result<()> {
    // Never through a link that a script has put there; whatever bears this name already says the same.
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(CANCEL_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map(drop),
    }
}

/// Has the runner begin nothing new, or go on; it notices within a quarter of a second, and says in its spool when it does.
pub fn pause(dir: &Path, is_wanted: bool) -> io::Result<()> {
    let file = dir.join(PAUSE_FILE);
    if is_wanted {
        return OpenOptions::new().create(true).append(true).mode(0o600).open(file).map(drop);
    }
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Clears up after a runner that is no more: ends what it left running and removes its secrets. Answers how many processes that were.
///
/// # Errors
/// [`io::ErrorKind::ResourceBusy`] while the runner lives; otherwise when the secrets cannot be removed.
pub fn sweep(dir: &Path) -> io::Result<usize> {
    let dir = dir.canonicalize()?;
    if matches!(probe(&dir)?, Probe::Alive) {
        return Err(io::ErrorKind::ResourceBusy.into());
    }
    // Nobody watches them any more, nor would they end in time. Their workers may still start others: until none is left.
    let mut ended = 0;
    for _ in 0..10 {
        let left = process::processes_of_run(&dir, None);
        if left.is_empty() {
            break;
        }
        process::signal_all(&left, Signal::SIGKILL);
        ended += left.len();
        std::thread::sleep(Duration::from_millis(20));
    }
    run_secrets::remove(&dir)?;
    Ok(ended)
}

fn is_ours(dir: &Path, pid: i32) -> bool {
    identity(dir).is_some_and(|identity| identity.pid == pid) && is_held(dir).unwrap_or(false)
}

fn identity(dir: &Path) -> Option<ProcessIdentity> {
    serde_json::from_slice(&own_file::read(&dir.join(PID_FILE), PID_FILE_BYTES_MOST).ok()?).ok()
}

fn is_held(dir: &Path) -> io::Result<bool> {
    let file = match own_file::open(&dir.join(LOCK_FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound && dir.is_dir() => return Ok(false),
        // Put there by a script in the place of the runner's: it says nothing.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(false),
        Err(error) => return Err(error),
    };
    // Shared, so that two who ask do not take each other for the runner.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(fs::TryLockError::WouldBlock) => Ok(true),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}
