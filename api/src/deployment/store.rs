//! The queries of deployments.

pub mod archive;
pub mod control;
pub mod server_runs;

use super::events::Diff;
use super::policy::RecordRun;
use crate::fleet::store::within_reach;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{Granted, Proof, Tx};
use crate::platform::ids::{DeploymentId, ScriptId, ServerId, ServerRequestId, TenantId};
use crate::platform::kernel::Kernel;
use crate::platform::scope::{Finds, Reader, Visible};
use crate::platform::viewer::Viewer;
use crate::resource;
use chrono::{DateTime, Utc};
pub use rookery_entity::deployment::{
    DeploymentEventKind, DeploymentMode, DeploymentStatus, HostResult, TaskStatus, deployment_diff, deployment_event,
    deployment_host, deployment_receipt, deployment_run,
};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ActiveModelTrait as _, ColumnTrait, Condition, EntityTrait as _, IntoActiveModel as _, Order};

resource!(deployment_run as "Deployment", tenant: DeploymentId);

/// A deployment's key.
pub type DeploymentKey = (TenantId, DeploymentId);

impl Visible for deployment_run::Entity {
    fn visible(authority: &Authority) -> Condition {
        within_reach(authority, deployment_run::Column::TenantId, deployment_run::Column::ProjectId)
    }
}

/// What belongs to a deployment that `authority` sees. Asked row by row, by the deployment's own key: who follows one
/// deployment does not pay for all that there are.
fn of_visible(authority: &Authority, tenant: impl ColumnTrait, deployment: impl ColumnTrait) -> Condition {
    use sea_orm::ExprTrait as _;
    let visible = deployment_run::Entity::visible(authority);
    if visible.is_empty() {
        return visible;
    }
    let seen = Query::select()
        .expr(Expr::value(1))
        .from(deployment_run::Entity)
        .and_where(Expr::col(deployment_run::Column::TenantId.as_column_ref()).equals(tenant.as_column_ref()))
        .and_where(Expr::col(deployment_run::Column::Id.as_column_ref()).equals(deployment.as_column_ref()))
        .cond_where(visible)
        .to_owned();
    Condition::all().add(Expr::exists(seen))
}

impl Visible for deployment_host::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(authority, deployment_host::Column::TenantId, deployment_host::Column::DeploymentId)
    }
}

impl Visible for deployment_event::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(authority, deployment_event::Column::TenantId, deployment_event::Column::DeploymentId)
    }
}

impl Visible for deployment_diff::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(authority, deployment_diff::Column::TenantId, deployment_diff::Column::DeploymentId)
    }
}

impl Visible for deployment_receipt::Entity {
    fn visible(authority: &Authority) -> Condition {
        of_visible(authority, deployment_receipt::Column::TenantId, deployment_receipt::Column::DeploymentId)
    }
}

/// The topic on which a deployment's events arrive.
#[must_use]
pub fn topic(id: DeploymentId) -> String {
    format!("deployment:{id}")
}

/// A request's deployments or previews, newest first.
///
/// # Errors
/// INTERNAL.
pub async fn of_request(
    reader: &Reader<'_>,
    (tenant, request): (TenantId, ServerRequestId),
    mode: DeploymentMode,
) -> AppResult<Vec<deployment_run::Model>> {
    reader
        .find::<deployment_run::Entity>()
        .filter(deployment_run::Column::TenantId.eq(tenant))
        .filter(deployment_run::Column::RequestId.eq(request))
        .filter(deployment_run::Column::Mode.eq(mode))
        .order_by(deployment_run::Column::CreatedAt, Order::Desc)
        .order_by(deployment_run::Column::Id, Order::Desc)
        .all()
        .await
}

/// What was run again of a deployment, oldest first.
///
/// # Errors
/// INTERNAL.
pub async fn reruns(rows: &impl Finds, (tenant, id): DeploymentKey) -> AppResult<Vec<deployment_run::Model>> {
    rows.rows::<deployment_run::Entity>()
        .filter(deployment_run::Column::TenantId.eq(tenant))
        .filter(deployment_run::Column::RerunOf.eq(id))
        .order_by(deployment_run::Column::CreatedAt, Order::Asc)
        .order_by(deployment_run::Column::Id, Order::Asc)
        .all()
        .await
}

/// The newest deployment of a request, previews left out.
///
/// # Errors
/// INTERNAL.
pub async fn newest_of_request(
    rows: &impl Finds,
    (tenant, request): (TenantId, ServerRequestId),
) -> AppResult<Option<deployment_run::Model>> {
    rows.rows::<deployment_run::Entity>()
        .filter(deployment_run::Column::TenantId.eq(tenant))
        .filter(deployment_run::Column::RequestId.eq(request))
        .filter(deployment_run::Column::Mode.eq(DeploymentMode::Run))
        .order_by(deployment_run::Column::CreatedAt, Order::Desc)
        .order_by(deployment_run::Column::Id, Order::Desc)
        .one()
        .await
}

/// Whether a script runs on one of these servers, or is about to: one that somebody wants later is neither.
///
/// # Errors
/// INTERNAL.
pub async fn goes_on(
    rows: &impl Finds,
    (tenant, script): (TenantId, ScriptId),
    servers: impl IntoIterator<Item = ServerId>,
    now: DateTime<Utc>,
) -> AppResult<bool> {
    use deployment_run::Column as C;
    let there = Query::select()
        .column(deployment_host::Column::DeploymentId)
        .from(deployment_host::Entity)
        .and_where(deployment_host::Column::TenantId.eq(tenant))
        .and_where(deployment_host::Column::ServerId.is_in(servers))
        .to_owned();
    let row = rows
        .rows::<deployment_run::Entity>()
        .filter(C::TenantId.eq(tenant))
        .filter(C::ScriptId.eq(script))
        .filter(C::Status.is_in([DeploymentStatus::Pending, DeploymentStatus::Running]))
        .filter(Condition::any().add(C::RunAfter.is_null()).add(C::RunAfter.lte(now)))
        .filter(C::Id.in_subquery(there))
        .one()
        .await?;
    Ok(row.is_some())
}

/// The deployment with this id, of whichever tenant.
///
/// # Errors
/// INTERNAL.
pub async fn by_id(reader: &Reader<'_>, id: DeploymentId) -> AppResult<Option<deployment_run::Model>> {
    reader.find::<deployment_run::Entity>().filter(deployment_run::Column::Id.eq(id)).one().await
}

/// How many deployments run, of all tenants and on all servers.
///
/// # Errors
/// INTERNAL.
pub async fn running(kernel: &Kernel) -> AppResult<u64> {
    let system = Viewer::system(kernel, "counting the deployments that run");
    let running = deployment_run::Column::Status.eq(DeploymentStatus::Running);
    let deploys = deployment_run::Column::Mode.eq(DeploymentMode::Run);
    system.reader().find::<deployment_run::Entity>().filter(running).filter(deploys).count().await
}

/// A deployment's hosts, by name.
///
/// # Errors
/// INTERNAL.
pub async fn hosts(rows: &impl Finds, (tenant, id): DeploymentKey) -> AppResult<Vec<deployment_host::Model>> {
    rows.rows::<deployment_host::Entity>()
        .filter(deployment_host::Column::TenantId.eq(tenant))
        .filter(deployment_host::Column::DeploymentId.eq(id))
        .order_by(deployment_host::Column::Name, Order::Asc)
        .all()
        .await
}

fn events_of<'r>(
    reader: &Reader<'r>,
    (tenant, id): DeploymentKey,
    kinds: Option<&[DeploymentEventKind]>,
) -> Events<'r> {
    let mut events = reader
        .find::<deployment_event::Entity>()
        .filter(deployment_event::Column::TenantId.eq(tenant))
        .filter(deployment_event::Column::DeploymentId.eq(id));
    if let Some(kinds) = kinds {
        events = events.filter(deployment_event::Column::Kind.is_in(kinds.iter().copied()));
    }
    events
}

/// The events in the table after a sequence, oldest first.
///
/// # Errors
/// INTERNAL.
pub async fn events_after(
    reader: &Reader<'_>,
    key: DeploymentKey,
    after: i64,
    kinds: Option<&[DeploymentEventKind]>,
    limit: u64,
) -> AppResult<Vec<deployment_event::Model>> {
    events_of(reader, key, kinds)
        .filter(deployment_event::Column::Sequence.gt(after))
        .order_by(deployment_event::Column::Sequence, Order::Asc)
        .limit(limit)
        .all()
        .await
}

/// The events in the table before a sequence, newest first.
///
/// # Errors
/// INTERNAL.
pub async fn events_before(
    reader: &Reader<'_>,
    key: DeploymentKey,
    before: i64,
    kinds: Option<&[DeploymentEventKind]>,
    limit: u64,
) -> AppResult<Vec<deployment_event::Model>> {
    events_of(reader, key, kinds)
        .filter(deployment_event::Column::Sequence.lt(before))
        .order_by(deployment_event::Column::Sequence, Order::Desc)
        .limit(limit)
        .all()
        .await
}

/// How many events of these kinds a deployment has in the table.
///
/// # Errors
/// INTERNAL.
pub async fn count_events(
    reader: &Reader<'_>,
    key: DeploymentKey,
    kinds: Option<&[DeploymentEventKind]>,
) -> AppResult<u64> {
    events_of(reader, key, kinds).count().await
}

/// Inserts a deployment with its hosts.
///
/// # Errors
/// INTERNAL.
pub async fn insert(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    row: deployment_run::Model,
    hosts: Vec<deployment_host::Model>,
) -> AppResult<deployment_run::Model> {
    let row = row.into_active_model().reset_all().insert(tx.write(proof)).await?;
    let hosts = hosts.into_iter().map(|host| host.into_active_model().reset_all());
    deployment_host::Entity::insert_many(hosts).exec(tx.write(proof)).await?;
    Ok(row)
}

/// Inserts events.
///
/// # Errors
/// INTERNAL; a sequence that is taken already is a defect, which the primary key catches.
pub async fn insert_events(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    events: Vec<deployment_event::Model>,
) -> AppResult<()> {
    // Below the number of values that one statement of SQLite can bind.
    for chunk in events.chunks(500) {
        let rows = chunk.iter().cloned().map(|event| event.into_active_model().reset_all());
        deployment_event::Entity::insert_many(rows).exec(tx.write(proof)).await?;
    }
    Ok(())
}

/// Writes a deployment's own row back.
///
/// # Errors
/// INTERNAL.
pub async fn save(tx: &Tx, proof: &Granted<'_, RecordRun>, row: deployment_run::Model) -> AppResult<()> {
    row.into_active_model().reset_all().update(tx.write(proof)).await?;
    Ok(())
}

/// Writes a host's row back.
///
/// # Errors
/// INTERNAL.
pub async fn save_host(tx: &Tx, proof: &Granted<'_, RecordRun>, row: deployment_host::Model) -> AppResult<()> {
    row.into_active_model().reset_all().update(tx.write(proof)).await?;
    Ok(())
}

/// At most so many differences of a preview are kept.
const DIFFS_MOST: i32 = 2_000;

/// Keeps what the preview being recorded would change.
///
/// # Errors
/// INTERNAL.
pub async fn insert_diffs(tx: &Tx, proof: &Granted<'_, RecordRun>, diffs: Vec<Diff>) -> AppResult<()> {
    if diffs.is_empty() {
        return Ok(());
    }
    let last = tx.find::<deployment_diff::Entity>().filter(of_run(proof)).order_by(NUMBER, Order::Desc).one().await?;
    let first = last.map_or(1, |last| last.number + 1);
    let rows = (first..=DIFFS_MOST).zip(diffs).map(|(number, diff)| deployment_diff::Model {
        tenant_id: proof.tenant_id,
        deployment_id: proof.id,
        number,
        task_index: diff.task_index,
        task_name: diff.task_name,
        host: diff.host,
        text: diff.text,
    });
    let rows: Vec<_> = rows.map(|row| row.into_active_model().reset_all()).collect();
    for chunk in rows.chunks(500) {
        deployment_diff::Entity::insert_many(chunk.to_vec()).exec(tx.write(proof)).await?;
    }
    Ok(())
}

const NUMBER: deployment_diff::Column = deployment_diff::Column::Number;

fn of_run(proof: &Granted<'_, RecordRun>) -> Condition {
    Condition::all()
        .add(deployment_diff::Column::TenantId.eq(proof.tenant_id))
        .add(deployment_diff::Column::DeploymentId.eq(proof.id))
}

/// What a preview would change, in the order in which it said so.
///
/// # Errors
/// INTERNAL.
pub async fn diffs(reader: &Reader<'_>, (tenant, id): DeploymentKey) -> AppResult<Vec<deployment_diff::Model>> {
    reader
        .find::<deployment_diff::Entity>()
        .filter(deployment_diff::Column::TenantId.eq(tenant))
        .filter(deployment_diff::Column::DeploymentId.eq(id))
        .order_by(NUMBER, Order::Asc)
        .all()
        .await
}

/// Keeps the receipt of the run being recorded.
///
/// # Errors
/// INTERNAL.
pub async fn insert_receipt(tx: &Tx, proof: &Granted<'_, RecordRun>, jws: String) -> AppResult<()> {
    let row = deployment_receipt::Model { tenant_id: proof.tenant_id, deployment_id: proof.id, jws };
    row.into_active_model().reset_all().insert(tx.write(proof)).await?;
    Ok(())
}

/// A deployment's receipt; none before it has ended.
///
/// # Errors
/// INTERNAL.
pub async fn receipt(reader: &Reader<'_>, (tenant, id): DeploymentKey) -> AppResult<Option<String>> {
    let row = reader
        .find::<deployment_receipt::Entity>()
        .filter(deployment_receipt::Column::TenantId.eq(tenant))
        .filter(deployment_receipt::Column::DeploymentId.eq(id))
        .one()
        .await?;
    Ok(row.map(|row| row.jws))
}

/// The hosts of the run being recorded.
///
/// # Errors
/// INTERNAL.
pub async fn hosts_of_run(tx: &Tx, proof: &Granted<'_, RecordRun>) -> AppResult<Vec<deployment_host::Model>> {
    tx.find::<deployment_host::Entity>()
        .filter(deployment_host::Column::TenantId.eq(proof.tenant_id))
        .filter(deployment_host::Column::DeploymentId.eq(proof.id))
        .all()
        .await
}

type Events<'c> = crate::platform::scope::Scoped<'c, deployment_event::Entity, crate::platform::database::Readers>;

/// The first event of every deployment: that it waits.
#[must_use]
pub fn waiting_event(row: &deployment_run::Model) -> deployment_event::Model {
    deployment_event::Model {
        tenant_id: row.tenant_id,
        deployment_id: row.id,
        sequence: 1,
        kind: DeploymentEventKind::Status,
        at: row.created_at,
        status: Some(DeploymentStatus::Pending),
        task_index: None,
        task_name: None,
        task_status: None,
        host: None,
        text: None,
        finished: None,
        planned: None,
        paused: None,
    }
}
