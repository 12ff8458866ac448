//! What surrounds every request: its line in the log, and what becomes of a panic.

use super::answer::{self, Media};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use std::any::Any;
use std::time::Instant;

/// Logs the request. Neither query strings nor bodies are logged, since they may hold secrets.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let duration_ms = (begun.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    if path.starts_with(super::assets::HASHED) {
        tracing::debug!(%method, path, status, duration_ms, "request");
    } else {
        tracing::info!(%method, path, status, duration_ms, "request");
    }
    response
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
