//! One socket, as the protocol `graphql-transport-ws` has it.

use super::seen::Seen;
use crate::Failure;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, http::header::SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// What each socket has at hand: thousands of them stay small.
const BUFFER: usize = 4 * 1024;
const FOLLOW: &str = "subscription($id: ID!) { deploymentProgress(deploymentId: $id) { events { sequence at } } }";

/// A socket that was opened.
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    seen: Arc<Seen>,
}

/// Opens a socket, and follows the deployment if there is one: then its first batch has arrived.
///
/// # Errors
/// If the server does not take it.
pub(super) async fn open(
    server: SocketAddr,
    token: &str,
    deployment: Option<&str>,
    seen: Arc<Seen>,
) -> Result<Socket, Failure> {
    let mut request = format!("ws://{server}/graphql").into_client_request()?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("graphql-transport-ws"));
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
    let stream = TcpStream::connect(server).await?;
    let (stream, _) = client_async_with_config(request, stream, Some(config)).await?;
    let mut socket = Socket { stream, seen };
    let init = json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
    socket.say(&init).await?;
    socket.expect("connection_ack").await?;
    if let Some(id) = deployment {
        let payload = json!({ "query": FOLLOW, "variables": { "id": id } });
        socket.say(&json!({ "type": "subscribe", "id": "1", "payload": payload })).await?;
        let first = socket.expect("next").await?;
        if !socket.seen.note(&first) {
            return Err(format!("no events, but {first}").into());
        }
        socket.seen.forget();
    }
    Ok(socket)
}

impl Socket {
    /// Notes what arrives.
    ///
    /// # Errors
    /// When something else arrives than events, or the socket ends: nobody here ends it.
    pub(super) async fn listen(mut self) -> Result<(), Failure> {
        loop {
            let text = self.hear().await?;
            if !self.seen.note(&text) {
                return Err(format!("no events, but {text}").into());
            }
        }
    }

    async fn say(&mut self, message: &serde_json::Value) -> Result<(), Failure> {
        Ok(self.stream.send(Message::text(message.to_string())).await?)
    }

    async fn hear(&mut self) -> Result<String, Failure> {
        loop {
            // Pings are answered on the way.
            match self.stream.next().await.ok_or("the server is gone")?? {
                Message::Text(text) => return Ok(text.as_str().to_owned()),
                Message::Close(frame) => return Err(format!("the server closed: {frame:?}").into()),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    async fn expect(&mut self, kind: &str) -> Result<String, Failure> {
        let text = self.hear().await?;
        if text.contains(&format!("\"type\":\"{kind}\"")) {
            return Ok(text);
        }
        Err(format!("{kind} was expected, and {text} came").into())
    }
}
