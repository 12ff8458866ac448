//! The demo's tenants, sites and devices.

use super::Role;
use crate::inventory::create_device::NewDevice;
use crate::inventory::create_site::NewSite;
use crate::inventory::policy::{CreateDevice, CreateSite};
use crate::inventory::store::{self as inventory, DeviceStatus, DeviceType};
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::Tx;
use crate::platform::ids::UserId;
use crate::tenancy::create_tenant::NewTenant;
use crate::tenancy::policy::CreateTenant;
use crate::tenancy::store::{self as tenancy, TenantStatus, TenantType};
use serde_json::json;
use std::collections::HashMap;

struct Place {
    name: &'static str,
    address: &'static str,
    latitude: f64,
    longitude: f64,
    timezone: &'static str,
    devices: &'static [(&'static str, &'static str, DeviceType, DeviceStatus, &'static str)],
}

struct Client {
    slug: &'static str,
    name: &'static str,
    r#type: TenantType,
    status: TenantStatus,
    people: &'static [(&'static str, Role)],
    sites: &'static [Place],
}

const CLIENTS: [Client; 4] = [
    Client {
        slug: "acme-corp",
        name: "Acme Corporation",
        r#type: TenantType::Enterprise,
        status: TenantStatus::Active,
        people: &[
            ("admin@acme.example.com", Role::Owner),
            ("manager@acme.example.com", Role::Admin),
            ("operator@acme.example.com", Role::Member),
            ("consultant@external.com", Role::Viewer),
        ],
        sites: &[
            Place {
                name: "Acme Headquarters",
                address: "New York, NY, USA",
                latitude: 40.7505,
                longitude: -73.9934,
                timezone: "America/New_York",
                devices: &[
                    ("HVAC controller", "HVAC-001", DeviceType::Controller, DeviceStatus::Online, "rooftop"),
                    ("Lobby camera", "CAM-001", DeviceType::Camera, DeviceStatus::Online, "lobby"),
                    ("Temperature sensor", "TEMP-001", DeviceType::Sensor, DeviceStatus::Online, "floor 3"),
                    ("Network gateway", "GW-001", DeviceType::Gateway, DeviceStatus::Online, "server room"),
                ],
            },
            Place {
                name: "Acme Warehouse",
                address: "Newark, NJ, USA",
                latitude: 40.7362,
                longitude: -74.1742,
                timezone: "America/New_York",
                devices: &[
                    ("Inventory scanner", "INV-001", DeviceType::Sensor, DeviceStatus::Online, "aisle 4"),
                    ("Loading dock camera", "CAM-002", DeviceType::Camera, DeviceStatus::Maintenance, "dock 2"),
                    ("Environment sensor", "ENV-001", DeviceType::Sensor, DeviceStatus::Error, "cold store"),
                ],
            },
        ],
    },
    Client {
        slug: "techstart",
        name: "TechStart Inc",
        r#type: TenantType::Standard,
        status: TenantStatus::Active,
        people: &[
            ("admin@techstart.com", Role::Owner),
            ("user@techstart.com", Role::Member),
            ("consultant@external.com", Role::Member),
        ],
        sites: &[Place {
            name: "TechStart Office",
            address: "San Francisco, CA, USA",
            latitude: 37.7849,
            longitude: -122.4094,
            timezone: "America/Los_Angeles",
            devices: &[
                ("Thermostat", "THERM-001", DeviceType::Controller, DeviceStatus::Online, "open space"),
                ("Meeting room display", "DISP-001", DeviceType::Actuator, DeviceStatus::Offline, "meeting room"),
            ],
        }],
    },
    Client {
        slug: "beta-solutions",
        name: "Beta Solutions",
        r#type: TenantType::Starter,
        status: TenantStatus::Active,
        people: &[("admin@beta-solutions.com", Role::Owner), ("consultant@external.com", Role::Viewer)],
        sites: &[Place {
            name: "Beta Research Lab",
            address: "Austin, TX, USA",
            latitude: 30.2672,
            longitude: -97.7431,
            timezone: "America/Chicago",
            devices: &[
                ("Lab server", "SRV-001", DeviceType::Server, DeviceStatus::Online, "rack 1"),
                ("Analysis workstation", "WS-001", DeviceType::Workstation, DeviceStatus::Online, "bench 2"),
                ("Asset beacon", "BCN-001", DeviceType::Beacon, DeviceStatus::Decommissioned, "store room"),
            ],
        }],
    },
    Client {
        slug: "demo-company",
        name: "Demo Company",
        r#type: TenantType::Trial,
        status: TenantStatus::Pending,
        people: &[],
        sites: &[],
    },
];

/// Inserts the tenants with their people, sites and devices.
pub(super) async fn fill(tx: &Tx, users: &HashMap<&'static str, UserId>) -> AppResult<()> {
    let proof = tx.grant_root::<CreateTenant>()?;
    for client in CLIENTS {
        let new = NewTenant {
            id: None,
            slug: client.slug.to_owned(),
            name: client.name.to_owned(),
            r#type: client.r#type,
            status: client.status,
        };
        let tenant = tenancy::insert_tenant(tx, &proof, new).await?;
        for (login, role) in client.people {
            let user = users.get(login).copied().ok_or(AppError::NotFound)?;
            tenancy::insert_membership(tx, &proof, tenant.id, user, *role).await?;
        }
        for place in client.sites {
            let site_proof = tx.grant::<CreateSite>(tenant.id).await?;
            let new = NewSite {
                name: place.name.to_owned(),
                address: Some(place.address.to_owned()),
                latitude: Some(place.latitude),
                longitude: Some(place.longitude),
                timezone: place.timezone.to_owned(),
            };
            let site = inventory::insert_site(tx, &site_proof, new).await?;
            let device_proof = tx.grant::<CreateDevice>((site.tenant_id, site.id)).await?;
            for (name, serial_number, kind, status, stands) in place.devices {
                let new = NewDevice {
                    name: (*name).to_owned(),
                    r#type: *kind,
                    serial_number: (*serial_number).to_owned(),
                    status: *status,
                    metadata: json!({ "location": stands }),
                };
                inventory::insert_device(tx, &device_proof, new).await?;
            }
        }
    }
    Ok(())
}
