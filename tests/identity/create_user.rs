use crate::support::demo::unique;
use crate::support::requests::with;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![an_administrator_creates_accounts, what_is_wrong_is_told_by_field, others_create_nobody];

fn person(username: &str) -> Value {
    json!({
        "name": "Ann Example",
        "email": format!("{username}@example.com"),
        "username": username,
        "password": "a long password",
    })
}

async fn an_administrator_creates_accounts(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let username = unique("ann");
    let payload =
        admin.mutate("createUser", person(&username), "user { id level userType isManager status }").await.done();
    // Sales agent unless said otherwise.
    assert_eq!((&payload["user"]["level"], &payload["user"]["status"]), (&json!("BILLING"), &json!("ACTIVE")));
    for login in [username.clone(), format!("{username}@example.com")] {
        let client = server.sign_in_with(&login, "a long password").await;
        assert_eq!(client.own_id().await, payload["user"]["id"].as_str().unwrap());
    }
    let manager = with(person(&unique("bob")), json!({ "level": "TECHNICIAN", "isManager": true }));
    let payload = admin.mutate("createUser", manager.clone(), "user { isManager }").await.done();
    assert_eq!(payload["user"]["isManager"], true);
    let bob = server.sign_in_with(manager["username"].as_str().unwrap(), "a long password").await;
    let seen = bob.query("{ servers(first: 100) { totalCount } }", Value::Null).await;
    assert_eq!(seen, admin.query("{ servers(first: 100) { totalCount } }", Value::Null).await);
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let cases = [
        (json!({ "name": "" }), "REQUIRED name"),
        (json!({ "email": "not an address" }), "INVALID email"),
        (json!({ "username": "x" }), "INVALID username"),
        (json!({ "username": "with space" }), "INVALID username"),
        (json!({ "password": "short" }), "INVALID password"),
        (json!({ "isManager": true }), "INVALID isManager"),
        (json!({ "email": "admin@SYSTEM.local" }), "TAKEN email"),
        (json!({ "username": "Sohila" }), "TAKEN username"),
    ];
    for (change, expected) in cases {
        let username = unique("carl");
        let outcome = admin.mutate("createUser", with(person(&username), change.clone()), "").await;
        assert_eq!(outcome.refused(), [expected], "{change}");
        assert_eq!(admin.find_if("users", "Ann Nobody").await, None);
    }
}

async fn others_create_nobody(backend: Backend) {
    let server = Server::shared(backend).await;
    let count = async || {
        server
            .sign_in("admin")
            .await
            .query("{ users(where: { search: \"Mallory\" }) { totalCount } }", Value::Null)
            .await
    };
    let mallory = with(person(&unique("mallory")), json!({ "name": "Mallory", "level": "ADMIN" }));
    for login in ["tech_agent", "sales_agent", "sohila", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        assert_eq!(client.mutate("createUser", mallory.clone(), "").await.denied(), "FORBIDDEN", "{login}");
    }
    assert_eq!(server.anonymous().mutate("createUser", mallory, "").await.denied(), "UNAUTHENTICATED");
    assert_eq!(count().await["users"]["totalCount"], 0);
}
