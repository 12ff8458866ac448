//! Changes a tenant. Its type and status are the operator's to change.

use super::policy::{ClassifyTenant, UpdateTenant};
use super::store::{self, TenantStatus, TenantType, tenant};
use crate::platform::error::{AppResult, Checks};
use crate::platform::ids::TenantId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct TenantChange {
    /// Its name.
    pub name: Option<String>,
    /// Its type.
    pub r#type: Option<TenantType>,
    /// Its status.
    pub status: Option<TenantStatus>,
}

/// Changes a tenant.
///
/// # Errors
/// User errors on `name`; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_tenant(viewer: &Viewer, id: TenantId, change: TenantChange) -> AppResult<tenant::Model> {
    let mut checks = Checks::default();
    if let Some(name) = &change.name {
        checks.length(name, "name", 1, 150);
    }
    checks.finish()?;
    let tx = match change.status {
        // What its people may do depends on it.
        Some(_) => viewer.begin_changing(&store::people_of(viewer.kernel(), id).await?).await?,
        None => viewer.begin().await?,
    };
    let proof = tx.grant::<UpdateTenant>(id).await?;
    if change.r#type.is_some() || change.status.is_some() {
        tx.grant_also::<_, ClassifyTenant>(&proof)?;
    }
    let row = store::update_tenant(&tx, &proof, change).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}
