//! What every part of a running server shares.

use crate::platform::archive_files::ArchiveFiles;
use crate::platform::clock::Source;
use crate::platform::database::Database;
use crate::platform::events::Bus;
use crate::platform::feed::Feeds;
use crate::platform::graphql::projection::Plans;
use crate::platform::known_rights::KnownRights;
use crate::platform::seal::Sealer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How selections were read: as a whole, or field by field.
#[derive(Debug, Default)]
pub struct Reads {
    whole: AtomicU64,
    by_resolvers: AtomicU64,
}

impl Reads {
    /// Counts a list or an object.
    pub fn count(&self, is_whole: bool) {
        let counter = if is_whole { &self.whole } else { &self.by_resolvers };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How many were read as a whole, and how many by resolvers.
    #[must_use]
    pub fn counted(&self) -> (u64, u64) {
        (self.whole.load(Ordering::Relaxed), self.by_resolvers.load(Ordering::Relaxed))
    }
}

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
    /// What is followed.
    pub feeds: Feeds,
    /// How selections were read.
    pub reads: Reads,
    /// How they are to be read again.
    pub plans: Plans,
    /// What was read of people's rights.
    pub known_rights: KnownRights,
    /// This server among its replicas: kept in its data directory, so that it is the same after a restart.
    pub node: String,
    /// Where what is archived is kept in files; none to keep it in the database.
    pub archive_files: Option<ArchiveFiles>,
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
