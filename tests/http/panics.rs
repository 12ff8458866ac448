use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![a_panic_is_one_error_and_the_server_goes_on];

const DOCUMENT: &str = "{ rateLimit { limit } viewer { level } }";

async fn a_panic_is_one_error_and_the_server_goes_on(backend: Backend) {
    let environment = vec![("FAILPOINTS", "graphql::viewer=3*panic(the canary 8461)->off".to_owned())];
    let server = Server::demo_with(backend, environment).await;
    let nobody = server.anonymous();
    // Over HTTP.
    let answer = nobody.send(DOCUMENT, Value::Null).await;
    assert_eq!((answer.status, answer.code().as_deref()), (500, Some("INTERNAL")), "{:#}", answer.body);
    let errors = answer.body["errors"].as_array().unwrap();
    let correlation = errors[0]["extensions"]["correlationId"].as_str().unwrap();
    assert!(errors.len() == 1 && errors[0]["message"].as_str().unwrap().contains(correlation), "{:#}", answer.body);
    // On a socket, whose other operations go on.
    let mut socket = nobody.open_socket().await.expect("accepted");
    socket.subscribe("a", DOCUMENT, Value::Null).await;
    let next = socket.receive().await.unwrap();
    assert_eq!(
        (&next["type"], &next["payload"]["errors"][0]["extensions"]["code"]),
        (&json!("next"), &json!("INTERNAL"))
    );
    assert_eq!(socket.receive().await, Ok(json!({ "type": "complete", "id": "a" })));
    // As a stream of events.
    let request = nobody.message().header("accept", "text/event-stream").json(&json!({ "query": DOCUMENT }));
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("INTERNAL") && text.ends_with("event: complete\ndata:\n\n"), "{text}");
    // It goes on, for all of them.
    assert_eq!(nobody.query("{ viewer { level } }", Value::Null).await, json!({ "viewer": { "level": null } }));
    socket.subscribe("a", DOCUMENT, Value::Null).await;
    assert_eq!(socket.receive().await.unwrap()["payload"]["data"]["viewer"]["level"], Value::Null);
    // The log says what it was, by the number that the client was told, and the client was told nothing else.
    let log = server.log();
    let line = log.lines().find(|line| line.contains(correlation)).expect("a line of the log");
    assert!(line.contains("the canary 8461"), "{line}");
    assert!(
        !answer.body.to_string().contains("canary") && !next.to_string().contains("canary") && !text.contains("canary")
    );
}
