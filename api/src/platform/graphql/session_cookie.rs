//! How a mutation tells the transport to set or clear the session cookie.

use std::sync::{Arc, Mutex, PoisonError};

/// What the answer does to the cookie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CookieChange {
    /// Nothing.
    #[default]
    Keep,
    /// Set this secret, for so many seconds.
    Set(String, i64),
    /// Remove it.
    Clear,
}

/// Handed to a request's resolvers, and read by the transport afterwards: clones share what was decided.
#[derive(Debug, Clone, Default)]
pub struct CookieJar(Arc<Mutex<CookieChange>>);

impl CookieJar {
    /// Decides what the answer does.
    pub fn change(&self, change: CookieChange) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = change;
    }

    /// What was decided.
    #[must_use]
    pub fn take(&self) -> CookieChange {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
