//! Who uses which fields: what a request says of its client, and what it selects.

use super::Web;
use super::document::Facts;
use super::posted::Admitted;
use crate::platform::viewer::Viewer;
use crate::usage::client::Client;
use axum::http::HeaderMap;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The members that name a client and its version, of headers and of `connection_init` alike; the second pair is what
/// Apollo's clients send.
const MEMBERS: [(&str, &str); 2] =
    [("graphql-client-name", "graphql-client-version"), ("apollographql-client-name", "apollographql-client-version")];

/// How the sender of a request calls itself.
pub(super) fn client_of(headers: &HeaderMap) -> Client {
    named(|name| headers.get(name).and_then(|value| value.to_str().ok()))
}

/// How a socket's client calls itself; where it does not, as the request did that opened the socket.
pub(super) fn client_of_socket(payload: Option<&Map<String, Value>>, handshake: &Client) -> Client {
    let client = named(|name| payload?.get(name)?.as_str());
    if client.name.is_empty() { handshake.clone() } else { client }
}

fn named<'v>(value: impl Fn(&str) -> Option<&'v str>) -> Client {
    let mut clients = MEMBERS.into_iter().map(|(name, version)| Client::named(value(name), value(version)));
    clients.find(|client| !client.name.is_empty()).unwrap_or_default()
}

/// What an operation uses, to be noted once it is known to be executed.
pub(super) struct Use {
    web: Web,
    client: Client,
    facts: Arc<Facts>,
}

impl Use {
    /// What `viewer` uses by an operation; nothing is noted of who is not signed in.
    pub(super) fn of(web: &Web, viewer: &Viewer, client: Client, admitted: &Admitted) -> Option<Self> {
        viewer.person()?;
        if admitted.counted.is_dry_run {
            return None;
        }
        Some(Self { web: web.clone(), client, facts: admitted.facts(web) })
    }

    /// Notes it.
    pub(super) fn note(self) {
        let now = self.web.kernel.source.now();
        self.web.recorder.note(self.client, &self.facts.fields, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_client_is_named_by_either_pair_of_headers() {
        let mut headers = HeaderMap::new();
        assert_eq!(client_of(&headers), Client::default());
        headers.insert("apollographql-client-name", HeaderValue::from_static("apollo"));
        headers.insert("graphql-client-version", HeaderValue::from_static("1"));
        assert_eq!(client_of(&headers), Client::named(Some("apollo"), None));
        headers.insert("graphql-client-name", HeaderValue::from_static("own"));
        assert_eq!(client_of(&headers), Client::named(Some("own"), Some("1")));
    }

    #[test]
    fn a_socket_s_payload_comes_before_its_handshake() {
        let handshake = Client::named(Some("handshake"), Some("1"));
        let payload = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        assert_eq!(client_of_socket(None, &handshake), handshake);
        assert_eq!(client_of_socket(Some(&payload(r#"{"graphql-client-name":7}"#)), &handshake), handshake);
        let named = payload(r#"{"graphql-client-name":"own","graphql-client-version":"2"}"#);
        assert_eq!(client_of_socket(Some(&named), &handshake), Client::named(Some("own"), Some("2")));
    }
}
