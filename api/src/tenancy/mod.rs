//! Tenants, and who belongs to them.
//!
//! Owns `tenant` and `membership`. Invariants: the operator is one reserved tenant, made with the database, never
//! listed among clients and never renamed into one; a person's role in a tenant is read from their membership
//! there and from nowhere else. It never decides what a role may do to another domain's rows.

pub mod create_tenant;
pub mod ensure_operator;
pub mod graphql;
pub mod policy;
pub mod store;
pub mod update_tenant;
