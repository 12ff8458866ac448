//! GraphQL by POST.

use super::answer::{self, Media, body, coded, failure, refusal, was_refused};
use super::credential::{sender, set_cookie};
use super::{Peer, Web};
use crate::identity::graphql::ClientAddress;
use crate::platform::graphql::loader::Loaders;
use crate::platform::graphql::session_cookie::{CookieChange, CookieJar};
use crate::platform::viewer::Viewer;
use async_graphql::{Request as Operation, Variables};
use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::timeout;

/// The largest body of a request, and the largest message on a socket, in bytes.
pub(super) const LARGEST: usize = 256 * 1024;
/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// What a client asks to be carried out, the same on every transport.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Posted {
    query: String,
    operation_name: Option<String>,
    variables: Option<Value>,
}

impl TryFrom<Map<String, Value>> for Posted {
    type Error = &'static str;

    fn try_from(mut members: Map<String, Value>) -> Result<Self, Self::Error> {
        let Some(Value::String(query)) = members.remove("query") else { return Err("`query` must be a string") };
        let operation_name = match members.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err("`operationName` must be a string"),
        };
        let variables = match members.remove("variables") {
            None | Some(Value::Null) => None,
            Some(variables @ Value::Object(_)) => Some(variables),
            Some(_) => return Err("`variables` must be an object"),
        };
        match members.remove("extensions") {
            None | Some(Value::Null | Value::Object(_)) => Ok(Self { query, operation_name, variables }),
            Some(_) => Err("`extensions` must be an object"),
        }
    }
}

impl Posted {
    /// The operation, acted by `viewer`.
    pub(super) fn operation(self, viewer: Viewer, loaders: Loaders, peer: Peer) -> Operation {
        let mut operation = Operation::new(self.query);
        if let Some(variables) = self.variables {
            operation = operation.variables(Variables::from_json(variables));
        }
        if let Some(name) = self.operation_name.filter(|name| !name.is_empty()) {
            operation = operation.operation_name(name);
        }
        operation.data(viewer).data(loaders).data(ClientAddress(Some(peer.0.ip())))
    }
}

/// Carries an operation out.
pub(super) async fn post(State(web): State<Web>, Extension(peer): Extension<Peer>, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let Some(media) = wanted(&parts.headers) else {
        let message = "Answers are application/graphql-response+json or application/json.";
        return refusal(StatusCode::NOT_ACCEPTABLE, Media::Json, "BAD_REQUEST", message);
    };
    if !is_json(&parts.headers) {
        let message = "Send application/json.";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, media, "BAD_REQUEST", message);
    }
    // A browser adds cookies to what any page sends, but a token only to what ours does.
    if !parts.headers.contains_key(AUTHORIZATION) && !web.origins().admits(&parts.headers) {
        return refusal(StatusCode::FORBIDDEN, media, "FORBIDDEN", "This page may not act for its visitors here.");
    }
    let bytes = match timeout(BODY_TIMEOUT, to_bytes(content, LARGEST)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let message = format!("A request has at most {LARGEST} bytes.");
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, media, "BAD_REQUEST", &message);
        }
        Err(_) => return refusal(StatusCode::REQUEST_TIMEOUT, media, "BAD_REQUEST", "The request took too long."),
    };
    let posted: Posted = match serde_json::from_slice(&bytes) {
        Ok(posted) => posted,
        Err(error) => {
            let message = format!("Not a GraphQL request: {error}.");
            return refusal(StatusCode::BAD_REQUEST, media, "BAD_REQUEST", &message);
        }
    };
    let sender = match sender(&web, &parts.headers).await {
        Ok(sender) => sender,
        Err(error) => return failure(media, error),
    };
    let cookies = CookieJar::default();
    if sender.has_stale_cookie {
        cookies.change(CookieChange::Clear);
    }
    let loaders = Loaders::new(sender.viewer.clone());
    let operation = posted.operation(sender.viewer, loaders, peer).data(cookies.clone());
    let outcome = coded(web.schema.execute(operation).await);
    let status = match media {
        Media::GraphqlResponse if was_refused(&outcome) => StatusCode::BAD_REQUEST,
        Media::GraphqlResponse | Media::Json => StatusCode::OK,
    };
    let mut response = body(status, media, &outcome);
    match set_cookie(cookies.take(), web.public_url.is_secure) {
        Ok(None) => {}
        Ok(Some(value)) => {
            response.headers_mut().insert(SET_COOKIE, value);
        }
        Err(error) => return answer::internal(media, &format!("{error:?}")),
    }
    response
}

/// Operations are posted; GET is for sockets.
pub(super) async fn wrong_method() -> Response {
    let message = "Send operations by POST; GET opens a WebSocket.";
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, Media::Json, "BAD_REQUEST", message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// The answer's media type by `Accept`; none if the client takes neither. The newer one has to be asked for by name.
fn wanted(headers: &HeaderMap) -> Option<Media> {
    let mut best: Option<(f32, Media)> = None;
    let mut is_asked = false;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()) {
        is_asked = true;
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::GraphqlResponse,
            "application/json" | "application/*" | "*/*" => Media::Json,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
        let quality = quality.filter(|quality| *quality > 0.0);
        if let Some(quality) = quality.filter(|quality| best.is_none_or(|(other, _)| *quality > other)) {
            best = Some((quality, media));
        }
    }
    if is_asked { best.map(|(_, media)| media) } else { Some(Media::Json) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: axum::http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_answer_is_what_the_client_accepts() {
        assert_eq!(wanted(&HeaderMap::new()), Some(Media::Json));
        for (accept, media) in [
            ("*/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json; charset=utf-8, application/json; q=0.9", Some(Media::GraphqlResponse)),
            ("application/json; q=0.5, application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("text/html, */*;q=0.1", Some(Media::Json)),
            ("application/json;q=0", None),
            ("text/event-stream", None),
        ] {
            assert_eq!(wanted(&with(ACCEPT, accept)), media, "{accept}");
        }
    }

    #[test]
    fn a_request_is_an_object_with_a_query() {
        let read = |text: &str| serde_json::from_str::<Posted>(text).map(|_| ()).map_err(|error| error.to_string());
        for right in [
            r#"{"query":"{a}"}"#,
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#,
            r#"{"query":"{a}","operationName":"A","variables":{"b":1},"extensions":{"c":1},"more":1}"#,
        ] {
            assert_eq!(read(right), Ok(()), "{right}");
        }
        for wrong in [
            r#"["{a}",null,null,null]"#,
            "[]",
            "{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","operationName":1}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","extensions":"c"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_json_is_taken() {
        for right in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            assert!(is_json(&with(CONTENT_TYPE, right)), "{right}");
        }
        for wrong in ["text/plain", "multipart/form-data", "application/json; charset=utf-16", "application/jsonp"] {
            assert!(!is_json(&with(CONTENT_TYPE, wrong)), "{wrong}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
