//! OpenTelemetry's own exporter, given spans that have ended.
//!
//! It is not fed by the log's spans and events: what it exports is what [`Ended`] names, one span an operation, and nothing
//! that a library or a line of ours might add.

use super::client::Http;
use super::{Attribute, Ended};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _};
use std::sync::Arc;
use std::time::Duration;

/// Who we are, unless `OTEL_SERVICE_NAME` says otherwise.
const SERVICE: &str = "rookery";
const SERVICE_SETTING: &str = "OTEL_SERVICE_NAME";
/// How long the last spans may take to go out when the server ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// Collects spans, and sends them every few seconds from a thread of its own.
#[derive(Clone)]
pub(super) struct Exporter {
    processor: Arc<BatchSpanProcessor>,
    scope: InstrumentationScope,
}

impl Exporter {
    pub(super) fn start(endpoint: &str, node: &str) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Http::new(tokio::runtime::Handle::current()))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .build()
            .map_err(|error| format!("otlp_endpoint: traces cannot be exported: {error}"))?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let named = std::env::var(SERVICE_SETTING).ok().filter(|name| !name.is_empty());
        let resource = Resource::builder()
            .with_service_name(named.unwrap_or_else(|| SERVICE.to_owned()))
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", node.to_owned()),
            ])
            .build();
        processor.set_resource(&resource);
        let scope = InstrumentationScope::builder(SERVICE).with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Self { processor: Arc::new(processor), scope })
    }

    pub(super) fn tell(&self, ended: Ended) {
        let context = ended.context;
        let span_context = SpanContext::new(
            TraceId::from_bytes(context.trace_id),
            SpanId::from_bytes(context.span_id),
            TraceFlags::new(context.flags()),
            false,
            TraceState::NONE,
        );
        self.processor.on_end(SpanData {
            span_context,
            parent_span_id: ended.asked_by.map_or(SpanId::INVALID, |parent| SpanId::from_bytes(parent.span_id)),
            parent_span_is_remote: ended.asked_by.is_some(),
            span_kind: SpanKind::Server,
            name: ended.name.into(),
            start_time: ended.began.into(),
            end_time: (ended.began + ended.took).into(),
            attributes: ended.attributes.into_iter().map(|(name, value)| KeyValue::new(name, value)).collect(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: if ended.is_failure { Status::error("") } else { Status::Unset },
            instrumentation_scope: self.scope.clone(),
        });
    }

    pub(super) fn shutdown(&self) {
        if let Err(error) = self.processor.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last spans may not have been exported");
        }
    }
}

impl From<Attribute> for Value {
    fn from(attribute: Attribute) -> Self {
        match attribute {
            Attribute::Text(text) => text.into(),
            Attribute::Number(number) => number.into(),
        }
    }
}
