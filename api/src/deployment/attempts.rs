//! The directories of runs: `runs/DEPLOYMENT.FENCE`, one for every attempt to start one, so that no attempt ever
//! touches what another has prepared.

use super::runner::attach;
use crate::platform::ids::DeploymentId;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// An attempt to start a run.
pub struct Attempt {
    /// Of which deployment.
    pub deployment: DeploymentId,
    /// Under which fencing token.
    pub fence: i64,
    /// Where.
    pub dir: PathBuf,
}

/// Where all of them are.
#[must_use]
pub fn directories(data_dir: &Path) -> PathBuf {
    data_dir.join("runs")
}

/// The directory of an attempt.
#[must_use]
pub fn directory(data_dir: &Path, deployment: DeploymentId, fence: i64) -> PathBuf {
    directories(data_dir).join(format!("{deployment}.{fence}"))
}

impl Attempt {
    fn at(dir: PathBuf) -> Option<Self> {
        let (deployment, fence) = dir.file_name()?.to_str()?.split_once('.')?;
        let (deployment, fence) = (DeploymentId(deployment.parse().ok()?), fence.parse().ok()?);
        Some(Self { deployment, fence, dir })
    }
}

/// All attempts that left a directory.
///
/// # Errors
/// When the directories cannot be listed.
pub fn all(data_dir: &Path) -> io::Result<Vec<Attempt>> {
    let entries = match fs::read_dir(directories(data_dir)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(Attempt::at(entry?.path()));
    }
    Ok(found)
}

/// What came of the attempts to start a run.
pub enum Settled {
    /// A runner has begun here.
    Begun(PathBuf),
    /// None has begun where these tokens were tried, nor will it: what was prepared is gone.
    Discarded(Vec<i64>),
}

/// Finds the run of a deployment, and discards what was prepared for it and not begun.
///
/// # Errors
/// When the directories cannot be read or written: nothing is known then.
pub fn settle(data_dir: &Path, deployment: DeploymentId) -> io::Result<Settled> {
    let mut discarded = Vec::new();
    for attempt in all(data_dir)?.into_iter().filter(|attempt| attempt.deployment == deployment) {
        if !attach::discard(&attempt.dir)? {
            return Ok(Settled::Begun(attempt.dir));
        }
        discarded.push(attempt.fence);
    }
    Ok(Settled::Discarded(discarded))
}

/// Removes what a run leaves on the disk.
///
/// # Errors
/// When something of it cannot be removed.
pub fn remove(data_dir: &Path, deployment: DeploymentId) -> io::Result<()> {
    for attempt in all(data_dir)?.into_iter().filter(|attempt| attempt.deployment == deployment) {
        fs::remove_dir_all(attempt.dir)?;
    }
    Ok(())
}
