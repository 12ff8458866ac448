//! Revokes access to a project.

use super::policy::GrantProjectAccess;
use super::store::{self, project};
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::{ProjectId, TenantId, UserId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Revokes what was granted to `user`.
///
/// # Errors
/// CONFLICT if nothing was; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn revoke_project_access(
    viewer: &Viewer,
    key: (TenantId, ProjectId),
    user: UserId,
) -> AppResult<project::Model> {
    let tx = viewer.begin_changing(&[user]).await?;
    let proof = tx.grant::<GrantProjectAccess>(key).await?;
    if !store::revoke_access(&tx, &proof, user).await? {
        return Err(AppError::conflict("They have no access to this project."));
    }
    tx.audit_row(&proof, json!({ "user": user.to_string(), "level": null })).await?;
    tx.commit().await?;
    viewer.reader().get::<project::Entity>(key).await
}
