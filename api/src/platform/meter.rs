//! How much may be asked within a minute: by one session or token, by one tenant's people together, and by nobody in
//! particular from one address.
//!
//! Each has a bucket of points that fills up again within a minute. An operation takes what it could cost before it is
//! carried out, and gets back what it did not need. Each server process counts for itself: what it defends is itself.

use crate::platform::authority::CredentialKey;
use crate::platform::ids::TenantId;
use crate::platform::viewer::{Viewer, Who};
use moka::sync::Cache;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an empty bucket takes to be full.
pub const WINDOW: Duration = Duration::from_mins(1);
/// Buckets at most. Those forgotten first were used longest ago, and are likely to be full.
const BUCKETS_MOST: u64 = 100_000;

/// How many points a minute each kind of bucket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Of one session or token.
    pub session: u32,
    /// Of all people of a tenant together.
    pub tenant: u32,
    /// Of those who have not signed in, by address.
    pub address: u32,
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    Credential(CredentialKey),
    Tenant(TenantId),
    Address(IpAddr),
}

/// Where a bucket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Points that it holds when full.
    pub limit: u64,
    /// Points that are left.
    pub remaining: u64,
    /// When it is full again.
    pub full_in: Duration,
}

/// Too little is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// The bucket in question.
    pub standing: Standing,
    /// When there will be enough; none if there is never that much.
    pub retry_in: Option<Duration>,
}

/// The buckets.
pub struct Meter {
    allowance: Allowance,
    buckets: Cache<Owner, Arc<Bucket>>,
}

/// Those buckets that an operation is charged to.
#[derive(Clone)]
pub struct Account {
    buckets: Vec<Arc<Bucket>>,
}

struct Bucket {
    capacity: u32,
    full_at: Mutex<Instant>,
}

impl Meter {
    /// Buckets that are full.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        // Within the window each is full again, so that one made anew is the same.
        let buckets = Cache::builder().max_capacity(BUCKETS_MOST).time_to_idle(2 * WINDOW).build();
        Self { allowance, buckets }
    }

    /// What `viewer`'s operations are charged to. Who belongs to several tenants is charged to the one with most left.
    #[must_use]
    pub fn account(&self, viewer: &Viewer, address: IpAddr, now: Instant) -> Account {
        let mut buckets = Vec::with_capacity(2);
        match viewer.who() {
            Who::Anonymous => buckets.push(self.bucket(Owner::Address(address), self.allowance.address)),
            Who::Person(authority) => {
                let key = authority.credential;
                buckets.extend(key.map(|key| self.bucket(Owner::Credential(key), self.allowance.session)));
                let tenants = authority.memberships.iter().map(|(tenant, _)| *tenant);
                let tenants = tenants.map(|tenant| self.bucket(Owner::Tenant(tenant), self.allowance.tenant));
                buckets.extend(tenants.max_by_key(|bucket| bucket.standing(now).remaining));
            }
            // What the system does is nobody's.
            Who::System(_) => {}
        }
        Account { buckets }
    }

    fn bucket(&self, owner: Owner, capacity: u32) -> Arc<Bucket> {
        let owner = match owner {
            Owner::Address(address) => Owner::Address(network_of(address)),
            owner @ (Owner::Credential(_) | Owner::Tenant(_)) => owner,
        };
        self.buckets.get_with(owner, || Arc::new(Bucket { capacity, full_at: Mutex::new(Instant::now()) }))
    }
}

/// By what a client is known that has not signed in: who has one address of version 6 has at least 2^64 of them.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

impl Account {
    /// Takes so many points.
    ///
    /// # Errors
    /// If one of the buckets has too few; then nothing is taken.
    pub fn take(&self, points: u64, now: Instant) -> Result<(), Exhausted> {
        for (index, bucket) in self.buckets.iter().enumerate() {
            if let Err(exhausted) = bucket.take(points, now) {
                for taken in &self.buckets[..index] {
                    taken.correct(points, 0, now);
                }
                return Err(exhausted);
            }
        }
        Ok(())
    }

    /// Puts right what was taken for an operation that came to `actual` points. It may have been more.
    pub fn correct(&self, taken: u64, actual: u64, now: Instant) {
        for bucket in &self.buckets {
            bucket.correct(taken, actual, now);
        }
    }

    /// Where the bucket stands that has the least left; none for the system.
    #[must_use]
    pub fn standing(&self, now: Instant) -> Option<Standing> {
        self.buckets.iter().map(|bucket| bucket.standing(now)).min_by_key(|standing| standing.remaining)
    }
}

impl Bucket {
    fn duration(&self, points: u64) -> Duration {
        let points = u32::try_from(points).unwrap_or(u32::MAX);
        WINDOW.mul_f64(f64::from(points) / f64::from(self.capacity))
    }

    fn take(&self, points: u64, now: Instant) -> Result<(), Exhausted> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let after = (*full_at).max(now) + self.duration(points);
        let too_late = after.saturating_duration_since(now).saturating_sub(WINDOW);
        if too_late.is_zero() {
            *full_at = after;
            return Ok(());
        }
        drop(full_at);
        let retry_in = (points <= self.capacity.into()).then_some(too_late);
        Err(Exhausted { standing: self.standing(now), retry_in })
    }

    fn correct(&self, taken: u64, actual: u64, now: Instant) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = if actual > taken {
            (*full_at).max(now) + self.duration(actual - taken)
        } else {
            full_at.checked_sub(self.duration(taken - actual)).unwrap_or(now)
        };
    }

    fn standing(&self, now: Instant) -> Standing {
        let full_at = *self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_in = full_at.saturating_duration_since(now);
        let limit = u64::from(self.capacity);
        let part = (full_in.as_secs_f64() / WINDOW.as_secs_f64()).min(1.0);
        // Rounded up, so that what is said to be left is there.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a number that is a u32")]
        let used = (part * f64::from(self.capacity)).ceil() as u64;
        Standing { limit, remaining: limit.saturating_sub(used), full_in }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(capacities: &[u32], now: Instant) -> Account {
        let bucket = |capacity: &u32| Arc::new(Bucket { capacity: *capacity, full_at: Mutex::new(now) });
        Account { buckets: capacities.iter().map(bucket).collect() }
    }

    #[test]
    fn a_bucket_empties_and_fills_up_within_a_minute() {
        let now = Instant::now();
        let account = account(&[600], now);
        assert_eq!(account.standing(now), Some(Standing { limit: 600, remaining: 600, full_in: Duration::ZERO }));
        account.take(400, now).unwrap();
        assert_eq!(account.standing(now).unwrap().remaining, 200);
        assert_eq!(account.standing(now).unwrap().full_in, Duration::from_secs(40));
        let exhausted = account.take(300, now).unwrap_err();
        assert_eq!(exhausted.retry_in, Some(Duration::from_secs(10)));
        assert_eq!(account.standing(now).unwrap().remaining, 200, "nothing was taken");
        let later = now + Duration::from_secs(10);
        account.take(300, later).unwrap();
        assert_eq!(account.standing(later).unwrap().remaining, 0);
        assert_eq!(account.standing(later + WINDOW).unwrap().remaining, 600);
        assert_eq!(account.take(601, later + WINDOW).unwrap_err().retry_in, None, "there is never that much");
    }

    #[test]
    fn what_was_not_needed_comes_back_and_what_was_more_is_owed() {
        let now = Instant::now();
        let account = account(&[600], now);
        account.take(500, now).unwrap();
        account.correct(500, 20, now);
        assert_eq!(account.standing(now).unwrap().remaining, 580);
        account.correct(20, 800, now);
        assert_eq!(account.standing(now).unwrap().remaining, 0);
        assert!(account.take(1, now).is_err());
        // Long after it was full, nothing that comes back makes more than full.
        account.correct(900, 0, now + 3 * WINDOW);
        assert_eq!(account.standing(now + 3 * WINDOW).unwrap().remaining, 600);
    }

    #[test]
    fn each_of_the_buckets_must_have_enough() {
        let now = Instant::now();
        let account = account(&[1_000, 100], now);
        assert!(account.take(200, now).is_err());
        assert_eq!(account.buckets[0].standing(now).remaining, 1_000, "what was taken from the first came back");
        account.take(60, now).unwrap();
        assert_eq!(account.standing(now).unwrap().remaining, 40, "that of the one with less");
    }
}
