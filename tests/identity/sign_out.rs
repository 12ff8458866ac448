use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![signing_out_ends_the_session_everywhere];

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
