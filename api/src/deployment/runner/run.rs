//! `rookery runner DIR`: carries out one prepared run.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::attach::{LOCK_FILE, PID_FILE};
use super::confine::{Network, confine};
use super::prepare::script_file;
use super::process::ProcessIdentity;
use super::record::{FinishReason, Progress, RecordBody};
use super::rollout::Work;
use super::run_secrets::{RemoveOnDrop, RunSecrets, write_private};
use super::spec::RunSpec;
use super::spool::SpoolWriter;
use super::stop::{Stop, StopWatch};
use super::{plan_tasks, progress, rollout, script_store};

/// How long a starting runner waits for the lock: a server may be looking at it.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// How a run ended.
pub(super) struct Outcome {
    pub(super) reason: FinishReason,
    pub(super) exit_code: Option<i32>,
    pub(super) message: Option<String>,
    pub(super) progress: Progress,
}

impl Outcome {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self {
            reason: FinishReason::Failed,
            exit_code: None,
            message: Some(message.into()),
            progress: Progress::default(),
        }
    }

    pub(super) fn stopped(stop: Stop, progress: Progress) -> Self {
        Self { reason: stop.reason(), exit_code: None, message: Some(stop.message()), progress }
    }
}

/// Carries out the run prepared in `dir` and writes its spool. Exit status: 0 completed, 1 ended otherwise and said so in the spool, 2 not
/// run at all, because the directory was run before or cannot be used.
///
/// Starts a runtime of its own: not to be called from within one.
#[must_use]
pub fn run(dir: &Path) -> ExitCode {
    match hold_and_run(dir) {
        Ok(FinishReason::Completed) => ExitCode::SUCCESS,
        Ok(FinishReason::Failed | FinishReason::TimedOut | FinishReason::Cancelled) => ExitCode::from(1),
        Err(error) => {
            eprintln!("this run cannot be carried out: {error}");
            ExitCode::from(2)
        }
    }
}

fn hold_and_run(dir: &Path) -> io::Result<FinishReason> {
    let dir = dir.canonicalize()?;
    let _held = lock(&dir)?;
    let secrets = RemoveOnDrop::new(&dir);
    let mut spool = SpoolWriter::create(&dir)?;
    let identity = ProcessIdentity::current().ok_or_else(|| io::Error::other("this process is not in /proc"))?;
    write_private(&dir.join(PID_FILE), &serde_json::to_vec(&identity)?)?;
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(carry_out(&dir, &mut spool))
        .unwrap_or_else(|error| Outcome::failed(format!("the runner could not go on: {error}")));
    drop(secrets);
    let Outcome { reason, exit_code, message, progress } = outcome;
    spool.finish(RecordBody::Finished { reason, exit_code, message, progress })?;
    Ok(reason)
}

/// Holds the directory until the process ends, however it ends.
fn lock(dir: &Path) -> io::Result<File> {
    let file = File::options().create(true).append(true).open(dir.join(LOCK_FILE))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn carry_out(dir: &Path, spool: &mut SpoolWriter) -> io::Result<Outcome> {
    let spec = match RunSpec::load(dir) {
        Ok(spec) => spec,
        Err(error) => return Ok(Outcome::failed(error.to_string())),
    };
    spool.append(RecordBody::Started {
        deployment_id: spec.deployment_id,
        fence: spec.fence,
        pid: std::process::id(),
    })?;
    if let Err(error) = spec.validate() {
        return Ok(Outcome::failed(error.to_string()));
    }
    // The only thread there is by now; whatever comes after is shut in.
    if let Err(error) = confine(dir, &spec.ansible_playbook, Network::Open) {
        return Ok(Outcome::failed(format!("the script cannot be shut in: {error}")));
    }
    let script = match script_store::verified(&dir.join(script_file(spec.kind)), &spec.script_digest) {
        Ok(script) => script,
        Err(error) => return Ok(Outcome::failed(error.to_string())),
    };
    for (path, digest) in &spec.files {
        if let Err(error) = script_store::verified(&dir.join(path), digest) {
            return Ok(Outcome::failed(format!("{path}: {error}")));
        }
    }
    let Ok(secrets) = RunSecrets::load(dir) else {
        return Ok(Outcome::failed("the run's secrets are no longer there"));
    };
    match secrets.redactor() {
        Ok(redactor) => spool.set_redactor(redactor),
        Err(error) => return Ok(Outcome::failed(error.to_string())),
    }
    let mut stop = StopWatch::start(dir, Duration::from_secs(spec.timeout_seconds))?;
    let plays = tokio::select! {
        plays = plan_tasks::plan_tasks(dir, &spec, &script) => plays,
        stopped = stop.stopped() => return Ok(Outcome::stopped(stopped, Progress::default())),
    };
    let plays = match plays {
        Ok(plays) => plays,
        Err(error) => return Ok(Outcome::failed(error.to_string())),
    };
    let tracker = progress::Tracker::new(&plays, spec.batches().len());
    spool.append(RecordBody::Planned { planned: tracker.progress().planned, plays })?;
    let work = Work { dir, spec: &spec, script: &script, secrets: &secrets };
    rollout::run(&work, tracker, spool, &mut stop).await
}
