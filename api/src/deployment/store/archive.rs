//! The queries of the archive of events.

use super::{DeploymentEventKind, DeploymentKey, deployment_event, deployment_run, of_visible};
use crate::deployment::policy::ArchiveEvents;
use crate::platform::authority::Authority;
use crate::platform::database::Readers;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Granted, Tx};
use crate::platform::scope::{Reader, Scoped, Visible};
use chrono::{DateTime, Utc};
pub use rookery_entity::deployment::{deployment_event_archive, deployment_event_part};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, ExprTrait as _, IntoActiveModel as _, Order,
    QueryFilter as _,
};

impl Visible for deployment_event_archive::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(
            authority,
            deployment_event_archive::Column::TenantId,
            deployment_event_archive::Column::DeploymentId,
        )
    }
}

impl Visible for deployment_event_part::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(authority, deployment_event_part::Column::TenantId, deployment_event_part::Column::DeploymentId)
    }
}

/// Deployments that ended before a time, with events that are not in the archive; those that ended first come first.
///
/// # Errors
/// INTERNAL.
pub async fn to_archive(
    reader: &Reader<'_>,
    ended_before: DateTime<Utc>,
    limit: u64,
) -> AppResult<Vec<deployment_run::Model>> {
    reader
        .find::<deployment_run::Entity>()
        .filter(Expr::col(deployment_run::Column::ArchivedThrough).lt(Expr::col(deployment_run::Column::LastSequence)))
        .filter(deployment_run::Column::FinishedAt.is_not_null())
        .filter(deployment_run::Column::FinishedAt.lt(ended_before))
        .order_by(deployment_run::Column::FinishedAt, Order::Asc)
        .order_by(deployment_run::Column::Id, Order::Asc)
        .limit(limit)
        .all()
        .await
}

/// The first events of a deployment that are not in the archive.
///
/// # Errors
/// INTERNAL.
pub async fn not_archived(
    reader: &Reader<'_>,
    row: &deployment_run::Model,
    limit: u64,
) -> AppResult<Vec<deployment_event::Model>> {
    reader
        .find::<deployment_event::Entity>()
        .filter(deployment_event::Column::TenantId.eq(row.tenant_id))
        .filter(deployment_event::Column::DeploymentId.eq(row.id))
        .filter(deployment_event::Column::Sequence.gt(row.archived_through))
        .order_by(deployment_event::Column::Sequence, Order::Asc)
        .limit(limit)
        .all()
        .await
}

/// Moves events into the archive: writes the part, removes them from their table, and notes how far it goes.
///
/// # Errors
/// INTERNAL, also if others than those of the part would be removed.
pub async fn put(tx: &Tx, proof: &Granted<'_, ArchiveEvents>, part: deployment_event_archive::Model) -> AppResult<()> {
    let (number, last, events) = (part.part, part.last_sequence, part.last_sequence - part.first_sequence + 1);
    part.into_active_model().reset_all().insert(tx.write(proof)).await?;
    let removed = deployment_event::Entity::delete_many()
        .filter(deployment_event::Column::TenantId.eq(proof.tenant_id))
        .filter(deployment_event::Column::DeploymentId.eq(proof.id))
        .filter(deployment_event::Column::Sequence.lte(last))
        .exec(tx.write(proof))
        .await?
        .rows_affected;
    if i64::try_from(removed).ok() != Some(events) {
        return Err(AppError::Internal(format!("{removed} events would be removed instead of {events}")));
    }
    deployment_run::Entity::update_many()
        .col_expr(deployment_run::Column::ArchivedThrough, Expr::value(last))
        .col_expr(deployment_run::Column::ArchivedParts, Expr::value(number))
        .col_expr(deployment_run::Column::ArchivedAt, Expr::value(tx.now()))
        .filter(deployment_run::Column::TenantId.eq(proof.tenant_id))
        .filter(deployment_run::Column::Id.eq(proof.id))
        .exec(tx.write(proof))
        .await?;
    Ok(())
}

/// Whether the content of any part is in a file.
///
/// # Errors
/// INTERNAL.
pub async fn is_in_files(reader: &Reader<'_>) -> AppResult<bool> {
    // In the words of the index, which knows those parts alone.
    let is_in_file = Expr::col(deployment_event_archive::Column::InFile);
    Ok(reader.find::<deployment_event_archive::Entity>().filter(is_in_file).one().await?.is_some())
}

/// What each part of a deployment's archive holds.
///
/// # Errors
/// INTERNAL.
pub async fn parts(reader: &Reader<'_>, (tenant, id): DeploymentKey) -> AppResult<Vec<deployment_event_part::Model>> {
    reader
        .find::<deployment_event_part::Entity>()
        .filter(deployment_event_part::Column::TenantId.eq(tenant))
        .filter(deployment_event_part::Column::DeploymentId.eq(id))
        .order_by(deployment_event_part::Column::Part, Order::Asc)
        .all()
        .await
}

/// The first part with an event of these kinds that may come after a sequence.
///
/// # Errors
/// INTERNAL.
pub async fn part_after(
    reader: &Reader<'_>,
    key: DeploymentKey,
    after: i64,
    kinds: Option<&[DeploymentEventKind]>,
) -> AppResult<Option<deployment_event_archive::Model>> {
    of_kinds(reader, key, kinds)
        .filter(deployment_event_archive::Column::LastSequence.gt(after))
        .order_by(deployment_event_archive::Column::Part, Order::Asc)
        .one()
        .await
}

/// The last part with an event of these kinds that may come before a sequence.
///
/// # Errors
/// INTERNAL.
pub async fn part_before(
    reader: &Reader<'_>,
    key: DeploymentKey,
    before: i64,
    kinds: Option<&[DeploymentEventKind]>,
) -> AppResult<Option<deployment_event_archive::Model>> {
    of_kinds(reader, key, kinds)
        .filter(deployment_event_archive::Column::FirstSequence.lt(before))
        .order_by(deployment_event_archive::Column::Part, Order::Desc)
        .one()
        .await
}

type Parts<'c> = Scoped<'c, deployment_event_archive::Entity, Readers>;

fn of_kinds<'r>(reader: &Reader<'r>, (tenant, id): DeploymentKey, kinds: Option<&[DeploymentEventKind]>) -> Parts<'r> {
    let parts = reader
        .find::<deployment_event_archive::Entity>()
        .filter(deployment_event_archive::Column::TenantId.eq(tenant))
        .filter(deployment_event_archive::Column::DeploymentId.eq(id));
    let Some(kinds) = kinds else { return parts };
    let has = |kind: &DeploymentEventKind| match kind {
        DeploymentEventKind::Status => deployment_event_archive::Column::Statuses,
        DeploymentEventKind::Progress => deployment_event_archive::Column::Progresses,
        DeploymentEventKind::Task => deployment_event_archive::Column::Tasks,
        DeploymentEventKind::Line => deployment_event_archive::Column::Lines,
    };
    let any = kinds.iter().fold(Condition::any(), |any, kind| any.add(has(kind).gt(0)));
    parts.filter(any)
}
