//! Deploys what was approved, and nothing else.

use super::plan::plan_of;
use super::policy::DeployServerRequest;
use super::recipients::{deciders, subject};
use super::store;
use crate::deployment::dispatch::{Dispatch, dispatch};
use crate::deployment::plan::Plan;
use crate::deployment::schedule::Schedule;
use crate::deployment::store::{DeploymentMode, deployment_run, newest_of_request};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::granted::Tx;
use crate::platform::ids::{DeploymentId, ScriptId, ServerRequestId, TenantId, UserId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Dispatches a deployment of an approved request, if its plan is still the approved one.
///
/// # Errors
/// `PLAN_DRIFT`; CONFLICT if it is not approved, or is being deployed; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn deploy_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
    schedule: Schedule,
) -> AppResult<deployment_run::Model> {
    let told = deciders(viewer.kernel()).await?;
    let tx = viewer.begin().await?;
    let deployment = deploy(&tx, key, told, None, schedule).await?;
    tx.commit().await?;
    crash::at("run::dispatched");
    Ok(deployment)
}

/// Dispatches a deployment of an approved request in the caller's transaction, as `rerun_of` if that is said. `told` is
/// who is told of it besides its requester.
///
/// # Errors
/// As [`deploy_server_request`].
pub async fn deploy(
    tx: &Tx,
    key: (TenantId, ServerRequestId),
    told: Vec<UserId>,
    rerun_of: Option<DeploymentId>,
    schedule: Schedule,
) -> AppResult<deployment_run::Model> {
    let proof = tx.grant::<DeployServerRequest>(key).await?;
    let planned = plan_of(tx.viewer().kernel(), tx, &proof).await?;
    let (Some(plan), Some((_, revision))) = (planned.plan, planned.script) else {
        return Err(drift(&format!("it still needs {}", planned.missing.join(", "))));
    };
    if proof.approved_digest.as_deref() != Some(plan.digest().as_str()) {
        let approved = proof.approved_plan.as_deref().and_then(|kept| serde_json::from_str::<Plan>(kept).ok());
        let parts = approved.map(|approved| plan.differences(&approved)).unwrap_or_default();
        return Err(drift(&parts.join(", ")));
    }
    let schedule = schedule.permitted(tx, (proof.tenant_id, proof.project_id)).await?;
    let row = store::begin_deploying(tx, &proof).await?;
    // Whichever way somebody asks for it: after a failure it is that run again.
    let rerun_of = match rerun_of {
        Some(first) => Some(first),
        None => newest_of_request(tx, key).await?.map(|newest| newest.id),
    };
    let deployment = dispatch(
        tx,
        &proof,
        Dispatch {
            tenant: row.tenant_id,
            project: row.project_id,
            mode: DeploymentMode::Run,
            request: Some(row.id),
            schedule,
            rerun_of,
            script: ScriptId(plan.script.id),
            revision: revision.id,
            plan,
            secrets: planned.secrets,
        },
    )
    .await?;
    let details = json!({
        "deployment": deployment.id.to_string(), "planDigest": deployment.plan_digest, "runAt": deployment.run_after,
        "outsideWindows": deployment.ignores_windows,
    });
    tx.audit_row(&proof, details).await?;
    let message = Message {
        level: NotificationLevel::Info,
        title: format!("{} is being deployed", row.name),
        body: format!("{} started it.", tx.viewer().signed_in()?.name),
        subject: Some(subject(&row)),
    };
    notify(tx, &proof, told.into_iter().chain([row.requester_id]), &message).await?;
    Ok(deployment)
}

/// Names what changed, so that it is found without comparing digests. Names of scripts, servers and variables are seen by
/// whoever may deploy; their values are not told.
fn drift(parts: &str) -> AppError {
    let parts = if parts.is_empty() { "its layout" } else { parts };
    let message = format!(
        "What would be deployed is not what was approved. Since then changed: {parts}. Nothing was done. File the request \
         again, to have it approved as it is now."
    );
    AppError::user(UserErrorCode::PlanDrift, message)
}
