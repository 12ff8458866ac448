use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::{Backend, Client, Server, eventually, until_told};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use std::time::Duration;

on_both![
    operations_are_answered_as_events,
    what_is_wrong_is_told_as_an_event,
    a_stream_ends_with_its_session,
    streams_and_sockets_share_their_places,
];

const RECEIVED: &str = "subscription { notificationReceived { title } }";

/// What comes over a stream of events.
struct Events {
    status: u16,
    kind: String,
    chunks: BoxStream<'static, String>,
    rest: String,
}

impl Client {
    async fn stream(&self, query: &str) -> Events {
        let request = self.message().header("accept", "text/event-stream").json(&json!({ "query": query }));
        let response = request.send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let chunks = response.bytes_stream().map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap());
        Events { status, kind, chunks: chunks.boxed(), rest: String::new() }
    }
}

impl Events {
    /// The next event's name and data; none at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.rest = rest;
                // A comment, which keeps the connection open.
                if event.starts_with(':') {
                    continue;
                }
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").trim().to_owned();
                let data = field("data:");
                let data = if data.is_empty() { Value::Null } else { serde_json::from_str(&data).unwrap() };
                return Some((field("event:"), data));
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(60), self.chunks.next()).await.expect("something comes");
            self.rest += &chunk?;
        }
    }

    async fn data(&mut self) -> Value {
        let (event, mut data) = self.next().await.expect("an event");
        assert_eq!((event.as_str(), &data["errors"]), ("next", &Value::Null), "{data:#}");
        data["data"].take()
    }
}

async fn operations_are_answered_as_events(backend: Backend) {
    let server = Server::demo(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let mut events = admin.stream(RECEIVED).await;
    assert_eq!((events.status, events.kind.as_str()), (200, "text/event-stream; charset=utf-8"));
    // A query is one event, and complete.
    let mut query = admin.stream("{ viewer { level } }").await;
    assert_eq!(query.data().await["viewer"]["level"], "ADMIN");
    assert_eq!(query.next().await, Some(("complete".to_owned(), Value::Null)));
    assert_eq!(query.next().await, None);
    let mut mutation = server.anonymous().stream("mutation { signOut { signedOut } }").await;
    mutation.next().await.expect("an event");
    let file = async || drop(sales.file(form(&sales.project(LOCAL).await)).await);
    for _ in 0..3 {
        let data = until_told(&file, async || events.data().await).await;
        assert!(data["notificationReceived"]["title"].as_str().unwrap().ends_with("waits for a decision"), "{data:#}");
    }
}

async fn what_is_wrong_is_told_as_an_event(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    for document in ["{ viewer { nothing } }", "{", "{ devices { nodes { id } } }", "subscription { nothing }"] {
        let mut events = admin.stream(document).await;
        let (event, data) = events.next().await.unwrap();
        assert_eq!(
            (event.as_str(), &data["errors"][0]["extensions"]["code"]),
            ("next", &json!("BAD_REQUEST")),
            "{document}"
        );
        assert!(data.get("data").is_none(), "{document}: {data:#}");
        assert_eq!(events.next().await.unwrap().0, "complete");
    }
    // Who is nobody, and what is no request at all, is told by the status.
    let stranger = Client::new(admin.address(), Some("wrong".to_owned())).stream(RECEIVED).await;
    assert_eq!((stranger.status, stranger.kind.as_str()), (401, "application/json; charset=utf-8"));
    let nobody = &mut server.anonymous().stream(RECEIVED).await;
    assert_eq!(nobody.next().await.unwrap().1["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

async fn a_stream_ends_with_its_session(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.new_session("admin").await;
    let mut events = admin.stream(RECEIVED).await;
    admin.query("mutation { signOut { signedOut } }", Value::Null).await;
    let (event, data) = events.next().await.unwrap();
    assert_eq!((event.as_str(), &data["errors"][0]["extensions"]["code"]), ("next", &json!("UNAUTHENTICATED")));
    assert_eq!(events.next().await.unwrap().0, "complete");
    assert_eq!(events.next().await, None);
}

async fn streams_and_sockets_share_their_places(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.new_session("admin").await;
    let mut streams = Vec::new();
    for _ in 0..19 {
        streams.push(admin.stream(RECEIVED).await);
    }
    let socket = admin.open_socket().await.expect("accepted");
    let refused = admin.stream(RECEIVED).await;
    assert_eq!(refused.status, 429);
    drop((socket, streams));
    // A stream that nobody reads is noticed when something is sent.
    eventually("there is room again", Duration::from_secs(30), async || {
        (admin.stream("{ viewer { level } }").await.status == 200).then_some(())
    })
    .await;
}
