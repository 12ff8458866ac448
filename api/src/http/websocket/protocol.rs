//! The messages of `graphql-transport-ws`, and its close codes.

use super::super::places;
use super::super::posted::Posted;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What a client sends.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    /// The first message.
    ConnectionInit {
        /// Holds `authorization`.
        payload: Option<Map<String, Value>>,
    },
    /// Asks for a pong.
    Ping {
        /// Sent back.
        payload: Option<Map<String, Value>>,
    },
    /// Answers a ping; needs no answer.
    Pong {
        /// Not looked at.
        #[serde(rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    /// Begins an operation.
    Subscribe {
        /// The client's name for it.
        id: String,
        /// The operation.
        payload: Posted,
    },
    /// Ends an operation.
    Complete {
        /// Which.
        id: String,
    },
}

impl Incoming {
    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let message = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match message {
            Self::Subscribe { id, .. } if id.is_empty() => Err("an id must not be empty".into()),
            message => Ok(message),
        }
    }
}

/// Why a socket is closed, with the code that clients know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// The server ends; come again.
    GoingAway,
    /// The message is larger than allowed, or the frames are not well formed.
    TooLarge,
    /// The client leaves unread what it is sent; it may come again, and go on after its last cursor.
    TooSlow,
    /// A message that the protocol does not know.
    BadMessage(String),
    /// An operation before the connection was acknowledged.
    Unauthorized,
    /// The credential is wrong, or the session has ended.
    Forbidden,
    /// The client does not speak the protocol.
    NotAcceptable,
    /// No `connection_init` in time.
    InitTimeout,
    /// An operation of this name is going on.
    Exists(String),
    /// A second `connection_init`.
    TooManyInits,
    /// The client holds as many sockets as it may.
    TooManySockets,
}

impl Close {
    /// The code and the reason.
    pub(super) fn frame(&self) -> (u16, String) {
        let (code, reason) = match self {
            Self::GoingAway => (1001, "The server is going away".to_owned()),
            Self::TooLarge => (1009, "The message is too large or not well formed".to_owned()),
            Self::TooSlow => (1013, "Too slow: come again, and go on after the last cursor".to_owned()),
            Self::BadMessage(what) => (4400, format!("Invalid message: {what}")),
            Self::Unauthorized => (4401, "Unauthorized".to_owned()),
            Self::Forbidden => (4403, "Forbidden".to_owned()),
            Self::NotAcceptable => (4406, "Subprotocol not acceptable".to_owned()),
            Self::InitTimeout => (4408, "Connection initialisation timeout".to_owned()),
            Self::Exists(id) => (4409, format!("Subscriber for {id} already exists")),
            Self::TooManyInits => (4429, "Too many initialisation requests".to_owned()),
            Self::TooManySockets => (4429, format!("At most {} sockets and event streams at once", places::MOST)),
        };
        (code, shortened(reason))
    }
}

/// A close frame has room for 123 bytes of reason.
fn shortened(mut reason: String) -> String {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason.truncate(end);
    reason
}

/// `connection_ack`.
pub(super) fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// `pong`, with what came with the ping.
pub(super) fn pong(payload: Option<Map<String, Value>>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// `complete`.
pub(super) fn complete(id: &str) -> String {
    json!({ "type": "complete", "id": id }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_strictly() {
        for right in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#,
            r#"{"type":"ping","payload":{"a":1}}"#,
            r#"{"type":"pong"}"#,
            r#"{"type":"complete","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{viewer{level}}","variables":null,"operationName":null}}"#,
        ] {
            assert!(Incoming::parse(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"ping","payload":"text"}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
        ] {
            assert!(Incoming::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reasons_fit_into_a_close_frame() {
        let (code, reason) = Close::Exists("ä".repeat(200)).frame();
        assert_eq!(code, 4409);
        assert!(reason.len() <= 123 && reason.starts_with("Subscriber for ä"));
    }
}
