//! The audit trail: who did what, when.
//!
//! Owns the reading of `audit_event`; the kernel writes it, in the transaction of what it tells. Invariants: rows
//! are never changed, and hold no secret.

pub mod graphql;
pub mod store;
