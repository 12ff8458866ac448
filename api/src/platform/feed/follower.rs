//! One follower: where they are, and by which rights.

use super::patience::Patience;
use super::shelf::Shelf;
use super::tail::{Joined, Piece};
use super::{Feeds, Followed, Given, Open, Page, Start, count};
use crate::platform::error::AppResult;
use crate::platform::events::PATIENCE;
use crate::platform::viewer::Viewer;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};

/// So long the same rights need not be held against the row again.
const JUDGED: Duration = Duration::from_secs(30);

/// See [`Feeds::follow`].
pub(super) struct Follower<F: Followed> {
    feeds: Feeds,
    followed: Arc<F>,
    /// As last judged.
    viewer: Viewer,
    judged_at: Instant,
    /// The place of the last row that they were given.
    place: i64,
    shelf: Arc<Shelf<F>>,
    joined: Option<Joined<F>>,
    stage: Stage,
    has_been_told: bool,
    /// What was found at the beginning, or since then.
    start: Start,
    _open: Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// They catch up by their own cursor.
    Alone,
    /// They take what the tail hands to all.
    Together,
    /// Nothing comes any more.
    Over,
}

impl<F: Followed> Follower<F> {
    pub(super) async fn begin(feeds: Feeds, viewer: Viewer, followed: Arc<F>, after: i64) -> AppResult<Self> {
        let open = Open::new(feeds.clone(), |counts| &counts.followers);
        let mut patience = Patience::default();
        let start = loop {
            let turn = feeds.turn().await;
            let found = followed.look(&viewer).await;
            drop(turn);
            match found {
                Ok(start) => break start,
                Err(error) => patience.after(error).await?,
            }
        };
        let shelf = feeds.shelf(&viewer, &followed);
        let (stage, judged_at) = (Stage::Alone, Instant::now());
        Ok(Self {
            feeds,
            followed,
            viewer,
            judged_at,
            place: after,
            shelf,
            joined: None,
            stage,
            has_been_told: false,
            start,
            _open: open,
        })
    }

    /// What comes next; nothing at the end.
    pub(super) async fn next(&mut self) -> AppResult<Option<Given<F::Batch>>> {
        loop {
            let given = match self.stage {
                Stage::Over => return Ok(None),
                // Boxed: most of its time a follower waits, and needs no room for this.
                Stage::Alone => Box::pin(self.read_alone()).await?,
                Stage::Together => self.take().await?,
            };
            if let Some(given) = given {
                self.has_been_told = true;
                return Ok(Some(given));
            }
        }
    }

    /// Takes the next page after this follower's own place.
    async fn read_alone(&mut self) -> AppResult<Option<Given<F::Batch>>> {
        // First a place at the tail, then a look at what is there: what is written in between is in both.
        if self.joined.is_none() && !self.start.is_over {
            self.joined = Some(self.feeds.tail(&self.viewer, &self.followed, self.start.newest));
        }
        let asked = Instant::now();
        let mut patience = Patience::default();
        let page = loop {
            match self.attempt(asked).await {
                Ok(page) => break page,
                Err(error) => patience.after(error).await?,
            }
        };
        self.judge().await?;
        self.stage = match (page.is_full, page.is_over) {
            (true, _) => Stage::Alone,
            (false, true) => Stage::Over,
            (false, false) => Stage::Together,
        };
        let is_new = page.last > self.place || !self.has_been_told;
        self.place = page.last;
        Ok(is_new.then_some(page.batch))
    }

    async fn attempt(&mut self, asked: Instant) -> AppResult<Page<Given<F::Batch>>> {
        fail::fail_point!("feed::alone", |_| Err(crate::platform::error::AppError::Internal("a test says so".into())));
        self.shelf.page(&self.feeds, self.place, self.start.newest, asked).await
    }

    /// Takes what the tail hands on.
    async fn take(&mut self) -> AppResult<Option<Given<F::Batch>>> {
        let Some(joined) = &mut self.joined else {
            self.stage = Stage::Alone;
            return Ok(None);
        };
        match timeout(PATIENCE, joined.pieces.recv()).await {
            Ok(Ok(piece)) => self.given(&piece).await,
            Ok(Err(RecvError::Lagged(_))) => {
                self.fall_behind();
                Ok(None)
            }
            Ok(Err(RecvError::Closed)) => {
                // It gave up, or broke off; or it is over, which the next look shows.
                (self.joined, self.stage) = (None, Stage::Alone);
                self.start.newest = self.start.newest.max(self.place);
                Ok(None)
            }
            // Nothing to tell; but whoever may no longer follow hears so all the same.
            Err(_) => {
                self.judge().await?;
                Ok(None)
            }
        }
    }

    async fn given(&mut self, piece: &Piece<F::Batch>) -> AppResult<Option<Given<F::Batch>>> {
        piece.take();
        if piece.after > self.place {
            self.start.newest = self.start.newest.max(piece.last);
            self.fall_behind();
            return Ok(None);
        }
        if piece.is_over {
            self.stage = Stage::Over;
        }
        // They have read it themselves, while it was on its way.
        if piece.last <= self.place {
            return Ok(None);
        }
        self.judge().await?;
        let is_whole = piece.after == self.place;
        let given =
            if is_whole { Given::Shared(piece.batch.clone()) } else { Given::Own(F::rest(&piece.batch, self.place)) };
        self.place = piece.last;
        Ok(Some(given))
    }

    fn fall_behind(&mut self) {
        count(&self.feeds.counts().fallen_behind);
        self.stage = Stage::Alone;
    }

    /// Whether they may have what the tail has read.
    ///
    /// Their rights are looked up each time, which takes no query: those that are kept are the same object until the log
    /// of changed rights names them, and for at most 30 s. As long as it is the same object, holding it against the row
    /// again would come to the same: who sees a row follows from rights, which cannot change within one, and from
    /// columns of the row that are never written again. That somebody changed those by hand is noticed after
    /// [`JUDGED`]. What is handed on was read before, so whatever was written after somebody's reach was known to be less
    /// is judged by what is known now.
    async fn judge(&mut self) -> AppResult<()> {
        let mut patience = Patience::default();
        loop {
            match self.attempt_to_judge().await {
                Ok(()) => return Ok(()),
                Err(error) => patience.after(error).await?,
            }
        }
    }

    async fn attempt_to_judge(&mut self) -> AppResult<()> {
        let viewer = self.viewer.refreshed().await?;
        if viewer.who().has_rights_of(self.viewer.who()) && self.judged_at.elapsed() < JUDGED {
            return Ok(());
        }
        let (feeds, followed) = (&self.feeds, &self.followed);
        let looked = Box::pin(async {
            let _turn = feeds.turn().await;
            // They may have changed while others had their turns.
            let viewer = viewer.refreshed().await?;
            followed.look(&viewer).await?;
            AppResult::Ok(viewer)
        });
        let viewer = looked.await?;
        (self.viewer, self.judged_at) = (viewer, Instant::now());
        Ok(())
    }
}
