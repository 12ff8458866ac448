//! How many sockets and event streams each client holds.

use super::Peer;
use crate::platform::authority::CredentialKey;
use crate::platform::meter::network_of;
use crate::platform::viewer::Viewer;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many at once.
pub(super) const MOST: usize = 20;

/// Who holds them: a session or token, or whoever is at an address, of version 6 in its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Credential(CredentialKey),
    Address(IpAddr),
}

/// The places that are taken.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<Holder, usize>>>);

/// A place, free again when this is dropped.
pub(super) struct Place {
    places: Places,
    holder: Holder,
}

impl Places {
    /// Takes one, if there is one.
    pub(super) fn take(&self, viewer: &Viewer, peer: Peer) -> Option<Place> {
        let holder = viewer.credential().map_or_else(|| Holder::Address(network_of(peer.0)), Holder::Credential);
        let mut taken = self.map();
        let count = taken.entry(holder).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place { places: self.clone(), holder })
    }

    fn map(&self) -> MutexGuard<'_, HashMap<Holder, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.map();
        if let Some(count) = taken.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.holder);
            }
        }
    }
}
