//! Loaders: the links that many rows ask for at once become one query, within the viewer's scope.

use crate::platform::error::{AppError, AppResult};
use crate::platform::scope::Resource;
use crate::platform::viewer::Viewer;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::{Timer, TokioSpawner};
use futures::future::BoxFuture;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Lets the other resolvers of this level ask first, then loads: a clock tick would be added to every level.
pub struct Yield;

impl Timer for Yield {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

/// Loads rows of one table by key.
pub struct Rows<E> {
    viewer: Viewer,
    table: PhantomData<fn() -> E>,
}

impl<E> Loader<E::Key> for Rows<E>
where
    E: Resource,
    E::Key: Hash + Eq,
    E::Model: Clone + Send + Sync,
{
    type Value = E::Model;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[E::Key]) -> Result<HashMap<E::Key, E::Model>, Self::Error> {
        let rows = self.viewer.reader().find::<E>().filter(E::by_keys(keys)).all().await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (E::key(&row), row)).collect())
    }
}

/// The loaders of one request; clones share what was loaded.
#[derive(Clone)]
pub struct Loaders {
    viewer: Viewer,
    tables: Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>,
}

impl Loaders {
    /// Loaders that see what `viewer` sees.
    #[must_use]
    pub fn new(viewer: Viewer) -> Self {
        Self { viewer, tables: Arc::default() }
    }

    /// The row of `E` with this key, if the viewer sees one.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn get<E>(&self, key: E::Key) -> AppResult<Option<E::Model>>
    where
        E: Resource,
        E::Key: Hash + Eq,
        E::Model: Clone + Send + Sync,
    {
        let loader = self.table(|viewer| {
            let rows = Rows::<E> { viewer, table: PhantomData };
            DataLoader::with_cache(rows, TokioSpawner::current(), Yield, HashMapCache::default())
        });
        loader.load_one(key).await.map_err(|error| AppError::Internal(error.for_log()))
    }

    /// Forgets what was loaded: a subscription does after each event, so that the next one shows what is true then.
    pub fn forget(&self) {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The loader of type `L`, made at its first use.
    pub fn table<L: Send + Sync + 'static>(&self, make: impl FnOnce(Viewer) -> L) -> Arc<L> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = tables
            .entry(TypeId::of::<L>())
            .or_insert_with(|| Arc::new(make(self.viewer.clone())) as Arc<dyn Any + Send + Sync>)
            .clone();
        drop(tables);
        match entry.downcast::<L>() {
            Ok(loader) => loader,
            // The map's key is the type, so this cannot be; a panic is one INTERNAL error.
            Err(_) => unreachable!("loaders are kept by their type"),
        }
    }
}
