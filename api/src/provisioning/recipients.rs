//! Who is told of what happens to a request. Read as the system, before the transaction: who acts may not see all of them.

use super::store::server_request;
use crate::fleet::store::{AccessLevel, project_access};
use crate::identity::store::{PermissionLevel, active_users, user};
use crate::platform::error::AppResult;
use crate::platform::ids::{ProjectId, TenantId, UserId};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use sea_orm::{ColumnTrait as _, Condition};

/// Those who decide on requests.
///
/// # Errors
/// INTERNAL.
pub async fn deciders(kernel: &Kernel) -> AppResult<Vec<UserId>> {
    let system = Viewer::system(kernel, "finding who is told of a request");
    let admins = Condition::all().add(user::Column::Level.eq(PermissionLevel::Admin));
    Ok(active_users(&system.reader(), admins).await?.into_iter().map(|row| row.id).collect())
}

/// Those who can deploy in a project: managers, and technical agents with write access.
///
/// # Errors
/// INTERNAL.
pub async fn deployers(kernel: &Kernel, project: (TenantId, ProjectId)) -> AppResult<Vec<UserId>> {
    let system = Viewer::system(kernel, "finding who is told of a request");
    let granted = system
        .reader()
        .find::<project_access::Entity>()
        .filter(project_access::Column::TenantId.eq(project.0))
        .filter(project_access::Column::ProjectId.eq(project.1))
        .filter(project_access::Column::Level.is_in([AccessLevel::Write, AccessLevel::Admin]))
        .all()
        .await?;
    let reaches = Condition::any()
        .add(user::Column::IsManager.eq(true))
        .add(user::Column::Id.is_in(granted.into_iter().map(|row| row.user_id)));
    let technical = Condition::all().add(user::Column::Level.eq(PermissionLevel::Technician)).add(reaches);
    Ok(active_users(&system.reader(), technical).await?.into_iter().map(|row| row.id).collect())
}

/// The global id of a request, for a notification to name it.
#[must_use]
pub fn subject(row: &server_request::Model) -> String {
    use crate::platform::ids::{GlobalId, Key as _};
    GlobalId::encode("ServerRequest", &(row.tenant_id, row.id).parts())
}
