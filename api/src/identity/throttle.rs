//! Failed sign-ins are counted by account and by address; past a number, neither is asked any more for a while. An
//! attempt counts as failed from its beginning, so that many at once are no way around it.

use crate::platform::error::{AppError, AppResult, UserErrorCode};
use moka::sync::Cache;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const WINDOW: Duration = Duration::from_mins(5);
const FAILURES_PER_LOGIN: u32 = 10;
const FAILURES_PER_ADDRESS: u32 = 100;
const REMEMBERED: u64 = 100_000;

/// Counts failures, and attempts that have not ended.
pub struct Throttle {
    failures: Cache<String, Arc<AtomicU32>>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { failures: Cache::builder().max_capacity(REMEMBERED).time_to_live(WINDOW).build() }
    }
}

impl Throttle {
    /// Counts an attempt before it is made, as a failure until [`Throttle::succeeded`] or [`Throttle::not_made`].
    ///
    /// # Errors
    /// THROTTLED if there were too many for this login or from this address.
    pub fn begin(&self, login: &str, from: Option<IpAddr>) -> AppResult<()> {
        for (key, most) in keys(login, from) {
            let count = self.failures.get_with(key, Arc::default);
            // Beyond the limit nothing is counted: the number is that of attempts that were made.
            let counted = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |failures| {
                (failures < most).then_some(failures + 1)
            });
            if counted.is_err() {
                return Err(AppError::user(
                    UserErrorCode::Throttled,
                    "Too many failed attempts. Wait five minutes, then try again.",
                ));
            }
        }
        Ok(())
    }

    /// Takes an attempt back that was not made after all.
    pub fn not_made(&self, login: &str, from: Option<IpAddr>) {
        for (key, _) in keys(login, from) {
            self.take_back(&key);
        }
    }

    /// Takes an attempt back that succeeded, and forgets the account's failures.
    pub fn succeeded(&self, login: &str, from: Option<IpAddr>) {
        self.not_made(login, from);
        for (key, _) in keys(login, None) {
            self.failures.invalidate(&key);
        }
    }

    fn take_back(&self, key: &str) {
        if let Some(count) = self.failures.get(key) {
            let taken = |failures: u32| Some(failures.saturating_sub(1));
            _ = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken);
        }
    }
}

fn keys(login: &str, from: Option<IpAddr>) -> impl Iterator<Item = (String, u32)> {
    let login: String = login.trim().to_lowercase().chars().take(254).collect();
    std::iter::once((format!("login:{login}"), FAILURES_PER_LOGIN))
        .chain(from.map(|address| (format!("address:{address}"), FAILURES_PER_ADDRESS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_closed_after_its_failures_and_opened_by_a_success() {
        let throttle = Throttle::default();
        for _ in 0..FAILURES_PER_LOGIN {
            assert!(throttle.begin("Ann", None).is_ok());
        }
        assert!(throttle.begin(" ANN ", None).is_err());
        assert!(throttle.begin("bob", None).is_ok());
        throttle.not_made("ann", None);
        assert!(throttle.begin("ann", None).is_ok());
        assert!(throttle.begin("ann", None).is_err());
        throttle.succeeded("ann", None);
        assert!(throttle.begin("ann", None).is_ok());
    }
}
