//! Puts a device at a site.

use super::policy::CreateDevice;
use super::store::{self, DeviceStatus, DeviceType, device};
use crate::platform::error::{AppResult, Checks};
use crate::platform::granted::Subject;
use crate::platform::ids::{SiteId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A device to be.
pub struct NewDevice {
    /// Its name.
    pub name: String,
    /// What it is.
    pub r#type: DeviceType,
    /// Its serial number, unique within the tenant.
    pub serial_number: String,
    /// How it does.
    pub status: DeviceStatus,
    /// Whatever else is known of it; an object.
    pub metadata: serde_json::Value,
}

/// The largest metadata, in bytes of JSON.
const METADATA_MOST: usize = 16 * 1024;

/// Creates a device.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND` for a site that the viewer does not see.
pub async fn create_device(viewer: &Viewer, site: (TenantId, SiteId), new: NewDevice) -> AppResult<device::Model> {
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 150);
    checks.length(&new.serial_number, "serialNumber", 1, 150);
    check_metadata(&mut checks, &new.metadata);
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CreateDevice>(site).await?;
    let row = store::insert_device(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.tenant_id, type_name: "Device", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "serialNumber": row.serial_number })).await?;
    tx.commit().await?;
    Ok(row)
}

/// Checks that metadata are an object of a bearable size.
pub(super) fn check_metadata(checks: &mut Checks, metadata: &serde_json::Value) {
    checks.require(metadata.is_object(), "metadata", "A JSON object.");
    checks.require(metadata.to_string().len() <= METADATA_MOST, "metadata", "At most 16 KiB of JSON.");
}
