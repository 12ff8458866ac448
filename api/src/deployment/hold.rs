//! Sees one run through, from its launch to its end, as long as its lease is ours.

use super::Engine;
use super::attempts::{self, Settled};
use super::follow::follow;
use super::launch::{NotStarted, Refused, launch};
use super::model::is_final;
use super::record::record;
use super::runner::attach;
use super::runner::spool::SpoolReader;
use super::schedule::Schedule;
use super::store::{DeploymentStatus, deployment_run};
use crate::fleet::store::project;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::DeploymentId;
use crate::platform::jobs::Lease;
use crate::platform::trace::TraceContext;
use crate::platform::viewer::Viewer;
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// How often in a row something may fail before the run is given up. With the pauses between, that is several terms of
/// a lease: without its database a run is never given up, because the lease is lost before.
const ATTEMPTS: u32 = 10;
/// How often in a row what a runner has written may fail to be recorded before it is given up. That takes hours: a database
/// whose disk is full renews leases and takes no events, and has them all once there is room.
const ATTEMPTS_TO_RECORD: u32 = 500;

/// Sees a run through that was leased after `asked`, and ends when it has ended or when the lease is lost: whoever
/// takes the lease next finds everything in the database and in the run's directory.
pub async fn hold(engine: &Engine, lease: &Lease, asked: Instant) {
    // Of the highest level, so that lines of any level have the trace's id.
    let span = tracing::error_span!("run", trace.id = Empty);
    hold_in_span(engine, lease, asked).instrument(span).await;
}

async fn hold_in_span(engine: &Engine, lease: &Lease, asked: Instant) {
    let deployment = lease.subject.to_string();
    // On its own, so that it renews the lease whatever the rest is busy with.
    let mut keeper = JoinSet::new();
    keeper.spawn(keep(engine.clone(), lease.clone(), asked).in_current_span());
    if let Ok(row) = current(engine, lease).await
        && let Some(context) = row.trace_parent.as_deref().and_then(TraceContext::parse)
    {
        Span::current().record("trace.id", context.trace_id());
    }
    tracing::info!(deployment, found = ?lease.found, fence = lease.fence, "took up a run");
    let ended = tokio::select! {
        ended = see_to_its_end(engine, lease) => ended,
        _ = keeper.join_next() => None,
    };
    match ended {
        Some(Held::Ended(status)) => {
            tracing::info!(deployment, status = ?status, "a run has ended");
            clear(engine, DeploymentId(lease.subject), status).await;
        }
        Some(Held::Postponed(until)) => tracing::info!(deployment, %until, "a run waits for its time"),
        None => tracing::warn!(deployment, fence = lease.fence, "the lease of a run was lost; it is left alone"),
    }
}

/// Why a run is not held any more, other than that the lease was lost.
enum Held {
    Ended(DeploymentStatus),
    /// It was given back.
    Postponed(DateTime<Utc>),
}

/// Renews the lease until it is lost.
async fn keep(engine: Engine, lease: Lease, asked: Instant) {
    let mut expires = asked + engine.terms.lease;
    loop {
        tokio::time::sleep(engine.terms.lease / 3).await;
        let now = Instant::now();
        match timeout_at(expires, lease.renew(&engine.kernel, engine.terms.lease)).await {
            Ok(Ok(())) => expires = now + engine.terms.lease,
            Ok(Err(AppError::LeaseLost)) | Err(_) => return,
            Ok(Err(error)) => tracing::warn!(error = error.for_log(), "a lease could not be renewed; trying again"),
        }
    }
}

/// Tries until the run has ended; none if the lease was lost before.
async fn see_to_its_end(engine: &Engine, lease: &Lease) -> Option<Held> {
    let deployment = lease.subject.to_string();
    let mut failures = 0;
    loop {
        let mut outcome = see_through(engine, lease, &mut failures).await.map(Some);
        if let Err(error) = &outcome
            && !matches!(error, AppError::LeaseLost)
        {
            failures += 1;
            tracing::error!(deployment, failures, error = error.for_log(), "seeing to a run failed; trying again");
            if failures >= ATTEMPTS {
                outcome = give_up(engine, lease, failures).await.map(|status| status.map(Held::Ended));
            }
        }
        match outcome {
            Ok(Some(held)) => return Some(held),
            Err(AppError::LeaseLost) => return None,
            Ok(None) | Err(_) => tokio::time::sleep(pause(engine, failures)).await,
        }
    }
}

/// Longer with every failure, up to the term of a lease.
fn pause(engine: &Engine, failures: u32) -> Duration {
    let shortest = engine.terms.lease / 30;
    shortest.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(engine.terms.lease)
}

async fn see_through(engine: &Engine, lease: &Lease, failures: &mut u32) -> AppResult<Held> {
    let mut row = current(engine, lease).await?;
    if is_final(row.status) {
        return Ok(Held::Ended(row.status));
    }
    let discarded = match settled(engine, row.id).await? {
        Settled::Begun(dir) => return follow(engine, lease, dir, failures).await.map(Held::Ended),
        Settled::Discarded(fences) => fences,
    };
    if !surely_not_begun(&row, &discarded) {
        let why = "The server that ran it was lost, or its run directory is gone.";
        return unknown(engine, lease, why).await.map(Held::Ended);
    }
    if row.launch_fence.is_some() {
        row = record(engine, lease, |run| run.row.launch_fence = None).await?;
    }
    if let Some(until) = its_time(engine, lease, &row).await? {
        lease.postpone(&engine.kernel, until).await?;
        return Ok(Held::Postponed(until));
    }
    start(engine, lease, &row, failures).await.map(Held::Ended)
}

/// Until when it has to wait: a maintenance window may have ended while it waited for its turn.
async fn its_time(engine: &Engine, lease: &Lease, row: &deployment_run::Model) -> AppResult<Option<DateTime<Utc>>> {
    if row.cancel_requested_at.is_some() {
        return Ok(None);
    }
    let system = Viewer::system(&engine.kernel, "looking whether a run may begin");
    let project = system.reader().get::<project::Entity>((row.tenant_id, row.project_id)).await?;
    // By whichever clock is ahead: the one by which it was found due, or ours, after it waited.
    let now = engine.kernel.source.now().max(lease.since);
    Schedule::of(row).later(&project, row.mode, now)
}

/// Whether no runner was ever started for it: none was about to be, or what it was to run in was found untouched.
fn surely_not_begun(row: &deployment_run::Model, discarded: &[i64]) -> bool {
    row.status == DeploymentStatus::Pending && row.launch_fence.is_none_or(|fence| discarded.contains(&fence))
}

async fn settled(engine: &Engine, id: DeploymentId) -> AppResult<Settled> {
    let data_dir = engine.data_dir.clone();
    blocking(move || attempts::settle(&data_dir, id)).await
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> AppResult<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
}

/// The run's row, as it is now.
pub(super) async fn current(engine: &Engine, lease: &Lease) -> AppResult<deployment_run::Model> {
    let system = Viewer::system(&engine.kernel, "following a run");
    system.reader().get::<deployment_run::Entity>((lease.tenant, DeploymentId(lease.subject))).await
}

async fn start(
    engine: &Engine,
    lease: &Lease,
    row: &deployment_run::Model,
    failures: &mut u32,
) -> AppResult<DeploymentStatus> {
    if row.cancel_requested_at.is_some() {
        let now = engine.kernel.source.now();
        let ended = record(engine, lease, |run| {
            run.status(now, DeploymentStatus::Cancelled, Some("It was cancelled before it started.".to_owned()));
        });
        return Ok(ended.await?.status);
    }
    match launch(engine, lease, row).await {
        Ok(dir) => follow(engine, lease, dir, failures).await,
        Err(NotStarted::Refused(refused)) => failed(engine, lease, refused).await,
        Err(NotStarted::Broken(error)) => Err(error),
    }
}

async fn failed(engine: &Engine, lease: &Lease, refused: Refused) -> AppResult<DeploymentStatus> {
    let now = engine.kernel.source.now();
    let ended = record(engine, lease, |run| {
        for reason in &refused.reasons {
            run.line(now, reason.clone());
        }
        run.unreached = refused.unreached;
        run.status(now, DeploymentStatus::Failed, Some(refused.reasons.join(" ")));
    });
    Ok(ended.await?.status)
}

/// Records that nobody knows what a run did.
pub(super) async fn unknown(engine: &Engine, lease: &Lease, why: &str) -> AppResult<DeploymentStatus> {
    let now = engine.kernel.source.now();
    let text = format!("{why} What it did is not known: look at the hosts before you run it again.");
    let ended = record(engine, lease, |run| run.status(now, DeploymentStatus::Unknown, Some(text)));
    Ok(ended.await?.status)
}

/// Ends a run that cannot be started or followed; none while its runner is at work, which its own time limit ends, and
/// while what it has written is only waiting to be recorded.
async fn give_up(engine: &Engine, lease: &Lease, failures: u32) -> AppResult<Option<DeploymentStatus>> {
    let row = current(engine, lease).await?;
    if is_final(row.status) {
        return Ok(Some(row.status));
    }
    let discarded = match settled(engine, row.id).await {
        Ok(Settled::Begun(dir)) => {
            if !end_of_runner(dir.clone()).await? || (failures < ATTEMPTS_TO_RECORD && is_readable(&row, dir).await) {
                return Ok(None);
            }
            return unknown(engine, lease, "Its runner could not be followed.").await.map(Some);
        }
        Ok(Settled::Discarded(fences)) => fences,
        Err(_) => Vec::new(),
    };
    if surely_not_begun(&row, &discarded) {
        let why = "It could not be started, and nothing was done: the server's log says why.";
        let refused = Refused { reasons: vec![why.to_owned()], unreached: Vec::new() };
        return failed(engine, lease, refused).await.map(Some);
    }
    unknown(engine, lease, "It may have been started, and could not be followed.").await.map(Some)
}

/// Whether what a runner has written can be read, so that it is for the database that it is not recorded.
async fn is_readable(row: &deployment_run::Model, dir: PathBuf) -> bool {
    let offset = u64::try_from(row.spool_offset).unwrap_or_default();
    let next = blocking(move || SpoolReader::open(&dir, offset)?.read(1)).await;
    next.is_ok_and(|records| !records.is_empty())
}

/// Whether the runner is no more; what it left running is ended and its secrets are removed then.
pub(super) async fn end_of_runner(dir: PathBuf) -> AppResult<bool> {
    blocking(move || {
        if attach::is_alive(&dir)? {
            return Ok(false);
        }
        attach::sweep(&dir).map(|_| true)
    })
    .await
}

/// Removes what is in the database by now. Of a run whose outcome is unknown everything stays but its secrets: it may
/// help to find out.
async fn clear(engine: &Engine, id: DeploymentId, status: DeploymentStatus) {
    if status == DeploymentStatus::Unknown {
        return;
    }
    let data_dir = engine.data_dir.clone();
    if let Err(error) = blocking(move || attempts::remove(&data_dir, id)).await {
        tracing::warn!(deployment = %id, error = error.for_log(), "a run's directory stays for now");
    }
}
