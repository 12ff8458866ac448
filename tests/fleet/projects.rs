use crate::support::demo::unique;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![projects_are_opened_and_changed, who_may_not_changes_nothing, budget_and_number_are_watched];

async fn projects_are_opened_and_changed(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let name = unique("Project");
    let shown = "project { id name description tenant { name } maxServers monthlyBudgetCents serverCount overBudget canAddServer }";
    let payload = admin.mutate("createProject", json!({ "name": name }), shown).await.done();
    let project = &payload["project"];
    assert_eq!((&project["maxServers"], &project["monthlyBudgetCents"]), (&json!(15), &json!(50_000)));
    assert_eq!((&project["tenant"]["name"], &project["canAddServer"]), (&json!("Dynamic Servers"), &json!(true)));
    assert_eq!(admin.mutate("createProject", json!({ "name": name }), "").await.refused(), ["TAKEN name"]);
    let acme = admin.find("tenants", "Acme Corporation").await;
    let payload = admin.mutate("createProject", json!({ "name": name, "tenantId": acme }), shown).await.done();
    assert_eq!(payload["project"]["tenant"]["name"], "Acme Corporation");
    // Its people see it; others do not.
    assert_eq!(
        server.sign_in("operator@acme.example.com").await.project(&name).await,
        payload["project"]["id"].as_str().unwrap()
    );
    assert_eq!(server.sign_in("admin@techstart.com").await.find_if("projects", &name).await, None);
    let id = project["id"].clone();
    let change = json!({ "id": id, "description": "What it is for.", "maxServers": 2 });
    let payload = admin.mutate("updateProject", change, shown).await.done();
    assert_eq!((&payload["project"]["maxServers"], &payload["project"]["name"]), (&json!(2), &json!(name)));
    for (change, expected) in [
        (json!({ "id": id, "name": "" }), "REQUIRED name"),
        (json!({ "id": id, "name": "Nova HR" }), "TAKEN name"),
        (json!({ "id": id, "maxServers": -1 }), "INVALID maxServers"),
        (json!({ "id": id, "monthlyBudgetCents": -1 }), "INVALID monthlyBudgetCents"),
        (json!({ "id": id, "description": "x".repeat(1_001) }), "INVALID description"),
    ] {
        assert_eq!(admin.mutate("updateProject", change.clone(), "").await.refused(), [expected], "{change}");
    }
}

async fn who_may_not_changes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (nova, name) = (admin.project("Nova HR").await, unique("Stolen"));
    let cases = [
        ("tech_agent", "FORBIDDEN"),
        ("sales_agent", "FORBIDDEN"),
        ("sohila", "FORBIDDEN"),
        ("admin@acme.example.com", "NOT_FOUND"),
    ];
    for (login, expected) in cases {
        let client = server.sign_in(login).await;
        assert_eq!(client.mutate("createProject", json!({ "name": name }), "").await.denied(), "FORBIDDEN", "{login}");
        let code = client.mutate("updateProject", json!({ "id": nova, "name": name }), "").await.denied();
        assert!(code == expected || code == "FORBIDDEN", "{login}: {code}");
    }
    assert_eq!(
        server.anonymous().mutate("createProject", json!({ "name": name }), "").await.denied(),
        "UNAUTHENTICATED"
    );
    assert_eq!(admin.find_if("projects", &name).await, None);
}

async fn budget_and_number_are_watched(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let new = json!({ "name": unique("Small"), "maxServers": 2, "monthlyBudgetCents": 4_000 });
    let project = admin.mutate("createProject", new, "project { id }").await.done()["project"]["id"].clone();
    let register = async |kind: Value| {
        let input = json!({ "projectId": project, "name": unique("s"), "address": "192.0.2.98", "type": kind });
        admin
            .mutate(
                "registerServer",
                input,
                "server { monthlyPriceCents project { monthlyCostCents overBudget canAddServer serverCount } }",
            )
            .await
    };
    let first = register(json!("cx41")).await.done();
    assert_eq!(first["server"]["monthlyPriceCents"], 3_300);
    let second = register(json!("cx21")).await.done();
    let usage = json!({ "monthlyCostCents": 4_125, "overBudget": true, "canAddServer": false, "serverCount": 2 });
    assert_eq!(second["server"]["project"], usage);
    let third = register(Value::Null).await;
    assert!(third.message().contains("2 of at most 2"), "{third:?}");
    assert_eq!(third.refused(), ["NOT_ALLOWED"]);
    // By number another would fit now, by budget none does.
    admin.mutate("updateProject", json!({ "id": project, "maxServers": 3 }), "").await.done();
    let third = register(Value::Null).await;
    assert!(third.message().contains("more than its budget"), "{third:?}");
    assert_eq!(third.refused(), ["NOT_ALLOWED"]);
    admin.mutate("updateProject", json!({ "id": project, "monthlyBudgetCents": 5_000 }), "").await.done();
    register(Value::Null).await.done();
}
