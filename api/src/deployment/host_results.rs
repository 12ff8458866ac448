//! How a host comes out of a run, and when it began and ended there. Pure.

use super::events::Recorded;
use super::runner::record::HostStats;
use super::store::{DeploymentStatus, HostResult, deployment_host};

/// A host's row after what was recorded; `ended` when the run has come to its end by it.
#[must_use]
pub fn after(before: &deployment_host::Model, run: &Recorded, ended: bool) -> deployment_host::Model {
    let mut host = before.clone();
    for (_, at) in run.begun.iter().filter(|(name, _)| *name == host.name) {
        host.started_at.get_or_insert(*at);
        if host.result == HostResult::Pending {
            host.result = HostResult::Running;
        }
    }
    for task in run.done.iter().filter(|task| task.host == host.name) {
        host.started_at.get_or_insert(task.started_at);
        host.finished_at = Some(task.at);
    }
    if let Some(stats) = run.stats.iter().find(|stats| stats.host == host.name) {
        count(&mut host, stats);
    }
    if run.left.contains(&host.name) {
        host.result = HostResult::NotRun;
    }
    if run.unreached.contains(&host.name) {
        host.result = HostResult::Unreachable;
    }
    if ended && matches!(host.result, HostResult::Pending | HostResult::Running) {
        let is_begun = host.result == HostResult::Running;
        host.result = result_without_stats(run.row.status, is_begun);
        host.finished_at = match host.result {
            // What was stopped there was stopped with the run.
            HostResult::Failed | HostResult::Cancelled => run.row.finished_at,
            HostResult::Unknown => None,
            HostResult::Pending
            | HostResult::Running
            | HostResult::Ok
            | HostResult::Unreachable
            | HostResult::NotRun => host.finished_at,
        };
    }
    host
}

fn count(host: &mut deployment_host::Model, stats: &HostStats) {
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    host.result = result_of(stats);
    host.ok = whole(stats.ok);
    host.changed = whole(stats.changed);
    host.failed = whole(stats.failed);
    host.skipped = whole(stats.skipped);
    host.unreachable = whole(stats.unreachable);
}

/// How a host came out of the run, by its counts.
const fn result_of(stats: &HostStats) -> HostResult {
    if stats.unreachable > 0 {
        HostResult::Unreachable
    } else if stats.failed > 0 {
        HostResult::Failed
    } else {
        HostResult::Ok
    }
}

/// How a host that has no counts came out of a run that ended in this state.
const fn result_without_stats(status: DeploymentStatus, is_begun: bool) -> HostResult {
    match status {
        DeploymentStatus::Pending => HostResult::Pending,
        DeploymentStatus::Running => HostResult::Running,
        DeploymentStatus::Completed => HostResult::Ok,
        // Each task is told before it begins: where none was, surely nothing was done.
        DeploymentStatus::Failed | DeploymentStatus::Cancelled if !is_begun => HostResult::NotRun,
        DeploymentStatus::Failed => HostResult::Failed,
        DeploymentStatus::Cancelled => HostResult::Cancelled,
        DeploymentStatus::Unknown => HostResult::Unknown,
    }
}
