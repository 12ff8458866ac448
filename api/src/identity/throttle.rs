//! Failed sign-ins are counted by account and by address; past a number, neither is asked any more for a while.

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

/// Counts failures.
pub struct Throttle {
    failures: Cache<String, Arc<AtomicU32>>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { failures: Cache::builder().max_capacity(REMEMBERED).time_to_live(WINDOW).build() }
    }
}

impl Throttle {
    /// Fails if there were too many failures for this login or from this address.
    ///
    /// # Errors
    /// THROTTLED.
    pub fn check(&self, login: &str, from: Option<IpAddr>) -> AppResult<()> {
        for (key, most) in keys(login, from) {
            if self.failures.get(&key).is_some_and(|count| count.load(Ordering::Relaxed) >= most) {
                return Err(AppError::user(
                    UserErrorCode::Throttled,
                    "Too many failed attempts. Wait five minutes, then try again.",
                ));
            }
        }
        Ok(())
    }

    /// Counts a failure.
    pub fn failed(&self, login: &str, from: Option<IpAddr>) {
        for (key, _) in keys(login, from) {
            self.failures.get_with(key, Arc::default).fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Forgets an account's failures.
    pub fn succeeded(&self, login: &str) {
        for (key, _) in keys(login, None) {
            self.failures.invalidate(&key);
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
            assert!(throttle.check("Ann", None).is_ok());
            throttle.failed("ann", None);
        }
        assert!(throttle.check(" ANN ", None).is_err());
        assert!(throttle.check("bob", None).is_ok());
        throttle.succeeded("ann");
        assert!(throttle.check("ann", None).is_ok());
    }
}
