//! Runs a playbook and follows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use chrono::{DateTime, Utc};
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Split};
use tokio::net::unix::pipe;
use tokio::process::Child;
use tokio::time::timeout;

use super::clock;
use super::progress::Tracker;
use super::record::{Coverage, HostStats, RecordBody, Stream, TaskStatus};
use super::rollout::{BatchEnd, Work};
use super::spec::RunTarget;
use super::spool::SpoolWriter;
use super::stop::{GRACE, PAUSE_FILE, Stop, StopWatch};
use super::{ansible_command, plan_tasks, process};
use crate::platform::trace;

const EVENTS: &str = "events";

/// How long to wait for output that ended processes may have left in a pipe. It is there already or never.
const LEFTOVER_WAIT: Duration = Duration::from_millis(200);

/// Runs the playbook of a prepared directory to its end, on the targets of a batch.
pub(super) async fn run(
    work: &Work<'_>,
    batch: &[RunTarget],
    tracker: &mut Tracker,
    spool: &mut SpoolWriter,
    stop: &mut StopWatch,
) -> io::Result<BatchEnd> {
    let Work { dir, spec, .. } = *work;
    let events = dir.join(EVENTS);
    mkfifo(&events, Mode::S_IRUSR | Mode::S_IWUSR)?;
    // Open for writing too, so that it neither waits for the plugin nor ends with it.
    let receiver = pipe::OpenOptions::new().read_write(true).open_receiver(&events)?;
    let mut command = ansible_command::command(&spec.ansible_playbook, dir);
    command.env("ROOKERY_EVENTS", &events).env("ROOKERY_PAUSE", dir.join(PAUSE_FILE));
    command.args(plan_tasks::playbook_arguments(dir));
    if batch.len() < spec.targets.len() {
        let names: Vec<_> = batch.iter().map(|target| target.name.as_str()).collect();
        command.arg("--limit").arg(names.join(","));
    }
    if spec.preview {
        command.args(["--check", "--diff"]);
    }
    if let Some(context) = &spec.trace_parent {
        command.env(trace::VARIABLE, context);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let failure = Some(format!("ansible-playbook cannot be started: {error}"));
            return Ok(BatchEnd { failure, failed: batch.len(), ..BatchEnd::default() });
        }
    };
    let root = child.id().and_then(|pid| i32::try_from(pid).ok());
    let mut playbook = Playbook::new(dir, tracker, spool);
    let ended = follow(&mut child, receiver, &mut playbook, stop, dir).await;
    // Nothing of a run outlives it, not even after an error of ours.
    process::signal_all(&process::processes_of_run(dir, root), Signal::SIGKILL);
    fs::remove_file(&events)?;
    if spec.preview {
        let coverage = playbook.coverage();
        playbook.spool.append(RecordBody::Coverage(coverage))?;
    }
    Ok(playbook.end(batch, &ended?))
}

enum Ended {
    Stopped(Stop),
    Exited(ExitStatus),
}

async fn follow(
    child: &mut Child,
    receiver: pipe::Receiver,
    playbook: &mut Playbook<'_>,
    stop: &mut StopWatch,
    dir: &Path,
) -> io::Result<Ended> {
    let mut events = Lines::of(Some(receiver));
    let mut stdout = Lines::of(child.stdout.take());
    let mut stderr = Lines::of(child.stderr.take());
    let mut stopped = None;
    let status = loop {
        tokio::select! {
            event = events.next() => {
                playbook.event(&event)?;
                stop.stand_still(playbook.is_paused);
            }
            line = stdout.next() => playbook.said(&line)?,
            line = stderr.next() => playbook.said(&line)?,
            status = child.wait() => break status?,
            reason = stop.stopped(), if stopped.is_none() => {
                stopped = Some(reason);
                tokio::spawn(terminate(dir.to_owned(), child.id().and_then(|pid| i32::try_from(pid).ok())));
            }
        }
    };
    while let Ok(event) = timeout(LEFTOVER_WAIT, events.next()).await {
        playbook.event(&event)?;
    }
    for pipe in [&mut stdout, &mut stderr] {
        while let Ok(line) = timeout(LEFTOVER_WAIT, pipe.next()).await {
            playbook.said(&line)?;
        }
    }
    Ok(stopped.map_or(Ended::Exited(status), Ended::Stopped))
}

/// Asks all processes of the run to end, and after a while makes them.
async fn terminate(dir: PathBuf, root: Option<i32>) {
    process::signal_all(&process::processes_of_run(&dir, root), Signal::SIGTERM);
    tokio::time::sleep(GRACE).await;
    process::signal_all(&process::processes_of_run(&dir, root), Signal::SIGKILL);
}

/// The lines of a pipe.
struct Lines(Option<Split<BufReader<Box<dyn AsyncRead + Unpin>>>>);

impl Lines {
    fn of(pipe: Option<impl AsyncRead + Unpin + 'static>) -> Self {
        let boxed = |pipe| Box::new(pipe) as Box<dyn AsyncRead + Unpin>;
        Self(pipe.map(|pipe| BufReader::new(boxed(pipe)).split(b'\n')))
    }

    /// The next line. Never returns when there will be none. Can be dropped and called again without losing anything.
    async fn next(&mut self) -> Vec<u8> {
        if let Some(lines) = &mut self.0
            && let Ok(Some(line)) = lines.next_segment().await
        {
            return line;
        }
        self.0 = None;
        std::future::pending().await
    }
}

/// What the callback plugin reports.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    PlayStart { name: String },
    TaskStart { id: String, name: String, kind: TaskKind },
    TaskEnd { id: String },
    HostStart { id: String, host: String },
    HostResult { id: String, host: String, status: TaskStatus, began: f64 },
    HostStats(HostStats),
    Diff { id: String, host: String, text: String },
    Paused,
    Resumed,
    Line { id: Option<String>, host: Option<String>, stream: Stream, text: String },
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaskKind {
    Task,
    Handler,
}

/// Turns what the plugin reports into records.
struct Playbook<'s> {
    tracker: &'s mut Tracker,
    spool: &'s mut SpoolWriter,
    is_paused: bool,
    /// Those that failed or were not reached, by the final counts.
    failed: usize,
    /// The run directory, with the slash that follows.
    dir: String,
    /// Number and name of a task by the plugin's id.
    tasks: BTreeMap<String, (u32, String)>,
    hosts_with_tasks: BTreeSet<String>,
    failures: Vec<String>,
    last_messages: BTreeMap<String, String>,
    /// The last thing ansible-playbook itself said: the reason, where it could not even begin.
    last_words: String,
}

impl<'s> Playbook<'s> {
    fn new(dir: &Path, tracker: &'s mut Tracker, spool: &'s mut SpoolWriter) -> Self {
        let dir = format!("{}/", dir.display());
        let (tasks, hosts_with_tasks, failures, last_messages, last_words) = Default::default();
        let (is_paused, failed) = (false, 0);
        Self { tracker, spool, is_paused, failed, dir, tasks, hosts_with_tasks, failures, last_messages, last_words }
    }

    fn event(&mut self, line: &[u8]) -> io::Result<()> {
        let body = match serde_json::from_slice(line) {
            Ok(event) => self.record_of(event),
            Err(_) => Some(runner_line("an event of Ansible could not be read".to_owned())),
        };
        body.map_or(Ok(()), |body| self.spool.append(body))
    }

    fn record_of(&mut self, event: Event) -> Option<RecordBody> {
        Some(match event {
            Event::PlayStart { name } => {
                self.tracker.play_started();
                RecordBody::PlayStarted { name }
            }
            Event::TaskStart { id, name, kind } => {
                let begun = self.tracker.task_started(&name, kind == TaskKind::Task);
                self.tasks.insert(id, (begun.task, name.clone()));
                RecordBody::TaskStarted { task: begun.task, name, planned: begun.planned }
            }
            Event::TaskEnd { id } => {
                let task = self.number(&id)?;
                RecordBody::TaskFinished { task, progress: self.tracker.task_finished(task) }
            }
            Event::HostStart { id, host } => {
                self.last_messages.remove(&host);
                RecordBody::HostStarted { task: self.number(&id)?, host }
            }
            Event::HostResult { id, host, status, began } => self.result(&id, host, status, began)?,
            Event::Diff { id, host, text } => {
                let (task, name) = self.tasks.get(&id)?;
                let text = self.without_paths(&text);
                RecordBody::Diff { task: *task, name: name.clone(), host, text }
            }
            Event::HostStats(stats) => {
                self.failed += usize::from(stats.failed > 0 || stats.unreachable > 0);
                RecordBody::HostStats(stats)
            }
            Event::Paused => {
                self.is_paused = true;
                RecordBody::Paused
            }
            Event::Resumed => {
                self.is_paused = false;
                RecordBody::Resumed
            }
            Event::Line { id, host, stream, text } => {
                let text = self.without_paths(&text);
                if let (Some(host), Stream::Message) = (&host, stream) {
                    self.last_messages.insert(host.clone(), text.clone());
                }
                RecordBody::Line { task: id.and_then(|id| self.number(&id)), host, stream, text }
            }
        })
    }

    /// The last message of this host, which in a failed task is the module's reason.
    fn reason(&self, host: &str) -> String {
        self.last_messages.get(host).map(|message| format!(": {message}")).unwrap_or_default()
    }

    fn number(&self, id: &str) -> Option<u32> {
        self.tasks.get(id).map(|(number, _)| *number)
    }

    fn result(&mut self, id: &str, host: String, status: TaskStatus, began: f64) -> Option<RecordBody> {
        let (task, name) = self.tasks.get(id)?;
        match status {
            TaskStatus::Failed => self.failures.push(format!("“{name}” failed on {host}{}", self.reason(&host))),
            TaskStatus::Unreachable => self.failures.push(format!("{host} could not be reached{}", self.reason(&host))),
            TaskStatus::Ok
            | TaskStatus::Changed
            | TaskStatus::Skipped
            | TaskStatus::Ignored
            | TaskStatus::Unchecked => {}
        }
        self.tracker.task_ended(*task, status);
        self.hosts_with_tasks.insert(host.clone());
        let now = clock::now();
        let started_at = time_of(began).unwrap_or(now);
        let duration_ms = u64::try_from((now - started_at).num_milliseconds()).unwrap_or_default();
        Some(RecordBody::HostResult { task: *task, host, status, started_at, duration_ms })
    }

    /// Where on this machine a run lies is nobody's business outside.
    fn without_paths(&self, text: &str) -> String {
        text.replace(&self.dir, "")
    }

    /// ansible-playbook's own output. Events come through the plugin, so that this is warnings and refusals.
    fn said(&mut self, line: &[u8]) -> io::Result<()> {
        let text = self.without_paths(String::from_utf8_lossy(line).trim_end());
        if text.is_empty() {
            return Ok(());
        }
        if let Some((_, error)) = text.split_once("ERROR]: ") {
            error.clone_into(&mut self.last_words);
        }
        self.spool.append(runner_line(text))
    }

    fn coverage(&self) -> Coverage {
        self.tracker.coverage()
    }

    fn end(self, batch: &[RunTarget], ended: &Ended) -> BatchEnd {
        let status = match ended {
            Ended::Stopped(stop) => return BatchEnd { stopped: Some(*stop), ..BatchEnd::default() },
            Ended::Exited(status) => status,
        };
        let names = batch.iter().map(|target| target.name.as_str());
        let idle: Vec<&str> = names.filter(|name| !self.hosts_with_tasks.contains(*name)).collect();
        let failure = if status.success() && idle.is_empty() {
            return BatchEnd { exit_code: status.code(), ..BatchEnd::default() };
        } else if status.success() {
            format!("the playbook has no task for {}", idle.join(", "))
        } else if !self.failures.is_empty() {
            self.failures.join("; ")
        } else if !self.last_words.is_empty() {
            self.last_words
        } else {
            format!("ansible-playbook ended with {status}")
        };
        // Without counts, nothing says that any of them came to the end.
        let failed = if self.failed > 0 { self.failed } else { batch.len() };
        BatchEnd { stopped: None, failure: Some(failure), exit_code: status.code(), failed }
    }
}

fn runner_line(text: String) -> RecordBody {
    RecordBody::Line { task: None, host: None, stream: Stream::Runner, text }
}

fn time_of(seconds: f64) -> Option<DateTime<Utc>> {
    let since_epoch = Duration::try_from_secs_f64(seconds).ok()?;
    DateTime::from_timestamp_millis(i64::try_from(since_epoch.as_millis()).ok()?)
}
