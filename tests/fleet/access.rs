//! Who reaches which projects and servers.

use crate::support::demo::{LOCAL, LOCAL_SERVER};
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![
    the_demo_grants_what_it_says,
    access_is_granted_and_revoked,
    only_administrators_grant,
    what_one_filed_stays_ones_own
];

async fn names(client: &Client, list: &str) -> Vec<String> {
    let document = format!("{{ {list}(first: 100, orderBy: {{ field: NAME }}) {{ nodes {{ name }} totalCount }} }}");
    let data = client.query(&document, Value::Null).await;
    let nodes = data[list]["nodes"].as_array().unwrap();
    assert_eq!(data[list]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

async fn the_demo_grants_what_it_says(backend: Backend) {
    let server = Server::demo(backend).await;
    let sohila = server.sign_in("sohila").await;
    let nova = json!([
        { "name": "nova-hr-api-01", "type": "cx31", "address": "168.119.249.65", "privateAddress": "10.0.0.11", "providerId": 50002, "monthlyPriceCents": 1650, "image": "ubuntu-22.04", "location": "nbg1" },
        { "name": "nova-hr-backup-01", "type": "cx21", "address": "168.119.249.67", "privateAddress": "10.0.0.13", "providerId": 50004, "monthlyPriceCents": 825, "image": "ubuntu-22.04", "location": "nbg1" },
        { "name": "nova-hr-db-01", "type": "cx41", "address": "168.119.249.66", "privateAddress": "10.0.0.12", "providerId": 50003, "monthlyPriceCents": 3300, "image": "ubuntu-22.04", "location": "nbg1" },
        { "name": "nova-hr-web-01", "type": "cx21", "address": "168.119.249.64", "privateAddress": "10.0.0.10", "providerId": 50001, "monthlyPriceCents": 825, "image": "ubuntu-22.04", "location": "nbg1" },
    ]);
    let document =
        "{ servers(first: 100, orderBy: { field: NAME }) { nodes { name type address privateAddress providerId
        monthlyPriceCents image location } totalCount } }";
    let seen = sohila.query(document, Value::Null).await;
    assert_eq!(seen["servers"], json!({ "nodes": nova, "totalCount": 4 }));
    assert_eq!(names(&sohila, "projects").await, ["Nova HR"]);

    let tech = server.sign_in("tech_agent").await;
    assert_eq!(names(&tech, "projects").await, ["Frappe ERP", LOCAL, "Nova HR"]);
    let seen = names(&tech, "servers").await;
    assert_eq!(seen.len(), 4 + 6 + 1);
    assert!(seen.iter().all(|name| ["nova-hr-", "frappe-erp-", "local-demo-"].iter().any(|of| name.starts_with(of))));
    let sales = server.sign_in("sales_agent").await;
    assert_eq!(names(&sales, "projects").await, [LOCAL, "Nova HR"]);
    assert_eq!(names(&sales, "servers").await.len(), 4 + 1);
    let admin = server.sign_in("admin").await;
    assert_eq!(names(&admin, "projects").await, ["Django Projects", "Frappe ERP", LOCAL, "Nova HR"]);
    let all = names(&admin, "servers").await;
    // Fifteen servers, and the one that is really there.
    assert_eq!(all.iter().filter(|name| *name != LOCAL_SERVER).count(), 15);
    assert_eq!(all.len(), 16);
    for login in ["admin@acme.example.com", "consultant@external.com"] {
        let client = server.sign_in(login).await;
        assert!(names(&client, "projects").await.is_empty() && names(&client, "servers").await.is_empty(), "{login}");
    }
    // What one does not see cannot be looked up either.
    let hidden = admin.server("django-web-01").await;
    for client in [&tech, &sales, &sohila] {
        let node = client.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": hidden })).await;
        assert_eq!(node["node"], Value::Null);
    }
    let access = "{ viewer { projectAccess { project { name } level } } }";
    let own = sohila.query(access, Value::Null).await;
    assert_eq!(own["viewer"]["projectAccess"], json!([{ "project": { "name": "Nova HR" }, "level": "WRITE" }]));
}

async fn access_is_granted_and_revoked(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sohila) = (server.sign_in("admin").await, server.sign_in("sohila").await);
    let (project, user) = (admin.project("Django Projects").await, sohila.own_id().await);
    let grant = async |level: &str| {
        let input = json!({ "projectId": project, "userId": user, "level": level });
        let payload = admin
            .mutate("grantProjectAccess", input, "project { access { user { name } level grantedBy { name } } }")
            .await;
        payload.done()["project"]["access"].take()
    };
    let register = async || {
        let input = json!({ "projectId": project, "name": crate::support::demo::unique("s"), "address": "192.0.2.99" });
        sohila.mutate("registerServer", input, "server { id }").await
    };
    assert_eq!(register().await.denied(), "NOT_FOUND");
    let shown = grant("READ").await;
    assert_eq!(
        shown,
        json!([{ "user": { "name": "Sohila" }, "level": "READ", "grantedBy": { "name": "System Administrator" } }])
    );
    assert_eq!(names(&sohila, "servers").await.len(), 4 + 5);
    assert_eq!(register().await.denied(), "FORBIDDEN");
    assert_eq!(grant("WRITE").await[0]["level"], "WRITE");
    register().await.done();
    let update = json!({ "id": project, "description": "Changed." });
    assert_eq!(sohila.mutate("updateProject", update.clone(), "").await.denied(), "FORBIDDEN");
    grant("ADMIN").await;
    sohila.mutate("updateProject", update, "").await.done();
    let viewed = sohila
        .query("query($id: ID!) { node(id: $id) { ... on Project { viewerAccess } } }", json!({ "id": project }))
        .await;
    assert_eq!(viewed["node"]["viewerAccess"], "ADMIN");
    let revoke = json!({ "projectId": project, "userId": user });
    admin.mutate("revokeProjectAccess", revoke.clone(), "").await.done();
    assert_eq!(names(&sohila, "servers").await.len(), 4);
    assert_eq!(register().await.denied(), "NOT_FOUND");
    assert_eq!(admin.mutate("revokeProjectAccess", revoke, "").await.refused(), ["CONFLICT"]);
    // People of tenants have theirs from their memberships.
    let client = json!({ "projectId": project, "userId": admin.user("John Smith").await, "level": "READ" });
    assert_eq!(admin.mutate("grantProjectAccess", client, "").await.refused(), ["INVALID userId"]);
    // A manager reaches everything, granted or not.
    admin.mutate("updateUser", json!({ "id": user, "isManager": true }), "").await.done();
    assert_eq!(names(&sohila, "servers").await.len(), 17);
    register().await.done();
    admin.mutate("updateUser", json!({ "id": user, "isManager": false }), "").await.done();
    assert_eq!(names(&sohila, "servers").await.len(), 4);
}

async fn only_administrators_grant(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let project = admin.project("Nova HR").await;
    for login in ["tech_agent", "sales_agent", "sohila", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        let own = json!({ "projectId": project, "userId": client.own_id().await, "level": "ADMIN" });
        assert_eq!(client.mutate("grantProjectAccess", own.clone(), "").await.denied(), "FORBIDDEN", "{login}");
        let sohila = json!({ "projectId": project, "userId": admin.user("Sohila").await });
        assert_eq!(client.mutate("revokeProjectAccess", sohila, "").await.denied(), "FORBIDDEN", "{login}");
    }
    let document = "query($id: ID!) { node(id: $id) { ... on Project { access { user { name } level } } } }";
    let row = admin.query(document, json!({ "id": project })).await;
    let mut access: Vec<String> = row["node"]["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("{} {}", entry["user"]["name"].as_str().unwrap(), entry["level"].as_str().unwrap()))
        .collect();
    access.sort();
    assert_eq!(access, ["Sales Agent READ", "Sohila WRITE", "Technical Agent WRITE"]);
    let tech = server.sign_in("tech_agent").await;
    assert_eq!(tech.error(document, json!({ "id": project })).await, "FORBIDDEN");
    let ssh = "query($id: ID!) { node(id: $id) { ... on Project { ssh { user } } } }";
    assert_eq!(server.sign_in("sales_agent").await.error(ssh, json!({ "id": project })).await, "FORBIDDEN");
}

async fn what_one_filed_stays_ones_own(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let nova = sales.project("Nova HR").await;
    let request = sales.file(crate::support::requests::form(&nova)).await;
    let list = "{ serverRequests(first: 100) { nodes { id project { name } requester { name } } } }";
    let seen = sales.query(list, Value::Null).await;
    assert_eq!(seen["serverRequests"]["nodes"][0]["project"], json!({ "name": "Nova HR" }));
    let revoke = json!({ "projectId": nova, "userId": sales.own_id().await });
    admin.mutate("revokeProjectAccess", revoke, "").await.done();
    let seen = sales.query(list, Value::Null).await;
    let row = json!({ "id": request, "project": null, "requester": { "name": "Sales Agent" } });
    assert_eq!(seen["serverRequests"]["nodes"], json!([row]));
    assert_eq!(names(&sales, "projects").await, [LOCAL]);
    // They may withdraw it, but no longer have it say something else.
    let change = json!({ "id": request, "cpu": 8 });
    assert_eq!(sales.mutate("updateServerRequest", change, "").await.denied(), "FORBIDDEN");
    let payload =
        sales.mutate("cancelServerRequest", json!({ "id": request }), "serverRequest { status project { id } }");
    assert_eq!(payload.await.done()["serverRequest"], json!({ "status": "CANCELLED", "project": null }));
    // What was granted to somebody who has become a client counts no more.
    let tech = server.sign_in("tech_agent").await;
    admin.mutate("updateUser", json!({ "id": tech.own_id().await, "level": "CLIENT" }), "").await.done();
    let own = tech.query("{ viewer { projectAccess { project { name } } } }", Value::Null).await;
    assert_eq!(own["viewer"]["projectAccess"], json!([]));
}
