//! Takes up dispatched runs, follows their runners, and takes them up again after a restart.

use super::Engine;
use super::dispatch::JOB;
use super::launch::{NotStarted, directory, launch};
use super::model::is_final;
use super::record::record;
use super::runner::attach::{self, Probe};
use super::runner::spool::{SpoolReader, Spooled};
use super::store::{self, DeploymentStatus, deployment_run};
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::Waiter;
use crate::platform::ids::DeploymentId;
use crate::platform::jobs::{self, Found, Lease};
use crate::platform::viewer::Viewer;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How long a lease lasts unless it is renewed.
const TERM: Duration = Duration::from_secs(30);
const RENEWAL: Duration = Duration::from_secs(10);
/// How often a spool is looked at while its run goes on.
const GLANCE: Duration = Duration::from_millis(100);
const BATCH: usize = 500;

/// Takes up runs as they are dispatched. Ends only with the process.
pub async fn supervise(engine: Engine) {
    let mut waiter = engine.kernel.bus.subscribe(&jobs::topic(JOB));
    let mut taken_again = Some(Vec::new());
    loop {
        match jobs::claim(&engine.kernel, JOB, TERM, taken_again.as_deref()).await {
            Ok(Some(lease)) => {
                if let Some(jobs) = &mut taken_again {
                    jobs.push(lease.job);
                }
                let engine = engine.clone();
                tokio::spawn(async move { hold(&engine, &lease).await });
            }
            Ok(None) => {
                // What this node held before is leased anew by now: from here on a lease of its own is a live one.
                taken_again = None;
                waiter.wait().await;
            }
            Err(error) => {
                tracing::error!(error = error.for_log(), "runs cannot be taken up; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Sees a run through. What fails for want of the database is tried again as long as the lease is ours.
async fn hold(engine: &Engine, lease: &Lease) {
    let deployment = lease.subject.to_string();
    tracing::info!(deployment, found = ?lease.found, fence = lease.fence, "took up a run");
    loop {
        match see_through(engine, lease).await {
            Ok(status) => {
                tracing::info!(deployment, status = ?status, "a run has ended");
                return;
            }
            Err(AppError::LeaseLost) => {
                tracing::warn!(deployment, "the lease of a run went to another node; it is left alone");
                return;
            }
            Err(error) => {
                tracing::error!(deployment, error = error.for_log(), "following a run failed; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn see_through(engine: &Engine, lease: &Lease) -> AppResult<DeploymentStatus> {
    let row = current(engine, lease).await?;
    if is_final(row.status) {
        return Ok(row.status);
    }
    let dir = directory(engine, &row);
    let lost = lease.found == Found::Abandoned || row.status != DeploymentStatus::Pending;
    match look(&dir)? {
        None if lost => unknown(engine, lease, "The server that ran it was lost, or its run directory is gone.").await,
        None | Some(Probe::NotStarted) => start(engine, lease, &row, &dir).await,
        Some(Probe::Alive | Probe::Ended(_) | Probe::Dead) => follow(engine, lease, dir).await,
    }
}

fn look(dir: &Path) -> AppResult<Option<Probe>> {
    if !dir.exists() {
        return Ok(None);
    }
    attach::probe(dir).map(Some).map_err(AppError::internal)
}

async fn current(engine: &Engine, lease: &Lease) -> AppResult<deployment_run::Model> {
    let system = Viewer::system(&engine.kernel, "following a run");
    system.reader().get::<deployment_run::Entity>((lease.tenant, DeploymentId(lease.subject))).await
}

async fn start(engine: &Engine, lease: &Lease, row: &deployment_run::Model, dir: &Path) -> AppResult<DeploymentStatus> {
    let now = engine.kernel.source.now();
    if row.cancel_requested_at.is_some() {
        let ended = record(&engine.kernel, lease, |run| {
            run.status(now, DeploymentStatus::Cancelled, Some("It was cancelled before it started.".to_owned()));
        });
        return Ok(ended.await?.status);
    }
    match launch(engine, lease, row).await {
        Ok(()) => {
            lease.renew(&engine.kernel, TERM).await?;
            follow(engine, lease, dir.to_owned()).await
        }
        Err(NotStarted::Refused(reasons)) => {
            let now = engine.kernel.source.now();
            let ended = record(&engine.kernel, lease, |run| {
                for reason in &reasons {
                    run.line(now, reason.clone());
                }
                run.status(now, DeploymentStatus::Failed, Some(reasons.join(" ")));
            });
            Ok(ended.await?.status)
        }
        Err(NotStarted::Broken(error)) => Err(error),
    }
}

async fn unknown(engine: &Engine, lease: &Lease, why: &str) -> AppResult<DeploymentStatus> {
    let now = engine.kernel.source.now();
    let text = format!("{why} What it did is not known: look at the hosts before you run it again.");
    let ended = record(&engine.kernel, lease, |run| run.status(now, DeploymentStatus::Unknown, Some(text)));
    Ok(ended.await?.status)
}

/// Turns the spool into events until the run has ended.
async fn follow(engine: &Engine, lease: &Lease, dir: PathBuf) -> AppResult<DeploymentStatus> {
    let kernel = &engine.kernel;
    let mut cancels: Waiter = kernel.bus.subscribe(&store::topic(DeploymentId(lease.subject)));
    let mut row = current(engine, lease).await?;
    let offset = u64::try_from(row.spool_offset).unwrap_or_default();
    let mut spool = open(&dir, offset).await?;
    let mut renewed = Instant::now();
    let mut asked = false;
    loop {
        if renewed.elapsed() >= RENEWAL {
            lease.renew(kernel, TERM).await?;
            renewed = Instant::now();
        }
        if row.cancel_requested_at.is_some() && !asked {
            attach::cancel(&dir).map_err(AppError::internal)?;
            asked = true;
        }
        // Asked before reading: what a runner wrote before its end is then read for sure.
        let probe = attach::probe(&dir).map_err(AppError::internal)?;
        let (read, records) = read(spool).await?;
        spool = read;
        if let Some(last) = records.last() {
            let next = i64::try_from(last.next_offset).map_err(AppError::internal)?;
            row = record(kernel, lease, |run| {
                for spooled in records {
                    run.add(spooled.record);
                }
                run.row.spool_offset = next;
            })
            .await?;
            if is_final(row.status) {
                return Ok(row.status);
            }
            continue;
        }
        if matches!(probe, Probe::Dead) {
            let dir = dir.clone();
            let swept = tokio::task::spawn_blocking(move || attach::sweep(&dir)).await.map_err(AppError::internal)?;
            swept.map_err(AppError::internal)?;
            return unknown(engine, lease, "Its runner is gone without saying how it ended.").await;
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = cancels.wait() => row = current(engine, lease).await?,
        }
    }
}

/// A runner that was just started makes its spool at once.
async fn open(dir: &Path, offset: u64) -> AppResult<SpoolReader> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match SpoolReader::open(dir, offset) {
            Ok(spool) => return Ok(spool),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(AppError::internal(error)),
        }
    }
}

async fn read(mut spool: SpoolReader) -> AppResult<(SpoolReader, Vec<Spooled>)> {
    tokio::task::spawn_blocking(move || {
        let records = spool.read(BATCH)?;
        Ok::<_, std::io::Error>((spool, records))
    })
    .await
    .map_err(AppError::internal)?
    .map_err(AppError::internal)
}
