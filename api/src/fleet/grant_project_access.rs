//! Grants access to a project, or changes what was granted.

use super::policy::GrantProjectAccess;
use super::store::{self, AccessLevel, project};
use crate::identity::store::{PermissionLevel, user};
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::ids::{ProjectId, TenantId, UserId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Grants `level` to `user`.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn grant_project_access(
    viewer: &Viewer,
    key: (TenantId, ProjectId),
    user: UserId,
    level: AccessLevel,
) -> AppResult<project::Model> {
    let tx = viewer.begin_changing(&[user]).await?;
    let proof = tx.grant::<GrantProjectAccess>(key).await?;
    let person = tx.get::<user::Entity>(user).await?;
    if person.level == PermissionLevel::Client {
        return Err(AppError::field(
            "userId",
            UserErrorCode::Invalid,
            "Access is granted to staff; people of tenants have theirs from their membership.",
        ));
    }
    store::grant_access(&tx, &proof, user, level).await?;
    tx.audit_row(&proof, json!({ "user": user.to_string(), "level": format!("{level:?}") })).await?;
    tx.commit().await?;
    viewer.reader().get::<project::Entity>(key).await
}
