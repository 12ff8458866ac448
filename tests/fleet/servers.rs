use crate::support::demo::{LOCAL, LOCAL_SERVER, unique};
use crate::support::requests::with;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    servers_are_registered_by_address,
    what_is_wrong_is_told_by_field,
    another_address_is_another_host,
    who_may_not_changes_nothing
];

async fn servers_are_registered_by_address(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let name = unique("edge");
    let input = json!({
        "projectId": tech.project("Nova HR").await, "name": name, "address": "edge.example.com", "type": "cx11",
        "sshPort": 2222, "image": "debian-13", "location": "fsn1",
    });
    let shown = "server { id name type address sshPort status deploymentStatus monthlyPriceCents hostKeyFingerprint image location }";
    let payload = tech.mutate("registerServer", input.clone(), shown).await.done();
    let row = &payload["server"];
    assert_eq!((&row["status"], &row["deploymentStatus"]), (&json!("UNKNOWN"), &json!("NONE")));
    assert_eq!(
        (&row["monthlyPriceCents"], &row["hostKeyFingerprint"], &row["sshPort"]),
        (&json!(415), &Value::Null, &json!(2222))
    );
    assert_eq!(tech.mutate("registerServer", input.clone(), "").await.refused(), ["TAKEN name"]);
    // In a run it would be the same host.
    let shouted = with(input, json!({ "name": name.to_uppercase() }));
    assert_eq!(tech.mutate("registerServer", shouted, "").await.refused(), ["TAKEN name"]);
    let change = json!({ "id": row["id"], "name": format!("{name}-2"), "type": null, "sshPort": null });
    let changed = tech.mutate("updateServer", change, shown).await.done();
    assert_eq!((&changed["server"]["type"], &changed["server"]["sshPort"]), (&Value::Null, &Value::Null));
    assert_eq!(changed["server"]["address"], "edge.example.com");
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let project = tech.project("Nova HR").await;
    let cases = [
        (json!({ "name": "" }), "INVALID name"),
        (json!({ "name": "a b" }), "INVALID name"),
        (json!({ "name": "-oProxyCommand=id" }), "INVALID name"),
        (json!({ "address": "" }), "INVALID address"),
        (json!({ "address": "a b" }), "INVALID address"),
        (json!({ "address": "-oProxyCommand=id" }), "INVALID address"),
        (json!({ "address": "user@host" }), "INVALID address"),
        (json!({ "sshPort": 0 }), "INVALID sshPort"),
        (json!({ "sshPort": 65_536 }), "INVALID sshPort"),
        // Groups of an inventory.
        (json!({ "name": "all" }), "INVALID name"),
        (json!({ "name": "Targets" }), "INVALID name"),
        (json!({ "type": "x".repeat(101) }), "INVALID type"),
        (json!({ "image": "x".repeat(101) }), "INVALID image"),
        (json!({ "location": "x".repeat(101) }), "INVALID location"),
    ];
    for (change, expected) in cases {
        let input =
            with(json!({ "projectId": project, "name": unique("bad"), "address": "192.0.2.97" }), change.clone());
        assert_eq!(tech.mutate("registerServer", input, "").await.refused(), [expected], "{change}");
    }
    let found = tech.query("{ servers(where: { search: \"192.0.2.97\" }) { totalCount } }", Value::Null).await;
    assert_eq!(found["servers"]["totalCount"], 0);
}

async fn another_address_is_another_host(backend: Backend) {
    let server = Server::demo(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let id = tech.server(LOCAL_SERVER).await;
    let print = "server { hostKeyFingerprint }";
    let same = tech.mutate("updateServer", json!({ "id": id, "name": "renamed" }), print).await.done();
    assert!(same["server"]["hostKeyFingerprint"].as_str().unwrap().starts_with("SHA256:"));
    let moved = tech.mutate("updateServer", json!({ "id": id, "address": "127.0.0.2" }), print).await.done();
    assert_eq!(moved["server"]["hostKeyFingerprint"], Value::Null);
}

async fn who_may_not_changes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let cases = [
        // Reads the project.
        ("tech_agent", "Frappe ERP", "frappe-erp-web-01", "FORBIDDEN"),
        ("sales_agent", LOCAL, LOCAL_SERVER, "FORBIDDEN"),
        // Does not see it.
        ("sohila", LOCAL, LOCAL_SERVER, "NOT_FOUND"),
        ("admin@acme.example.com", LOCAL, LOCAL_SERVER, "NOT_FOUND"),
    ];
    for (login, project, target, expected) in cases {
        let client = server.sign_in(login).await;
        let name = unique("mine");
        let new = json!({ "projectId": admin.project(project).await, "name": name, "address": "192.0.2.96" });
        let registered = client.mutate("registerServer", new, "").await.denied();
        let changed =
            client.mutate("updateServer", json!({ "id": admin.server(target).await, "name": name }), "").await.denied();
        // Whose role never does this may be told so before anything is looked for.
        for code in [registered, changed] {
            assert!(code == expected || (code == "FORBIDDEN" && login.contains("acme")), "{login}: {code}");
        }
        assert_eq!(admin.find_if("servers", &name).await, None);
    }
}
