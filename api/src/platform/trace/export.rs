//! Tells a collector what was done: OTLP over HTTP, <https://opentelemetry.io/docs/specs/otlp/#otlphttp>

#[cfg(feature = "otlp")]
mod client;
#[cfg(feature = "otlp")]
mod otlp;

use super::TraceContext;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// An operation that has ended.
pub struct Ended {
    /// What it was: few different ones.
    pub name: String,
    /// Where it was done.
    pub context: TraceContext,
    /// Who asked for it, elsewhere.
    pub asked_by: Option<TraceContext>,
    /// When it began.
    pub began: DateTime<Utc>,
    /// How long it took.
    pub took: Duration,
    /// What is known of it. No value that a client sent.
    pub attributes: Vec<(&'static str, Attribute)>,
    /// Whether it failed by our fault.
    pub is_failure: bool,
}

/// The value of an attribute.
pub enum Attribute {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Who tells the collector, if there is one.
#[derive(Clone, Default)]
pub struct Tracer {
    #[cfg(feature = "otlp")]
    exporter: Option<otlp::Exporter>,
}

#[cfg(feature = "otlp")]
impl Tracer {
    /// Begins to tell the collector at `endpoint`; nobody without one.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn start(endpoint: Option<&str>, node: &str) -> Result<Self, String> {
        Ok(Self { exporter: endpoint.map(|endpoint| otlp::Exporter::start(endpoint, node)).transpose()? })
    }

    /// Whether there is somebody who wants to know of an operation in this context.
    #[must_use]
    pub const fn wants(&self, context: &TraceContext) -> bool {
        self.exporter.is_some() && context.is_sampled()
    }

    /// Tells of an operation, soon.
    pub fn tell(&self, ended: Ended) {
        if let Some(exporter) = self.exporter.as_ref().filter(|_| ended.context.is_sampled()) {
            exporter.tell(ended);
        }
    }

    /// Tells what was not told yet, and ends.
    pub async fn shutdown(self) {
        let Some(exporter) = self.exporter else { return };
        if let Err(error) = tokio::task::spawn_blocking(move || exporter.shutdown()).await {
            tracing::warn!(%error, "the last spans may not have been exported");
        }
    }
}

#[cfg(not(feature = "otlp"))]
impl Tracer {
    /// Tells nobody: the settings refuse a collector.
    ///
    /// # Errors
    /// None.
    pub fn start(_: Option<&str>, _: &str) -> Result<Self, String> {
        Ok(Self::default())
    }

    /// Nobody wants to know.
    #[must_use]
    pub const fn wants(&self, _: &TraceContext) -> bool {
        false
    }

    /// Tells nobody.
    pub fn tell(&self, _: Ended) {}

    /// Nothing is left to tell.
    pub async fn shutdown(self) {}
}
