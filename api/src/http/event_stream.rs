//! GraphQL over server-sent events, in the mode with one connection for each operation:
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode>

use super::answer::{Media, correlation, error_of, internal_error, refusal, written};
use super::execution::{Caller, Ready};
use super::outermost::panic_text;
use super::server::ends;
use super::session_end::ended;
use super::{Web, places};
use crate::platform::error::AppError;
use async_graphql::{Response as Answer, Value};
use async_stream::stream;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures::StreamExt as _;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;
use tokio::time::interval;

/// How often something is sent so that proxies keep the connection open, and so that a client that is gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(12);
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Carries an operation out, and sends its answers as they come.
pub(super) fn respond(web: &Web, caller: &Caller, ready: Ready) -> Response {
    let Some(place) = web.places().take(&caller.viewer, caller.peer) else {
        let message = format!("At most {} sockets and event streams at once.", places::MOST);
        return refusal(StatusCode::TOO_MANY_REQUESTS, Media::EventStream, "RATE_LIMITED", &message);
    };
    let viewer = caller.viewer.clone();
    let mut closing = web.closing().subscribe();
    caller.watched.answers_by_stream();
    let answers = caller.watched.place().throughout(ready.stream(web));
    events(stream! {
        let _place = place;
        let mut answers = pin!(AssertUnwindSafe(answers).catch_unwind());
        let mut session_end = pin!(ended(viewer));
        let mut heartbeat = interval(HEARTBEAT);
        loop {
            let event = tokio::select! {
                biased;
                // Without completing: the client comes again.
                () = ends(&mut closing) => return,
                () = &mut session_end => {
                    yield next(&Answer::from_errors(vec![error_of(AppError::Unauthenticated)]));
                    break;
                }
                answer = answers.next() => match answer {
                    Some(Ok(answer)) if says_session_ended(&answer) => {
                        yield next(&answer);
                        break;
                    }
                    Some(Ok(answer)) => next(&answer),
                    Some(Err(panic)) => {
                        let error = internal_error(&correlation(&panic_text(panic.as_ref())));
                        yield event_of(serde_json::json!({ "errors": [error] }).to_string().as_bytes());
                        break;
                    }
                    None => break,
                },
                _ = heartbeat.tick() => Bytes::from_static(b":\n\n"),
            };
            yield event;
        }
        yield Bytes::from_static(COMPLETE.as_bytes());
    })
}

/// Whether a subscription noticed by itself, and first, that the session has ended.
fn says_session_ended(answer: &Answer) -> bool {
    let codes = answer.errors.iter().filter_map(|error| error.extensions.as_ref()?.get("code"));
    codes.into_iter().any(|code| *code == Value::from("UNAUTHENTICATED"))
}

/// Says why an operation is not carried out.
pub(super) fn refuse(answer: &Answer) -> Response {
    let event = next(answer);
    events(futures::stream::iter([event, Bytes::from_static(COMPLETE.as_bytes())]))
}

fn next(answer: &Answer) -> Bytes {
    match written(answer) {
        Ok(text) => event_of(&text),
        Err(error) => {
            let error = internal_error(&correlation(&format!("{error:?}")));
            event_of(serde_json::json!({ "errors": [error] }).to_string().as_bytes())
        }
    }
}

/// JSON as we write it has no line breaks, which would end the event.
fn event_of(json: &[u8]) -> Bytes {
    Bytes::from([b"event: next\ndata: ", json, b"\n\n"].concat())
}

fn events(stream: impl futures::Stream<Item = Bytes> + Send + 'static) -> Response {
    let mut response = Response::new(Body::from_stream(stream.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies such as nginx would collect events until there are many.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
