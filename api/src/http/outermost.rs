//! What surrounds every request: its place in a trace, its line in the log, the headers that every answer has, and what
//! becomes of a panic.

use super::Web;
use super::answer::{self, Media};
use super::metrics::Open;
use super::watch::InTrace;
use crate::platform::trace::{HEADER, TraceContext};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::any::Any;
use std::time::Instant;

/// By what a person who reports a failure names the request: its trace's id, which its log lines carry.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The trace that a request says it belongs to; one that is malformed says nothing, and so do several.
pub(super) fn asked_by(headers: &HeaderMap) -> Option<TraceContext> {
    let mut values = headers.get_all(HEADER).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    TraceContext::parse(value.to_str().ok()?.trim())
}

/// Logs the request, and completes the answer's headers. Neither query strings nor bodies are logged, since they may hold secrets.
pub(super) async fn log(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let place = InTrace::new(&web, asked_by(request.headers()));
    request.extensions_mut().insert(place);
    place.around(logged(web, place, request, next)).await
}

async fn logged(web: Web, place: InTrace, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let counted = Counted { _open: web.metrics().request(), web: web.clone(), status: None };
    let mut response = next.run(request).await;
    counted.end(response.status());
    web.security().add(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&place.context.trace_id()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    let duration_ms = (begun.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    if path.starts_with(super::assets::HASHED) {
        tracing::debug!(%method, path, status, duration_ms, "request");
    } else {
        tracing::info!(%method, path, status, duration_ms, "request");
    }
    response
}

/// A request that is counted with its answer, also when it panics on its way.
struct Counted {
    web: Web,
    status: Option<StatusCode>,
    _open: Open,
}

impl Counted {
    fn end(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let panicked = std::thread::panicking().then_some(StatusCode::INTERNAL_SERVER_ERROR);
        // One whose client is gone has no answer.
        if let Some(status) = self.status.or(panicked) {
            self.web.metrics().response(status);
        }
    }
}

/// Answers for a request that panicked. The server goes on.
#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    answer::internal(Media::Json, &panic_text(panic.as_ref()))
}

/// What a panic says, for the log.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_else(|| "without a message".into()))
}
