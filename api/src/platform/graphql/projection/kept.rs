//! Plans with the beginnings of their queries, kept for who asks the same again.

use crate::platform::authority::Authority;
use crate::platform::known_rights::KEPT;
use crate::platform::prepared::Prepared;
use crate::platform::viewer::{Viewer, Who};
use async_graphql::{Context, Pos};
use moka::sync::Cache;
use std::any::Any;
use std::sync::Arc;

/// How much memory they may take, with the documents that they keep.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// What one takes besides its document, about.
const BYTES: usize = 4 * 1024;

/// The document that is carried out, if no part of it depends on a variable: which fields it selects is always the same.
#[derive(Clone)]
pub struct SteadyDocument {
    /// The document itself.
    pub document: Arc<dyn Any + Send + Sync>,
    /// How much memory it takes.
    pub bytes: usize,
}

/// A plan, and the beginning of its query.
pub(super) struct Planned<P> {
    pub(super) plan: P,
    pub(super) prepared: Prepared,
}

/// The plans.
pub struct Plans(Cache<Key, Kept>);

/// A field of a document, as somebody asks for it. Documents and rights are told apart by where they are in memory, where
/// they stay while they are kept here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    document: usize,
    place: (usize, usize),
    authority: usize,
    type_name: &'static str,
    order: &'static str,
}

#[derive(Clone)]
struct Kept {
    planned: Arc<dyn Any + Send + Sync>,
    document: SteadyDocument,
    _authority: Arc<Authority>,
}

impl Default for Plans {
    fn default() -> Self {
        let weight = |_: &Key, kept: &Kept| u32::try_from(kept.document.bytes + BYTES).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MOST_BYTES).weigher(weight).time_to_live(KEPT).build())
    }
}

impl Plans {
    /// The plan for what `context` selects of a type, in an order; made by `make` unless it is kept.
    pub(super) fn planned<P: Send + Sync + 'static>(
        &self,
        context: &Context<'_>,
        viewer: &Viewer,
        (type_name, order): (&'static str, &'static str),
        make: impl FnOnce() -> Option<Planned<P>>,
    ) -> Option<Arc<Planned<P>>> {
        let (Some(document), Who::Person(authority)) = (context.data_opt::<SteadyDocument>(), viewer.who()) else {
            return make().map(Arc::new);
        };
        let Pos { line, column } = context.item.pos;
        let address = Arc::as_ptr(&document.document).cast::<()>() as usize;
        let place = (line, column);
        let key = Key { document: address, place, authority: Arc::as_ptr(authority) as usize, type_name, order };
        if let Some(planned) = self.0.get(&key).and_then(|kept| kept.planned.downcast().ok()) {
            return Some(planned);
        }
        let planned = Arc::new(make()?);
        let kept = Kept { planned: planned.clone(), document: document.clone(), _authority: authority.clone() };
        self.0.insert(key, kept);
        Some(planned)
    }
}
