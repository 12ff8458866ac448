//! The kernel: what every domain stands on, and nothing of any domain.
//!
//! Owns the [`Viewer`](viewer::Viewer), the scopes and proofs through which rows are reached, errors, time and
//! randomness, the database, what is known of people's rights, the event log with its wake-ups,
//! the feeds of those who follow, leased jobs, sealing of secrets, files that are kept for good, and the GraphQL
//! building blocks. Invariants: a row is read only through a scope of a viewer; it is written only with a
//! [`Granted`](granted::Granted) minted in the same transaction. It never imports a domain.

pub mod archive_files;
pub mod authority;
pub mod canonical;
pub mod clock;
pub mod crash;
pub mod database;
pub mod error;
pub mod events;
pub mod feed;
pub mod granted;
pub mod graphql;
pub mod housekeeping;
pub mod ids;
pub mod jobs;
pub mod kernel;
pub mod known_rights;
pub mod meter;
pub mod paging;
pub mod permission;
pub mod prepared;
pub mod rights_log;
pub mod sabotage;
pub mod scope;
pub mod seal;
pub mod trace;
pub mod viewer;
pub mod vitals;
