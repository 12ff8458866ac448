//! Drives the built `rookery` as its users do: over HTTP, WebSocket and the command line, on a real SQLite file and a
//! real PostgreSQL, against a real sshd with a real ansible-playbook. Modules mirror `api/src`.

#[macro_use]
mod support;

mod boot;
mod deployment;
mod fleet;
mod http;
mod identity;
mod inventory;
mod notify;
mod platform;
mod provisioning;
mod schema;
mod schema_walk;
mod secrets;
mod tenancy;
mod tidy;
mod usage;
mod watching;
