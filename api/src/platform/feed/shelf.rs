//! Pages of a topic that its followers catch up with, kept for others who need the same.

use super::tail::Piece;
use super::{Feeds, Followed, Given, Page, count};
use crate::platform::error::AppResult;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// So many pages are kept: when many come at once, or fall behind at once, each page is read for all who need it.
const PAGES: usize = 32;

/// A topic's pages, as long as somebody follows it, also when it is over.
pub(super) struct Shelf<F: Followed> {
    /// As the system: whoever is given of them is judged by their own rights.
    viewer: Viewer,
    followed: Arc<F>,
    pages: Mutex<Pages<F::Batch>>,
    /// Whoever reads has this: those who need the same wait, and find it.
    reading: tokio::sync::Mutex<()>,
}

/// Pages, each with when its reading began; the one that was used last comes first.
type Pages<B> = VecDeque<(Instant, Arc<Piece<B>>)>;

impl<F: Followed> Shelf<F> {
    pub(super) fn new(kernel: &Kernel, followed: Arc<F>) -> Self {
        let viewer = Viewer::system(kernel, "reading once for all who catch up");
        Self { viewer, followed, pages: Mutex::default(), reading: tokio::sync::Mutex::default() }
    }

    /// What comes after a place, for somebody who has asked for it at `asked`, and knows that there are rows up to `newest`.
    ///
    /// What others have read is as good if it was read since then, or if it is a whole page, which is the same at any time:
    /// nothing that was written before somebody asked is missed. Pages that are whole begin at the same places for all: who
    /// comes in the middle of one is given the rest of it, and needs what all others need from there on.
    pub(super) async fn page(
        &self,
        feeds: &Feeds,
        after: i64,
        newest: i64,
        asked: Instant,
    ) -> AppResult<Page<Given<F::Batch>>> {
        let piece = match self.known(after, asked) {
            Some(known) => known,
            None => self.read_once(feeds, after, newest, asked).await?,
        };
        let is_whole = piece.after == after;
        let given =
            if is_whole { Given::Shared(piece.batch.clone()) } else { Given::Own(F::rest(&piece.batch, after)) };
        Ok(Page { batch: given, last: piece.last, is_full: piece.is_full, is_over: piece.is_over })
    }

    async fn read_once(
        &self,
        feeds: &Feeds,
        after: i64,
        newest: i64,
        asked: Instant,
    ) -> AppResult<Arc<Piece<F::Batch>>> {
        let _reading = self.reading.lock().await;
        if let Some(known) = self.known(after, asked) {
            return Ok(known);
        }
        // Of what may not be whole yet, no more is read than is asked for.
        let page = after - after % F::PAGE;
        let after = if page + F::PAGE <= newest { page } else { after };
        let _turn = feeds.turn().await;
        let begun = Instant::now();
        count(&feeds.counts().own_readings);
        let piece = Piece::new(after, self.followed.read(&self.viewer, after).await?);
        let mut pages = self.pages();
        pages.truncate(PAGES - 1);
        pages.push_front((begun, piece.clone()));
        Ok(piece)
    }

    fn known(&self, after: i64, asked: Instant) -> Option<Arc<Piece<F::Batch>>> {
        let mut pages = self.pages();
        let holds = |page: &Piece<_>| page.after == after || (page.after < after && after < page.last);
        let good =
            pages.iter().enumerate().filter(|(_, (begun, page))| holds(page) && (page.is_full || *begun >= asked));
        let (place, _) = good.max_by_key(|(_, (_, page))| page.last)?;
        let used = pages.remove(place)?;
        let piece = used.1.clone();
        pages.push_front(used);
        Some(piece)
    }

    fn pages(&self) -> MutexGuard<'_, Pages<F::Batch>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
