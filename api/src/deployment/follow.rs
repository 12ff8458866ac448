//! Turns what a runner says into events until the run has ended.

use super::Engine;
use super::hold::{blocking, current, end_of_runner, unknown};
use super::model::is_final;
use super::record::record;
use super::runner::attach;
use super::runner::record::RecordBody;
use super::runner::spool::{SpoolReader, Spooled};
use super::store::{self, DeploymentStatus};
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::Waiter;
use crate::platform::ids::DeploymentId;
use crate::platform::jobs::Lease;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a spool is looked at while its run goes on.
const GLANCE: Duration = Duration::from_millis(100);
const BATCH: usize = 500;

/// Follows the run that has begun in `dir`; whenever something of it is recorded, no failure counts any more.
///
/// # Errors
/// [`AppError::LeaseLost`]; INTERNAL if the spool cannot be read or its records cannot be written.
pub async fn follow(engine: &Engine, lease: &Lease, dir: PathBuf, failures: &mut u32) -> AppResult<DeploymentStatus> {
    let mut cancels: Waiter = engine.kernel.bus.subscribe(&store::topic(DeploymentId(lease.subject)));
    let mut row = current(engine, lease).await?;
    let offset = u64::try_from(row.spool_offset).unwrap_or_default();
    let mut spool = SpoolReader::open(&dir, offset).map_err(AppError::internal)?;
    let mut asked = false;
    let mut is_pausing = None;
    loop {
        let is_pause_wanted = row.pause_requested_at.is_some();
        if is_pausing != Some(is_pause_wanted) {
            attach::pause(&dir, is_pause_wanted).map_err(AppError::internal)?;
            is_pausing = Some(is_pause_wanted);
        }
        if row.cancel_requested_at.is_some() && !asked {
            attach::cancel(&dir).map_err(AppError::internal)?;
            crash::at("run::cancel_told");
            asked = true;
        }
        let glance = glance(spool, &dir).await?;
        spool = glance.spool;
        if let Some(last) = glance.records.last() {
            let next = i64::try_from(last.next_offset).map_err(AppError::internal)?;
            let is_last = matches!(last.record.body, RecordBody::Finished { .. });
            crash::at(if is_last { "run::end_read" } else { "run::read" });
            row = record(engine, lease, |run| {
                for spooled in glance.records {
                    run.add(spooled.record);
                }
                run.row.spool_offset = next;
            })
            .await?;
            *failures = 0;
            crash::at(if is_last { "run::end_recorded" } else { "run::recorded" });
            if is_final(row.status) {
                return Ok(row.status);
            }
            continue;
        }
        if !glance.is_alive && end_of_runner(dir.clone()).await? {
            return unknown(engine, lease, "Its runner is gone without saying how it ended.").await;
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = cancels.wait() => row = current(engine, lease).await?,
        }
    }
}

struct Glance {
    spool: SpoolReader,
    records: Vec<Spooled>,
    /// Whether more may come.
    is_alive: bool,
}

async fn glance(mut spool: SpoolReader, dir: &Path) -> AppResult<Glance> {
    let dir = dir.to_owned();
    blocking(move || {
        let mut records = spool.read(BATCH)?;
        let mut is_alive = true;
        if records.is_empty() {
            is_alive = attach::is_alive(&dir)?;
            // What it wrote between the first look and its end.
            records = spool.read(BATCH)?;
        }
        Ok(Glance { spool, records, is_alive })
    })
    .await
}
