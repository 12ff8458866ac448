//! What reads a topic for all who follow it.

use super::patience::Patience;
use super::{Feeds, Followed, Open, Page, count};
use crate::platform::error::AppResult;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::broadcast::{self, Receiver, Sender, WeakSender};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// How many batches a follower may be behind.
const RING: usize = 32;
/// While much is written, what comes within so long is read together.
const PACE: Duration = Duration::from_millis(30);
/// While half of those who took one batch have not taken the next, the one after that may come so late: it grows meanwhile,
/// and a server that has too much to do hands on fewer, larger ones. Who takes none is waited for by nobody.
const SLOWEST: Duration = Duration::from_millis(250);

/// A topic's tail. It ends with its last follower.
pub(super) struct Tail<F: Followed> {
    ring: WeakSender<Arc<Piece<F::Batch>>>,
    task: AbortHandle,
}

/// A follower's place at a tail.
pub(super) struct Joined<F: Followed> {
    pub(super) pieces: Receiver<Arc<Piece<F::Batch>>>,
    /// It goes on as long as somebody has a place.
    _tail: Arc<Tail<F>>,
}

/// What a tail hands to all.
pub(super) struct Piece<B> {
    /// The place after which it was read.
    pub(super) after: i64,
    /// The place of its last row.
    pub(super) last: i64,
    /// Whether there is more.
    pub(super) is_full: bool,
    /// Whether nothing comes after it.
    pub(super) is_over: bool,
    pub(super) batch: Arc<B>,
    /// How many followers have taken it.
    taken: AtomicUsize,
}

impl<B> Piece<B> {
    pub(super) fn new(after: i64, page: Page<B>) -> Arc<Self> {
        let Page { batch, last, is_full, is_over } = page;
        let (is_over, batch) = (is_over && !is_full, Arc::new(batch));
        Arc::new(Self { after, last, is_full, is_over, batch, taken: AtomicUsize::new(0) })
    }

    /// Notes that a follower has come as far as this.
    pub(super) fn take(&self) {
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

impl<F: Followed> Tail<F> {
    /// Begins to read after `place`, for a first follower.
    pub(super) fn start(feeds: Feeds, kernel: &Kernel, followed: Arc<F>, place: i64) -> (Arc<Self>, Joined<F>) {
        let (ring, pieces) = broadcast::channel(RING);
        let (weak, viewer) = (ring.downgrade(), Viewer::system(kernel, "reading once for all who follow"));
        let task = tokio::spawn(run(feeds, viewer, followed, place, ring)).abort_handle();
        let tail = Arc::new(Self { ring: weak, task });
        (tail.clone(), Joined { pieces, _tail: tail })
    }

    /// A place for one more follower, unless it has ended.
    pub(super) fn join(self: Arc<Self>) -> Option<Joined<F>> {
        let pieces = self.ring.upgrade()?.subscribe();
        Some(Joined { pieces, _tail: self })
    }
}

impl<F: Followed> Drop for Tail<F> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads until nothing comes any more, or until the database has not answered for long: then each follower finds the
/// ring closed, and goes on alone.
async fn run<F: Followed>(
    feeds: Feeds,
    viewer: Viewer,
    followed: Arc<F>,
    place: i64,
    ring: Sender<Arc<Piece<F::Batch>>>,
) {
    let _open = Open::new(feeds.clone(), |counts| &counts.tails);
    let mut waiter = viewer.kernel().bus.subscribe(&followed.topic());
    let mut place = place;
    let mut patience = Patience::default();
    let mut previous: Option<Arc<Piece<F::Batch>>> = None;
    loop {
        let begun = Instant::now();
        let page = match read(&feeds, &*followed, &viewer, place).await {
            Ok(page) => page,
            Err(error) => match patience.after(error).await {
                Ok(()) => continue,
                Err(_) => return,
            },
        };
        patience = Patience::default();
        let piece = Piece::new(place, page);
        if piece.last > place || piece.is_over {
            place = piece.last;
            // Without followers it ends in a moment.
            drop(ring.send(piece.clone()));
            count(&feeds.counts().batches);
            if piece.is_over {
                return;
            }
            sleep_until(begun + PACE).await;
            if let Some(previous) = previous.replace(piece.clone()) {
                while 2 * piece.taken() < previous.taken() && begun.elapsed() < SLOWEST {
                    sleep(PACE / 2).await;
                }
            }
        }
        if !piece.is_full {
            waiter.wait().await;
        }
    }
}

async fn read<F: Followed>(feeds: &Feeds, followed: &F, viewer: &Viewer, after: i64) -> AppResult<Page<F::Batch>> {
    fail::fail_point!("feed::tail", |_| Err(crate::platform::error::AppError::Internal("a test says so".into())));
    count(&feeds.counts().readings);
    followed.read(viewer, after).await
}
