//! Moves the events of deployments that ended long ago into the archive, where they take a tenth of the room. Several
//! servers may do so at once: a part is added by the transaction that holds the deployment's row and removes its events.

use super::archived_part::{EVENTS_MOST, pack};
use super::part_content::put_away;
use super::policy::ArchiveEvents;
use super::store::archive;
use super::store::{DeploymentKey, deployment_run};
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use std::time::Duration;

/// How often it is looked for what is old enough.
const PACE: Duration = Duration::from_hours(1);
/// Between two parts others have their turn to write.
const PAUSE: Duration = Duration::from_millis(50);
/// So many deployments are looked for at once.
const BATCH: u64 = 100;

/// Goes on as long as the server runs.
pub async fn archive_events(kernel: Kernel, after: chrono::Duration) {
    loop {
        match archive_ended(&kernel, after).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "moved what is old into the archive"),
            Err(error) => tracing::error!(error = error.for_log(), "archiving failed; trying again in an hour"),
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Archives the events of all deployments that ended longer ago than `after`; answers how many events.
///
/// # Errors
/// INTERNAL.
pub async fn archive_ended(kernel: &Kernel, after: chrono::Duration) -> AppResult<u64> {
    let system = Viewer::system(kernel, "looking for what is to be archived");
    let ended_before = kernel.source.now() - after;
    let mut total = 0;
    loop {
        let rows = archive::to_archive(&system.reader(), ended_before, BATCH).await?;
        let mut moved = 0;
        for row in rows {
            match archive_deployment(kernel, (row.tenant_id, row.id)).await {
                Ok(events) => moved += events,
                // The others are none the worse for it.
                Err(error) => {
                    tracing::error!(deployment = %row.id, error = error.for_log(), "its events cannot be archived");
                }
            }
        }
        if moved == 0 {
            return Ok(total);
        }
        total += moved;
    }
}

async fn archive_deployment(kernel: &Kernel, key: DeploymentKey) -> AppResult<u64> {
    let mut moved = 0;
    loop {
        let events = archive_part(kernel, key).await?;
        if events == 0 {
            return Ok(moved);
        }
        moved += events;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Archives the next part; answers how many events it holds. None if there is nothing to do, or another server is at it.
async fn archive_part(kernel: &Kernel, key: DeploymentKey) -> AppResult<u64> {
    let system = Viewer::system(kernel, "archiving events");
    let row = system.reader().get::<deployment_run::Entity>(key).await?;
    if row.archived_through >= row.last_sequence {
        return Ok(0);
    }
    let next = row.archived_through + 1;
    let events = archive::not_archived(&system.reader(), &row, EVENTS_MOST as u64).await?;
    if events.first().is_none_or(|event| event.sequence != next) {
        let now = system.reader().get::<deployment_run::Entity>(key).await?;
        let is_moved = now.archived_parts != row.archived_parts;
        return if is_moved { Ok(0) } else { Err(AppError::Internal(format!("event {next} is missing"))) };
    }
    // What has ended has no more events, and those it has never change: what takes its time is done before the
    // transaction, in which others would have to wait for it.
    let part = put_away(kernel, pack(key, row.archived_parts + 1, &events)?).await?;
    let count = part.last_sequence - part.first_sequence + 1;
    let tx = system.begin().await?;
    let proof = tx.grant::<ArchiveEvents>(key).await?;
    if proof.archived_parts != row.archived_parts {
        // Another server was quicker, and goes on with this deployment.
        return Ok(0);
    }
    archive::put(&tx, &proof, part).await?;
    tx.commit().await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Whether any events are in files of the archive.
///
/// # Errors
/// INTERNAL.
pub async fn is_in_files(kernel: &Kernel) -> AppResult<bool> {
    archive::is_in_files(&Viewer::system(kernel, "looking where the archive is").reader()).await
}
