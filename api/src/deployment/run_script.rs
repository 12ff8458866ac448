//! Runs a script on servers of one project without a request, for those who may.

use super::dispatch::{Dispatch, dispatch};
use super::plan::{Plan, Rollout, Share, price};
use super::policy::RunScript;
use super::preview::check_kind;
use super::schedule::Schedule;
use super::store::{DeploymentMode, deployment_run};
use crate::fleet::model::{missing_values, read_values};
use crate::fleet::store::{current_revision, declared, in_project, labelled, project, script, server};
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult, Checks, UserError, UserErrorCode};
use crate::platform::granted::{Granted, Subject, Tx};
use crate::platform::ids::{DeploymentId, ProjectId, ScriptId, ScriptRevisionId, ServerId, TenantId};
use crate::platform::kernel::Kernel;
use crate::platform::scope::Resource as _;
use crate::platform::viewer::Viewer;
use crate::provisioning::plan::{planned_script, planned_target};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// At most so many servers at once.
const SERVERS_MOST: usize = 100;

/// On which servers of one project.
pub enum On {
    /// On these.
    Servers(Vec<(TenantId, ServerId)>),
    /// On those that have all of these labels when the run is dispatched.
    Labelled {
        /// Of which project.
        project: (TenantId, ProjectId),
        /// The labels.
        labels: Vec<String>,
    },
}

/// What to run where.
pub struct Run {
    /// Which script.
    pub script: ScriptId,
    /// On which servers.
    pub on: On,
    /// When it may begin.
    pub schedule: Schedule,
    /// In which portions.
    pub rollout: Option<Rollout>,
    /// The values for its variables.
    pub variables: Value,
}

/// Dispatches a run of a script's newest revision.
///
/// # Errors
/// User errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn run_script(viewer: &Viewer, run: Run) -> AppResult<deployment_run::Model> {
    dispatch_script(viewer, run, DeploymentMode::Run).await
}

/// Dispatches a script's newest revision, to be run or to be looked at.
///
/// # Errors
/// User errors, by field, and `NOT_ALLOWED` for what has no preview; FORBIDDEN for who may not; `NOT_FOUND`.
pub(super) async fn dispatch_script(
    viewer: &Viewer,
    run: Run,
    mode: DeploymentMode,
) -> AppResult<deployment_run::Model> {
    check(&run)?;
    let reader = viewer.reader();
    let script = reader.get::<script::Entity>(run.script).await?;
    let revision = current_revision(&reader, &script).await?;
    let declared = declared(&revision)?;
    let values = read_values(&declared, &run.variables, &BTreeMap::new())?;
    let missing = missing_values(&declared, &values);
    if !missing.is_empty() {
        let error =
            |name: &String| UserError::on(&format!("variables.{name}"), UserErrorCode::Required, "This is required.");
        return Err(AppError::User(missing.iter().map(error).collect()));
    }
    let tx = viewer.begin().await?;
    let (proof, rows) = granted(&tx, &run.on).await?;
    let key = (proof.tenant_id, proof.id);
    if mode == DeploymentMode::Preview {
        check_kind(script.kind)?;
    }
    let project: &project::Model = &proof;
    let secrets = marks(viewer.kernel(), key.0, revision.id, &values.secret)?;
    let plan = Plan {
        version: Plan::VERSION,
        script: planned_script(&script, &revision)?,
        targets: rows.iter().map(|row| planned_target(project, row)).collect(),
        rollout: run.rollout,
        variables: values.plain,
        secrets,
        monthly_price_cents: price(rows.iter().map(|row| row.r#type.as_deref())),
    };
    let what = Dispatch {
        tenant: key.0,
        project: key.1,
        mode,
        request: None,
        schedule: run.schedule.permitted(&tx, key).await?,
        rerun_of: None,
        script: script.id,
        revision: revision.id,
        plan,
        secrets: values.secret,
    };
    let deployment = dispatch(&tx, &proof, what).await?;
    let about = Subject { tenant: key.0, type_name: "Deployment", id: deployment.id.0 };
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    let labels = match &run.on {
        On::Servers(_) => None,
        On::Labelled { labels, .. } => Some(labels),
    };
    let details = json!({
        "script": script.name, "revision": revision.number, "servers": names, "labels": labels,
        "preview": mode == DeploymentMode::Preview, "runAt": deployment.run_after,
        "outsideWindows": deployment.ignores_windows,
    });
    tx.audit(&proof, about, details).await?;
    tx.commit().await?;
    crash::at("run::dispatched");
    Ok(deployment)
}

fn check(run: &Run) -> AppResult<()> {
    let mut checks = Checks::default();
    match &run.on {
        On::Servers(servers) => {
            let fits = (1..=SERVERS_MOST).contains(&servers.len());
            checks.require(fits, "serverIds", "Between 1 and 100 servers, or labels.");
        }
        On::Labelled { labels, .. } => checks.require(!labels.is_empty(), "labelled.labels", "At least one label."),
    }
    if let Some(rollout) = run.rollout {
        let fits = |share, least| match share {
            Share::Hosts(hosts) => (least..=100).contains(&hosts),
            Share::Percent(percent) => (least..=100).contains(&percent),
        };
        checks.require(fits(rollout.batch, 1), "batch", "Between 1 and 100.");
        checks.require(fits(rollout.failures_most, 0), "maxFailures", "Between 0 and 100.");
    }
    checks.finish()
}

/// The servers, by name, and that the viewer may run a script on them.
async fn granted<'t>(tx: &'t Tx, on: &On) -> AppResult<(Granted<'t, RunScript>, Vec<server::Model>)> {
    let (proof, mut rows) = match on {
        On::Servers(servers) => {
            let servers: BTreeSet<_> = servers.iter().copied().collect();
            let servers: Vec<_> = servers.into_iter().collect();
            let rows = tx.find::<server::Entity>().filter(server::Entity::by_keys(&servers)).all().await?;
            let first = rows.first().filter(|_| rows.len() == servers.len()).ok_or(AppError::NotFound)?;
            let key = (first.tenant_id, first.project_id);
            if rows.iter().any(|row| (row.tenant_id, row.project_id) != key) {
                let message = "Servers of one project at a time.";
                return Err(AppError::field("serverIds", UserErrorCode::Invalid, message));
            }
            (tx.grant::<RunScript>(key).await?, rows)
        }
        On::Labelled { project, labels } => {
            let proof = tx.grant::<RunScript>(*project).await?;
            let here = tx.find::<server::Entity>().filter(in_project(*project)).filter(labelled(labels));
            let rows = here.limit(SERVERS_MOST as u64 + 1).all().await?;
            if rows.is_empty() || rows.len() > SERVERS_MOST {
                let message = if rows.is_empty() {
                    "No server of the project has all of these labels."
                } else {
                    "More than 100 servers have these labels."
                };
                return Err(AppError::field("labelled.labels", UserErrorCode::Invalid, message));
            }
            (proof, rows)
        }
    };
    rows.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok((proof, rows))
}

/// The marks of secrets in the plan of a run without a request: the same for the same secrets of the same revision.
///
/// # Errors
/// INTERNAL.
pub(super) fn marks(
    kernel: &Kernel,
    tenant: TenantId,
    revision: ScriptRevisionId,
    secrets: &BTreeMap<String, String>,
) -> AppResult<BTreeMap<String, String>> {
    let place = super::dispatch::secrets_place(tenant, DeploymentId(revision.0));
    let mark = |(name, secret): (&String, &String)| Ok((name.clone(), kernel.sealer.mark(place, secret.as_bytes())?));
    secrets.iter().map(mark).collect()
}
