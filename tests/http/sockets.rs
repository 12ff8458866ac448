use crate::support::{Backend, Server};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

on_both![
    sockets_are_closed_with_the_codes_that_clients_know,
    a_socket_says_who_it_is_in_time,
    a_session_holds_so_many_sockets,
    a_socket_carries_so_many_operations,
];

const PROTOCOL: Option<&str> = Some("graphql-transport-ws");
const RECEIVED: &str = "subscription { notificationReceived { id } }";

async fn sockets_are_closed_with_the_codes_that_clients_know(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.new_session("admin").await;
    let subscribe = |id: &str| json!({ "type": "subscribe", "id": id, "payload": { "query": RECEIVED } });
    let init = json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", admin.token().unwrap()) } });
    let text = |text: &str| Message::text(text.to_owned());
    let probes: Vec<(&str, Vec<Message>, u16)> = vec![
        ("not JSON", vec![text("{")], 4400),
        ("no type", vec![text("{}")], 4400),
        ("a type of another protocol", vec![text(r#"{"type":"start","id":"1"}"#)], 4400),
        ("no text", vec![Message::binary(vec![1, 2, 3])], 4400),
        (
            "a subscription without an id",
            vec![text(&init.to_string()), text(r#"{"type":"subscribe","payload":{"query":"{a}"}}"#)],
            4400,
        ),
        (
            "a subscription without a document",
            vec![text(&init.to_string()), text(r#"{"type":"subscribe","id":"1","payload":{}}"#)],
            4400,
        ),
        ("a subscription before the introduction", vec![text(&subscribe("1").to_string())], 4401),
        ("a wrong token", vec![text(r#"{"type":"connection_init","payload":{"authorization":"Bearer wrong"}}"#)], 4403),
        ("a token that is none", vec![text(r#"{"type":"connection_init","payload":{"authorization":7}}"#)], 4403),
        (
            "an id in use",
            vec![text(&init.to_string()), text(&subscribe("1").to_string()), text(&subscribe("1").to_string())],
            4409,
        ),
        ("a second introduction", vec![text(&init.to_string()), text(&init.to_string())], 4429),
        ("a message too large", vec![text(&"x".repeat(256 * 1024 + 1))], 1009),
    ];
    let mut right = 0;
    let all = probes.len() + 2;
    for (what, messages, code) in probes {
        let mut socket = admin.connect(PROTOCOL).await;
        for message in messages {
            socket.send_frame(message).await;
        }
        assert_eq!(socket.closed().await, code, "{what}");
        right += 1;
    }
    // It speaks no protocol, or another: then the client hangs up by itself, unless it is as careless as this one.
    assert_eq!(admin.connect(None).await.closed().await, 4406);
    right += 1;
    // Its session ends.
    let mut socket = admin.open_socket().await.expect("accepted");
    admin.query("mutation { signOut { signedOut } }", Value::Null).await;
    assert_eq!(socket.closed().await, 4403);
    right += 1;
    println!("probe of graphql-transport-ws: {right} of {all} closed as they should be");
    // Pings are answered, with what came with them.
    let mut socket = server.sign_in("admin").await.open_socket().await.expect("accepted");
    socket.send(&json!({ "type": "ping", "payload": { "a": [1] } })).await;
    assert_eq!(socket.receive().await, Ok(json!({ "type": "pong", "payload": { "a": [1] } })));
    // Queries too, and what is wrong with one ends it alone.
    socket.subscribe("a", "{ viewer { level } }", Value::Null).await;
    let next = socket.receive().await.unwrap();
    assert_eq!((&next["type"], &next["payload"]["data"]["viewer"]["level"]), (&json!("next"), &json!("ADMIN")));
    assert_eq!(next["payload"]["extensions"]["cost"]["requested"], 2);
    assert_eq!(socket.receive().await, Ok(json!({ "type": "complete", "id": "a" })));
    socket.subscribe("b", "{ viewer { nothing } }", Value::Null).await;
    let error = socket.receive().await.unwrap();
    assert_eq!((&error["type"], &error["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("BAD_REQUEST")));
    socket.subscribe("a", "{ viewer { level } }", Value::Null).await;
    assert_eq!(socket.receive().await.unwrap()["type"], "next");
}

async fn a_socket_says_who_it_is_in_time(backend: Backend) {
    let server = Server::shared(backend).await;
    let mut socket = server.anonymous().connect(PROTOCOL).await;
    let begun = Instant::now();
    assert_eq!(socket.closed().await, 4408);
    let took = begun.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(13)).contains(&took), "{took:?}");
}

async fn a_session_holds_so_many_sockets(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.new_session("admin").await;
    let mut sockets = join_all((0..20).map(|_| admin.open_socket())).await;
    assert!(sockets.iter().all(Result::is_ok));
    assert_eq!(admin.open_socket().await.err(), Some(4429));
    // Another session has its own, and one that is closed makes room.
    assert!(server.new_session("admin").await.open_socket().await.is_ok());
    sockets.pop();
    crate::support::eventually("there is room again", Duration::from_secs(10), async || admin.open_socket().await.ok())
        .await;
}

async fn a_socket_carries_so_many_operations(backend: Backend) {
    let server = Server::shared(backend).await;
    let mut socket = server.new_session("admin").await.open_socket().await.expect("accepted");
    for id in 0..100 {
        socket.subscribe(&format!("{id}"), RECEIVED, Value::Null).await;
    }
    socket.subscribe("more", RECEIVED, Value::Null).await;
    let error = socket.receive().await.unwrap();
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("more")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    // One that is ended makes room.
    socket.send(&json!({ "type": "complete", "id": "7" })).await;
    socket.subscribe("more", "{ viewer { level } }", Value::Null).await;
    assert_eq!(socket.receive().await.unwrap()["type"], "next");
}
