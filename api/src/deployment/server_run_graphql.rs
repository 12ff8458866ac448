//! What is remembered of servers' runs, in the API.

use super::graphql::{Deployment, HostResult};
use super::run_statistics::{RunStatistics, by_server};
use super::store;
use super::store::server_runs::{self, ServerKey, server_run};
use crate::fleet::graphql::Server;
use crate::fleet::script_graphql::{Script, ScriptRevision};
use crate::platform::error::AppError;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::loader::{Loaders, Yield};
use crate::platform::graphql::projection::Read;
use crate::platform::paging::Window;
use crate::platform::viewer::Viewer;
use crate::{descriptor, listed};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::TokioSpawner;
use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use sea_orm::ColumnTrait as _;
use std::collections::HashMap;
use std::sync::Arc;

descriptor! {
    /// How a server came out of a deployment that has ended. Kept when the deployment's events are archived.
    ServerRun(server_run) {
        fields |row| {
            /// How the server came out of it; never PENDING or RUNNING.
            outcome: HostResult = row.outcome.into();
            /// When its first task began on the server; null where none did, and where it is not known.
            started_at: Option<DateTime<Utc>> = row.started_at;
            /// When its last task on the server ended or was stopped; null where none began, where nobody knows, and for what ran
            /// before Rookery remembered it.
            finished_at: Option<DateTime<Utc>> = row.finished_at;
            /// Milliseconds from the first task's beginning to the last one's end on this server. Waiting for other hosts between
            /// two tasks and pauses are in it; waiting for a turn is not.
            duration_ms: Option<i32> = row.duration_ms.map(whole);
            /// When the deployment ended: by this runs are ordered, and belong to a time.
            recorded_at: DateTime<Utc> = row.recorded_at;
        }
        links {
            /// The server.
            server: Server = (tenant_id, server_id);
            /// The deployment.
            deployment: Deployment = (tenant_id, deployment_id);
            /// Which script; null where the viewer does not see scripts.
            script: Option<Script> = (script_id);
            /// Which of its revisions; null where the viewer does not see scripts.
            script_revision: Option<ScriptRevision> = (script_revision_id);
        }
        resolvers {}
    }
}

listed! {
    ServerRun(server_run) as ServerRunConnection, ServerRunEdge;
    where ServerRunWhere |_viewer| {
        /// With one of these outcomes.
        outcome: Vec<HostResult> => |list| {
            server_run::Column::Outcome.is_in(list.into_iter().map(store::HostResult::from))
        };
    }
    order ServerRunOrder by ServerRunOrderField {
        /// By when their deployments ended.
        RecordedAt = RecordedAt;
    }
    usually RecordedAt Desc
}

fn whole(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A page of a server's runs.
pub(crate) async fn runs_of(
    context: &Context<'_>,
    server: ServerKey,
    window: Window,
    filter: Option<ServerRunWhere>,
    order: Option<ServerRunOrder>,
) -> Result<Read<ServerRunConnection>> {
    list::<ServerRun>(context, server_runs::of_server(server), window, filter, order).await
}

/// So many days back at most.
const DAYS_MOST: i32 = 3_650;

/// The statistics of a server.
pub(crate) async fn statistics_of(context: &Context<'_>, server: ServerKey, days: i32) -> Result<ServerRunStatistics> {
    if !(1..=DAYS_MOST).contains(&days) {
        return Err(AppError::BadRequest(format!("`days` is from 1 to {DAYS_MOST}.")).into());
    }
    let loader = context.data::<Loaders>()?.table(|viewer| {
        DataLoader::with_cache(Statistics(viewer), TokioSpawner::current(), Yield, HashMapCache::default())
    });
    let statistics = loader.load_one((server, days)).await;
    let statistics = statistics.map_err(|error| AppError::Internal(error.for_log()))?;
    Ok(ServerRunStatistics { days, of: statistics.unwrap_or_default() })
}

/// A server, and how many days back.
type Wanted = (ServerKey, i32);

struct Statistics(Viewer);

impl Loader<Wanted> for Statistics {
    type Value = RunStatistics;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[Wanted]) -> std::result::Result<HashMap<Wanted, RunStatistics>, Self::Error> {
        let mut by_days: HashMap<i32, Vec<ServerKey>> = HashMap::new();
        for (server, days) in keys {
            by_days.entry(*days).or_default().push(*server);
        }
        let (now, reader) = (self.0.kernel().source.now(), self.0.reader());
        let mut all = HashMap::new();
        for (days, servers) in by_days {
            let since = now - chrono::Duration::days(days.into());
            let figures = server_runs::figures(&reader, &servers, since).await.map_err(Arc::new)?;
            all.extend(by_server(figures).into_iter().map(|(server, statistics)| ((server, days), statistics)));
        }
        Ok(all)
    }
}

/// What the runs on a server come to whose deployments ended within some days. Previews are none of them.
pub struct ServerRunStatistics {
    days: i32,
    of: RunStatistics,
}

/// What the runs on a server come to whose deployments ended within some days. Previews are none of them.
#[Object]
impl ServerRunStatistics {
    /// How many days back they are counted.
    async fn days(&self) -> i32 {
        self.days
    }
    /// How many there are: the sum of the following six.
    async fn total(&self) -> i32 {
        whole(self.of.total())
    }
    /// Those that came to the end on this server.
    async fn succeeded(&self) -> i32 {
        whole(self.of.succeeded)
    }
    /// Those in which a task failed here.
    async fn failed(&self) -> i32 {
        whole(self.of.failed)
    }
    /// Those in which it could not be reached, before the run or in it.
    async fn unreachable(&self) -> i32 {
        whole(self.of.unreachable)
    }
    /// Those of which nobody knows what they did here.
    async fn unknown(&self) -> i32 {
        whole(self.of.unknown)
    }
    /// Those that were stopped on their way.
    async fn cancelled(&self) -> i32 {
        whole(self.of.cancelled)
    }
    /// Those that were meant for it and began nothing here: they were refused before, or its turn never came.
    async fn not_run(&self) -> i32 {
        whole(self.of.not_run)
    }
    /// `succeeded` over `succeeded`, `failed` and `unreachable`, from 0 to 1; null where all of these are 0.
    async fn success_rate(&self) -> Option<f64> {
        self.of.success_rate()
    }
    /// When the last of `succeeded` ended; null where there is none within these days.
    async fn last_success_at(&self) -> Option<DateTime<Utc>> {
        self.of.last_success_at
    }
    /// When the last one ended, those of `notRun` left out; null where there is none within these days.
    async fn last_run_at(&self) -> Option<DateTime<Utc>> {
        self.of.last_run_at
    }
    /// The median of `durationMs` of those that succeeded, in milliseconds; null where none is known.
    async fn median_duration_ms(&self) -> Option<i32> {
        self.of.median_ms.map(whole)
    }
    /// The 95th percentile of it, by nearest rank: at most one in twenty took longer.
    async fn p95_duration_ms(&self) -> Option<i32> {
        self.of.p95_ms.map(whole)
    }
    /// Whether success and failure take turns here: among its last 10 runs of these days that succeeded, failed or did not
    /// reach it, those of one revision of a script change at least twice between success and failure. A server that broke,
    /// or was mended, is one change. False with fewer than three such runs.
    async fn is_flaky(&self) -> bool {
        self.of.is_flaky
    }
}
