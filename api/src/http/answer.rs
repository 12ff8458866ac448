//! Answers in GraphQL's form, whatever the transport.

use crate::platform::clock::Source;
use crate::platform::error::AppError;
use crate::platform::graphql::text;
use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError, Value};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response as HttpResponse;
use serde_json::json;

/// How many errors an answer tells: each further one would say the same of another place, and answers would be many times as
/// large as their requests.
const ERRORS_MOST: usize = 25;

/// An error's stable code, where the executor gave none: the document or its variables are wrong.
const UNCODED: &str = "BAD_REQUEST";

/// Room for most answers.
const LIKELY_BYTES: usize = 1024;

/// How an answer is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `text/event-stream`, one event for each answer; what cannot be carried out at all is answered as JSON.
    EventStream,
    /// `application/json`, whose status is 200 whatever the document came to.
    Json,
    /// `application/graphql-response+json`, whose status tells.
    GraphqlResponse,
}

impl Media {
    const fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::EventStream | Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }
}

/// Gives each error a code. Those of the executor itself lose what they repeat of the client's values: a mistyped
/// operation may hold a password, and answers end up in other people's logs.
pub(super) fn coded(mut response: Response) -> Response {
    response.errors.truncate(ERRORS_MOST);
    for error in &mut response.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", UNCODED);
            error.message = without_values(&error.message);
        }
    }
    response
}

/// Whether an error is ours, and not the executor's.
pub(super) fn is_coded(error: &ServerError) -> bool {
    error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some())
}

fn without_values(message: &str) -> String {
    // The parser's errors show the line of the document; where it is wrong is in `locations` too.
    if message.trim_start().starts_with("-->") {
        let expected = message.lines().last().and_then(|line| line.trim_start().strip_prefix("= "));
        return format!("Syntax error: {}.", expected.unwrap_or("this is not GraphQL"));
    }
    for before_value in [" does not contain the value ", ", found "] {
        if let Some((known, _)) = message.split_once(before_value) {
            return format!("{known}{before_value}something else");
        }
    }
    message.to_owned()
}

/// Whether the document was not executed at all: nothing in it is the cause of an error.
pub(super) fn was_refused(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// An answer as it is written: one that was not executed has no `data`, not even null.
pub(super) fn written(response: &Response) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(LIKELY_BYTES);
    write(response, !was_refused(response), &mut text)?;
    Ok(text)
}

/// Writes an answer, with its data or without.
pub(super) fn write(response: &Response, has_data: bool, json: &mut Vec<u8>) -> serde_json::Result<()> {
    json.push(b'{');
    if !response.errors.is_empty() {
        json.extend_from_slice(br#""errors":"#);
        serde_json::to_writer(&mut *json, &response.errors)?;
    }
    if has_data {
        json.extend_from_slice(if response.errors.is_empty() { br#""data":"#.as_slice() } else { br#","data":"# });
        text::write(&response.data, json)?;
        if !response.extensions.is_empty() {
            json.extend_from_slice(br#","extensions":"#);
            serde_json::to_writer(&mut *json, &response.extensions)?;
        }
    }
    json.push(b'}');
    Ok(())
}

/// An error with a code of ours.
pub(super) fn error(code: &str, message: &str, place: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, place);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

/// An error as GraphQL writes it.
pub(super) fn error_of(error: AppError) -> ServerError {
    async_graphql::Error::from(error).into_server_error(Pos::default())
}

/// An answer that consists of one error.
pub(super) fn refusal(status: StatusCode, media: Media, code: &str, message: &str) -> HttpResponse {
    body(status, media, &json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }))
}

/// An answer to who could not be served, with the error's own status.
pub(super) fn failure(media: Media, error: AppError) -> HttpResponse {
    let status = match &error {
        AppError::Unauthenticated => StatusCode::UNAUTHORIZED,
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::BadRequest(_) | AppError::User(_) => StatusCode::BAD_REQUEST,
        AppError::Unavailable(_) | AppError::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
        AppError::LeaseLost | AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let error = error_of(error);
    body(status, media, &json!({ "errors": [{ "message": error.message, "extensions": error.extensions }] }))
}

/// The one answer to a defect: a number to quote, and nothing else.
pub(super) fn internal(media: Media, what: &str) -> HttpResponse {
    let correlation = correlation(what);
    body(StatusCode::INTERNAL_SERVER_ERROR, media, &json!({ "errors": [internal_error(&correlation)] }))
}

/// Logs a defect, and answers the number under which it was logged.
pub(super) fn correlation(what: &str) -> String {
    let correlation = format!("{:016x}", u64::from_be_bytes(Source::system().bytes()));
    tracing::error!(correlation_id = correlation, error = what, "internal error");
    correlation
}

/// The error that tells this number.
pub(super) fn internal_error(correlation: &str) -> serde_json::Value {
    json!({
        "message": format!("Something went wrong on our side. Quote {correlation} when you report it."),
        "extensions": { "code": "INTERNAL", "correlationId": correlation },
    })
}

/// An answer that consists of this.
fn body(status: StatusCode, media: Media, content: &serde_json::Value) -> HttpResponse {
    sent(status, media, content.to_string().into_bytes())
}

/// An answer. Nothing that is asked of a person's data may be kept by a cache.
pub(super) fn sent(status: StatusCode, media: Media, bytes: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media.header());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_serde_writes_it() {
        let data = async_graphql::value!({ "told": { "text": "ü\n", "none": null }, "list": [1, 2.5, true] });
        let mut response = Response::new(data).extension("cost", Value::from(1));
        assert_eq!(written(&response).unwrap(), serde_json::to_vec(&response).unwrap());
        response.errors.push(error("CONFLICT", "\"no\"", Some(Pos { line: 1, column: 2 })));
        assert_eq!(written(&response).unwrap(), serde_json::to_vec(&response).unwrap());
        response.data = Value::Null;
        assert!(!String::from_utf8(written(&response).unwrap()).unwrap().contains("data"));
        let mut with_data = Vec::new();
        write(&response, true, &mut with_data).unwrap();
        assert_eq!(with_data, serde_json::to_vec(&response).unwrap());
    }

    #[test]
    fn messages_repeat_no_values() {
        let parser = " --> 1:59\n  |\n1 | mutation{signIn(input:{password:\"secret\"}{token}}\n  |   ^---\n  |\n  = expected name";
        assert_eq!(without_values(parser), "Syntax error: expected name.");
        let value = "enumeration type \"Priority\" does not contain the value \"secret\"";
        assert!(!without_values(value).contains("secret"));
        assert_eq!(without_values("Unknown field \"x\" on type \"Query\"."), "Unknown field \"x\" on type \"Query\".");
    }
}
