//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>

use super::answer::{self, Media, body, coded, failure, refusal, refused, was_refused};
use super::credential::{sender, set_cookie};
use super::negotiate::{is_json, wanted};
use super::posted::Posted;
use super::{Peer, Web, websocket};
use crate::platform::graphql::loader::Loaders;
use crate::platform::graphql::session_cookie::{CookieChange, CookieJar};
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::body::to_bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;

/// The largest body of a request, and the largest message on a socket, in bytes.
pub(super) const LARGEST: usize = 256 * 1024;
/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Opens a socket, or answers a query.
pub(super) async fn get_or_upgrade(
    State(web): State<Web>,
    Extension(peer): Extension<Peer>,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => websocket::upgrade(web, peer, &headers, upgrade),
        Err(WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(refused)) => refused.into_response(),
        Err(_) => get(web, peer, &headers, parameters).await,
    }
}

async fn get(
    web: Web,
    peer: Peer,
    headers: &HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let media = match welcome(&web, headers) {
        Ok(media) => media,
        Err(response) => return response,
    };
    let posted = parameters.map_err(|_| "the URL cannot be read").and_then(|Query(given)| Posted::of_parameters(given));
    match posted {
        Ok(posted) => carry_out(&web, peer, headers, media, posted, Method::Get).await,
        Err(error) => not_a_request(media, error),
    }
}

/// Carries an operation out.
pub(super) async fn post(State(web): State<Web>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let media = match welcome(&web, &parts.headers) {
        Ok(media) => media,
        Err(response) => return response,
    };
    if !is_json(&parts.headers) {
        let message = "Send application/json.";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, media, "BAD_REQUEST", message);
    }
    let bytes = match timeout(BODY_TIMEOUT, to_bytes(content, LARGEST)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let message = format!("A request has at most {LARGEST} bytes.");
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, media, "BAD_REQUEST", &message);
        }
        Err(_) => return refusal(StatusCode::REQUEST_TIMEOUT, media, "BAD_REQUEST", "The request took too long."),
    };
    match serde_json::from_slice(&bytes) {
        Ok(posted) => carry_out(&web, peer, &parts.headers, media, posted, Method::Post).await,
        Err(error) => not_a_request(media, error),
    }
}

/// Decides by the headers alone whether a request is listened to, and how it is answered.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is")]
fn welcome(web: &Web, headers: &HeaderMap) -> Result<Media, Response> {
    let Some(media) = wanted(headers) else {
        let message = "Answers are application/graphql-response+json or application/json.";
        return Err(refusal(StatusCode::NOT_ACCEPTABLE, Media::Json, "BAD_REQUEST", message));
    };
    // A browser adds cookies to what any page sends, but a token only to what ours does.
    if !headers.contains_key(AUTHORIZATION) && !web.origins().admits(headers) {
        let message = "This page may not act for its visitors here.";
        return Err(refusal(StatusCode::FORBIDDEN, media, "FORBIDDEN", message));
    }
    Ok(media)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

async fn carry_out(
    web: &Web,
    peer: Peer,
    headers: &HeaderMap,
    media: Media,
    posted: Posted,
    method: Method,
) -> Response {
    let admitted = match posted.admit() {
        Ok(admitted) => admitted,
        Err(error) => return refused(media, &coded(async_graphql::Response::from_errors(vec![error]))),
    };
    if method == Method::Get && admitted.kind() == Some(OperationType::Mutation) {
        return only_post("Mutations are carried out by POST alone.", media);
    }
    let sender = match sender(web, headers).await {
        Ok(sender) => sender,
        Err(error) => return failure(media, error),
    };
    let cookies = CookieJar::default();
    if sender.has_stale_cookie {
        cookies.change(CookieChange::Clear);
    }
    let loaders = Loaders::new(sender.viewer.clone());
    let operation = admitted.operation(sender.viewer, loaders, peer).data(cookies.clone());
    let outcome = coded(web.schema.execute(operation).await);
    let mut response =
        if was_refused(&outcome) { refused(media, &outcome) } else { body(StatusCode::OK, media, &outcome) };
    match set_cookie(cookies.take(), web.public_url.is_secure) {
        Ok(None) => {}
        Ok(Some(value)) => {
            response.headers_mut().insert(SET_COOKIE, value);
        }
        Err(error) => return answer::internal(media, &format!("{error:?}")),
    }
    response
}

fn not_a_request(media: Media, what: impl std::fmt::Display) -> Response {
    refusal(StatusCode::BAD_REQUEST, media, "BAD_REQUEST", &format!("Not a GraphQL request: {what}."))
}

/// Neither GET nor POST.
pub(super) async fn wrong_method() -> Response {
    only_post("Send operations by POST, or queries by GET.", Media::Json)
}

fn only_post(message: &str, media: Media) -> Response {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, media, "BAD_REQUEST", message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    response
}
