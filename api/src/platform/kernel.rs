//! What every part of a running server shares.

use crate::platform::clock::Source;
use crate::platform::database::Database;
use crate::platform::events::Bus;
use crate::platform::seal::Sealer;
use std::sync::Arc;

/// The kernel's services, cheap to clone.
#[derive(Clone)]
pub struct Kernel {
    inner: Arc<Services>,
}

/// See [`Kernel`].
pub struct Services {
    /// The database. Only the kernel itself can query it.
    pub database: Database,
    /// Time and randomness.
    pub source: Source,
    /// Secrets at rest.
    pub sealer: Sealer,
    /// Wake-ups.
    pub bus: Bus,
    /// This server among its replicas: kept in its data directory, so that it is the same after a restart.
    pub node: String,
}

impl Kernel {
    /// Puts the services together.
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self { inner: Arc::new(services) }
    }
}

impl std::ops::Deref for Kernel {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.inner
    }
}
