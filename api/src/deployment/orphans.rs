//! Clears up after runs whose holder could not: it was lost, or another server ended the run as unknown.

use super::Engine;
use super::attempts::{self, Attempt};
use super::hold::blocking;
use super::model::is_final;
use super::runner::attach;
use super::store::{self, DeploymentStatus};
use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// How often it is looked for, after the start.
const ROUND: Duration = Duration::from_mins(10);
/// How long what is left of a run with an unknown outcome may help to find out.
const KEPT: chrono::Duration = chrono::Duration::days(30);

/// Clears up at the start and from time to time. Ends only with the process.
pub async fn clear_up(engine: Engine) {
    loop {
        if let Err(error) = round(&engine).await {
            tracing::error!(error = error.for_log(), "what runs left behind could not be cleared up; trying again");
        }
        tokio::time::sleep(ROUND).await;
    }
}

async fn round(engine: &Engine) -> AppResult<()> {
    let data_dir = engine.data_dir.clone();
    let found = blocking(move || {
        remove_discarded(&data_dir)?;
        attempts::all(&data_dir)
    })
    .await?;
    let system = Viewer::system(&engine.kernel, "clearing up after runs");
    for attempt in found {
        // Of a run that the database does not know, or not any more, nothing is thrown away but its secrets.
        let is_kept = match store::by_id(&system.reader(), attempt.deployment).await? {
            Some(row) if !is_final(row.status) => continue,
            Some(row) => {
                let is_recent = row.finished_at.is_some_and(|at| engine.kernel.source.now() - at < KEPT);
                row.status == DeploymentStatus::Unknown && is_recent
            }
            None => true,
        };
        let deployment = attempt.deployment;
        if let Err(error) = blocking(move || clear(&attempt, is_kept)).await {
            tracing::warn!(%deployment, error = error.for_log(), "what a run left behind could not be cleared up");
        }
    }
    Ok(())
}

fn clear(attempt: &Attempt, is_kept: bool) -> io::Result<()> {
    // Its runner may still be at work: it removes its secrets itself, and the rest is for a later round.
    if attach::discard(&attempt.dir)? || attach::is_alive(&attempt.dir)? {
        return Ok(());
    }
    attach::sweep(&attempt.dir)?;
    if is_kept { Ok(()) } else { fs::remove_dir_all(&attempt.dir) }
}

/// What was being removed when the server died.
fn remove_discarded(data_dir: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(attempts::directories(data_dir)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == attach::DISCARDED) {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}
