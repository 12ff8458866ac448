//! Sites, and the devices at them.
//!
//! Owns `site` and `device`. Invariants: a device stands at a site of its own tenant (the database refuses anything
//! else), and a serial number is unique within a tenant. It never talks to a device.

pub mod create_device;
pub mod create_site;
pub mod graphql;
pub mod policy;
pub mod store;
pub mod update_device;
pub mod update_site;
