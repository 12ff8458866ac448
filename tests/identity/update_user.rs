use crate::support::demo::unique;
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![
    who_is_suspended_is_out_at_once,
    a_change_of_role_holds_at_once,
    nobody_locks_themselves_out,
    others_change_nobody
];

/// An account of one's own: its client and its id.
async fn somebody(server: &Server, level: &str) -> (Client, String, String) {
    let username = unique("dora");
    let input = json!({
        "name": username, "email": format!("{username}@example.com"), "username": username,
        "password": "a long password", "level": level,
    });
    server.sign_in("admin").await.mutate("createUser", input, "").await.done();
    let client = server.sign_in_with(&username, "a long password").await;
    let id = client.own_id().await;
    (client, id, username)
}

async fn who_is_suspended_is_out_at_once(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (client, id, username) = somebody(server, "TECHNICIAN").await;
    let mut socket = client.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
    assert!(socket.is_silent().await);
    let payload =
        admin.mutate("updateUser", json!({ "id": id, "status": "SUSPENDED" }), "user { status }").await.done();
    assert_eq!(payload["user"]["status"], "SUSPENDED");
    let refused = client.send("{ viewer { level } }", Value::Null).await;
    assert_eq!((refused.status, refused.code().as_deref()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(socket.closed().await, 4403);
    assert_eq!(client.refused_socket().await, 4403);
    let input = json!({ "login": username, "password": "a long password" });
    let again = server.anonymous().mutate("signIn", input.clone(), "").await;
    assert_eq!(again.refused(), ["WRONG_CREDENTIALS"]);
    // Coming back does not bring the old session back.
    admin.mutate("updateUser", json!({ "id": id, "status": "ACTIVE" }), "").await.done();
    assert_eq!(client.error("{ viewer { level } }", Value::Null).await, "UNAUTHENTICATED");
    server.anonymous().mutate("signIn", input, "").await.done();
}

async fn a_change_of_role_holds_at_once(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (client, id, _) = somebody(server, "TECHNICIAN").await;
    let count =
        async || client.query("{ servers { totalCount } }", Value::Null).await["servers"]["totalCount"].as_u64();
    assert_eq!(count().await, Some(0));
    admin.mutate("updateUser", json!({ "id": id, "isManager": true }), "").await.done();
    assert!(count().await >= Some(16));
    // Administrators keep the installation, and only they.
    for (level, kind) in [("ADMIN", "SYSTEM_ADMIN"), ("TECHNICIAN", "REGULAR_USER")] {
        let change = json!({ "id": id, "level": level, "isManager": level == "TECHNICIAN" });
        let payload = admin.mutate("updateUser", change, "user { userType }").await.done();
        assert_eq!(payload["user"]["userType"], kind);
    }
    // Whoever is no technical agent any more is no manager either.
    let refused = admin.mutate("updateUser", json!({ "id": id, "level": "BILLING" }), "").await;
    assert_eq!(refused.refused(), ["INVALID isManager"]);
    admin.mutate("updateUser", json!({ "id": id, "level": "BILLING", "isManager": false }), "").await.done();
    assert_eq!(count().await, Some(0));
    let viewer = client.query("{ viewer { level } }", Value::Null).await;
    assert_eq!(viewer["viewer"]["level"], "BILLING");
}

async fn nobody_locks_themselves_out(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let id = admin.own_id().await;
    for change in [json!({ "id": id, "status": "SUSPENDED" }), json!({ "id": id, "level": "CLIENT" })] {
        assert_eq!(admin.mutate("updateUser", change, "").await.refused(), ["NOT_ALLOWED"]);
    }
    assert_eq!(admin.query("{ viewer { level } }", Value::Null).await["viewer"]["level"], "ADMIN");
}

async fn others_change_nobody(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (_, id, name) = somebody(server, "BILLING").await;
    for login in ["tech_agent", "sales_agent", "sohila", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        for id in [id.clone(), client.own_id().await] {
            let input = json!({ "id": id, "level": "ADMIN", "name": "Changed" });
            assert_eq!(client.mutate("updateUser", input, "").await.denied(), "FORBIDDEN", "{login}");
        }
    }
    let row =
        admin.query("query($id: ID!) { node(id: $id) { ... on User { name level } } }", json!({ "id": id })).await;
    assert_eq!(row["node"], json!({ "name": name, "level": "BILLING" }));
}
