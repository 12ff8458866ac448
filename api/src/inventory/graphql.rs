//! Sites and devices in the API.

use super::create_device::{self, NewDevice};
use super::create_site::{self, NewSite};
use super::store::{self, device, site};
use super::update_device::{self, DeviceChange};
use super::update_site::{self, SiteChange};
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{about, contains, key_of};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::ids::TenantId;
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::tenancy::graphql::Tenant;
use crate::{descriptor, listed, mirrored_enum, payload};
use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::{ColumnTrait as _, Condition};

mirrored_enum! {
    /// What a device is.
    DeviceType of store::DeviceType {
        /// Measures something.
        Sensor,
        /// Controls something.
        Controller,
        /// Connects others to the network.
        Gateway,
        /// Sees.
        Camera,
        /// Moves something.
        Actuator,
        /// Counts consumption.
        Meter,
        /// Tells where it is.
        Beacon,
        /// Routes traffic.
        Router,
        /// Serves.
        Server,
        /// Somebody works at it.
        Workstation,
    }
    /// How a device does.
    DeviceStatus of store::DeviceStatus {
        /// It answers.
        Online,
        /// It does not answer.
        Offline,
        /// Somebody works on it.
        Maintenance,
        /// It reports a fault.
        Error,
        /// It is out of use.
        Decommissioned,
    }
}

descriptor! {
    /// A place of a tenant where devices stand.
    Site(site) {
        fields |row| {
            /// Its name; unique within the tenant.
            name: String = row.name.clone();
            /// Its postal address.
            address: Option<String> = row.address.clone();
            /// Degrees north (WGS 84).
            latitude: Option<f64> = row.latitude;
            /// Degrees east (WGS 84).
            longitude: Option<f64> = row.longitude;
            /// Its IANA time zone, such as `America/New_York`.
            timezone: String = row.timezone.clone();
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {
            /// Whose it is.
            tenant: Tenant = (tenant_id);
        }
        resolvers {
            /// The devices there.
            #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
            async fn devices(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                r#where: Option<DeviceWhere>,
                order_by: Option<DeviceOrder>,
            ) -> Result<Read<DeviceConnection>> {
                let here = Condition::all()
                    .add(device::Column::TenantId.eq(self.0.tenant_id))
                    .add(device::Column::SiteId.eq(self.0.id));
                let window = Window { first, after, last, before };
                list::<Device>(context, here, window, r#where, order_by).await
            }
        }
    }
}

listed! {
    Site(site) as SiteConnection, SiteEdge;
    where SiteWhere |_viewer| {
        /// With this in the name or the address.
        search: String => |text| contains(&[site::Column::Name, site::Column::Address], &text);
        /// Of this tenant.
        tenant_id: ID => |id| about::<Tenant>(&id, |key| Condition::all().add(site::Column::TenantId.eq(key)));
    }
    order SiteOrder by SiteOrderField {
        /// By name.
        Name = Name;
        /// By when it was created.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// The sites of one tenant.
pub(crate) async fn sites_of(
    context: &Context<'_>,
    tenant: TenantId,
    window: Window,
    filter: Option<SiteWhere>,
    order: Option<SiteOrder>,
) -> Result<Read<SiteConnection>> {
    let there = Condition::all().add(site::Column::TenantId.eq(tenant));
    list::<Site>(context, there, window, filter, order).await
}

descriptor! {
    /// A device at a site.
    Device(device) {
        fields |row| {
            /// Its name.
            name: String = row.name.clone();
            /// What it is.
            r#type: DeviceType = row.r#type.into();
            /// Its serial number; unique within the tenant.
            serial_number: String = row.serial_number.clone();
            /// How it does.
            status: DeviceStatus = row.status.into();
            /// Whatever else is known of it: an object.
            metadata: Json<serde_json::Value> = Json(row.metadata.clone());
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {
            /// Whose it is.
            tenant: Tenant = (tenant_id);
            /// Where it stands.
            site: Site = (tenant_id, site_id);
        }
        resolvers {}
    }
}

listed! {
    Device(device) as DeviceConnection, DeviceEdge;
    where DeviceWhere |_viewer| {
        /// With this in the name or the serial number.
        search: String => |text| contains(&[device::Column::Name, device::Column::SerialNumber], &text);
        /// In one of these states.
        status: Vec<DeviceStatus> => |list| device::Column::Status.is_in(list.into_iter().map(store::DeviceStatus::from));
        /// Of one of these types.
        r#type: Vec<DeviceType> => |list| device::Column::Type.is_in(list.into_iter().map(store::DeviceType::from));
        /// At this site.
        site_id: ID => |id| about::<Site>(&id, |(tenant, site)| {
            Condition::all().add(device::Column::TenantId.eq(tenant)).add(device::Column::SiteId.eq(site))
        });
        /// Of this tenant.
        tenant_id: ID => |id| about::<Tenant>(&id, |key| Condition::all().add(device::Column::TenantId.eq(key)));
    }
    order DeviceOrder by DeviceOrderField {
        /// By name.
        Name = Name;
        /// By status.
        Status = Status;
        /// By when it was created.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// A new site.
#[derive(InputObject)]
pub struct CreateSiteInput {
    /// Whose it will be.
    tenant_id: ID,
    /// Its name, 1 to 150 characters; unique within the tenant.
    name: String,
    /// Its postal address, at most 255 characters.
    address: Option<String>,
    /// Degrees north; with `longitude`.
    latitude: Option<f64>,
    /// Degrees east; with `latitude`.
    longitude: Option<f64>,
    /// Its IANA time zone.
    timezone: String,
}

/// A site's change; what is left out stays, null removes.
#[derive(InputObject)]
pub struct UpdateSiteInput {
    /// Which.
    id: ID,
    /// Its name, 1 to 150 characters.
    name: Option<String>,
    /// Its postal address, at most 255 characters.
    address: MaybeUndefined<String>,
    /// Degrees north; with `longitude`.
    latitude: MaybeUndefined<f64>,
    /// Degrees east; with `latitude`.
    longitude: MaybeUndefined<f64>,
    /// Its IANA time zone.
    timezone: Option<String>,
}

/// A new device.
#[derive(InputObject)]
pub struct CreateDeviceInput {
    /// Where it stands.
    site_id: ID,
    /// Its name, 1 to 150 characters.
    name: String,
    /// What it is.
    r#type: DeviceType,
    /// Its serial number, 1 to 150 characters; unique within the tenant.
    serial_number: String,
    /// How it does.
    status: DeviceStatus,
    /// Whatever else is known of it: an object of at most 16 KiB.
    metadata: Option<Json<serde_json::Value>>,
}

/// A device's change; what is left out stays.
#[derive(InputObject)]
pub struct UpdateDeviceInput {
    /// Which.
    id: ID,
    /// Where it stands from now on; a site of the same tenant.
    site_id: Option<ID>,
    /// Its name, 1 to 150 characters.
    name: Option<String>,
    /// What it is.
    r#type: Option<DeviceType>,
    /// Its serial number, 1 to 150 characters.
    serial_number: Option<String>,
    /// How it does.
    status: Option<DeviceStatus>,
    /// Whatever else is known of it: an object of at most 16 KiB.
    metadata: Option<Json<serde_json::Value>>,
}

payload! {
    /// The new site.
    CreateSitePayload {
        /// The site.
        site: Site
    }
    /// The changed site.
    UpdateSitePayload {
        /// The site.
        site: Site
    }
    /// The new device.
    CreateDevicePayload {
        /// The device.
        device: Device
    }
    /// The changed device.
    UpdateDevicePayload {
        /// The device.
        device: Device
    }
}

/// Reading the inventory.
#[derive(Default)]
pub struct InventoryQuery;

#[gated]
#[Object]
impl InventoryQuery {
    /// The sites that the viewer sees.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn sites(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<SiteWhere>,
        order_by: Option<SiteOrder>,
    ) -> Result<Read<SiteConnection>> {
        let window = Window { first, after, last, before };
        list::<Site>(context, everything(), window, r#where, order_by).await
    }

    /// The devices that the viewer sees.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn devices(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<DeviceWhere>,
        order_by: Option<DeviceOrder>,
    ) -> Result<Read<DeviceConnection>> {
        let window = Window { first, after, last, before };
        list::<Device>(context, everything(), window, r#where, order_by).await
    }
}

/// Changing the inventory.
#[derive(Default)]
pub struct InventoryMutation;

#[gated]
#[Object]
impl InventoryMutation {
    /// Opens a site.
    #[signed_in]
    async fn create_site(&self, context: &Context<'_>, input: CreateSiteInput) -> Result<CreateSitePayload> {
        let new = NewSite {
            name: input.name.trim().to_owned(),
            address: input.address,
            latitude: input.latitude,
            longitude: input.longitude,
            timezone: input.timezone,
        };
        let tenant = key_of::<Tenant>(&input.tenant_id)?;
        CreateSitePayload::of(create_site::create_site(viewer(context)?, tenant, new).await)
    }

    /// Changes a site.
    #[signed_in]
    async fn update_site(&self, context: &Context<'_>, input: UpdateSiteInput) -> Result<UpdateSitePayload> {
        let position = match (input.latitude, input.longitude) {
            (MaybeUndefined::Undefined, MaybeUndefined::Undefined) => None,
            (latitude, longitude) => Some((latitude.take(), longitude.take())),
        };
        let address = match input.address {
            MaybeUndefined::Undefined => None,
            address => Some(address.take()),
        };
        let change = SiteChange {
            name: input.name.map(|name| name.trim().to_owned()),
            address,
            position,
            timezone: input.timezone,
        };
        let key = key_of::<Site>(&input.id)?;
        UpdateSitePayload::of(update_site::update_site(viewer(context)?, key, change).await)
    }

    /// Puts a device at a site.
    #[signed_in]
    async fn create_device(&self, context: &Context<'_>, input: CreateDeviceInput) -> Result<CreateDevicePayload> {
        let new = NewDevice {
            name: input.name.trim().to_owned(),
            r#type: input.r#type.into(),
            serial_number: input.serial_number.trim().to_owned(),
            status: input.status.into(),
            metadata: input.metadata.map_or_else(|| serde_json::json!({}), |metadata| metadata.0),
        };
        let site = key_of::<Site>(&input.site_id)?;
        CreateDevicePayload::of(create_device::create_device(viewer(context)?, site, new).await)
    }

    /// Changes a device.
    #[signed_in]
    async fn update_device(&self, context: &Context<'_>, input: UpdateDeviceInput) -> Result<UpdateDevicePayload> {
        let change = DeviceChange {
            site: input.site_id.map(|id| key_of::<Site>(&id)).transpose()?,
            name: input.name.map(|name| name.trim().to_owned()),
            r#type: input.r#type.map(Into::into),
            serial_number: input.serial_number.map(|number| number.trim().to_owned()),
            status: input.status.map(Into::into),
            metadata: input.metadata.map(|metadata| metadata.0),
        };
        let key = key_of::<Device>(&input.id)?;
        UpdateDevicePayload::of(update_device::update_device(viewer(context)?, key, change).await)
    }
}
