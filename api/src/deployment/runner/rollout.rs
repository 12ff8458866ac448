//! Runs a script on its targets: on all at once, or batch after batch.

use std::io;
use std::path::Path;

use super::progress::Tracker;
use super::record::{FinishReason, RecordBody, Stream};
use super::run::Outcome;
use super::run_secrets::RunSecrets;
use super::spec::{RunSpec, RunTarget, ScriptKind};
use super::spool::SpoolWriter;
use super::stop::{Stop, StopWatch};
use super::{ansible_run, ssh_command};

/// How a batch ended.
#[derive(Default)]
pub(super) struct BatchEnd {
    /// What stopped it, if it was stopped.
    pub(super) stopped: Option<Stop>,
    /// Why not all of its targets came to the end.
    pub(super) failure: Option<String>,
    /// Exit status of ansible-playbook, or of the first failing command.
    pub(super) exit_code: Option<i32>,
    /// How many of its targets failed or were not reached.
    pub(super) failed: usize,
}

/// What a run consists of.
pub(super) struct Work<'w> {
    pub(super) dir: &'w Path,
    pub(super) spec: &'w RunSpec,
    pub(super) script: &'w str,
    pub(super) secrets: &'w RunSecrets,
}

/// Runs the batches in order, as long as no more targets have failed than may.
pub(super) async fn run(
    work: &Work<'_>,
    mut tracker: Tracker,
    spool: &mut SpoolWriter,
    stop: &mut StopWatch,
) -> io::Result<Outcome> {
    let batches = work.spec.batches();
    let (mut failures, mut failed, mut exit_code, mut stopped) = (Vec::new(), 0, None, None);
    for (number, batch) in batches.iter().enumerate() {
        if stopped.is_none() {
            stopped = stop.pause(spool).await?;
        }
        let allowed = work.spec.failures_most as usize;
        if stopped.is_some() || (number > 0 && failed > allowed) {
            leave(&batches[number..], spool)?;
            if stopped.is_none() {
                failures.push(format!(
                    "no further batch was begun: {failed} targets did not come to the end, {allowed} may"
                ));
            }
            break;
        }
        if batches.len() > 1 {
            let names: Vec<_> = batch.iter().map(|target| target.name.as_str()).collect();
            say(spool, format!("Batch {} of {}: {}", number + 1, batches.len(), names.join(", ")))?;
        }
        tracker.batch_started(number);
        let end = match work.spec.kind {
            ScriptKind::Ansible => ansible_run::run(work, batch, &mut tracker, spool, stop).await?,
            ScriptKind::Ssh => ssh_command::run(work, batch, &mut tracker, spool, stop).await?,
        };
        failures.extend(end.failure);
        failed += end.failed;
        exit_code = exit_code.filter(|code| *code != 0).or(end.exit_code);
        stopped = end.stopped;
    }
    if let Some(stop) = stopped {
        return Ok(Outcome::stopped(stop, tracker.progress()));
    }
    if failures.is_empty() {
        let progress = tracker.completed();
        return Ok(Outcome { reason: FinishReason::Completed, exit_code, message: None, progress });
    }
    Ok(Outcome { exit_code, progress: tracker.progress(), ..Outcome::failed(failures.join("; ")) })
}

/// Notes the targets whose turn never came.
fn leave(batches: &[&[RunTarget]], spool: &mut SpoolWriter) -> io::Result<()> {
    for target in batches.iter().copied().flatten() {
        spool.append(RecordBody::HostLeft { host: target.name.clone() })?;
    }
    Ok(())
}

fn say(spool: &mut SpoolWriter, text: String) -> io::Result<()> {
    spool.append(RecordBody::Line { task: None, host: None, stream: Stream::Runner, text })
}
