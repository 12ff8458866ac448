//! Changes an account; suspending it puts its owner out at once.

use super::policy::UpdateUser;
use super::store::{self, PermissionLevel, UserStatus, user};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::events::user_topic;
use crate::platform::ids::UserId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct UserChange {
    /// The person's name.
    pub name: Option<String>,
    /// Their level.
    pub level: Option<PermissionLevel>,
    /// Whether they reach every project.
    pub is_manager: Option<bool>,
    /// Whether the account is in use.
    pub status: Option<UserStatus>,
}

/// Changes an account.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_user(viewer: &Viewer, id: UserId, change: UserChange) -> AppResult<user::Model> {
    let mut checks = Checks::default();
    if let Some(name) = &change.name {
        checks.length(name, "name", 1, 150);
    }
    checks.finish()?;
    let tx = viewer.begin_changing(&[id]).await?;
    let proof = tx.grant::<UpdateUser>(id).await?;
    let level = change.level.unwrap_or(proof.level);
    if change.is_manager.unwrap_or(proof.is_manager) && level != PermissionLevel::Technician {
        return Err(AppError::field("isManager", UserErrorCode::Invalid, "Only technical agents are managers."));
    }
    let own = viewer.person().is_some_and(|person| person.user == id);
    if own && (change.status == Some(UserStatus::Suspended) || change.level.is_some_and(|new| new != proof.level)) {
        return Err(AppError::user(UserErrorCode::NotAllowed, "You cannot suspend or demote yourself."));
    }
    let details = json!({
        "level": change.level.map(|level| format!("{level:?}")),
        "status": change.status.map(|status| format!("{status:?}")),
    });
    let row = store::update_user(&tx, &proof, change).await?;
    tx.audit_row(&proof, details).await?;
    tx.wake(user_topic(id));
    tx.commit().await?;
    Ok(row)
}
