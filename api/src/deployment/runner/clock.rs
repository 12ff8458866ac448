//! The runner's clock.

use chrono::{DateTime, Utc};

/// The current time. The runner is a process of its own whose records say when something happened on a real machine: there is no
/// clock to inject into it.
#[expect(clippy::disallowed_methods, reason = "the one reading of the clock in the runner process")]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}
