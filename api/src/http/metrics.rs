//! `GET /metrics`: what Prometheus collects, in the text format that `OpenMetrics` defines,
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

mod machine;
mod state;

use super::Web;
use super::credential::bearer;
use super::labels::{Code, Kind, Transport};
use crate::identity::sessions::Credential;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// In seconds.
const DURATIONS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Of cost.
const POINTS: [f64; 9] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];

/// How often an operation came to something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OperationLabels {
    pub(super) operation_type: Kind,
    pub(super) operation: Arc<str>,
    pub(super) code: Code,
    pub(super) transport: Transport,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    operation_type: Kind,
    transport: Transport,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CostLabels {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VersionLabels {
    version: &'static str,
}

/// What the transports count.
pub(super) struct Metrics {
    registry: Registry,
    operations: Family<OperationLabels, Counter>,
    durations: Family<DurationLabels, Histogram, fn() -> Histogram>,
    costs: Family<CostLabels, Histogram, fn() -> Histogram>,
    responses: Family<StatusLabels, Counter>,
    requests: Gauge,
    sockets: Gauge,
    socket_operations: Gauge,
    socket_messages: Gauge,
    cut_off: Counter,
}

/// Something that is open until this is dropped.
pub(super) struct Open(Gauge);

impl Open {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("rookery");
        let operations = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(DURATIONS)) as fn() -> Histogram);
        let costs = Family::new_with_constructor((|| Histogram::new(POINTS)) as fn() -> Histogram);
        let (responses, requests) = (Family::default(), Gauge::default());
        let (sockets, socket_operations) = (Gauge::default(), Gauge::default());
        let (socket_messages, cut_off) = (Gauge::default(), Counter::default());
        let version = Info::new(VersionLabels { version: env!("CARGO_PKG_VERSION") });
        registry.register("build", "The version that runs", version);
        registry.register("graphql_requests", "GraphQL operations that ended", Family::clone(&operations));
        registry.register_with_unit(
            "graphql_duration",
            "How long queries and mutations took",
            Unit::Seconds,
            Family::clone(&durations),
        );
        registry.register(
            "graphql_cost_points",
            "What operations asked for and what they came to, in points of cost",
            Family::clone(&costs),
        );
        registry.register(
            "http_responses",
            "Answers over HTTP, by the class of their status",
            Family::clone(&responses),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests over HTTP that are being answered",
            Gauge::clone(&requests),
        );
        registry.register("sockets_open", "WebSockets that are open", Gauge::clone(&sockets));
        registry.register(
            "socket_operations_open",
            "GraphQL operations that go on on WebSockets, subscriptions above all",
            Gauge::clone(&socket_operations),
        );
        registry.register(
            "socket_messages_waiting",
            "Messages that wait for clients on WebSockets to take those before",
            Gauge::clone(&socket_messages),
        );
        registry.register(
            "sockets_cut_off",
            "WebSockets that were closed because their clients left unread what they were sent",
            Counter::clone(&cut_off),
        );
        Self {
            registry,
            operations,
            durations,
            costs,
            responses,
            requests,
            sockets,
            socket_operations,
            socket_messages,
            cut_off,
        }
    }

    /// Counts an operation that has ended.
    pub(super) fn operation(&self, labels: &OperationLabels, took: Duration) {
        // Of a subscription it would be how long somebody looked.
        if labels.operation_type != Kind::Subscription {
            let labels = DurationLabels { operation_type: labels.operation_type, transport: labels.transport };
            self.durations.get_or_create(&labels).observe(took.as_secs_f64());
        }
        self.operations.get_or_create(labels).inc();
    }

    /// Notes what an operation asked for and what it came to, in points of cost.
    pub(super) fn cost(&self, requested: u64, actual: u64) {
        for (kind, points) in [("requested", requested), ("actual", actual)] {
            let points = u32::try_from(points).unwrap_or(u32::MAX);
            self.costs.get_or_create(&CostLabels { kind }).observe(points.into());
        }
    }

    /// Counts an answer over HTTP.
    pub(super) fn response(&self, status: StatusCode) {
        let status = match status.as_u16() {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.responses.get_or_create(&StatusLabels { status }).inc();
    }

    /// A request that is being answered.
    pub(super) fn request(&self) -> Open {
        Open::new(&self.requests)
    }

    /// A socket that is open.
    pub(super) fn socket(&self) -> Open {
        Open::new(&self.sockets)
    }

    /// An operation that goes on on a socket.
    pub(super) fn socket_operation(&self) -> Open {
        Open::new(&self.socket_operations)
    }

    /// A message that waits to be written on a socket.
    pub(super) fn socket_message(&self) -> Open {
        Open::new(&self.socket_messages)
    }

    /// Counts a socket that is closed because its client is too slow.
    pub(super) fn cut_off(&self) {
        self.cut_off.inc();
    }
}

/// Answers with all metrics, to who has the token for it.
pub(super) async fn metrics(State(web): State<Web>, headers: HeaderMap) -> Response {
    let Some(token) = &web.metrics_token else {
        return (StatusCode::NOT_FOUND, "There are no metrics here without the setting metrics_token.\n")
            .into_response();
    };
    if !is_token(token, &headers) {
        let challenge = [(WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, challenge, "Metrics are for who has their token.\n").into_response();
    }
    let now = state::read(&web).await;
    let mut text = String::new();
    let written = encode_registry(&mut text, &web.metrics().registry)
        .and_then(|()| encode_registry(&mut text, &now))
        .and_then(|()| encode_eof(&mut text));
    match written {
        Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whether a request carries the token; how long that takes tells nothing about it.
fn is_token(token: &SecretString, headers: &HeaderMap) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    let Some(Credential::Token(given)) = given else { return false };
    Sha256::digest(given).ct_eq(&Sha256::digest(token.expose_secret())).into()
}
