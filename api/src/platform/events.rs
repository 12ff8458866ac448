//! The event log. The table is the truth, the channel only wakes.
//!
//! Whoever waits subscribes to the wake-up first, then reads after its cursor, then waits. Wake-ups may be lost or
//! come too often; both are harmless, since readers also look every few seconds.

use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{RootAction, Tx, Verdict};
use crate::platform::ids::UserId;
use crate::platform::kernel::Kernel;
use crate::platform::rights_log;
use crate::platform::viewer::Viewer;
use rookery_entity::platform::{event, event_pending, event_position};
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, Statement};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// The topic of the sealer itself.
pub const SEALER: &str = "sealer";
/// PostgreSQL's channel for wake-ups.
pub const CHANNEL: &str = "rookery";
/// How long a reader waits at most before it looks again.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The topic on which a person's own events arrive.
#[must_use]
pub fn user_topic(user: UserId) -> String {
    format!("user:{user}")
}

/// Wake-ups within this process; those of other replicas are fed in by [`listen`].
#[derive(Clone, Default)]
pub struct Bus {
    topics: Arc<Mutex<HashMap<String, watch::Sender<u64>>>>,
}

/// A wait for one topic's next wake-up.
pub struct Waiter {
    changes: watch::Receiver<u64>,
}

impl Bus {
    /// Waits for `topic`. What is woken from now on is not missed.
    #[must_use]
    pub fn subscribe(&self, topic: &str) -> Waiter {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, sender| sender.receiver_count() > 0);
        let sender = topics.entry(topic.to_owned()).or_insert_with(|| watch::channel(0).0);
        Waiter { changes: sender.subscribe() }
    }

    /// Wakes who waits for `topic` in this process.
    pub fn wake(&self, topic: &str) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = topics.get(topic) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Wakes everybody: after a gap in which wake-ups may have been lost.
    pub fn wake_all(&self) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in topics.values() {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

impl Waiter {
    /// Returns at the next wake-up, or after [`PATIENCE`] without one.
    pub async fn wait(&mut self) {
        // A closed channel is no reason to spin: the pace then is that of the patience.
        if let Ok(Err(_)) = tokio::time::timeout(PATIENCE, self.changes.changed()).await {
            tokio::time::sleep(PATIENCE).await;
        }
    }
}

/// Feeds the wake-ups of all replicas into this process's bus. Ends only with the process.
pub async fn listen(kernel: Kernel) {
    use sea_orm::sqlx::postgres::PgListener;
    loop {
        let outcome: Result<(), sea_orm::sqlx::Error> = async {
            let mut listener = PgListener::connect(kernel.database.url()).await?;
            listener.listen(CHANNEL).await?;
            let after_gap = || {
                kernel.known_rights.announce();
                kernel.bus.wake_all();
            };
            after_gap();
            loop {
                // `None` says that the connection was lost and made anew.
                match listener.try_recv().await? {
                    Some(notification) if notification.payload() == rights_log::TOPIC => kernel.known_rights.announce(),
                    Some(notification) => kernel.bus.wake(notification.payload()),
                    None => after_gap(),
                }
            }
        }
        .await;
        if let Err(error) = outcome {
            tracing::warn!(%error, "the wake-up listener lost its connection; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// An event of the log, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positioned {
    /// Its place in the log.
    pub position: i64,
    /// What happened.
    pub event: event::Model,
}

/// The events of `topic` after `position`, oldest first.
///
/// # Errors
/// INTERNAL.
pub async fn read_after(kernel: &Kernel, topic: &str, position: i64, limit: u64) -> AppResult<Vec<Positioned>> {
    let db = kernel.database.read();
    let places = event_position::Entity::find()
        .filter(event_position::Column::Topic.eq(topic))
        .filter(event_position::Column::Position.gt(position))
        .order_by_asc(event_position::Column::Position)
        .limit(limit)
        .all(db)
        .await?;
    let ids: Vec<_> = places.iter().map(|place| place.event_id).collect();
    let rows = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(db).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(places
        .into_iter()
        .filter_map(|place| rows.remove(&place.event_id).map(|event| Positioned { position: place.position, event }))
        .collect())
}

/// The position of the log's newest event.
///
/// # Errors
/// INTERNAL.
pub async fn newest(kernel: &Kernel) -> AppResult<i64> {
    let place = event_position::Entity::find()
        .order_by_desc(event_position::Column::Position)
        .one(kernel.database.read())
        .await?;
    Ok(place.map_or(0, |place| place.position))
}

/// Where a topic's readers go on who know the event about `subject`: after it, or with everything if it is no longer
/// kept, since all that is kept is younger.
///
/// # Errors
/// INTERNAL.
pub async fn position_of(kernel: &Kernel, topic: &str, subject: Uuid) -> AppResult<i64> {
    let db = kernel.database.read();
    // Before the event is looked for: one that is numbered meanwhile comes after it.
    let newest = newest(kernel).await?;
    let about = event::Entity::find()
        .filter(event::Column::Topic.eq(topic))
        .filter(event::Column::SubjectId.eq(subject))
        .order_by_desc(event::Column::Id)
        .one(db)
        .await?;
    let Some(about) = about else { return Ok(0) };
    let place = event_position::Entity::find()
        .filter(event_position::Column::Topic.eq(topic))
        .filter(event_position::Column::EventId.eq(about.id))
        .one(db)
        .await?;
    Ok(place.map_or(newest, |place| place.position))
}

/// Gives committed events their positions, one batch at a time; one sealer at work among all replicas.
pub async fn seal(kernel: Kernel) {
    let viewer = Viewer::system(&kernel, "numbering committed events");
    let mut waiter = kernel.bus.subscribe(SEALER);
    loop {
        match seal_batch(&viewer).await {
            Ok(0) => waiter.wait().await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = error.for_log(), "numbering events failed; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

struct SealEvents;

impl RootAction for SealEvents {
    const NAME: &'static str = "event.seal";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(crate::platform::granted::Refusal::Forbidden("Only the server numbers events."))
    }
}

const BATCH: u64 = 500;

async fn seal_batch(viewer: &Viewer) -> AppResult<usize> {
    let tx: Tx = viewer.begin().await?;
    let proof = tx.grant_root::<SealEvents>()?;
    let db = tx.write(&proof);
    if viewer.kernel().database.is_postgres() {
        let lock = Statement::from_string(db.get_database_backend(), "select pg_advisory_xact_lock(7267453)");
        db.query_one_raw(lock).await?;
    }
    let pending =
        event_pending::Entity::find().order_by_asc(event_pending::Column::EventId).limit(BATCH).all(db).await?;
    if pending.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = pending.iter().map(|row| row.event_id).collect();
    let events = event::Entity::find()
        .filter(event::Column::Id.is_in(ids.clone()))
        .order_by_asc(event::Column::Id)
        .all(db)
        .await?;
    let last = event_position::Entity::find().order_by_desc(event_position::Column::Position).one(db).await?;
    let first = last.map_or(1, |place| place.position + 1);
    let places = events.iter().zip(first..).map(|(event, position)| event_position::ActiveModel {
        position: Set(position),
        event_id: Set(event.id),
        topic: Set(event.topic.clone()),
    });
    event_position::Entity::insert_many(places).exec(db).await?;
    event_pending::Entity::delete_many().filter(event_pending::Column::EventId.is_in(ids)).exec(db).await?;
    for event in &events {
        tx.wake(event.topic.clone());
    }
    tx.commit().await?;
    Ok(events.len())
}
