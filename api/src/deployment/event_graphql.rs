//! A deployment's events in the API: as a connection, and as tasks.

use super::event_log::EventLog;
use super::graphql::DeploymentStatus;
use super::model::percent;
use super::store::{self, deployment_event, deployment_run};
use crate::mirrored_enum;
use crate::platform::error::{AppError, AppResult};
use crate::platform::graphql::{PageInfo, viewer};
use crate::platform::paging::{Window, size};
use async_graphql::{Context, Object, Result, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

mirrored_enum! {
    /// What an event tells.
    DeploymentEventKind of store::DeploymentEventKind {
        /// The deployment went into another state.
        Status,
        /// Tasks finished over tasks planned.
        Progress,
        /// A task began or ended, on a host or as a whole.
        Task,
        /// A line of output.
        Line,
    }
    /// How a task stands.
    TaskStatus of store::TaskStatus {
        /// It began.
        Started,
        /// Done, nothing had to change.
        Ok,
        /// Done, and something changed.
        Changed,
        /// It was not needed.
        Skipped,
        /// It failed.
        Failed,
        /// The host could not be reached.
        Unreachable,
        /// It failed, and the script goes on all the same.
        Ignored,
        /// In a preview: its module cannot tell what it would do, so nothing was tried.
        Unchecked,
    }
}

/// Tasks finished over tasks planned, each once for every batch of hosts. Tasks that no plan can list (handlers, included tasks) are in neither number.
#[derive(Clone, Copy, SimpleObject)]
pub struct DeploymentProgress {
    /// Planned tasks that are over on every host.
    finished: i32,
    /// Planned tasks; null before they are known.
    planned: Option<i32>,
    /// The one over the other, in whole percent; null before that is known.
    percent: Option<i32>,
}

/// A deployment's progress.
pub(super) fn progress_of(row: &deployment_run::Model) -> DeploymentProgress {
    DeploymentProgress {
        finished: row.tasks_finished,
        planned: row.tasks_planned,
        percent: percent(row.tasks_finished, row.tasks_planned),
    }
}

/// Something that happened in a deployment.
#[derive(Clone)]
pub struct DeploymentEvent(pub(super) deployment_event::Model);

/// Something that happened in a deployment.
#[Object]
impl DeploymentEvent {
    /// Its place among the deployment's events: from 1, without gaps.
    async fn sequence(&self) -> i64 {
        self.0.sequence
    }
    /// What it tells.
    async fn kind(&self) -> DeploymentEventKind {
        self.0.kind.into()
    }
    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
    /// For STATUS: the state from then on.
    async fn status(&self) -> Option<DeploymentStatus> {
        self.0.status.map(Into::into)
    }
    /// Which task of the run, by order of start, from 1.
    async fn task_index(&self) -> Option<i32> {
        self.0.task_index
    }
    /// For the beginning of a task: its name.
    async fn task_name(&self) -> Option<&str> {
        self.0.task_name.as_deref()
    }
    /// For TASK: how it stands.
    async fn task_status(&self) -> Option<TaskStatus> {
        self.0.task_status.map(Into::into)
    }
    /// On which host; null for what concerns all.
    async fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }
    /// For LINE: the line. For STATUS: why.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }
    /// For STATUS: true where the run pauses from here on, false where it goes on again.
    async fn paused(&self) -> Option<bool> {
        self.0.paused
    }
    /// For PROGRESS: planned tasks that are over on every host.
    async fn finished(&self) -> Option<i32> {
        self.0.finished
    }
    /// For PROGRESS: planned tasks.
    async fn planned(&self) -> Option<i32> {
        self.0.planned
    }
}

/// The cursor of an event.
pub(super) fn cursor(sequence: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("event:{sequence}"))
}

/// The event of a cursor.
pub(super) fn sequence_of(cursor: &str) -> AppResult<i64> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("event:")?.parse().ok())
        .filter(|sequence| *sequence >= 0)
        .ok_or_else(|| AppError::BadRequest("this is not a cursor".into()))
}

/// A page of a deployment's events.
pub struct DeploymentEventConnection {
    deployment: deployment_run::Model,
    kinds: Option<Vec<store::DeploymentEventKind>>,
    rows: Vec<deployment_event::Model>,
    has_next: bool,
    has_previous: bool,
}

/// A page of a deployment's events.
#[Object]
impl DeploymentEventConnection {
    /// The events.
    async fn nodes(&self) -> Vec<DeploymentEvent> {
        self.rows.iter().cloned().map(DeploymentEvent).collect()
    }
    /// The events with their cursors.
    async fn edges(&self) -> Vec<DeploymentEventEdge> {
        let edge = |row: &deployment_event::Model| DeploymentEventEdge {
            cursor: cursor(row.sequence),
            node: DeploymentEvent(row.clone()),
        };
        self.rows.iter().map(edge).collect()
    }
    /// Where the page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.rows.first().map(|row| cursor(row.sequence)),
            end_cursor: self.rows.last().map(|row| cursor(row.sequence)),
        }
    }
    /// How many there are in all; counted only when asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<u64> {
        Ok(EventLog::new(viewer(context)?.reader(), &self.deployment).count(self.kinds.as_deref()).await?)
    }
}

/// A place in a list of events.
#[derive(SimpleObject)]
pub struct DeploymentEventEdge {
    /// The place; `deploymentProgress` goes on from it.
    cursor: String,
    /// The event there.
    node: DeploymentEvent,
}

/// A page of a deployment's events.
pub(super) async fn event_page(
    context: &Context<'_>,
    deployment: &deployment_run::Model,
    window: Window,
    kinds: Option<Vec<DeploymentEventKind>>,
) -> Result<DeploymentEventConnection> {
    let log = EventLog::new(viewer(context)?.reader(), deployment);
    let deployment = deployment.clone();
    let kinds: Option<Vec<_>> = kinds.map(|kinds| kinds.into_iter().map(Into::into).collect());
    let count = size(&window)?;
    let after = window.after.as_deref().map(sequence_of).transpose()?;
    let before = window.before.as_deref().map(sequence_of).transpose()?;
    if window.last.is_some() {
        let end = before.unwrap_or(i64::MAX);
        let mut rows = log.before(end, kinds.as_deref(), count + 1).await?;
        rows.retain(|row| after.is_none_or(|after| row.sequence > after));
        let has_previous = rows.len() as u64 > count;
        rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        rows.reverse();
        return Ok(DeploymentEventConnection { deployment, kinds, rows, has_next: before.is_some(), has_previous });
    }
    let mut rows = log.after(after.unwrap_or(0), kinds.as_deref(), count + 1).await?;
    rows.retain(|row| before.is_none_or(|before| row.sequence < before));
    let has_next = rows.len() as u64 > count;
    rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    Ok(DeploymentEventConnection { deployment, kinds, rows, has_next, has_previous: after.is_some() })
}

/// A task of a run.
#[derive(SimpleObject)]
pub struct DeploymentTask {
    /// Its place in the run, by order of start, from 1.
    index: i32,
    /// Its name.
    name: String,
    /// How it stands on each host where it began.
    hosts: Vec<DeploymentTaskHost>,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When its last host was done with it, so far.
    finished_at: Option<DateTime<Utc>>,
}

/// A task on a host: a cell of the matrix.
#[derive(SimpleObject)]
pub struct DeploymentTaskHost {
    /// The host's name.
    host: String,
    /// How it stands.
    status: TaskStatus,
    /// When it began there.
    started_at: DateTime<Utc>,
    /// When it ended there.
    finished_at: Option<DateTime<Utc>>,
    /// The event with which it began there; its lines lie from here on.
    first_sequence: i64,
    /// Its last event there, so far.
    last_sequence: i64,
}

/// The tasks of a deployment, put together from its events.
pub(super) async fn tasks_of(context: &Context<'_>, deployment: &deployment_run::Model) -> Result<Vec<DeploymentTask>> {
    let log = EventLog::new(viewer(context)?.reader(), deployment);
    let mut tasks: Vec<DeploymentTask> = Vec::new();
    let mut after = 0;
    loop {
        let kinds = [store::DeploymentEventKind::Task];
        let events = log.after(after, Some(&kinds), 5_000).await?;
        let Some(last) = events.last() else { return Ok(tasks) };
        after = last.sequence;
        for event in events {
            add_task_event(&mut tasks, event);
        }
    }
}

fn add_task_event(tasks: &mut Vec<DeploymentTask>, event: deployment_event::Model) {
    let (Some(index), Some(status)) = (event.task_index, event.task_status) else { return };
    let Some(host) = event.host else {
        tasks.push(DeploymentTask {
            index,
            name: event.task_name.unwrap_or_default(),
            hosts: Vec::new(),
            started_at: event.at,
            finished_at: None,
        });
        return;
    };
    let Some(task) = tasks.iter_mut().rev().find(|task| task.index == index) else { return };
    let ended = status != store::TaskStatus::Started;
    match task.hosts.iter_mut().find(|cell| cell.host == host) {
        Some(cell) => {
            cell.status = status.into();
            cell.finished_at = ended.then_some(event.at);
            cell.last_sequence = event.sequence;
        }
        None => task.hosts.push(DeploymentTaskHost {
            host,
            status: status.into(),
            started_at: event.at,
            finished_at: ended.then_some(event.at),
            first_sequence: event.sequence,
            last_sequence: event.sequence,
        }),
    }
    if ended {
        task.finished_at = Some(event.at);
    }
}
