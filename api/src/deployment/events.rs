//! From what a runner says to a deployment's events. Pure, but for the row it keeps.

use super::runner::record::{FinishReason, HostStats, Record, RecordBody, TaskStatus as RunTaskStatus};
use super::store::{DeploymentEventKind, DeploymentStatus, TaskStatus, deployment_event, deployment_run};
use chrono::{DateTime, SubsecRound as _, Utc};

/// What a batch of records makes of a deployment.
pub struct Recorded {
    /// The deployment's row, as it is after them.
    pub row: deployment_run::Model,
    /// The events that they became.
    pub events: Vec<deployment_event::Model>,
    /// The hosts that began a task, and when.
    pub begun: Vec<(String, DateTime<Utc>)>,
    /// The tasks that ended on a host.
    pub done: Vec<TaskDone>,
    /// The final counts of hosts.
    pub stats: Vec<HostStats>,
    /// What a preview would change.
    pub diffs: Vec<Diff>,
    /// The hosts whose turn never came.
    pub left: Vec<String>,
    /// The hosts that could not be reached when they were looked at before the run.
    pub unreached: Vec<String>,
}

/// A task that ended on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDone {
    /// The host.
    pub host: String,
    /// When it began there.
    pub started_at: DateTime<Utc>,
    /// When it ended there.
    pub at: DateTime<Utc>,
}

/// What a task would change on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The task's place in the run, from 1.
    pub task_index: i32,
    /// Its name.
    pub task_name: String,
    /// The host.
    pub host: String,
    /// As `diff -u` writes it.
    pub text: String,
}

impl Recorded {
    /// Begins with the row as it is.
    #[must_use]
    pub const fn new(row: deployment_run::Model) -> Self {
        Self {
            row,
            events: Vec::new(),
            begun: Vec::new(),
            done: Vec::new(),
            stats: Vec::new(),
            diffs: Vec::new(),
            left: Vec::new(),
            unreached: Vec::new(),
        }
    }

    fn event(&mut self, kind: DeploymentEventKind, at: DateTime<Utc>) -> &mut deployment_event::Model {
        self.row.last_sequence += 1;
        let event = deployment_event::Model {
            tenant_id: self.row.tenant_id,
            deployment_id: self.row.id,
            sequence: self.row.last_sequence,
            kind,
            at: at.trunc_subsecs(6),
            status: None,
            task_index: None,
            task_name: None,
            task_status: None,
            host: None,
            text: None,
            finished: None,
            planned: None,
            paused: None,
        };
        let index = self.events.len();
        self.events.push(event);
        &mut self.events[index]
    }

    /// The deployment goes into another state.
    pub fn status(&mut self, at: DateTime<Utc>, status: DeploymentStatus, text: Option<String>) {
        let text = text.map(storable);
        self.row.status = status;
        match status {
            DeploymentStatus::Pending => {}
            DeploymentStatus::Running => self.row.started_at = Some(at.trunc_subsecs(6)),
            DeploymentStatus::Completed
            | DeploymentStatus::Failed
            | DeploymentStatus::Cancelled
            | DeploymentStatus::Unknown => {
                self.row.finished_at = Some(at.trunc_subsecs(6));
                self.row.pause_requested_at = None;
                self.row.paused_at = None;
                self.row.failure_message.clone_from(&text);
            }
        }
        let event = self.event(DeploymentEventKind::Status, at);
        event.status = Some(status);
        event.text = text;
    }

    /// A line that the server itself has to say.
    pub fn line(&mut self, at: DateTime<Utc>, text: String) {
        self.event(DeploymentEventKind::Line, at).text = Some(storable(text));
    }

    fn paused(&mut self, at: DateTime<Utc>, is_paused: bool) {
        self.row.paused_at = is_paused.then(|| at.trunc_subsecs(6));
        let status = self.row.status;
        let event = self.event(DeploymentEventKind::Status, at);
        event.status = Some(status);
        event.paused = Some(is_paused);
        let text = if is_paused { "Paused: nothing new begins until somebody has it go on." } else { "It goes on." };
        event.text = Some(text.to_owned());
    }

    fn progress(&mut self, at: DateTime<Utc>, finished: u32, planned: u32) {
        self.row.tasks_finished = whole(finished);
        self.row.tasks_planned = Some(whole(planned));
        let event = self.event(DeploymentEventKind::Progress, at);
        event.finished = Some(whole(finished));
        event.planned = Some(whole(planned));
    }

    fn task(&mut self, at: DateTime<Utc>, task: u32, status: TaskStatus, host: Option<String>) {
        let event = self.event(DeploymentEventKind::Task, at);
        event.task_index = Some(whole(task));
        event.task_status = Some(status);
        event.host = host.map(storable);
    }

    /// Whether any of it is about hosts' own rows.
    #[must_use]
    pub const fn tells_of_hosts(&self) -> bool {
        !(self.begun.is_empty()
            && self.done.is_empty()
            && self.stats.is_empty()
            && self.left.is_empty()
            && self.unreached.is_empty())
    }

    /// Adds what one record says.
    pub fn add(&mut self, record: Record) {
        let at = record.at;
        match record.body {
            RecordBody::Started { .. } => self.status(at, DeploymentStatus::Running, None),
            RecordBody::Planned { planned, .. } => self.progress(at, 0, planned),
            RecordBody::PlayStarted { name } => self.line(at, format!("Play: {name}")),
            RecordBody::TaskStarted { task, name, .. } => {
                self.task(at, task, TaskStatus::Started, None);
                if let Some(event) = self.events.last_mut() {
                    event.task_name = Some(storable(name));
                }
            }
            RecordBody::HostStarted { task, host } => {
                self.task(at, task, TaskStatus::Started, Some(host.clone()));
                self.begun.push((host, at.trunc_subsecs(6)));
            }
            RecordBody::Line { task, host, text, .. } => {
                let event = self.event(DeploymentEventKind::Line, at);
                event.task_index = task.map(whole);
                event.host = host.map(storable);
                event.text = Some(storable(text));
            }
            RecordBody::HostResult { task, host, status, started_at, .. } => {
                self.task(at, task, task_status(status), Some(host.clone()));
                let (started_at, at) = (started_at.trunc_subsecs(6), at.trunc_subsecs(6));
                self.done.push(TaskDone { host, started_at, at });
            }
            RecordBody::TaskFinished { progress, .. } => self.progress(at, progress.finished, progress.planned),
            RecordBody::HostStats(stats) => self.stats.push(stats),
            RecordBody::Diff { task, name, host, text } => self.diffs.push(Diff {
                task_index: whole(task),
                task_name: storable(name),
                host: storable(host),
                text: storable(text),
            }),
            RecordBody::Coverage(coverage) => self.row.coverage = serde_json::to_value(coverage).ok(),
            RecordBody::HostLeft { host } => self.left.push(host),
            RecordBody::Paused => self.paused(at, true),
            RecordBody::Resumed => self.paused(at, false),
            RecordBody::Finished { reason, message, progress, .. } => {
                if progress.planned > 0 {
                    self.progress(at, progress.finished, progress.planned);
                }
                self.status(at, status_of(reason), message);
            }
        }
    }
}

/// Neither database keeps NUL in a text, and a script may put one anywhere.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The state in which a run that ended so is.
#[must_use]
pub const fn status_of(reason: FinishReason) -> DeploymentStatus {
    match reason {
        FinishReason::Completed => DeploymentStatus::Completed,
        FinishReason::Failed | FinishReason::TimedOut => DeploymentStatus::Failed,
        FinishReason::Cancelled => DeploymentStatus::Cancelled,
    }
}

const fn task_status(status: RunTaskStatus) -> TaskStatus {
    match status {
        RunTaskStatus::Ok => TaskStatus::Ok,
        RunTaskStatus::Changed => TaskStatus::Changed,
        RunTaskStatus::Skipped => TaskStatus::Skipped,
        RunTaskStatus::Failed => TaskStatus::Failed,
        RunTaskStatus::Unreachable => TaskStatus::Unreachable,
        RunTaskStatus::Ignored => TaskStatus::Ignored,
        RunTaskStatus::Unchecked => TaskStatus::Unchecked,
    }
}
