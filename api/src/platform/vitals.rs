//! How the kernel is doing: what waits, and what is in use. Looked at whenever somebody asks, with few and bounded queries.

use crate::platform::database::Pool;
use crate::platform::error::AppResult;
use crate::platform::kernel::Kernel;
use rookery_entity::platform::{JobState, event, event_pending, job};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Statement,
};
use std::time::Duration;

/// Events that wait are counted up to here: more than that many tell nothing more.
pub const EVENTS_COUNTED: i64 = 10_000;

/// Jobs that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jobs {
    /// Of which kind.
    pub kind: String,
    /// `queued` while they wait, `leased` while somebody works on them.
    pub state: &'static str,
    /// How many.
    pub count: i64,
}

/// What is not done yet.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    /// The jobs.
    pub jobs: Vec<Jobs>,
    /// How many committed events have no place in the log yet, up to [`EVENTS_COUNTED`].
    pub events: i64,
    /// How long the oldest of them has waited.
    pub oldest_event: Duration,
}

/// The connections to the database.
#[must_use]
pub fn pools(kernel: &Kernel) -> Vec<Pool> {
    kernel.database.pools()
}

/// What is not done yet, of all servers that share the database.
///
/// # Errors
/// INTERNAL.
pub async fn backlog(kernel: &Kernel) -> AppResult<Backlog> {
    let db = kernel.database.read();
    let jobs: Vec<(String, JobState, i64)> = job::Entity::find()
        .select_only()
        .column(job::Column::Kind)
        .column(job::Column::State)
        .column_as(job::Column::Id.count(), "count")
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Leased]))
        .group_by(job::Column::Kind)
        .group_by(job::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let waiting =
        format!("select count(*) as waiting from (select 1 from event_pending limit {EVENTS_COUNTED}) as pending");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), waiting)).await?;
    let events = row.map_or(Ok(0), |row| row.try_get("", "waiting"))?;
    // Their ids are sorted by when they were made.
    let oldest = event_pending::Entity::find().order_by_asc(event_pending::Column::EventId).one(db).await?;
    let oldest = match oldest {
        Some(pending) => event::Entity::find_by_id(pending.event_id).one(db).await?,
        None => None,
    };
    let waited = oldest.map(|event| kernel.source.now() - event.at);
    Ok(Backlog {
        jobs: jobs.into_iter().map(|(kind, state, count)| Jobs { kind, state: word(state), count }).collect(),
        events,
        oldest_event: waited.and_then(|waited| waited.to_std().ok()).unwrap_or_default(),
    })
}

const fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Leased => "leased",
        JobState::Done => "done",
    }
}
