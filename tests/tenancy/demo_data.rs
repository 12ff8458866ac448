//! The demo holds what existing installations hold.

use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![its_tenants_and_people, each_tenant_is_seen_by_its_own];

async fn its_tenants_and_people(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let document = "{ tenants(first: 100, orderBy: { field: NAME }) { totalCount nodes { slug name type status members { user { name } role status } } } }";
    let data = admin.query(document, Value::Null).await;
    let tenants: Vec<String> = data["tenants"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tenant| ["slug", "name", "type", "status"].map(|part| tenant[part].as_str().unwrap()).join(" | "))
        .collect();
    let expected = [
        "acme-corp | Acme Corporation | ENTERPRISE | ACTIVE",
        "beta-solutions | Beta Solutions | STARTER | ACTIVE",
        "demo-company | Demo Company | TRIAL | PENDING",
        "techstart | TechStart Inc | STANDARD | ACTIVE",
    ];
    // The operator is not among them.
    assert_eq!(
        (tenants.as_slice(), &data["tenants"]["totalCount"]),
        (expected.map(str::to_owned).as_slice(), &json!(4))
    );
    let mut members: Vec<String> = data["tenants"]["nodes"][0]["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| format!("{} {}", member["user"]["name"].as_str().unwrap(), member["role"].as_str().unwrap()))
        .collect();
    members.sort();
    assert_eq!(members, ["Alex Thompson VIEWER", "John Smith OWNER", "Mike Wilson MEMBER", "Sarah Johnson ADMIN"]);
    let users = admin.query("{ users(first: 100) { totalCount nodes { email } } }", Value::Null).await;
    assert_eq!(users["users"]["totalCount"], 11);
    let emails = users["users"]["nodes"].to_string();
    for email in [
        "admin@system.local",
        "admin@acme.example.com",
        "manager@acme.example.com",
        "operator@acme.example.com",
        "admin@techstart.com",
        "user@techstart.com",
        "admin@beta-solutions.com",
        "consultant@external.com",
    ] {
        assert!(emails.contains(email), "{email}");
    }
}

async fn slugs(client: &Client) -> Vec<String> {
    let data = client.query("{ tenants(first: 100, orderBy: { field: NAME }) { nodes { slug } } }", Value::Null).await;
    data["tenants"]["nodes"].as_array().unwrap().iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

async fn each_tenant_is_seen_by_its_own(backend: Backend) {
    let server = Server::shared(backend).await;
    assert_eq!(slugs(&server.sign_in("admin@acme.example.com").await).await, ["acme-corp"]);
    assert_eq!(slugs(&server.sign_in("user@techstart.com").await).await, ["techstart"]);
    let alex = server.sign_in("consultant@external.com").await;
    assert_eq!(slugs(&alex).await, ["acme-corp", "beta-solutions", "techstart"]);
    // Whom they do not share a tenant with they do not see.
    let maria = server.sign_in("admin@beta-solutions.com").await;
    let data = maria.query("{ users(first: 100, orderBy: { field: NAME }) { nodes { name } } }", Value::Null).await;
    assert_eq!(data["users"]["nodes"], json!([{ "name": "Alex Thompson" }, { "name": "Maria Garcia" }]));
    let acme = alex.find("tenants", "Acme Corporation").await;
    let row = "query($id: ID!) { node(id: $id) { ... on Tenant { name members { user { name } } } } }";
    assert_eq!(maria.query(row, json!({ "id": acme })).await["node"], Value::Null);
    assert_eq!(alex.query(row, json!({ "id": acme })).await["node"]["name"], "Acme Corporation");
}
