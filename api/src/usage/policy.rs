//! Who may do what to the counts.

use crate::platform::authority::Authority;
use crate::platform::granted::{Refusal, RootAction, Verdict};

/// Adding to the counts.
pub struct RecordUsage;

impl RootAction for RecordUsage {
    const NAME: &'static str = "usage.record";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(Refusal::Forbidden("Only the server counts what is used."))
    }
}
