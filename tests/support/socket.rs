//! A client of the API over WebSocket, by the `graphql-transport-ws` protocol.

use super::Client;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long something is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A socket, and what is said on it.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// A subscription on a socket of its own.
pub struct Subscription {
    socket: Socket,
}

/// What came.
#[derive(Debug, PartialEq)]
pub enum Next {
    Data(Value),
    Errors(Value),
    Complete,
    /// The server closed the socket, with this code.
    Closed(u16),
}

impl Client {
    /// Opens a socket and subscribes, by the client's token or cookie.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Subscription {
        self.operate(json!({ "query": query, "variables": variables })).await
    }

    /// As [`Client::subscribe`], with the members of a request.
    pub async fn operate(&self, members: Value) -> Subscription {
        let mut socket = self.open_socket().await.expect("accepted");
        socket.send(&json!({ "id": "1", "type": "subscribe", "payload": members })).await;
        Subscription { socket }
    }

    /// As [`Client::subscribe`], unless nobody serves any more.
    pub async fn try_subscribe(&self, query: &str, variables: Value) -> Option<Subscription> {
        let mut socket = self.try_connect(Some("graphql-transport-ws")).await?;
        socket.send(&self.introduction()).await;
        socket.receive().await.ok()?;
        socket.subscribe("1", query, variables).await;
        Some(Subscription { socket })
    }

    /// The code with which a socket is closed that presents this client's token.
    pub async fn refused_socket(&self) -> u16 {
        self.open_socket().await.err().expect("refused")
    }

    /// The code with which a socket is closed whose first message is this.
    pub async fn say(&self, message: &str) -> u16 {
        let mut socket = self.connect(Some("graphql-transport-ws")).await;
        socket.send_frame(Message::text(message)).await;
        socket.receive().await.expect_err("refused")
    }

    /// Opens a socket by the client's token or cookie, or answers the code with which it was closed.
    pub async fn open_socket(&self) -> Result<Socket, u16> {
        let mut socket = self.connect(Some("graphql-transport-ws")).await;
        socket.send(&self.introduction()).await;
        assert_eq!(socket.receive().await?, json!({ "type": "connection_ack" }));
        Ok(socket)
    }

    fn introduction(&self) -> Value {
        let mut payload = self.token().map_or(json!({}), |token| json!({ "authorization": format!("Bearer {token}") }));
        for (name, value) in self.names() {
            payload[*name] = json!(value);
        }
        json!({ "type": "connection_init", "payload": payload })
    }

    /// Connects a socket and says nothing yet.
    pub async fn connect(&self, protocol: Option<&'static str>) -> Socket {
        self.try_connect(protocol).await.expect("somebody serves")
    }

    async fn try_connect(&self, protocol: Option<&'static str>) -> Option<Socket> {
        let mut request = format!("ws://{}/graphql", self.address()).into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
        }
        if let Some(cookie) = self.cookie() {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        Some(Socket(connect_async(request).await.ok()?.0))
    }
}

impl Socket {
    /// Says `message`. The server may have closed the socket meanwhile.
    pub async fn send(&mut self, message: &Value) {
        self.send_frame(Message::text(message.to_string())).await;
    }

    /// Sends any frame.
    pub async fn send_frame(&mut self, frame: Message) {
        _ = self.0.send(frame).await;
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The next message, or the code with which the socket was closed.
    pub async fn receive(&mut self) -> Result<Value, u16> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the server says something");
            match frame {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(text.as_str()).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                // Without a farewell, as when the server was killed.
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// The code with which it is closed, whatever is said before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.receive().await {
                return code;
            }
        }
    }
}

impl Subscription {
    /// Waits for what comes next.
    pub async fn next(&mut self) -> Next {
        let message = match self.socket.receive().await {
            Ok(message) => message,
            Err(code) => return Next::Closed(code),
        };
        match message["type"].as_str().unwrap() {
            "next" if message["payload"]["errors"].is_null() => Next::Data(message["payload"]["data"].clone()),
            "next" => Next::Errors(message["payload"]["errors"].clone()),
            "error" => Next::Errors(message["payload"].clone()),
            "complete" => Next::Complete,
            other => panic!("{other}: {message}"),
        }
    }

    /// The data that comes next.
    pub async fn data(&mut self) -> Value {
        match self.next().await {
            Next::Data(data) => data,
            other => panic!("{other:#?}"),
        }
    }

    /// The code with which the server closes the socket; its operation may be told first why it ends.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Next::Closed(code) => return code,
                Next::Errors(errors) => assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED", "{errors:#}"),
                Next::Complete => {}
                Next::Data(data) => panic!("{data:#}"),
            }
        }
    }

    /// Whether nothing has come so far.
    pub async fn is_silent(&mut self) -> bool {
        use futures::FutureExt as _;
        self.next().now_or_never().is_none()
    }
}
