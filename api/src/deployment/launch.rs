//! From a dispatched deployment to a running runner: everything that is checked before a host is touched.

use super::Engine;
use super::attempts;
use super::dispatch::secrets_place;
use super::hold::blocking;
use super::plan::Plan;
use super::policy::may_run;
use super::record::record;
use super::runner::attach;
use super::runner::preflight::{Requirements, preflight};
use super::runner::prepare::{PreparedSecrets, prepare};
use super::runner::script_store::ScriptStore;
use super::runner::spec::{RunSpec, RunTarget};
use super::runner::ssh_key::SshKey;
use super::store::{DeploymentMode, deployment_run};
use crate::fleet::create_script::runner_kind;
use crate::fleet::model::sentence;
use crate::fleet::ssh;
use crate::fleet::store::{files_of, project, script, script_revision, server};
use crate::platform::crash;
use crate::platform::error::AppError;
use crate::platform::ids::{DeploymentId, ServerId};
use crate::platform::jobs::Lease;
use crate::platform::scope::Reader;
use crate::platform::viewer::Viewer;
use crate::provisioning::form::open_secrets;
use crate::provisioning::plan::planned_script;
use secrecy::SecretString;
use std::iter;
use std::path::PathBuf;
use tokio::time::Instant;

/// Why a run was not started. No host was changed.
pub enum NotStarted {
    /// For the person who started it.
    Refused(Refused),
    /// A defect, or a broken dependency.
    Broken(AppError),
}

/// What stands against a run.
pub struct Refused {
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// The targets that could not be reached.
    pub unreached: Vec<String>,
}

impl From<AppError> for NotStarted {
    fn from(error: AppError) -> Self {
        Self::Broken(error)
    }
}

fn refused(text: impl std::fmt::Display) -> NotStarted {
    NotStarted::Refused(Refused { reasons: vec![sentence(&text.to_string())], unreached: Vec::new() })
}

struct Ready {
    spec: RunSpec,
    secrets: PreparedSecrets,
    private_key: SecretString,
    passphrase: Option<SecretString>,
    requirements: Requirements,
}

/// Checks, prepares and starts a run; the directory in which it has begun.
///
/// # Errors
/// Why it was not started. Nothing of it is left then.
pub async fn launch(engine: &Engine, lease: &Lease, row: &deployment_run::Model) -> Result<PathBuf, NotStarted> {
    still_entitled(engine, row).await?;
    let ready = ready(engine, lease, row).await?;
    ready.spec.validate().map_err(refused)?;
    let refusals = preflight(
        engine.tools.connector,
        &ready.spec.targets,
        &ready.private_key,
        ready.passphrase.as_ref(),
        ready.requirements,
    )
    .await;
    if !refusals.is_empty() {
        let unreached = refusals.iter().filter(|refusal| refusal.is_unreachable).map(|refusal| refusal.target.clone());
        let unreached = unreached.collect();
        let reasons = refusals.into_iter().map(|refusal| refusal.message).collect();
        return Err(NotStarted::Refused(Refused { reasons, unreached }));
    }
    let prepared = prepared(engine, lease, ready).await?;
    crash::at("run::prepared");
    let renewed = Instant::now();
    lease.renew(&engine.kernel, engine.terms.lease).await?;
    // The last step back: from here on, who takes the run up after us finds that a runner may have been started.
    record(engine, lease, |run| run.row.launch_fence = Some(lease.fence)).await?;
    crash::at("run::noted");
    // Who stood still until now may be the only one who does not know that this run was judged, and run again by somebody.
    // A lease that has lasted so far leaves the whole time of the handover for what comes next.
    if renewed.elapsed() >= engine.terms.lease {
        return Err(AppError::LeaseLost.into());
    }
    let dir = prepared.hand_over();
    let spawned = attach::spawn(&dir, &engine.tools.programs.rookery).await;
    crash::at("run::begun");
    let Err(error) = spawned else { return Ok(dir) };
    let unused = dir.clone();
    if blocking(move || attach::discard(&unused)).await? {
        return Err(refused(error));
    }
    tracing::warn!(deployment = %row.id, %error, "a runner began all the same");
    Ok(dir)
}

/// A directory in which nothing has been started yet. Dropped, it is gone with the secrets in it, also when whoever
/// was waiting for it is gone before it was ready.
struct Prepared(Option<PathBuf>);

impl Prepared {
    fn hand_over(mut self) -> PathBuf {
        self.0.take().unwrap_or_default()
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if let Some(dir) = self.0.take()
            && let Err(error) = attach::discard(&dir)
        {
            tracing::error!(%error, dir = %dir.display(), "a prepared run could not be removed");
        }
    }
}

async fn prepared(engine: &Engine, lease: &Lease, ready: Ready) -> Result<Prepared, NotStarted> {
    let dir = attempts::directory(&engine.data_dir, DeploymentId(lease.subject), lease.fence);
    let data_dir = engine.data_dir.clone();
    let prepared = blocking(move || {
        std::fs::create_dir_all(attempts::directories(&data_dir))?;
        let prepared = prepare(&dir, &ready.spec, &ScriptStore::new(&data_dir), &ready.secrets);
        Ok(prepared.map(|()| Prepared(Some(dir))))
    });
    prepared.await?.map_err(refused)
}

/// A deployment is run on behalf of who started it: not for somebody who was suspended before it began, or lost the right
/// to run it.
async fn still_entitled(engine: &Engine, row: &deployment_run::Model) -> Result<(), NotStarted> {
    match Viewer::on_behalf_of(&engine.kernel, row.started_by).await {
        Ok(viewer) if viewer.person().is_some_and(|person| may_run(person, row)) => Ok(()),
        Ok(_) => Err(refused("who started it may not deploy in this project any more")),
        Err(AppError::Unauthenticated) => Err(refused("the account that started it was suspended")),
        Err(error) => Err(error.into()),
    }
}

async fn ready(engine: &Engine, lease: &Lease, row: &deployment_run::Model) -> Result<Ready, NotStarted> {
    let system = Viewer::system(&engine.kernel, "starting a dispatched run");
    let reader = system.reader();
    let plan: Plan = serde_json::from_str(&row.plan).map_err(AppError::unreadable("a kept plan"))?;
    let project = reader.get::<project::Entity>((row.tenant_id, row.project_id)).await?;
    let script = reader.get::<script::Entity>(row.script_id).await?;
    let revision = reader.get::<script_revision::Entity>(row.script_revision_id).await?;
    if planned_script(&script, &revision)?.files != plan.script.files || revision.digest != plan.script.digest {
        return Err(refused("the script is not the planned one"));
    }
    let opened = ssh::open(&engine.kernel, &project)?;
    let Some(private_key) = opened.private_key else {
        return Err(refused("the project has no SSH key: nothing was started"));
    };
    let (text, passphrase) = (private_key.clone(), opened.passphrase.clone());
    // Opening a protected key takes as long as whoever protected it chose.
    let key = blocking(move || Ok(SshKey::parse(&text, passphrase.as_ref()))).await?.map_err(refused)?;
    let mut targets = Vec::with_capacity(plan.targets.len());
    for target in &plan.targets {
        targets.push(run_target(&reader, row, target).await?);
    }
    let files = files_of(&revision)?;
    let contents = || iter::once(&revision.content).chain(files.iter().map(|file| &file.content)).map(String::as_str);
    let requirements = Requirements::of(runner_kind(script.kind), contents(), plan.script.requires_root);
    let (scripts, kept) = (ScriptStore::new(&engine.data_dir), contents().map(str::to_owned).collect::<Vec<_>>());
    blocking(move || Ok(kept.iter().try_for_each(|content| scripts.put(content).map(drop))))
        .await?
        .map_err(AppError::internal)?;
    let place = secrets_place(row.tenant_id, row.id);
    let secrets = open_secrets(&engine.kernel, place, row.secret_variables.as_deref())?;
    let kind = runner_kind(script.kind);
    let spec = RunSpec {
        deployment_id: row.id.0,
        fence: lease.fence,
        kind,
        script_digest: plan.script.digest,
        files: plan.script.files,
        batch_size: plan.rollout.map(|rollout| rollout.batch.rounded_up(plan.targets.len())),
        failures_most: plan.rollout.map_or(0, |rollout| rollout.failures_most.rounded_down(plan.targets.len())),
        targets,
        variables: plan.variables,
        secret_variables: secrets.keys().cloned().collect(),
        trace_parent: row.trace_parent.clone(),
        timeout_seconds: engine.run_limits.of(kind).as_secs(),
        become_allowed: plan.script.requires_root,
        preview: row.mode == DeploymentMode::Preview,
        loopback_only: engine.tools.connector.loopback_only,
        ansible_playbook: engine.tools.programs.ansible_playbook.clone(),
    };
    let variables = secrets.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect();
    Ok(Ready {
        spec,
        secrets: PreparedSecrets { key, variables },
        private_key,
        passphrase: opened.passphrase,
        requirements,
    })
}

async fn run_target(
    reader: &Reader<'_>,
    row: &deployment_run::Model,
    target: &super::plan::PlannedTarget,
) -> Result<RunTarget, NotStarted> {
    let server = reader.get::<server::Entity>((row.tenant_id, ServerId(target.id))).await?;
    if server.address != target.address {
        return Err(refused(format!("{} is at another address than planned", target.name)));
    }
    let Some(line) = server.host_key else {
        let message = "has no pinned host key: test the project's connection, compare the fingerprint and accept it";
        return Err(refused(format!("{} {message}", target.name)));
    };
    Ok(RunTarget {
        server_id: target.id.to_string(),
        name: target.name.clone(),
        address: target.address.clone(),
        port: u16::try_from(target.port).map_err(AppError::internal)?,
        user: target.user.clone(),
        server_type: target.r#type.clone().unwrap_or_default(),
        host_key: line.parse().map_err(AppError::internal)?,
    })
}
