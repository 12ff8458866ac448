//! Looks what a request would change, as things are now.

use super::plan::plan_of;
use super::policy::PreviewServerRequest;
use crate::deployment::dispatch::{Dispatch, dispatch};
use crate::deployment::preview::{check_alone, check_kind};
use crate::deployment::schedule::Schedule;
use crate::deployment::store::{DeploymentMode, deployment_run};
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::ids::{ScriptId, ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Dispatches a preview of a request that waits for a decision or for its deployment. The request stays as it is.
///
/// # Errors
/// `PLAN_INCOMPLETE`; `NOT_ALLOWED` for what has no preview; CONFLICT if it is decided otherwise, or one is under way; FORBIDDEN
/// for who may not; `NOT_FOUND`.
pub async fn preview_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<PreviewServerRequest>(key).await?;
    let planned = plan_of(viewer.kernel(), &tx, &proof).await?;
    let (Some(plan), Some((script, revision))) = (planned.plan, planned.script) else {
        let message = format!("The plan still needs {}.", planned.missing.join(", "));
        return Err(AppError::user(UserErrorCode::PlanIncomplete, message));
    };
    check_kind(script.kind)?;
    check_alone(&tx, key).await?;
    let what = Dispatch {
        tenant: proof.tenant_id,
        project: proof.project_id,
        mode: DeploymentMode::Preview,
        request: Some(proof.id),
        schedule: Schedule::default(),
        rerun_of: None,
        script: ScriptId(plan.script.id),
        revision: revision.id,
        plan,
        secrets: planned.secrets,
    };
    let preview = dispatch(&tx, &proof, what).await?;
    tx.audit_row(&proof, json!({ "preview": preview.id.to_string(), "planDigest": preview.plan_digest })).await?;
    tx.commit().await?;
    Ok(preview)
}
