//! Rejects a request.

use super::policy::RejectServerRequest;
use super::recipients::subject;
use super::store::{self, server_request};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::error::{AppResult, Checks};
use crate::platform::ids::{ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Rejects a request for a reason, and tells its requester.
///
/// # Errors
/// User errors on `reason`; `SELF_APPROVAL`; CONFLICT if it was decided meanwhile; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn reject_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
    reason: &str,
) -> AppResult<server_request::Model> {
    let reason = reason.trim();
    let mut checks = Checks::default();
    checks.length(reason, "reason", 1, 1_000);
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<RejectServerRequest>(key).await?;
    let row = store::reject(&tx, &proof, reason.to_owned()).await?;
    tx.audit_row(&proof, json!({ "note": reason })).await?;
    let message = Message {
        level: NotificationLevel::Warning,
        title: format!("{} was rejected", row.name),
        body: format!("{}: {reason}", tx.viewer().signed_in()?.name),
        subject: Some(subject(&row)),
    };
    notify(&tx, &proof, [row.requester_id], &message).await?;
    tx.commit().await?;
    Ok(row)
}
