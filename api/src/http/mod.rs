//! The transports: GraphQL over HTTP, server-sent events and WebSocket, health, metrics, the key set, and the app's files.
//!
//! Owns nothing that is stored. Invariants: a mutation is never carried out by what a foreign page can make a browser
//! send; every request acts as one [`Viewer`](crate::platform::viewer::Viewer); a socket ends with its session. It never
//! decides what a viewer may do.

mod allowance;
mod answer;
mod assets;
mod credential;
mod document;
mod documents;
mod event_stream;
mod execution;
mod forwarded;
mod graphql;
mod headers;
mod health;
#[cfg(test)]
mod hostile;
mod labels;
mod metrics;
mod negotiate;
mod origin;
mod outermost;
mod places;
mod posted;
mod roots;
mod server;
mod session_end;
mod silence;
mod trusted;
mod usage;
mod watch;
mod websocket;

pub use server::Server;
pub use trusted::document_check;

use crate::config::{Introspection, Proxies, PublicUrl};
use crate::identity::Identity;
use crate::platform::kernel::Kernel;
use crate::platform::meter::{Allowance, Meter};
use crate::platform::trace::export::Tracer;
use crate::schema::catalogue::Catalogue;
use crate::schema::{Schema, Settled};
use crate::usage::recorder::Recorder;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use chrono::{DateTime, Utc};
use document::Sizes;
use documents::Documents;
use headers::Security;
use metrics::Metrics;
use origin::Origins;
use places::Places;
use roots::Roots;
use secrecy::SecretString;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch::Sender;
use tower_http::catch_panic::CatchPanicLayer;

/// What the transports serve.
pub struct Parts {
    /// The kernel.
    pub kernel: Kernel,
    /// Who proves who they are.
    pub identity: Identity,
    /// The schema, with all that its resolvers need.
    pub schema: Schema,
    /// Its queries, of documents that were validated.
    pub settled: Settled,
    /// The fields of the schema.
    pub catalogue: Catalogue,
    /// Who counts their uses.
    pub recorder: Recorder,
    /// The address people use.
    pub public_url: PublicUrl,
    /// The reverse proxies whose word is taken.
    pub proxies: Proxies,
    /// How much may be asked within a minute.
    pub allowance: Allowance,
    /// How many operations a request may carry; none but one, if 0.
    pub batch_limit: usize,
    /// Who is told the schema.
    pub introspection: Introspection,
    /// Whether this is a demo.
    pub demo: bool,
    /// What who collects metrics must know; without it there are none.
    pub metrics_token: Option<SecretString>,
    /// Who tells a collector of operations.
    pub tracer: Tracer,
}

/// What every request shares, cheap to clone.
#[derive(Clone)]
pub struct Web {
    inner: Arc<Shared>,
}

struct Shared {
    parts: Parts,
    origins: Origins,
    security: Security,
    sizes: Sizes,
    meter: Meter,
    places: Places,
    documents: Documents,
    metrics: Metrics,
    roots: Roots,
    began: DateTime<Utc>,
    /// True once the server ends; each open socket holds a receiver.
    closing: Sender<bool>,
}

/// The client's address.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

impl Web {
    /// Prepares to serve `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let origins = Origins::new(&parts.public_url, parts.demo);
        let security = Security::new(&parts.public_url);
        let shared = Shared {
            origins,
            security,
            sizes: Sizes::new(),
            meter: Meter::new(parts.allowance),
            places: Places::default(),
            documents: Documents::noted(),
            metrics: Metrics::new(),
            roots: Roots::new(),
            began: parts.kernel.source.now(),
            closing: Sender::new(false),
            parts,
        };
        Self { inner: Arc::new(shared) }
    }

    fn origins(&self) -> &Origins {
        &self.inner.origins
    }

    fn security(&self) -> &Security {
        &self.inner.security
    }

    fn sizes(&self) -> &Sizes {
        &self.inner.sizes
    }

    fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    fn places(&self) -> &Places {
        &self.inner.places
    }

    fn documents(&self) -> &Documents {
        &self.inner.documents
    }

    fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    fn roots(&self) -> &Roots {
        &self.inner.roots
    }

    /// When the server began.
    fn began(&self) -> DateTime<Utc> {
        self.inner.began
    }

    fn closing(&self) -> &Sender<bool> {
        &self.inner.closing
    }

    /// All routes.
    fn router(&self) -> Router {
        let graphql = get(graphql::get_or_upgrade).fallback(graphql::wrong_method);
        let graphql = graphql.layer(from_fn_with_state(self.clone(), watch::over_http));
        Router::new()
            .route("/graphql", graphql.post(graphql::post))
            .route("/metrics", get(metrics::metrics))
            .route("/health", get(health::health))
            .route("/.well-known/jwks.json", get(health::key_set))
            .merge(assets::router())
            .layer(from_fn_with_state(self.clone(), outermost::log))
            .layer(CatchPanicLayer::custom(outermost::panicked))
            .with_state(self.clone())
    }
}

impl Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.inner.parts
    }
}
