use crate::support::demo::{LOCAL, LOCAL_SERVER, LOCAL_SERVICE};
use crate::support::requests::{form, with};
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![
    what_was_filed_is_found_again,
    every_value_on_offer_is_taken_and_no_other,
    what_is_wrong_is_told_by_field,
    who_may_not_files_nothing,
];

async fn what_was_filed_is_found_again(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let filed = form(&sales.project(LOCAL).await);
    let id = sales.file(filed.clone()).await;
    let selection = "project { id } requester { name } name serverType cpu memoryGb storageGb operatingSystem
        applicationType priority expectedUsage justification status variables script { id } targetServer { id }
        decidedBy { name } decidedAt latestDeployment { id } history { action actor { name } }
        actions { name allowed reason }";
    let row = sales.request(&id, selection).await;
    for name in [
        "name",
        "serverType",
        "cpu",
        "memoryGb",
        "storageGb",
        "operatingSystem",
        "applicationType",
        "priority",
        "expectedUsage",
        "justification",
    ] {
        assert_eq!(row[name], filed[name], "{name}");
    }
    assert_eq!((&row["project"]["id"], &row["requester"]["name"]), (&filed["projectId"], &json!("Sales Agent")));
    assert_eq!((&row["status"], &row["variables"], &row["script"]), (&json!("PENDING"), &json!({}), &Value::Null));
    assert_eq!(row["history"], json!([{ "action": "server_request.create", "actor": { "name": "Sales Agent" } }]));
    let allowed = |row: &Value| -> Vec<String> {
        let actions = row["actions"].as_array().unwrap().iter();
        actions
            .filter(|action| action["allowed"] == true)
            .map(|action| action["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(allowed(&row), ["EDIT", "CANCEL"]);
    assert!(
        row["actions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|action| action["allowed"] == true || action["reason"].is_string())
    );
    let to_admin = allowed(&server.sign_in("admin").await.request(&id, selection).await);
    assert_eq!(to_admin, ["EDIT", "APPROVE", "REJECT", "PREVIEW"]);
    let to_technician = allowed(&server.sign_in("tech_agent").await.request(&id, selection).await);
    assert_eq!(to_technician, ["EDIT", "PREVIEW"]);
    // Defaults.
    let mut bare = form(&sales.project(LOCAL).await);
    for name in ["priority", "expectedUsage", "applicationType"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    let row = sales.request(&sales.file(bare).await, "priority expectedUsage applicationType").await;
    assert_eq!(row, json!({ "priority": "MEDIUM", "expectedUsage": "MEDIUM", "applicationType": null }));
}

async fn every_value_on_offer_is_taken_and_no_other(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let project = sales.project(LOCAL).await;
    let offered: [(&str, &[i32]); 3] = [
        ("cpu", &[1, 2, 4, 8, 16, 32]),
        ("memoryGb", &[1, 2, 4, 8, 16, 32, 64, 128]),
        ("storageGb", &[20, 50, 100, 250, 500, 1_000, 2_000]),
    ];
    for (field, values) in offered {
        for value in values {
            sales.file(with(form(&project), json!({ field: value }))).await;
        }
        for value in [-1, 0, 3, 21, 4_000] {
            let wrong = with(form(&project), json!({ field: value }));
            assert_eq!(sales.mutate("createServerRequest", wrong, "").await.refused(), [format!("INVALID {field}")]);
        }
    }
    let words: [(&str, &[&str]); 3] = [
        ("serverType", &["WEB", "DATABASE", "APPLICATION", "CACHE", "FILE", "BACKUP", "DEVELOPMENT", "TESTING"]),
        ("priority", &["LOW", "MEDIUM", "HIGH", "URGENT"]),
        ("expectedUsage", &["LOW", "MEDIUM", "HIGH", "VERY_HIGH"]),
    ];
    for (field, values) in words {
        for value in values {
            sales.file(with(form(&project), json!({ field: value }))).await;
        }
        let wrong = with(form(&project), json!({ field: "OTHER" }));
        assert_eq!(sales.mutate("createServerRequest", wrong, "").await.denied(), "BAD_REQUEST");
    }
}

async fn count(client: &Client) -> u64 {
    client.query("{ serverRequests { totalCount } }", Value::Null).await["serverRequests"]["totalCount"]
        .as_u64()
        .unwrap()
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::demo(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let project = sales.project(LOCAL).await;
    let (script, nova) = (sales.script(LOCAL_SERVICE).await, admin.server("nova-hr-web-01").await);
    let local = sales.server(LOCAL_SERVER).await;
    let long = "x".repeat(1_001);
    let cases = [
        (json!({ "name": "" }), "INVALID name"),
        (json!({ "name": "with space" }), "INVALID name"),
        (json!({ "name": "-x" }), "INVALID name"),
        (json!({ "name": "x".repeat(64) }), "INVALID name"),
        (json!({ "operatingSystem": "x".repeat(101) }), "INVALID operatingSystem"),
        (json!({ "applicationType": "x".repeat(101) }), "INVALID applicationType"),
        (json!({ "justification": "x".repeat(19) }), "INVALID justification"),
        (json!({ "justification": long }), "INVALID justification"),
        (json!({ "targetServerId": nova }), "INVALID targetServerId"),
        (json!({ "targetServerId": script }), "INVALID targetServerId"),
        (json!({ "scriptId": local }), "INVALID scriptId"),
        (json!({ "variables": { "page_title": "x" } }), "INVALID variables.page_title"),
        (json!({ "scriptId": script, "variables": { "other": "x" } }), "INVALID variables.other"),
        (json!({ "scriptId": script, "variables": { "page_title": 3 } }), "INVALID variables.page_title"),
        (json!({ "scriptId": script, "variables": { "page_title": "two\nlines" } }), "INVALID variables.page_title"),
        (json!({ "scriptId": script, "variables": ["x"] }), "INVALID variables"),
    ];
    for (change, expected) in cases {
        let outcome = sales.mutate("createServerRequest", with(form(&project), change.clone()), "").await;
        assert_eq!(outcome.refused(), [expected], "{change}");
    }
    let nowhere = with(form(&project), json!({ "projectId": "nonsense" }));
    assert_eq!(sales.mutate("createServerRequest", nowhere, "").await.denied(), "NOT_FOUND");
    let several = with(form(&project), json!({ "name": "", "cpu": 3, "justification": "short" }));
    let told = sales.mutate("createServerRequest", several, "").await.refused();
    assert_eq!(told, ["INVALID cpu", "INVALID justification", "INVALID name"]);
    assert_eq!(count(&admin).await, 0);
    let unread = admin.query("{ viewer { unreadNotificationCount } }", Value::Null).await;
    assert_eq!(unread["viewer"]["unreadNotificationCount"], 0);
    // Letters count, not bytes.
    sales.file(with(form(&project), json!({ "justification": "ü".repeat(20) }))).await;
    sales.file(with(form(&project), json!({ "justification": "ü".repeat(1_000) }))).await;
    assert_eq!(count(&admin).await, 2);
}

async fn who_may_not_files_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (local, frappe) = (admin.project(LOCAL).await, admin.project("Frappe ERP").await);
    let cases = [
        // Their role files none.
        ("tech_agent", &local, "FORBIDDEN"),
        ("sohila", &local, "FORBIDDEN"),
        ("admin@acme.example.com", &local, "FORBIDDEN"),
        // They see no such project.
        ("sales_agent", &frappe, "NOT_FOUND"),
    ];
    for (login, project, expected) in cases {
        let client = server.sign_in(login).await;
        let outcome = client.mutate("createServerRequest", form(project), "serverRequest { id }").await;
        assert_eq!(outcome.denied(), expected, "{login}");
    }
    let nobody = server.anonymous();
    assert_eq!(nobody.mutate("createServerRequest", form(&local), "").await.denied(), "UNAUTHENTICATED");
    assert_eq!(count(&admin).await, 0);
    server.sign_in("sales_agent").await.file(form(&local)).await;
    assert_eq!(count(&admin).await, 1);
}
