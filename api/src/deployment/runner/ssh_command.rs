//! Runs shell commands over SSH: each command a task, on all targets of a batch at once, in order.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::ansible_files::given_variables;
use super::clock;
use super::commands::{Command, Commands};
use super::connector::{self, Connector, Destination, Session};
use super::progress::Tracker;
use super::record::{HostStats, RecordBody, Stream, TaskStatus};
use super::remote_shell::{RemoteShell, Shell, ShellExit, quote};
use super::rollout::{BatchEnd, Work};
use super::run_secrets::RunSecrets;
use super::spec::{RunSpec, RunTarget};
use super::spool::SpoolWriter;
use super::ssh_key::SshKey;
use super::stop::{Stop, StopWatch};
use crate::platform::trace;

/// Runs the commands of a script on the targets of a batch.
pub(super) async fn run(
    work: &Work<'_>,
    batch: &[RunTarget],
    tracker: &mut Tracker,
    spool: &mut SpoolWriter,
    stop: &mut StopWatch,
) -> io::Result<BatchEnd> {
    let commands = match Commands::parse(work.script) {
        Ok(commands) => commands,
        Err(error) => {
            let failure = Some(error.to_string());
            return Ok(BatchEnd { failure, failed: batch.len(), ..BatchEnd::default() });
        }
    };
    let hosts = tokio::select! {
        hosts = connect_all(work.spec, batch, work.secrets) => hosts,
        stopped = stop.stopped() => return Ok(BatchEnd { stopped: Some(stopped), ..BatchEnd::default() }),
    };
    let mut run = SshRun { shell: commands.shell, hosts, tracker, spool, failures: Vec::new(), exit_code: None };
    run.spool.append(RecordBody::PlayStarted { name: "commands".to_owned() })?;
    run.tracker.play_started();
    let mut stopped = None;
    for command in &commands.commands {
        stopped = stop.pause(run.spool).await?;
        if stopped.is_none() {
            stopped = run.command(command, stop).await?;
        }
        if stopped.is_some() || run.hosts.iter().all(|host| host.session.is_err()) {
            break;
        }
    }
    run.end(stopped).await
}

/// A target and its connection, or why there is none any more.
struct Host {
    name: String,
    exports: String,
    session: Result<Session, String>,
    stats: HostStats,
    is_announced: bool,
}

async fn connect_all(spec: &RunSpec, batch: &[RunTarget], secrets: &RunSecrets) -> Vec<Host> {
    let connector = Connector { loopback_only: spec.loopback_only };
    let key = SshKey::parse(&secrets.key, None);
    let connect = async |target: &RunTarget| {
        let session = match &key {
            Ok(key) => connector
                .connect(&Destination::from(target), key, Some(&target.host_key))
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let stats = HostStats { host: target.name.clone(), ..HostStats::default() };
        Host {
            name: target.name.clone(),
            exports: exports(spec, target, &secrets.variables),
            session,
            stats,
            is_announced: false,
        }
    };
    futures::future::join_all(batch.iter().map(connect)).await
}

/// The variables as assignments, each value one quoted word whatever it holds.
fn exports(spec: &RunSpec, target: &RunTarget, secrets: &BTreeMap<String, SecretString>) -> String {
    let mut text = String::new();
    let mut export = |name: &str, value: &str| _ = writeln!(text, "export {name}={}", quote(value));
    // First, so that a variable of this name that the script declares outranks it.
    if let Some(context) = &spec.trace_parent {
        export(trace::VARIABLE, context);
    }
    for (name, value) in &spec.variables {
        export(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    for (name, value) in secrets {
        export(name, value.expose_secret());
    }
    export("deployment_id", &spec.deployment_id.to_string());
    for (name, value) in given_variables(target) {
        export(name, value);
    }
    text
}

struct SshRun<'s> {
    shell: Shell,
    hosts: Vec<Host>,
    tracker: &'s mut Tracker,
    spool: &'s mut SpoolWriter,
    failures: Vec<String>,
    exit_code: Option<i32>,
}

/// How a command ended on a host.
enum CommandEnd {
    Exited(ShellExit),
    Lost,
    Stopped,
}

impl SshRun<'_> {
    /// Runs a command on every host that is still there.
    async fn command(&mut self, command: &Command, stop: &mut StopWatch) -> io::Result<Option<Stop>> {
        let task = self.tracker.task_started(&command.name, true);
        self.spool.append(RecordBody::TaskStarted {
            task: task.task,
            name: command.name.clone(),
            planned: task.planned,
        })?;
        self.report_unreachable(task.task)?;
        let started_at = clock::now();
        let scripts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| format!("{}eval {} </dev/null\n", host.exports, quote(&command.text)))
            .collect();
        let (lines, mut received) = mpsc::channel(256);
        let (stop_sender, stop_receiver) = watch::channel(false);
        let mut ends = Vec::new();
        let mut stopped = None;
        {
            let mut running = FuturesUnordered::new();
            for (index, (host, script)) in self.hosts.iter().zip(&scripts).enumerate() {
                if let Ok(session) = &host.session {
                    self.spool.append(RecordBody::HostStarted { task: task.task, host: host.name.clone() })?;
                    let output = Output { host: index, lines: lines.clone() };
                    let ended = execute(session, self.shell, script, output, stop_receiver.clone());
                    running.push(async move { (index, ended.await) });
                }
            }
            while !running.is_empty() {
                tokio::select! {
                    Some((index, line)) = received.recv() => self.spool.append(self.hosts[index].line(task.task, line))?,
                    Some(end) = running.next() => {
                        while let Ok((index, line)) = received.try_recv() {
                            self.spool.append(self.hosts[index].line(task.task, line))?;
                        }
                        let duration_ms = u64::try_from((clock::now() - started_at).num_milliseconds()).unwrap_or_default();
                        if let Some(status) = status_of(&end.1) {
                            let host = self.hosts[end.0].name.clone();
                            self.spool.append(RecordBody::HostResult { task: task.task, host, status, started_at, duration_ms })?;
                        }
                        ends.push(end);
                    }
                    reason = stop.stopped(), if stopped.is_none() => {
                        stopped = Some(reason);
                        stop_sender.send_replace(true);
                    }
                }
            }
        }
        for (index, end) in ends {
            self.account(index, &end, command);
        }
        if stopped.is_none() {
            let progress = self.tracker.task_finished(task.task);
            self.spool.append(RecordBody::TaskFinished { task: task.task, progress })?;
        }
        Ok(stopped)
    }

    fn report_unreachable(&mut self, task: u32) -> io::Result<()> {
        for host in &mut self.hosts {
            let Err(reason) = &host.session else { continue };
            if host.is_announced {
                continue;
            }
            host.is_announced = true;
            host.stats.unreachable += 1;
            self.failures.push(reason.clone());
            let line = (Stream::Runner, reason.clone());
            self.spool.append(host.line(task, line))?;
            let (status, started_at) = (TaskStatus::Unreachable, clock::now());
            self.spool.append(RecordBody::HostResult {
                task,
                host: host.name.clone(),
                status,
                started_at,
                duration_ms: 0,
            })?;
        }
        Ok(())
    }

    fn account(&mut self, index: usize, end: &CommandEnd, command: &Command) {
        let host = &mut self.hosts[index];
        let failure = match end {
            CommandEnd::Exited(ShellExit::Status(0)) => {
                host.stats.ok += 1;
                return;
            }
            CommandEnd::Stopped => return,
            CommandEnd::Exited(ShellExit::Status(status)) => {
                host.stats.failed += 1;
                self.exit_code = self.exit_code.or_else(|| i32::try_from(*status).ok());
                format!("“{}” ended with status {status} on {}", command.name, host.name)
            }
            CommandEnd::Exited(ShellExit::Signal) => {
                host.stats.failed += 1;
                format!("“{}” was ended by a signal on {}", command.name, host.name)
            }
            CommandEnd::Lost => {
                host.stats.unreachable += 1;
                format!("the connection to {} was lost during “{}”; it may have taken effect", host.name, command.name)
            }
        };
        host.session = Err(failure.clone());
        host.is_announced = true;
        self.failures.push(failure);
    }

    async fn end(self, stopped: Option<Stop>) -> io::Result<BatchEnd> {
        for host in &self.hosts {
            if let Ok(session) = &host.session {
                connector::close(session).await;
            }
            // A host that was stopped on its way has no final counts.
            if stopped.is_none() || host.session.is_err() {
                self.spool.append(RecordBody::HostStats(host.stats.clone()))?;
            }
        }
        let failed = self.hosts.iter().filter(|host| host.session.is_err()).count();
        let is_well = self.failures.is_empty();
        let exit_code = if is_well { Some(0) } else { self.exit_code };
        Ok(BatchEnd { stopped, failure: (!is_well).then(|| self.failures.join("; ")), exit_code, failed })
    }
}

impl Host {
    fn line(&self, task: u32, (stream, text): (Stream, String)) -> RecordBody {
        RecordBody::Line { task: Some(task), host: Some(self.name.clone()), stream, text }
    }
}

fn status_of(end: &CommandEnd) -> Option<TaskStatus> {
    match end {
        CommandEnd::Exited(ShellExit::Status(0)) => Some(TaskStatus::Ok),
        CommandEnd::Exited(ShellExit::Status(_) | ShellExit::Signal) => Some(TaskStatus::Failed),
        CommandEnd::Lost => Some(TaskStatus::Unreachable),
        CommandEnd::Stopped => None,
    }
}

struct Output {
    host: usize,
    lines: mpsc::Sender<(usize, (Stream, String))>,
}

impl Output {
    async fn send(&self, lines: Vec<(Stream, String)>) {
        for line in lines {
            // The receiver lives as long as this runs.
            _ = self.lines.send((self.host, line)).await;
        }
    }
}

/// How long a stopped command's last words are waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

async fn execute(
    session: &Session,
    shell: Shell,
    script: &str,
    output: Output,
    mut stop: watch::Receiver<bool>,
) -> CommandEnd {
    let Ok(mut shell) = RemoteShell::start(session, shell, script).await else { return CommandEnd::Lost };
    loop {
        tokio::select! {
            lines = shell.next_lines() => match lines {
                Some(lines) => output.send(lines).await,
                None => return shell.exit().map_or(CommandEnd::Lost, CommandEnd::Exited),
            },
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    shell.terminate().await;
    let deadline = Instant::now() + LAST_WORDS;
    loop {
        tokio::select! {
            lines = shell.next_lines() => match lines {
                Some(lines) => output.send(lines).await,
                None => return CommandEnd::Stopped,
            },
            () = sleep_until(deadline) => return CommandEnd::Stopped,
        }
    }
}
