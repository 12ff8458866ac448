//! Removes rows that nobody reads any more. Several servers may do so at once: what one has removed, another misses.
//!
//! What people read stays, however old: the audit trail, notifications, deployments and their events.

use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{Refusal, RootAction, Verdict};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use chrono::Duration;
use rookery_entity::identity::{access_token, access_token_document, session, trusted_document};
use rookery_entity::platform::{JobState, event, event_position, job, rights_change};
use rookery_entity::usage::field_usage;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

/// How often it is done.
pub const PACE: std::time::Duration = std::time::Duration::from_hours(1);
/// For so long it can still be seen when a session ended.
const SESSIONS: Duration = Duration::days(1);
/// For so long it can still be seen what an access token was for, and when it was last used.
const ACCESS_TOKENS: Duration = Duration::days(90);
/// For so long a document is kept that no access token is confined to.
const DOCUMENTS: Duration = Duration::days(1);
/// For so long it can still be seen which node did a job.
const JOBS: Duration = Duration::days(7);
/// A field that nobody asked for in so long, the busiest month of a year included, is not missed.
const FIELD_USAGE: Duration = Duration::days(400);
/// No server trusts for so long what it read of somebody's rights.
const RIGHTS_CHANGES: Duration = Duration::days(1);
/// Followers read on from a place that they keep in memory; none is asleep for so long.
const EVENTS: Duration = Duration::days(7);

struct KeepHouse;

impl RootAction for KeepHouse {
    const NAME: &'static str = "house.keep";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(Refusal::Forbidden("Only the server removes what is no longer needed."))
    }
}

/// Goes on as long as the server runs.
pub async fn keep(kernel: Kernel) {
    loop {
        match clear(&kernel).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "removed what nobody reads any more"),
            Err(error) => tracing::error!(error = error.for_log(), "housekeeping failed; trying again in an hour"),
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Removes what is old enough; answers how many rows.
///
/// # Errors
/// INTERNAL.
pub async fn clear(kernel: &Kernel) -> AppResult<u64> {
    let system = Viewer::system(kernel, "removing what nobody reads any more");
    let mut rows = 0;
    let tx = system.begin().await?;
    let proof = tx.grant_root::<KeepHouse>()?;
    let expired = session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(tx.now() - SESSIONS));
    rows += expired.exec(tx.write(&proof)).await?.rows_affected;
    let expired = access_token::Entity::delete_many();
    let expired = expired.filter(access_token::Column::ExpiresAt.lt(tx.now() - ACCESS_TOKENS));
    rows += expired.exec(tx.write(&proof)).await?.rows_affected;
    let known =
        Query::select().column(access_token_document::Column::Sha256).from(access_token_document::Entity).to_owned();
    let unknown = trusted_document::Entity::delete_many()
        .filter(trusted_document::Column::GivenAt.lt(tx.now() - DOCUMENTS))
        .filter(trusted_document::Column::Sha256.not_in_subquery(known));
    rows += unknown.exec(tx.write(&proof)).await?.rows_affected;
    let done = job::Entity::delete_many()
        .filter(job::Column::State.eq(JobState::Done))
        .filter(job::Column::FinishedAt.lt(tx.now() - JOBS));
    rows += done.exec(tx.write(&proof)).await?.rows_affected;
    let unused = field_usage::Entity::delete_many().filter(field_usage::Column::LastUsedAt.lt(tx.now() - FIELD_USAGE));
    rows += unused.exec(tx.write(&proof)).await?.rows_affected;
    let known = rights_change::Entity::delete_many().filter(rights_change::Column::At.lt(tx.now() - RIGHTS_CHANGES));
    rows += known.exec(tx.write(&proof)).await?.rows_affected;
    tx.commit().await?;

    let tx = system.begin().await?;
    let proof = tx.grant_root::<KeepHouse>()?;
    let newest = event_position::Entity::find().order_by_desc(event_position::Column::Position);
    // The newest place stays: the next event is numbered after it. What has no place yet is still to be read.
    if let Some(newest) = newest.one(tx.write(&proof)).await? {
        let numbered = Query::select()
            .column(event_position::Column::EventId)
            .from(event_position::Entity)
            .and_where(event_position::Column::Position.lt(newest.position))
            .to_owned();
        // Their places go with them.
        let read = event::Entity::delete_many()
            .filter(event::Column::At.lt(tx.now() - EVENTS))
            .filter(event::Column::Id.in_subquery(numbered));
        rows += read.exec(tx.write(&proof)).await?.rows_affected;
    }
    tx.commit().await?;
    Ok(rows)
}
