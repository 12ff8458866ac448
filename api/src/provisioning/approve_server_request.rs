//! Approves a request: binds the plan that the approver saw.

use super::plan::plan_of;
use super::policy::ApproveServerRequest;
use super::recipients::{deployers, subject};
use super::store::{self, server_request};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::ids::{ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Approves a request whose plan has the digest `seen`, and tells its requester and who can deploy it.
///
/// # Errors
/// `PLAN_INCOMPLETE`; `PLAN_DRIFT` if the plan is not the one seen; `SELF_APPROVAL`; CONFLICT if it was decided meanwhile;
/// FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn approve_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
    seen: &str,
    note: Option<String>,
) -> AppResult<server_request::Model> {
    let note = check_note(note)?;
    let request = viewer.reader().get::<server_request::Entity>(key).await?;
    let told = deployers(viewer.kernel(), (request.tenant_id, request.project_id)).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<ApproveServerRequest>(key).await?;
    let planned = plan_of(viewer.kernel(), &tx, &proof).await?;
    let Some(plan) = planned.plan else {
        let message = format!("The plan still needs {}.", planned.missing.join(", "));
        return Err(AppError::user(UserErrorCode::PlanIncomplete, message));
    };
    let (canonical, digest) = (plan.canonical(), plan.digest());
    if digest != seen {
        let message = "The plan has changed since you read it. Read it again, then decide.";
        return Err(AppError::field("planDigest", UserErrorCode::PlanDrift, message));
    }
    let row = store::approve(&tx, &proof, (canonical, digest.clone()), note.clone()).await?;
    tx.audit_row(&proof, json!({ "planDigest": digest, "note": note })).await?;
    let message = Message {
        level: NotificationLevel::Success,
        title: format!("{} was approved", row.name),
        body: format!("{} approved it. It can be deployed now.", tx.viewer().signed_in()?.name),
        subject: Some(subject(&row)),
    };
    notify(&tx, &proof, told.into_iter().chain([row.requester_id]), &message).await?;
    tx.commit().await?;
    Ok(row)
}

fn check_note(note: Option<String>) -> AppResult<Option<String>> {
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let mut checks = Checks::default();
    if let Some(note) = &note {
        checks.length(note, "note", 0, 1_000);
    }
    checks.finish()?;
    Ok(note)
}
