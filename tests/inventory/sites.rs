use crate::support::demo::unique;
use crate::support::requests::with;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![its_keepers_open_and_change_sites, what_is_wrong_is_told_by_field, others_change_nothing];

async fn its_keepers_open_and_change_sites(backend: Backend) {
    let server = Server::demo(backend).await;
    for login in ["admin@acme.example.com", "manager@acme.example.com", "admin"] {
        let client = server.sign_in(login).await;
        let tenant = client.find("tenants", "Acme Corporation").await;
        let name = unique("Site");
        let input = json!({ "tenantId": tenant, "name": name, "timezone": "Europe/Berlin", "latitude": 52.5, "longitude": 13.4 });
        let shown = "site { id name address latitude longitude timezone tenant { slug } }";
        let payload = client.mutate("createSite", input.clone(), shown).await.done();
        assert_eq!(
            (&payload["site"]["tenant"]["slug"], &payload["site"]["address"]),
            (&json!("acme-corp"), &Value::Null)
        );
        assert_eq!(client.mutate("createSite", input, "").await.refused(), ["TAKEN name"]);
        let change = json!({ "id": payload["site"]["id"], "address": "Unter den Linden 1", "latitude": null, "longitude": null });
        let changed = client.mutate("updateSite", change, shown).await.done();
        let site = &changed["site"];
        assert_eq!(
            (&site["address"], &site["latitude"], &site["name"]),
            (&json!("Unter den Linden 1"), &Value::Null, &json!(name))
        );
    }
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::shared(backend).await;
    let owner = server.sign_in("admin@acme.example.com").await;
    let tenant = owner.find("tenants", "Acme Corporation").await;
    let cases = [
        (json!({ "name": "" }), "REQUIRED name"),
        (json!({ "timezone": "Middle/Earth" }), "INVALID timezone"),
        (json!({ "latitude": 91.0, "longitude": 0.0 }), "INVALID latitude"),
        (json!({ "latitude": 0.0, "longitude": -181.0 }), "INVALID longitude"),
    ];
    for (change, expected) in cases {
        let input = with(json!({ "tenantId": tenant, "name": unique("Site"), "timezone": "UTC" }), change.clone());
        assert_eq!(owner.mutate("createSite", input, "").await.refused(), [expected], "{change}");
    }
}

async fn others_change_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (tenant, site) = (admin.find("tenants", "Acme Corporation").await, admin.find("sites", "Acme Warehouse").await);
    for (login, expected) in [
        ("operator@acme.example.com", "FORBIDDEN"),
        ("consultant@external.com", "FORBIDDEN"),
        ("tech_agent", "FORBIDDEN"),
        ("sales_agent", "FORBIDDEN"),
        ("admin@techstart.com", "NOT_FOUND"),
    ] {
        let client = server.sign_in(login).await;
        let new = json!({ "tenantId": tenant, "name": "Stolen", "timezone": "UTC" });
        assert_eq!(client.mutate("createSite", new, "").await.denied(), expected, "{login}");
        assert_eq!(
            client.mutate("updateSite", json!({ "id": site, "name": "Stolen" }), "").await.denied(),
            expected,
            "{login}"
        );
    }
    assert_eq!(admin.find_if("sites", "Stolen").await, None);
}
