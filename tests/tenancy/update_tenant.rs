use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    its_keepers_change_its_name_and_the_operator_its_status,
    who_may_not_changes_nothing,
    a_suspended_tenant_is_closed,
    its_people_keep_their_other_tenants
];

const SHOWN: &str = "tenant { name type status }";

async fn its_keepers_change_its_name_and_the_operator_its_status(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, owner) = (server.sign_in("admin").await, server.sign_in("admin@acme.example.com").await);
    let id = owner.find("tenants", "Acme Corporation").await;
    for (login, name) in [("admin@acme.example.com", "Acme One"), ("manager@acme.example.com", "Acme Two")] {
        let client = server.sign_in(login).await;
        let payload = client.mutate("updateTenant", json!({ "id": id, "name": name }), SHOWN).await.done();
        assert_eq!(payload["tenant"]["name"], name);
        for change in [json!({ "id": id, "status": "SUSPENDED" }), json!({ "id": id, "type": "TRIAL" })] {
            assert_eq!(client.mutate("updateTenant", change, "").await.denied(), "FORBIDDEN", "{login}");
        }
    }
    assert_eq!(owner.mutate("updateTenant", json!({ "id": id, "name": "" }), "").await.refused(), ["REQUIRED name"]);
    let payload = admin.mutate("updateTenant", json!({ "id": id, "type": "STANDARD" }), SHOWN).await.done();
    assert_eq!(payload["tenant"], json!({ "name": "Acme Two", "type": "STANDARD", "status": "ACTIVE" }));
}

async fn who_may_not_changes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let id = admin.find("tenants", "Acme Corporation").await;
    for (login, expected) in [
        // Members and viewers of it.
        ("operator@acme.example.com", "FORBIDDEN"),
        ("consultant@external.com", "FORBIDDEN"),
        ("tech_agent", "FORBIDDEN"),
        ("sales_agent", "FORBIDDEN"),
        // Of another one.
        ("admin@techstart.com", "NOT_FOUND"),
    ] {
        let outcome =
            server.sign_in(login).await.mutate("updateTenant", json!({ "id": id, "name": "Stolen" }), "").await;
        assert_eq!(outcome.denied(), expected, "{login}");
    }
    assert_eq!(admin.find_if("tenants", "Stolen").await, None);
}

async fn a_suspended_tenant_is_closed(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, owner) = (server.sign_in("admin").await, server.sign_in("admin@techstart.com").await);
    let id = admin.find("tenants", "TechStart Inc").await;
    assert_eq!(owner.query("{ devices { totalCount } }", Value::Null).await["devices"]["totalCount"], 2);
    admin.mutate("updateTenant", json!({ "id": id, "status": "SUSPENDED" }), "").await.done();
    assert_eq!(
        owner.query("{ devices { totalCount } tenants { totalCount } }", Value::Null).await,
        json!({ "devices": { "totalCount": 0 }, "tenants": { "totalCount": 0 } })
    );
    admin.mutate("updateTenant", json!({ "id": id, "status": "ACTIVE" }), "").await.done();
    assert_eq!(owner.query("{ devices { totalCount } }", Value::Null).await["devices"]["totalCount"], 2);
}

async fn its_people_keep_their_other_tenants(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, alex) = (server.sign_in("admin").await, server.sign_in("consultant@external.com").await);
    let tenants = async || {
        let of_viewer =
            "{ viewer { memberships { role status tenant { name } } user { memberships { tenant { name } } } } }";
        let viewer = alex.query(of_viewer, Value::Null).await["viewer"].take();
        let names = |memberships: &Value| -> Vec<String> {
            let all = memberships.as_array().unwrap().iter();
            all.map(|one| one["tenant"]["name"].as_str().unwrap().to_owned()).collect()
        };
        let mut own = names(&viewer["memberships"]);
        assert_eq!(own, names(&viewer["user"]["memberships"]));
        own.sort();
        own
    };
    let before = tenants().await;
    assert!(before.len() > 1 && before.contains(&"TechStart Inc".to_owned()), "{before:?}");
    let id = admin.find("tenants", "TechStart Inc").await;
    admin.mutate("updateTenant", json!({ "id": id, "status": "SUSPENDED" }), "").await.done();
    let rest: Vec<String> = before.iter().filter(|name| *name != "TechStart Inc").cloned().collect();
    assert_eq!(tenants().await, rest);
    // What one may not see does not exist, one's own place there included.
    assert_eq!(alex.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await["node"], Value::Null);
    admin.mutate("updateTenant", json!({ "id": id, "status": "ACTIVE" }), "").await.done();
    assert_eq!(tenants().await, before);
}
