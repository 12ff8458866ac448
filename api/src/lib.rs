//! Rookery's server: the kernel, the domains on it, and the transports in front.

pub mod app;
pub mod audit;
pub mod config;
pub mod demo;
pub mod deployment;
pub mod fleet;
pub mod http;
pub mod identity;
pub mod inventory;
pub mod notify;
pub mod platform;
pub mod provisioning;
pub mod schema;
pub mod tenancy;
pub mod usage;
