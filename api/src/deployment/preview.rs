//! Previews: runs in Ansible's check mode, which look what a playbook would change and carry nothing out. They go the way of
//! deployments (leased, followed, cancelled like them), count as none, and say nothing of their servers.

use super::store::{DeploymentMode, DeploymentStatus, deployment_run};
use crate::fleet::store::ScriptKind;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::granted::Tx;
use crate::platform::ids::{ServerRequestId, TenantId};
use sea_orm::ColumnTrait as _;

/// Why commands have no preview.
pub const NO_PREVIEW: &str = "Commands over SSH cannot be previewed: a shell does what it is told, or nothing. Only playbooks can say what they would do.";

/// Refuses what cannot be previewed.
///
/// # Errors
/// `NOT_ALLOWED`, with the reason.
pub fn check_kind(kind: ScriptKind) -> AppResult<()> {
    match kind {
        ScriptKind::Ansible => Ok(()),
        ScriptKind::Ssh => Err(AppError::user(UserErrorCode::NotAllowed, NO_PREVIEW)),
    }
}

/// Refuses a second preview of a request beside one that has not ended.
///
/// # Errors
/// CONFLICT.
pub async fn check_alone(tx: &Tx, (tenant, request): (TenantId, ServerRequestId)) -> AppResult<()> {
    use deployment_run::Column as C;
    let under_way = tx
        .find::<deployment_run::Entity>()
        .filter(C::TenantId.eq(tenant))
        .filter(C::RequestId.eq(request))
        .filter(C::Mode.eq(DeploymentMode::Preview))
        .filter(C::Status.is_in([DeploymentStatus::Pending, DeploymentStatus::Running]))
        .count()
        .await?;
    if under_way == 0 { Ok(()) } else { Err(AppError::conflict("A preview of it is under way.")) }
}
