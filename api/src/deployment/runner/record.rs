//! What a runner writes to its spool: one JSON object a line.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::redact::Redactor;

/// One line of the spool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Position in the spool, from 1, without gaps; [`Record::UNREADABLE`] in place of a line that is no record.
    pub number: u64,
    /// When the runner wrote it.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub body: RecordBody,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RecordBody {
    /// The runner holds the directory and is about to look at it. The first record of every spool.
    Started {
        /// The deployment this run belongs to.
        deployment_id: Uuid,
        /// The fencing token it was dispatched with.
        fence: i64,
        /// Process id of the runner.
        pid: u32,
    },
    /// The tasks the script declares, before the first of them runs.
    Planned {
        /// In order of execution.
        plays: Vec<PlannedPlay>,
        /// How many tasks that are, over all plays, once for each batch. Not multiplied by hosts.
        planned: u32,
    },
    /// A play began.
    PlayStarted {
        /// Its name, or its host pattern where it has none.
        name: String,
    },
    /// A task began.
    TaskStarted {
        /// Which task of this run, by order of start, from 1.
        task: u32,
        /// Its name.
        name: String,
        /// Its place among the planned tasks, from 1; none for what no plan can list: handlers, included tasks, fact gathering.
        planned: Option<u32>,
    },
    /// A host began a task.
    HostStarted {
        /// The task's number.
        task: u32,
        /// The target's name.
        host: String,
    },
    /// A line of output.
    Line {
        /// The task it belongs to, if any.
        task: Option<u32>,
        /// The target it came from, if any.
        host: Option<String>,
        /// Where it was written.
        stream: Stream,
        /// The line, redacted, at most [`Record::LINE_BYTES_LIMIT`] bytes.
        text: String,
    },
    /// A host is done with a task.
    HostResult {
        /// The task's number.
        task: u32,
        /// The target's name.
        host: String,
        /// How it ended.
        status: TaskStatus,
        /// When the host began it.
        started_at: DateTime<Utc>,
        /// Milliseconds from then to now.
        duration_ms: u64,
    },
    /// Of a preview: what a task would change on a host.
    Diff {
        /// The task's number.
        task: u32,
        /// Its name.
        name: String,
        /// The target's name.
        host: String,
        /// As `diff -u` writes it, redacted, at most [`Record::DIFF_BYTES_LIMIT`] bytes.
        text: String,
    },
    /// Of a preview, before its end: how much of it was really checked.
    Coverage(Coverage),
    /// A task is over on every host it ran on.
    TaskFinished {
        /// The task's number.
        task: u32,
        /// How far the run is.
        progress: Progress,
    },
    /// The final count of a host.
    HostStats(HostStats),
    /// A target's turn never came: the run ended before its batch was begun.
    HostLeft {
        /// The target's name.
        host: String,
    },
    /// Nothing new begins until somebody has the run go on. The time allowed stands still.
    Paused,
    /// The run goes on.
    Resumed,
    /// The run is over and its secrets are removed. The last record of a spool; where it is missing, the outcome is unknown.
    Finished {
        /// What ended it.
        reason: FinishReason,
        /// Exit status of ansible-playbook, or of the first failing command.
        exit_code: Option<i32>,
        /// For people: why, where it did not complete.
        message: Option<String>,
        /// How far it came. A completed run has finished all it planned: tasks that turned out not to be needed leave the plan.
        progress: Progress,
    },
}

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Said by the module: its message, a loop item, a path.
    Message,
    /// Standard output of a command on the target.
    Stdout,
    /// Standard error of a command on the target.
    Stderr,
    /// Said by ansible-playbook or the runner themselves.
    Runner,
}

/// How a task ended on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Done, nothing had to change.
    Ok,
    /// Done, and the host is different now.
    Changed,
    /// Its condition did not hold.
    Skipped,
    /// Failed; the host leaves the run.
    Failed,
    /// The host could not be reached; it leaves the run.
    Unreachable,
    /// Failed, and the script says to go on.
    Ignored,
    /// In a preview: its module cannot tell what it would do, so nothing was tried.
    Unchecked,
}

/// Why a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// Every target came to the end of the script.
    Completed,
    /// A target failed or was unreachable, or the run was refused before it touched one.
    Failed,
    /// The time allowed was over.
    TimedOut,
    /// Somebody cancelled it, or the machine is shutting down.
    Cancelled,
}

/// The tasks of a play, as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPlay {
    /// The play's name.
    pub name: String,
    /// Names of its tasks in order.
    pub tasks: Vec<String>,
}

/// Tasks finished over tasks planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Planned tasks that are over on every host.
    pub finished: u32,
    /// Planned tasks.
    pub planned: u32,
    /// Tasks that ran without being in the plan: handlers, included tasks, fact gathering. In neither number above.
    pub additional: u32,
}

/// What became of the planned tasks of a preview: each of them is in one of the numbers, by the gravest that happened to it on any
/// host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Planned tasks.
    pub planned: u32,
    /// Those whose module said what it would do, on every host where they were needed.
    pub checked: u32,
    /// Those that were passed over somewhere, because their module does not know check mode, as commands and shells do not.
    pub unchecked: u32,
    /// Those whose condition held nowhere.
    pub not_needed: u32,
    /// Those that failed; as a rule because what they build on was not done before.
    pub failed: u32,
    /// Those that were not come to.
    pub not_reached: u32,
}

/// The final count of a host: how many tasks ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStats {
    /// The target's name.
    pub host: String,
    /// Tasks that are fine, those that changed something included.
    pub ok: u32,
    /// Tasks that changed something.
    pub changed: u32,
    /// Tasks that failed.
    pub failed: u32,
    /// Tasks whose condition did not hold.
    pub skipped: u32,
    /// Attempts that did not reach the host.
    pub unreachable: u32,
    /// Failures that the script ignores.
    pub ignored: u32,
}

impl Record {
    /// A longer line is cut here, and says so.
    pub const LINE_BYTES_LIMIT: usize = 16 * 1024;
    /// A longer difference is cut here, and says so.
    pub const DIFF_BYTES_LIMIT: usize = 64 * 1024;
    /// The number of what cannot be read.
    pub const UNREADABLE: u64 = 0;
}

impl RecordBody {
    /// The same record without secrets, and with its line no longer than allowed. Names of targets stay: they are public, and what
    /// follows finds its host by them.
    pub(super) fn redacted(mut self, redactor: &Redactor) -> Self {
        let clean = |text: &mut String| {
            let redacted = redactor.redact(text);
            *text = limit(&redacted, Record::LINE_BYTES_LIMIT).into_owned();
        };
        match &mut self {
            Self::Started { .. }
            | Self::HostStarted { .. }
            | Self::HostResult { .. }
            | Self::Coverage(_)
            | Self::TaskFinished { .. }
            | Self::HostStats(_)
            | Self::HostLeft { .. }
            | Self::Paused
            | Self::Resumed => {}
            Self::Planned { plays, .. } => {
                for play in plays {
                    clean(&mut play.name);
                    play.tasks.iter_mut().for_each(clean);
                }
            }
            Self::PlayStarted { name } | Self::TaskStarted { name, .. } => clean(name),
            Self::Line { text, .. } => clean(text),
            Self::Diff { name, text, .. } => {
                clean(name);
                *text = limit(&redactor.redact(text), Record::DIFF_BYTES_LIMIT).into_owned();
            }
            Self::Finished { message, .. } => message.iter_mut().for_each(clean),
        }
        self
    }
}

/// Cut after redaction, never before: half a secret would not be recognised.
fn limit(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= most {
        return text.into();
    }
    let end = text.floor_char_boundary(most);
    format!("{}… ({} more bytes)", &text[..end], text.len() - end).into()
}
