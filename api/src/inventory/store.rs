//! The queries of the inventory.

use super::create_device::NewDevice;
use super::create_site::NewSite;
use super::policy::{CreateDevice, CreateSite, ReceiveDevice, UpdateDevice, UpdateSite};
use super::update_device::DeviceChange;
use super::update_site::SiteChange;
use crate::platform::authority::Authority;
use crate::platform::error::{AppResult, taken};
use crate::platform::granted::{Granted, Tx};
use crate::platform::ids::{DeviceId, SiteId};
use crate::platform::scope::{Visible, everything};
use crate::resource;
pub use rookery_entity::inventory::{DeviceStatus, DeviceType, device, site};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition};

resource!(site as "Site", tenant: SiteId);
resource!(device as "Device", tenant: DeviceId);

impl Visible for site::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.is_staff() {
            return everything();
        }
        let own = authority.memberships.iter().map(|(tenant, _)| *tenant);
        Condition::all().add(site::Column::TenantId.is_in(own))
    }
}

impl Visible for device::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.is_staff() {
            return everything();
        }
        let own = authority.memberships.iter().map(|(tenant, _)| *tenant);
        Condition::all().add(device::Column::TenantId.is_in(own))
    }
}

const SITE_NAME_TAKEN: &str = "The tenant has a site of this name.";
const SERIAL_NUMBER_TAKEN: &str = "The tenant has a device with this serial number.";

/// Inserts a site.
///
/// # Errors
/// TAKEN if the tenant has one of that name.
pub async fn insert_site(tx: &Tx, proof: &Granted<'_, CreateSite>, new: NewSite) -> AppResult<site::Model> {
    let row = site::ActiveModel {
        tenant_id: Set(proof.id),
        id: Set(SiteId(tx.uuid())),
        name: Set(new.name),
        address: Set(new.address),
        latitude: Set(new.latitude),
        longitude: Set(new.longitude),
        timezone: Set(new.timezone),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken("name", SITE_NAME_TAKEN))
}

/// Changes a site.
///
/// # Errors
/// TAKEN if the tenant has another of that name.
pub async fn update_site(tx: &Tx, proof: &Granted<'_, UpdateSite>, change: SiteChange) -> AppResult<site::Model> {
    let mut row: site::ActiveModel = (**proof).clone().into();
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(address) = change.address {
        row.address = Set(address);
    }
    if let Some((latitude, longitude)) = change.position {
        row.latitude = Set(latitude);
        row.longitude = Set(longitude);
    }
    if let Some(timezone) = change.timezone {
        row.timezone = Set(timezone);
    }
    row.updated_at = Set(tx.now());
    row.update(tx.write(proof)).await.map_err(taken("name", SITE_NAME_TAKEN))
}

/// Inserts a device.
///
/// # Errors
/// TAKEN if the tenant has one with that serial number.
pub async fn insert_device(tx: &Tx, proof: &Granted<'_, CreateDevice>, new: NewDevice) -> AppResult<device::Model> {
    let row = device::ActiveModel {
        tenant_id: Set(proof.tenant_id),
        id: Set(DeviceId(tx.uuid())),
        site_id: Set(proof.id),
        name: Set(new.name),
        r#type: Set(new.r#type),
        serial_number: Set(new.serial_number),
        status: Set(new.status),
        metadata: Set(new.metadata),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken("serialNumber", SERIAL_NUMBER_TAKEN))
}

/// Changes a device, and moves it where `to` says.
///
/// # Errors
/// TAKEN if the tenant has another with that serial number.
pub async fn update_device(
    tx: &Tx,
    proof: &Granted<'_, UpdateDevice>,
    to: Option<&Granted<'_, ReceiveDevice>>,
    change: DeviceChange,
) -> AppResult<device::Model> {
    let mut row: device::ActiveModel = (**proof).clone().into();
    if let Some(site) = to {
        row.site_id = Set(site.id);
    }
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(kind) = change.r#type {
        row.r#type = Set(kind);
    }
    if let Some(serial_number) = change.serial_number {
        row.serial_number = Set(serial_number);
    }
    if let Some(status) = change.status {
        row.status = Set(status);
    }
    if let Some(metadata) = change.metadata {
        row.metadata = Set(metadata);
    }
    row.updated_at = Set(tx.now());
    row.update(tx.write(proof)).await.map_err(taken("serialNumber", SERIAL_NUMBER_TAKEN))
}
