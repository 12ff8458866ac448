//! Revokes an access token: it ends everywhere at once.

use super::policy::RevokeAccessToken;
use super::store::access_tokens::{self as store, access_token};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::error::AppResult;
use crate::platform::events::user_topic;
use crate::platform::ids::AccessTokenId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Revokes a token, and tells its owner if somebody else does.
///
/// # Errors
/// CONFLICT if it was revoked already; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn revoke_access_token(viewer: &Viewer, id: AccessTokenId) -> AppResult<access_token::Model> {
    // Whose it is never changes.
    let owner = viewer.reader().get::<access_token::Entity>(id).await?.user_id;
    let tx = viewer.begin_changing(&[owner]).await?;
    let proof = tx.grant::<RevokeAccessToken>(id).await?;
    let row = store::revoke_access_token(&tx, &proof).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    let message = Message {
        level: NotificationLevel::Warning,
        title: format!("Access token {} was revoked", row.name),
        body: format!("By {}. What used it is out.", tx.viewer().signed_in()?.name),
        subject: None,
    };
    notify(&tx, &proof, [owner], &message).await?;
    tx.wake(user_topic(owner));
    tx.commit().await?;
    Ok(row)
}
