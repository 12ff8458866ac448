//! Withdraws a request.

use super::policy::CancelServerRequest;
use super::recipients::{deciders, subject};
use super::store::{self, server_request};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::error::AppResult;
use crate::platform::ids::{ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Withdraws the viewer's request, and tells who decides.
///
/// # Errors
/// CONFLICT if that is no longer possible; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn cancel_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
) -> AppResult<server_request::Model> {
    let told = deciders(viewer.kernel()).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CancelServerRequest>(key).await?;
    let row = store::cancel(&tx, &proof).await?;
    tx.audit_row(&proof, json!({})).await?;
    let message = Message {
        level: NotificationLevel::Info,
        title: format!("{} was cancelled", row.name),
        body: format!("{} no longer needs it.", tx.viewer().signed_in()?.name),
        subject: Some(subject(&row)),
    };
    notify(&tx, &proof, told, &message).await?;
    tx.commit().await?;
    Ok(row)
}
