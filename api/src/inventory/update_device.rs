//! Changes a device, or moves it to another site of its tenant.

use super::create_device::check_metadata;
use super::policy::{ReceiveDevice, UpdateDevice};
use super::store::{self, DeviceStatus, DeviceType, device};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::ids::{DeviceId, SiteId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct DeviceChange {
    /// The site where it stands from now on.
    pub site: Option<(TenantId, SiteId)>,
    /// Its name.
    pub name: Option<String>,
    /// What it is.
    pub r#type: Option<DeviceType>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// How it does.
    pub status: Option<DeviceStatus>,
    /// Whatever else is known of it.
    pub metadata: Option<serde_json::Value>,
}

/// Changes a device.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_device(
    viewer: &Viewer,
    key: (TenantId, DeviceId),
    change: DeviceChange,
) -> AppResult<device::Model> {
    let mut checks = Checks::default();
    if let Some(name) = &change.name {
        checks.length(name, "name", 1, 150);
    }
    if let Some(serial_number) = &change.serial_number {
        checks.length(serial_number, "serialNumber", 1, 150);
    }
    if let Some(metadata) = &change.metadata {
        check_metadata(&mut checks, metadata);
    }
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateDevice>(key).await?;
    let site = match change.site {
        Some(site) => Some(tx.grant::<ReceiveDevice>(site).await?),
        None => None,
    };
    if site.as_ref().is_some_and(|site| site.tenant_id != proof.tenant_id) {
        return Err(AppError::field("siteId", UserErrorCode::Invalid, "A device stays within its tenant."));
    }
    let row = store::update_device(&tx, &proof, site.as_ref(), change).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}
