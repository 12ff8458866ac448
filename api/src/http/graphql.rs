//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>

use super::answer::{self, Media, failure, refusal, sent, was_refused, written};
use super::credential::{Sender, sender, set_cookie};
use super::execution::{Caller, Refused, prepare};
use super::negotiate::{is_json, wanted};
use super::posted::Posted;
use super::usage::client_of;
use super::watch::{Watched, throughout};
use super::{Peer, Web, allowance, event_stream, websocket};
use crate::platform::graphql::session_cookie::{CookieChange, CookieJar};
use async_graphql::Response as Answer;
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
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;

/// The largest body of a request, and the largest message on a socket, in bytes.
pub(super) const LARGEST: usize = 256 * 1024;
/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a socket, or answers a query.
pub(super) async fn get_or_upgrade(
    State(web): State<Web>,
    Extension(peer): Extension<Peer>,
    Extension(watched): Extension<Watched>,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => websocket::upgrade(web, peer, &headers, upgrade),
        Err(WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(refused)) => refused.into_response(),
        Err(_) => get(web, peer, watched, &headers, parameters).await,
    }
}

async fn get(
    web: Web,
    peer: Peer,
    watched: Watched,
    headers: &HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let media = match welcome(&web, headers) {
        Ok(media) => media,
        Err(response) => return response,
    };
    let posted = parameters.map_err(|_| "the URL cannot be read").and_then(|Query(given)| Posted::of_parameters(given));
    match posted {
        Ok(posted) => carry_out(&web, peer, watched, headers, media, Asked::One(posted), Method::Get).await,
        Err(error) => not_a_request(media, error),
    }
}

/// Carries operations out.
pub(super) async fn post(State(web): State<Web>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    throughout(&web, request, |request, watched| posted(&web, peer, watched, request)).await
}

async fn posted(web: &Web, peer: Peer, watched: Watched, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let media = match welcome(web, &parts.headers) {
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
    match Asked::read(&bytes, web.batch_limit) {
        Ok(asked) => carry_out(web, peer, watched, &parts.headers, media, asked, Method::Post).await,
        Err(error) => not_a_request(media, error),
    }
}

/// Decides by the headers alone whether a request is listened to, and how it is answered.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is")]
fn welcome(web: &Web, headers: &HeaderMap) -> Result<Media, Response> {
    let Some(media) = wanted(headers) else {
        let message = "Answers are application/graphql-response+json, application/json or text/event-stream.";
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

/// What a request asks for.
enum Asked {
    One(Posted),
    /// Several operations, each for itself, one after the other.
    Batch(Vec<Posted>),
}

impl Asked {
    fn read(bytes: &[u8], batch_limit: usize) -> Result<Self, String> {
        if batch_limit == 0 || bytes.trim_ascii_start().first() != Some(&b'[') {
            return serde_json::from_slice(bytes).map(Self::One).map_err(|error| error.to_string());
        }
        // Counted before each is read: a long list is refused as such.
        let parts: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if !(1..=batch_limit).contains(&parts.len()) {
            return Err(format!("a batch has 1 to {batch_limit} operations"));
        }
        let read = parts.into_iter().map(|part| serde_json::from_str(part.get()));
        read.collect::<Result<_, _>>().map(Self::Batch).map_err(|error| error.to_string())
    }
}

async fn carry_out(
    web: &Web,
    peer: Peer,
    watched: Watched,
    headers: &HeaderMap,
    media: Media,
    asked: Asked,
    method: Method,
) -> Response {
    let Sender { viewer, has_stale_cookie } = match sender(web, headers).await {
        Ok(sender) => sender,
        Err(error) => return failure(media, error),
    };
    let cookies = CookieJar::default();
    if has_stale_cookie {
        cookies.change(CookieChange::Clear);
    }
    let caller = Caller { viewer, peer, client: client_of(headers), watched };
    let mut response = match asked {
        Asked::One(posted) => match prepare(web, &caller, posted, &cookies).await {
            Ok(ready) if method == Method::Get && ready.kind() == Some(OperationType::Mutation) => {
                return only_post("Mutations are carried out by POST alone.", media);
            }
            Ok(ready) if media == Media::EventStream => event_stream::respond(web, &caller, ready),
            Err(refused) if media == Media::EventStream && refused.limited.is_none() && !refused.is_forbidden => {
                event_stream::refuse(&refused.response)
            }
            Ok(ready) => {
                let carried = ready.execute(web).await;
                let mut response = answered(media, &carried.response);
                allowance::tell(response.headers_mut(), carried.standing);
                response
            }
            Err(refused) => refusal_of(media, &refused),
        },
        Asked::Batch(batch) => {
            let mut answers = Vec::new();
            let (mut standing, mut retry_in) = (None, None);
            caller.watched.carries_several();
            for posted in batch {
                let caller = Caller { watched: caller.watched.beside(), ..caller.clone() };
                let work = async {
                    match prepare(web, &caller, posted, &cookies).await {
                        Ok(ready) => {
                            let carried = ready.execute(web).await;
                            (carried.response, carried.standing, None)
                        }
                        Err(refused) => {
                            let limited = refused.limited;
                            (refused.response, limited.map(|it| it.standing), limited.and_then(|it| it.retry_in))
                        }
                    }
                };
                let (answer, left, wait) = caller.watched.place().around(work).await;
                (standing, retry_in) = (left.or(standing), wait.max(retry_in));
                match written(&answer) {
                    Ok(answer) => {
                        answers.push(if answers.is_empty() { b'[' } else { b',' });
                        answers.extend_from_slice(&answer);
                    }
                    Err(error) => return answer::internal(media, &format!("{error:?}")),
                }
            }
            answers.push(b']');
            let mut response = sent(StatusCode::OK, media, answers);
            allowance::tell(response.headers_mut(), standing);
            allowance::tell_when(response.headers_mut(), retry_in);
            response
        }
    };
    match set_cookie(cookies.take(), web.public_url.is_secure) {
        Ok(None) => {}
        Ok(Some(value)) => {
            response.headers_mut().insert(SET_COOKIE, value);
        }
        Err(error) => return answer::internal(media, &format!("{error:?}")),
    }
    response
}

/// The answer of one operation.
fn answered(media: Media, response: &Answer) -> Response {
    let status =
        if media == Media::GraphqlResponse && was_refused(response) { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    match written(response) {
        Ok(content) => sent(status, media, content),
        Err(error) => answer::internal(media, &format!("{error:?}")),
    }
}

fn refusal_of(media: Media, refused: &Refused) -> Response {
    let mut response = answered(media, &refused.response);
    if refused.is_forbidden {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    if let Some(exhausted) = refused.limited {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        allowance::tell(response.headers_mut(), Some(exhausted.standing));
        allowance::tell_when(response.headers_mut(), exhausted.retry_in);
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
