//! Runs again what has ended: by the very same plan, because a person says so, and linked to what it repeats.

use super::dispatch::{Dispatch, dispatch};
use super::plan::{Plan, price};
use super::policy::{RerunDeployment, RunScript};
use super::run_script::marks;
use super::schedule::Schedule;
use super::store::{self, DeploymentKey, DeploymentMode, HostResult, deployment_host, deployment_run};
use crate::fleet::store::{project, script, script_revision, server};
use crate::platform::error::{AppError, AppResult, UserError, UserErrorCode};
use crate::platform::granted::{Granted, Tx};
use crate::platform::ids::ServerId;
use crate::platform::scope::Resource as _;
use crate::platform::viewer::Viewer;
use crate::provisioning::deploy_server_request::deploy;
use crate::provisioning::plan::{planned_script, planned_target};
use crate::provisioning::recipients::deciders;
use serde_json::json;
use std::collections::BTreeMap;

/// How to run again.
pub struct Rerun {
    /// On all hosts, not only on those that did not come to their end.
    pub is_for_all: bool,
    /// How many reruns the person knows of.
    pub known_reruns: usize,
    /// When it may begin.
    pub schedule: Schedule,
    /// The values of the plan's secrets, where no request keeps them.
    pub secrets: BTreeMap<String, String>,
}

/// Dispatches a deployment that has ended once more.
///
/// # Errors
/// `PLAN_DRIFT` if its plan would be another by now; CONFLICT if it goes on, was run again meanwhile, or has deployed what
/// was approved; user errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn rerun_deployment(viewer: &Viewer, key: DeploymentKey, rerun: Rerun) -> AppResult<deployment_run::Model> {
    let told = deciders(viewer.kernel()).await?;
    let tx = viewer.begin().await?;
    // Whoever else wants this now waits here for our commit.
    let proof = tx.grant::<RerunDeployment>(key).await?;
    if store::reruns(&tx, key).await?.len() != rerun.known_reruns {
        return Err(AppError::conflict("It was run again meanwhile: look at that run first."));
    }
    let hosts = store::hosts(&tx, key).await?;
    let chosen: Vec<_> = hosts.iter().filter(|host| rerun.is_for_all || host.result != HostResult::Ok).collect();
    let refuse = |message: &str| AppError::field("hosts", UserErrorCode::Invalid, message);
    if chosen.is_empty() {
        return Err(refuse("Every host came to the end of the script."));
    }
    let deployment = match proof.request_id {
        Some(_) if chosen.len() != hosts.len() => {
            return Err(refuse("What was approved is the run on all of its hosts."));
        }
        Some(request) => deploy(&tx, (key.0, request), told, Some(key.1), rerun.schedule).await?,
        None => run_again(&tx, &proof, &chosen, rerun).await?,
    };
    let names: Vec<_> = chosen.iter().map(|host| host.name.as_str()).collect();
    tx.audit_row(&proof, json!({ "deployment": deployment.id.to_string(), "hosts": names })).await?;
    tx.commit().await?;
    Ok(deployment)
}

/// Dispatches a run without a request once more.
async fn run_again(
    tx: &Tx,
    first: &Granted<'_, RerunDeployment>,
    chosen: &[&deployment_host::Model],
    Rerun { schedule, secrets, .. }: Rerun,
) -> AppResult<deployment_run::Model> {
    let proof = tx.grant::<RunScript>((first.tenant_id, first.project_id)).await?;
    let schedule = schedule.permitted(tx, (first.tenant_id, first.project_id)).await?;
    let servers = chosen.iter().map(|host| host.server_id);
    if store::goes_on(tx, (first.tenant_id, first.script_id), servers, tx.now()).await? {
        return Err(AppError::conflict("The script waits or runs on one of these servers: wait for its end."));
    }
    let kept: Plan = serde_json::from_str(&first.plan).map_err(AppError::unreadable("a kept plan"))?;
    check_secrets(&kept, &secrets)?;
    let now = as_now(tx, first, &proof, &kept, &secrets).await?;
    let Some(mut plan) = now.filter(|plan| plan.digest() == first.plan_digest) else {
        let message = "It would not be the same run: the script, a secret, a target or the price has changed since. \
                       Nothing was done. Run the script anew, as it is now.";
        return Err(AppError::user(UserErrorCode::PlanDrift, message));
    };
    plan.targets.retain(|target| chosen.iter().any(|host| host.server_id.0 == target.id));
    plan.monthly_price_cents = price(plan.targets.iter().map(|target| target.r#type.as_deref()));
    let what = Dispatch {
        tenant: first.tenant_id,
        project: first.project_id,
        mode: DeploymentMode::Run,
        request: None,
        schedule,
        rerun_of: Some(first.id),
        script: first.script_id,
        revision: first.script_revision_id,
        plan,
        secrets,
    };
    dispatch(tx, &proof, what).await
}

fn check_secrets(plan: &Plan, given: &BTreeMap<String, String>) -> AppResult<()> {
    let field = |name: &String| format!("secrets.{name}");
    let missing = plan.secrets.keys().filter(|name| !given.contains_key(*name));
    let foreign = given.keys().filter(|name| !plan.secrets.contains_key(*name));
    let errors: Vec<_> = missing
        .map(|name| UserError::on(&field(name), UserErrorCode::Required, "It was not kept: give it again."))
        .chain(foreign.map(|name| UserError::on(&field(name), UserErrorCode::Invalid, "The plan has no such secret.")))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::User(errors)) }
}

/// The plan as it would be made now; none where something of it is gone.
async fn as_now(
    tx: &Tx,
    first: &deployment_run::Model,
    project: &project::Model,
    kept: &Plan,
    secrets: &BTreeMap<String, String>,
) -> AppResult<Option<Plan>> {
    let script = tx.get::<script::Entity>(first.script_id).await?;
    let revision = tx.get::<script_revision::Entity>(first.script_revision_id).await?;
    if script.current_revision != revision.number {
        return Ok(None);
    }
    let keys: Vec<_> = kept.targets.iter().map(|target| (first.tenant_id, ServerId(target.id))).collect();
    let mut servers = tx.find::<server::Entity>().filter(server::Entity::by_keys(&keys)).all().await?;
    servers.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(Some(Plan {
        script: planned_script(&script, &revision)?,
        targets: servers.iter().map(|server| planned_target(project, server)).collect(),
        secrets: marks(tx.viewer().kernel(), first.tenant_id, revision.id, secrets)?,
        monthly_price_cents: price(servers.iter().map(|server| server.r#type.as_deref())),
        ..kept.clone()
    }))
}
