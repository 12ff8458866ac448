use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::socket::Next;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![whom_it_concerns_is_told_at_once, they_are_read_one_by_one_or_all];

const RECEIVED: &str = "subscription($after: ID) { notificationReceived(after: $after) { id title level body subjectId subjectType readAt } }";

async fn whom_it_concerns_is_told_at_once(backend: Backend) {
    let server = Server::demo(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let (sohila, acme) = (server.sign_in("sohila").await, server.sign_in("admin@acme.example.com").await);
    let mut others = [sohila.subscribe(RECEIVED, Value::Null).await, acme.subscribe(RECEIVED, Value::Null).await];
    let mine = "{ viewer { unreadNotificationCount notifications(first: 100) { nodes { id } } } }";
    sales.file(form(&sales.project(LOCAL).await)).await;
    let known = admin.query(mine, Value::Null).await["viewer"]["notifications"]["nodes"][0]["id"].take();
    let second = sales.file(form(&sales.project(LOCAL).await)).await;
    // What came after the known one, and what comes from now on, in one stream.
    let after = json!({ "after": known });
    let mut told = admin.subscribe(RECEIVED, after.clone()).await;
    let received = told.data().await["notificationReceived"].take();
    assert_eq!(received["subjectId"], second);
    assert!(told.is_silent().await);
    let third = sales.file(form(&sales.project(LOCAL).await)).await;
    let received = told.data().await["notificationReceived"].take();
    assert!(received["title"].as_str().unwrap().ends_with("waits for a decision"), "{received:#}");
    assert_eq!((&received["subjectId"], &received["subjectType"]), (&json!(third), &json!("ServerRequest")));
    assert_eq!((&received["level"], &received["readAt"]), (&json!("INFO"), &Value::Null));
    // Who resumes after another's learns nothing, not even that there is one.
    let Next::Errors(errors) = sales.subscribe(RECEIVED, after).await.next().await else { panic!("no error") };
    assert_eq!(errors[0]["extensions"]["code"], "NOT_FOUND", "{errors:#}");
    for request in [second, third] {
        admin.mutate("rejectServerRequest", json!({ "id": request, "reason": "No." }), "").await.done();
    }
    assert_eq!(sales.query(mine, Value::Null).await["viewer"]["unreadNotificationCount"], 2);
    for (client, socket) in [&sohila, &acme].into_iter().zip(&mut others) {
        assert_eq!(client.query(mine, Value::Null).await["viewer"]["unreadNotificationCount"], 0);
        assert!(socket.is_silent().await);
    }
    // Somebody else's is nobody's.
    let node = sales.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": received["id"] })).await;
    assert_eq!(node["node"], Value::Null);
    assert_eq!(server.anonymous().error("{ node(id: \"x\") { id } }", Value::Null).await, "UNAUTHENTICATED");
}

async fn they_are_read_one_by_one_or_all(backend: Backend) {
    let server = Server::demo(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    for _ in 0..3 {
        sales.file(form(&sales.project(LOCAL).await)).await;
    }
    let list = "{ viewer { unreadNotificationCount notifications(first: 100) { nodes { id readAt } } } }";
    let before = admin.query(list, Value::Null).await;
    assert_eq!(before["viewer"]["unreadNotificationCount"], 3);
    let id = before["viewer"]["notifications"]["nodes"][1]["id"].clone();
    // Nobody reads another's.
    let other = sales.mutate("markNotificationsRead", json!({ "ids": [id] }), "unreadCount").await;
    drop(other);
    assert_eq!(admin.query(list, Value::Null).await, before);
    let payload = admin.mutate("markNotificationsRead", json!({ "ids": [id] }), "unreadCount").await.done();
    assert_eq!(payload["unreadCount"], 2);
    let after = admin.query(list, Value::Null).await;
    let read: Vec<bool> = after["viewer"]["notifications"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["readAt"].is_string())
        .collect();
    assert_eq!(read, [false, true, false]);
    let many = vec![id.clone(); 101];
    assert_eq!(admin.mutate("markNotificationsRead", json!({ "ids": many }), "").await.denied(), "BAD_REQUEST");
    let payload = admin.mutate("markNotificationsRead", json!({}), "unreadCount").await.done();
    assert_eq!(payload["unreadCount"], 0);
}
