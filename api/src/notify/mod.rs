//! Notifications to people.
//!
//! Owns `notification`. Invariants: a notification is written in the transaction that made it true, is seen by its
//! addressee alone, and arrives on their topic of the event log, so that a subscription misses none. It never
//! decides who is concerned: who acts says so.

pub mod graphql;
pub mod mark_notifications_read;
pub mod policy;
pub mod store;

pub use store::{Message, notify};
