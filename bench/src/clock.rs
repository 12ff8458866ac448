//! The time of day and new ids, at the one place that asks for them.

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::Uuid;

/// Now, as exactly as the databases keep it.
#[expect(clippy::disallowed_methods, reason = "this is where a measurement asks for the time")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A new id of version 7, as Rookery's own are.
#[expect(clippy::disallowed_methods, reason = "the ids of what the floor writes are nobody's but its own")]
pub(crate) fn uuid() -> Uuid {
    Uuid::now_v7()
}
