//! Which client uses which field of the API, so that it is known whom a change would break.
//!
//! Owns `field_usage`. Invariants: only what was executed for somebody signed in is counted, since whoever need not sign
//! in could fill the table; clients, versions and counts are bounded; a row tells no person and no data. It never holds a
//! request up: requests count in memory, and what they counted is written a little later, at the end of the server at the
//! latest.

pub mod client;
pub mod graphql;
pub mod policy;
pub mod recorder;
pub mod store;
