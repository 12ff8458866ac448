use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![signing_out_ends_the_session_everywhere, several_at_once_end_it_once];

const SIGN_IN: &str = "mutation { signIn(input: { login: \"sales_agent\", password: \"sales123\" }) { token } }";
const OWN_NAME: &str = "{ viewer { user { name } } }";

async fn signing_out_ends_the_session_everywhere(backend: Backend) {
    // Its own: on a shared one others cause notifications.
    let server = Server::demo(backend).await;
    let answer = server.anonymous().send(SIGN_IN, Value::Null).await;
    let token = answer.body["data"]["signIn"]["token"].as_str().unwrap().to_owned();
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let by_token = Client::new(&server.address, Some(token));
    let by_cookie = server.anonymous().with_cookie(&cookie);
    let other = server.new_session("sales_agent").await;
    let mut socket = by_token.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
    let mut cookie_socket = by_cookie.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
    assert!(socket.is_silent().await && cookie_socket.is_silent().await);

    let out = by_cookie.send("mutation { signOut { signedOut userErrors { code } } }", Value::Null).await;
    assert_eq!(out.body["data"]["signOut"], json!({ "signedOut": true, "userErrors": [] }));
    let cleared = out.headers["set-cookie"].to_str().unwrap();
    assert!(cleared.starts_with("rookery_session=;") && cleared.contains("Max-Age=0"), "{cleared}");

    assert_eq!(socket.closed().await, 4403);
    assert_eq!(cookie_socket.closed().await, 4403);
    let refused = by_token.send(OWN_NAME, Value::Null).await;
    assert_eq!((refused.status, refused.code().as_deref()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(by_token.refused_socket().await, 4403);
    // A browser with the dead cookie is nobody, and loses it.
    let nobody = by_cookie.send(OWN_NAME, Value::Null).await;
    assert_eq!(nobody.body["data"]["viewer"]["user"], Value::Null);
    assert!(nobody.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    // The same person's other session is another session.
    assert_eq!(other.query(OWN_NAME, Value::Null).await["viewer"]["user"]["name"], "Sales Agent");
    assert_eq!(server.anonymous().error("mutation { signOut { signedOut } }", Value::Null).await, "UNAUTHENTICATED");
}

async fn several_at_once_end_it_once(backend: Backend) {
    let server = Server::shared(backend).await;
    for round in 0..5 {
        let client = server.new_session("sales_agent").await;
        let outs = (0..6).map(|_| client.send("mutation { signOut { signedOut } }", Value::Null));
        let answers = futures::future::join_all(outs).await;
        let out = answers.iter().filter(|answer| answer.body["data"]["signOut"]["signedOut"] == true).count();
        assert_eq!(out, 1, "round {round}");
        let others = answers.iter().filter_map(|answer| answer.code());
        assert!(others.eq(std::iter::repeat_n("UNAUTHENTICATED".to_owned(), 5)), "round {round}");
    }
}
