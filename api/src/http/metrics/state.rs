//! How things are at the moment: read when somebody asks.

use super::super::Web;
use super::machine;
use crate::deployment;
use crate::platform::error::AppError;
use crate::platform::vitals::{self, Backlog};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long the database may take to tell.
const PATIENCE: Duration = Duration::from_secs(3);

type Decimal = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolLabels {
    pool: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WayLabels {
    way: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RowsLabels {
    of: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FromLabels {
    from: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RoomLabels {
    of: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    kind: String,
    state: &'static str,
}

/// Everything that is not counted as it happens.
pub(super) async fn read(web: &Web) -> Registry {
    let mut registry = Registry::default();
    process(&mut registry, web);
    let rookery = registry.sub_registry_with_prefix("rookery");
    pools(rookery, web);
    reads(rookery, web);
    documents(rookery, web);
    feeds(rookery, web);
    let asked = async { Ok((vitals::backlog(&web.kernel).await?, deployment::store::running(&web.kernel).await?)) };
    let told = match timeout(PATIENCE, asked).await {
        Ok(told) => told.map_err(|error: AppError| error.for_log()),
        Err(_) => Err("it took too long".to_owned()),
    };
    let help = "1 while the database answers; without it, what it would tell is left out";
    rookery.register("database_up", help, whole(i64::from(told.is_ok())));
    match told {
        Ok((waiting, running)) => backlog(rookery, waiting, running),
        Err(error) => tracing::warn!(error, "the database did not tell its metrics"),
    }
    registry
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn whole(value: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

fn counter(value: u64) -> Counter {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn decimal(value: f64) -> Decimal {
    let gauge = Decimal::default();
    gauge.set(value);
    gauge
}

fn pools(registry: &mut Registry, web: &Web) {
    let [open, idle, most] = [(); 3].map(|()| Family::<PoolLabels, Gauge>::default());
    for pool in vitals::pools(&web.kernel) {
        let labels = PoolLabels { pool: pool.name };
        for (family, count) in [(&open, pool.open), (&idle, pool.idle), (&most, pool.most)] {
            family.get_or_create(&labels).set(count.into());
        }
    }
    registry.register("database_connections_open", "Connections to the database", open);
    registry.register("database_connections_idle", "Those that nobody uses", idle);
    registry.register("database_connections_max", "How many there may be", most);
}

fn reads(registry: &mut Registry, web: &Web) {
    let reads = Family::<WayLabels, Counter>::default();
    let (whole, by_resolvers) = web.kernel.reads.counted();
    for (way, count) in [("whole", whole), ("resolvers", by_resolvers)] {
        reads.get_or_create(&WayLabels { way }).inc_by(count);
    }
    let help = "Lists and single objects, by how they were read: as a whole in one query, or by resolvers";
    registry.register("graphql_reads", help, reads);
}

fn documents(registry: &mut Registry, web: &Web) {
    let (hits, misses) = web.documents().hits_and_misses();
    registry.register("documents_hits", "Documents that were kept parsed when somebody sent them", counter(hits));
    registry.register("documents_misses", "Documents that had to be parsed", counter(misses));
    let [entries, bytes] = [(); 2].map(|()| Family::<RoomLabels, Gauge>::default());
    for room in web.documents().rooms() {
        let labels = RoomLabels { of: room.of };
        entries.get_or_create(&labels).set(number(room.entries));
        bytes.get_or_create(&labels).set(number(room.bytes));
    }
    registry.register("documents_entries", "Documents that are kept parsed", entries);
    registry.register_with_unit("documents", "What they take in memory, about", Unit::Bytes, bytes);
}

fn feeds(registry: &mut Registry, web: &Web) {
    let counts = web.kernel.feeds.counts();
    let now = |count: &AtomicU64| whole(number(count.load(Ordering::Relaxed)));
    registry.register("followers", "Subscriptions that follow something live", now(&counts.followers));
    registry.register("followed_topics", "What they follow, each read once for all of them", now(&counts.tails));
    let so_far = |count: &AtomicU64| counter(count.load(Ordering::Relaxed));
    let help = "Batches that were handed to all followers of a topic";
    registry.register("feed_batches", help, so_far(&counts.batches));
    let help = "How often followers were too slow for what is handed to all, and went on by their own cursors";
    registry.register("followers_fallen_behind", help, so_far(&counts.fallen_behind));
    let readings = Family::<RowsLabels, Counter>::default();
    for (what, count) in [("new", &counts.readings), ("missed", &counts.own_readings)] {
        readings.get_or_create(&RowsLabels { of: what }).inc_by(count.load(Ordering::Relaxed));
    }
    let help = "How often something followed was read: for what is new, or for who has to catch up with more";
    registry.register("feed_reads", help, readings);
    let texts = Family::<FromLabels, Counter>::default();
    for (from, count) in [("resolvers", &counts.encoded), ("another", &counts.shared)] {
        texts.get_or_create(&FromLabels { from }).inc_by(count.load(Ordering::Relaxed));
    }
    let help = "Answers to followers out of what is handed to all: made by resolvers, or the text made for another one";
    registry.register("feed_answers", help, texts);
}

fn backlog(registry: &mut Registry, waiting: Backlog, running: u64) {
    let jobs = Family::<JobLabels, Gauge>::default();
    for counted in waiting.jobs {
        let labels = JobLabels { kind: counted.kind, state: counted.state };
        jobs.get_or_create(&labels).set(counted.count);
    }
    registry.register("jobs", "Jobs that are not done, of all servers", jobs);
    registry.register("deployments_running", "Deployments whose scripts run, of all servers", whole(number(running)));
    let help = format!("Committed events that followers cannot read yet, counted up to {}", vitals::EVENTS_COUNTED);
    registry.register("events_waiting", help, whole(waiting.events));
    let oldest = decimal(waiting.oldest_event.as_secs_f64());
    registry.register_with_unit(
        "events_oldest_waiting",
        "How long the oldest of them has waited",
        Unit::Seconds,
        oldest,
    );
}

/// Under the names that Prometheus has for every process.
fn process(registry: &mut Registry, web: &Web) {
    let process = machine::process();
    let begun = web.began().timestamp_millis();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double for long yet")]
    let begun = begun as f64 / 1e3;
    registry.register_with_unit(
        "process_start_time",
        "When the server began, since 1970",
        Unit::Seconds,
        decimal(begun),
    );
    if let Some(bytes) = process.resident_bytes {
        registry.register_with_unit("process_resident_memory", "Memory in use", Unit::Bytes, whole(number(bytes)));
    }
    if let Some(count) = process.open_fds {
        registry.register("process_open_fds", "Open file descriptors", whole(number(count)));
    }
    if let Some(seconds) = process.cpu_seconds {
        let counter = Counter::<f64, AtomicU64>::default();
        counter.inc_by(seconds);
        registry.register_with_unit("process_cpu", "Time of processors used", Unit::Seconds, counter);
    }
}
