//! The queries of what is remembered of servers' runs.

use super::{HostResult, deployment_host, deployment_run};
use crate::deployment::policy::RecordRun;
use crate::deployment::run_statistics::RECENT;
use crate::fleet::store::within_reach;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{Granted, Proof, Tx};
use crate::platform::ids::{ScriptRevisionId, ServerId, ServerRunId, TenantId};
use crate::platform::scope::figures::PLACE;
use crate::platform::scope::{Reader, Visible};
use crate::resource;
use chrono::{DateTime, Utc};
pub use rookery_entity::deployment::server_run;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, IntoActiveModel as _, Order,
};
use server_run::Column;

resource!(server_run as "ServerRun", tenant: ServerRunId);

impl Visible for server_run::Entity {
    fn visible(authority: &Authority) -> Condition {
        within_reach(authority, Column::TenantId, Column::ProjectId)
    }
}

/// A server's key.
pub type ServerKey = (TenantId, ServerId);

/// Remembers how the servers came out of the run that ends.
///
/// # Errors
/// INTERNAL.
pub async fn remember(
    tx: &Tx,
    proof: &Granted<'_, RecordRun>,
    run: &deployment_run::Model,
    hosts: &[deployment_host::Model],
) -> AppResult<()> {
    let rows = hosts.iter().map(|host| server_run::Model {
        tenant_id: run.tenant_id,
        id: ServerRunId(tx.uuid()),
        server_id: host.server_id,
        project_id: run.project_id,
        deployment_id: run.id,
        script_id: run.script_id,
        script_revision_id: run.script_revision_id,
        outcome: host.result,
        started_at: host.started_at,
        finished_at: host.finished_at,
        duration_ms: host.started_at.zip(host.finished_at).map(|(from, to)| (to - from).num_milliseconds()),
        recorded_at: run.finished_at.unwrap_or_else(|| tx.now()),
    });
    insert(tx, proof, rows.collect()).await
}

/// Inserts what is remembered.
///
/// # Errors
/// INTERNAL.
pub async fn insert(tx: &Tx, proof: &(impl Proof + ?Sized), rows: Vec<server_run::Model>) -> AppResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    server_run::Entity::insert_many(rows).exec(tx.write(proof)).await?;
    Ok(())
}

/// The runs of a server.
#[must_use]
pub fn of_server((tenant, server): ServerKey) -> Condition {
    Condition::all().add(Column::TenantId.eq(tenant)).add(Column::ServerId.eq(server))
}

/// How often servers came out so.
#[derive(Debug, FromQueryResult)]
pub struct OutcomeCount {
    tenant_id: TenantId,
    server_id: ServerId,
    /// So.
    pub outcome: HostResult,
    /// How often.
    pub count: i64,
    /// The last time.
    pub last_at: DateTime<Utc>,
}

/// How long a run took, at one of the places that are asked for.
#[derive(Debug, FromQueryResult)]
pub struct RankedDuration {
    tenant_id: TenantId,
    server_id: ServerId,
    /// Milliseconds.
    pub duration_ms: i64,
    /// Its place among the server's durations, from 1.
    pub place: i64,
    /// How many they are.
    pub size: i64,
}

/// One of a server's last runs with a known outcome.
#[derive(Debug, FromQueryResult)]
pub struct RecentRun {
    tenant_id: TenantId,
    server_id: ServerId,
    /// Of which revision of a script.
    pub script_revision_id: ScriptRevisionId,
    /// How it came out.
    pub outcome: HostResult,
    /// Its place, the newest being 1.
    pub place: i64,
}

macro_rules! of_a_server {
    ($($row:ident),+) => {$(
        impl $row {
            /// Of which server.
            #[must_use]
            pub const fn server(&self) -> ServerKey {
                (self.tenant_id, self.server_id)
            }
        }
    )+};
}

of_a_server!(OutcomeCount, RankedDuration, RecentRun);

/// The places of a median, which are one or two, and of the 95th percentile.
const MEDIAN_AND_95: &str = "place in ((size + 1) / 2, (size + 2) / 2, (size * 95 + 99) / 100)";

/// What is known of runs on servers since a time.
pub struct Figures {
    /// How often which outcome.
    pub outcomes: Vec<OutcomeCount>,
    /// The durations from which the median and the 95th percentile are made.
    pub durations: Vec<RankedDuration>,
    /// The last runs with a known outcome.
    pub recent: Vec<RecentRun>,
}

/// Reads the figures of servers: three queries, however many servers they are.
///
/// # Errors
/// INTERNAL.
pub async fn figures(reader: &Reader<'_>, servers: &[ServerKey], since: DateTime<Utc>) -> AppResult<Figures> {
    const SERVER: [Column; 2] = [Column::TenantId, Column::ServerId];
    let runs = || {
        reader
            .find::<server_run::Entity>()
            .filter(Column::TenantId.is_in(servers.iter().map(|key| key.0)))
            .filter(Column::ServerId.is_in(servers.iter().map(|key| key.1)))
            .filter(Column::RecordedAt.gte(since))
    };
    let figures = [(Expr::cust("count(*)"), "count"), (Expr::col(Column::RecordedAt).max(), "last_at")];
    let outcomes = runs().grouped(&[Column::TenantId, Column::ServerId, Column::Outcome], figures);
    let durations = runs().filter(Column::Outcome.eq(HostResult::Ok)).filter(Column::DurationMs.is_not_null()).ranked(
        &[Column::TenantId, Column::ServerId, Column::DurationMs],
        &SERVER,
        &[(Column::DurationMs, Order::Asc), (Column::Id, Order::Asc)],
        Expr::cust(MEDIAN_AND_95),
    );
    let recent =
        runs().filter(Column::Outcome.is_in([HostResult::Ok, HostResult::Failed, HostResult::Unreachable])).ranked(
            &[Column::TenantId, Column::ServerId, Column::ScriptRevisionId, Column::Outcome],
            &SERVER,
            &[(Column::RecordedAt, Order::Desc), (Column::Id, Order::Desc)],
            Expr::col(PLACE).lte(RECENT),
        );
    Ok(Figures { outcomes: outcomes.await?, durations: durations.await?, recent: recent.await? })
}
