//! Following what is written: however many follow the same, each row is read once for all of them.
//!
//! Whoever follows begins page by page after their own cursor, until there is nothing more to catch up with. From
//! there on they take what the topic's tail hands to all of its followers through a ring. The ring is short, and nobody
//! waits for anybody: who is too slow for it finds a gap, and goes on alone, by their own cursor, until they have caught up
//! again. So a follower never holds more than the ring does, and misses nothing and gets nothing twice, because what
//! counts is the place of a row and not when it arrived. ADR 14.

mod follower;
mod patience;
mod shelf;
mod tail;

use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;
use follower::Follower;
use futures::Stream;
pub use patience::Patience;
use shelf::Shelf;
use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tail::Tail;
use tokio::sync::{Semaphore, SemaphorePermit};

/// So many followers catch up at once: however many come, most of the connections are left to everything else.
const AT_ONCE: usize = 3;

/// Rows of one topic that are numbered by one writer, in the order of its commits, without gaps.
///
/// What is read must depend on nothing but the place after which it is read: it is handed to all who follow, each of
/// whom is [judged](Followed::look) by their own rights before.
pub trait Followed: Send + Sync + 'static {
    /// What is read at once.
    type Batch: Send + Sync + 'static;

    /// How many rows are read at once.
    const PAGE: i64;

    /// The topic on which writing wakes.
    fn topic(&self) -> String;

    /// How far it has come, if `viewer` may follow it. Whether they may must depend on nothing but their
    /// [`Authority`](crate::platform::authority::Authority) and on what never changes of a row.
    ///
    /// # Errors
    /// `NOT_FOUND` if they may not.
    fn look(&self, viewer: &Viewer) -> impl Future<Output = AppResult<Start>> + Send;

    /// Reads a page after a place, within the reach of `viewer`.
    ///
    /// # Errors
    /// `NOT_FOUND` if they may not read it.
    fn read(&self, viewer: &Viewer, after: i64) -> impl Future<Output = AppResult<Page<Self::Batch>>> + Send;

    /// What of a batch comes after a place.
    fn rest(batch: &Self::Batch, after: i64) -> Self::Batch;
}

/// How far something that is followed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The place of the newest row, or of an earlier one.
    pub newest: i64,
    /// Whether nothing comes any more.
    pub is_over: bool,
}

/// What was read after a place.
pub struct Page<B> {
    /// What it says.
    pub batch: B,
    /// The place of its last row; where it was read after if it has none.
    pub last: i64,
    /// Whether there is more.
    pub is_full: bool,
    /// Whether nothing comes after it any more.
    pub is_over: bool,
}

/// What a follower is given.
pub enum Given<B> {
    /// What all followers are given.
    Shared(Arc<B>),
    /// What was read for this one.
    Own(B),
}

/// What is followed on this server.
#[derive(Clone)]
pub struct Feeds {
    inner: Arc<Inner>,
}

/// What followers of a topic share, as long as there are any.
type ByTopic = HashMap<String, Weak<dyn Any + Send + Sync>>;

struct Inner {
    /// By their topics, as long as somebody follows them.
    tails: Mutex<ByTopic>,
    shelves: Mutex<ByTopic>,
    turns: Semaphore,
    counts: Counts,
}

/// What happened so far, and what goes on.
#[derive(Debug, Default)]
pub struct Counts {
    /// Who follows something now.
    pub followers: AtomicU64,
    /// Topics that are read for them now.
    pub tails: AtomicU64,
    /// How often tails read.
    pub readings: AtomicU64,
    /// How often pages were read that followers catch up with.
    pub own_readings: AtomicU64,
    /// Batches that were handed to a topic's followers.
    pub batches: AtomicU64,
    /// How often followers were too slow for the ring.
    pub fallen_behind: AtomicU64,
    /// Texts that were made for all followers with the same selection.
    pub encoded: AtomicU64,
    /// How often such a text was there already.
    pub shared: AtomicU64,
}

impl Default for Feeds {
    fn default() -> Self {
        let turns = Semaphore::new(AT_ONCE);
        Self {
            inner: Arc::new(Inner {
                tails: Mutex::default(),
                shelves: Mutex::default(),
                turns,
                counts: Counts::default(),
            }),
        }
    }
}

impl Feeds {
    /// What comes after a place: first what is there, then what is written, as it is. The first batch comes at once,
    /// whatever is in it. Ends when nothing comes any more, and with an error when `viewer` may no longer follow.
    ///
    /// # Errors
    /// `NOT_FOUND` if they may not follow it; UNAVAILABLE if the database cannot tell for long.
    pub async fn follow<F: Followed>(
        &self,
        viewer: Viewer,
        followed: F,
        after: i64,
    ) -> AppResult<impl Stream<Item = AppResult<Given<F::Batch>>> + Send + use<F>> {
        let begun = Follower::begin(self.clone(), viewer, Arc::new(followed), after).await?;
        Ok(futures::stream::try_unfold(begun, |mut follower| async move {
            Ok(follower.next().await?.map(|given| (given, follower)))
        }))
    }

    /// What happened so far, and what goes on.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.inner.counts
    }

    /// A turn to read for a single follower.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it; and without a turn it could be read all the same.
        self.inner.turns.acquire().await.ok()
    }

    /// The pages of what is `followed`.
    fn shelf<F: Followed>(&self, viewer: &Viewer, followed: &Arc<F>) -> Arc<Shelf<F>> {
        let mut shelves = self.inner.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let topic = followed.topic();
        in_use(&mut shelves, &topic).unwrap_or_else(|| {
            let new = Arc::new(Shelf::new(viewer.kernel(), followed.clone()));
            let weak: Weak<Shelf<F>> = Arc::downgrade(&new);
            shelves.insert(topic, weak);
            new
        })
    }

    /// The tail that `followed` has, or a new one that begins after `place`.
    fn tail<F: Followed>(&self, viewer: &Viewer, followed: &Arc<F>, place: i64) -> tail::Joined<F> {
        let mut tails = self.inner.tails.lock().unwrap_or_else(PoisonError::into_inner);
        let topic = followed.topic();
        // One that has ended, or broken off, has nothing more to tell.
        if let Some(joined) = in_use::<Tail<F>>(&mut tails, &topic).and_then(Tail::join) {
            return joined;
        }
        let (tail, joined) = Tail::start(self.clone(), viewer.kernel(), followed.clone(), place);
        let tail: Weak<Tail<F>> = Arc::downgrade(&tail);
        tails.insert(topic, tail);
        joined
    }
}

/// What is there for a topic, after what nobody uses any more was forgotten.
fn in_use<T: Any + Send + Sync>(known: &mut ByTopic, topic: &str) -> Option<Arc<T>> {
    known.retain(|_, shared| shared.strong_count() > 0);
    known.get(topic)?.upgrade()?.downcast().ok()
}

/// Something that is counted until this is dropped.
struct Open {
    feeds: Feeds,
    gauge: fn(&Counts) -> &AtomicU64,
}

impl Open {
    fn new(feeds: Feeds, gauge: fn(&Counts) -> &AtomicU64) -> Self {
        gauge(feeds.counts()).fetch_add(1, Ordering::Relaxed);
        Self { feeds, gauge }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        (self.gauge)(self.feeds.counts()).fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts something that happened.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
