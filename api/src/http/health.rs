//! Whether the server works, and the keys by which others check its tokens.

use super::Web;
use crate::platform::error::database_error;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

/// The name under which existing clients know this service.
const SERVICE: &str = "core";
const PATIENCE: Duration = Duration::from_secs(2);
/// How long verifiers keep the key set, in seconds: the life they already give it.
const KEYS_KEPT: &str = "public, max-age=300";

/// 200 while the database answers, else 503.
pub(super) async fn health(State(web): State<Web>) -> impl IntoResponse {
    let answers = match timeout(PATIENCE, web.kernel.database.ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = database_error(&error), "the database does not work");
            false
        }
        Err(_) => {
            tracing::warn!("the database does not answer");
            false
        }
    };
    let (code, status) =
        if answers { (StatusCode::OK, "healthy") } else { (StatusCode::SERVICE_UNAVAILABLE, "degraded") };
    let body = json!({
        "service": SERVICE,
        "status": status,
        "version": env!("CARGO_PKG_VERSION"),
        "database": if answers { "healthy" } else { "unreachable" },
    });
    (code, [(CACHE_CONTROL, "no-store")], Json(body))
}

/// The published keys.
pub(super) async fn key_set(State(web): State<Web>) -> impl IntoResponse {
    ([(CACHE_CONTROL, KEYS_KEPT)], Json(web.identity.keys.jwks()))
}
