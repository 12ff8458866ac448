//! Time and randomness, injected so that tests choose them.

use chrono::{DateTime, SubsecRound, Utc};
use std::sync::Arc;
use uuid::Uuid;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present, to the microsecond: what both databases keep.
    fn now(&self) -> DateTime<Utc>;
}

/// Where randomness comes from.
pub trait Random: Send + Sync {
    /// Fills `bytes` unpredictably.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's own clock and entropy.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

impl Random for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// A clock and a source of randomness.
#[derive(Clone)]
pub struct Source {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Source {
    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(System), random: Arc::new(System) }
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A new UUID of version 7: sorted by the millisecond in which it was made.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let milliseconds = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()).into_uuid()
    }
}
