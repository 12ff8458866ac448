use crate::support::demo::{LOCAL, LOCAL_SERVER, LOCAL_SERVICE};
use crate::support::requests::{form, with};
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    the_requester_changes_what_it_says,
    values_go_when_the_script_does,
    others_change_nothing,
    what_was_decided_stays,
];

const ALL: &str = "name cpu justification applicationType script { id } targetServer { id } variables status updatedAt";

async fn the_requester_changes_what_it_says(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let id = sales.file(form(&sales.project(LOCAL).await)).await;
    let before = sales.request(&id, ALL).await;
    let input =
        json!({ "id": id, "cpu": 8, "applicationType": null, "targetServerId": sales.server(LOCAL_SERVER).await });
    sales.mutate("updateServerRequest", input, "").await.done();
    let after = sales.request(&id, ALL).await;
    assert_eq!((&after["cpu"], &after["applicationType"]), (&json!(8), &Value::Null));
    assert_eq!((&after["name"], &after["justification"]), (&before["name"], &before["justification"]));
    assert!(after["targetServer"]["id"].is_string());
    assert!(after["updatedAt"].as_str() > before["updatedAt"].as_str());
    sales.mutate("updateServerRequest", json!({ "id": id, "targetServerId": null }), "").await.done();
    assert_eq!(sales.request(&id, ALL).await["targetServer"], Value::Null);
    for (change, expected) in [
        (json!({ "cpu": 3 }), "INVALID cpu"),
        (json!({ "justification": "short" }), "INVALID justification"),
        (json!({ "name": "" }), "INVALID name"),
    ] {
        let outcome = sales.mutate("updateServerRequest", with(json!({ "id": id }), change), "").await;
        assert_eq!(outcome.refused(), [expected]);
    }
    assert_eq!(sales.request(&id, ALL).await["cpu"], 8);
}

async fn values_go_when_the_script_does(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let declared = json!([{ "name": "token", "type": "SECRET", "required": true }]);
    let script = admin.write_commands("echo \"$token\"", declared).await;
    let more = json!({
        "scriptId": script, "targetServerId": sales.server(LOCAL_SERVER).await, "variables": { "token": "a secret value" },
    });
    let id = sales.file(with(form(&sales.project(LOCAL).await), more)).await;
    let row = sales.request(&id, "variables plan { complete variables { name value secret } canonicalJson }").await;
    assert_eq!((&row["variables"], &row["plan"]["complete"]), (&json!({}), &json!(true)));
    let shown = &row["plan"]["variables"][0];
    assert_eq!((&shown["name"], &shown["secret"]), (&json!("token"), &json!(true)));
    assert!(!row.to_string().contains("a secret value"));
    let digest = sales.digest(&id).await;
    // A secret stays until it is given anew, or another script is named.
    sales.mutate("updateServerRequest", json!({ "id": id, "cpu": 4 }), "").await.done();
    assert_eq!(sales.digest(&id).await, digest);
    let anew = json!({ "id": id, "variables": { "token": "another value" } });
    sales.mutate("updateServerRequest", anew, "").await.done();
    assert_ne!(sales.digest(&id).await, digest);
    let other = sales.script(LOCAL_SERVICE).await;
    sales.mutate("updateServerRequest", json!({ "id": id, "scriptId": other, "variables": {} }), "").await.done();
    sales.mutate("updateServerRequest", json!({ "id": id, "scriptId": script, "variables": {} }), "").await.done();
    let row = sales.request(&id, "plan { complete missing }").await;
    assert_eq!(row["plan"], json!({ "complete": false, "missing": ["a value for token"] }));
}

async fn others_change_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let id = sales.file(form(&sales.project(LOCAL).await)).await;
    let before = admin.request(&id, ALL).await;
    let input = json!({ "id": id, "cpu": 32 });
    for login in ["sohila", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        assert_eq!(client.request(&id, "id").await, Value::Null, "{login}");
        assert_eq!(client.mutate("updateServerRequest", input.clone(), "").await.denied(), "NOT_FOUND", "{login}");
    }
    assert_eq!(server.anonymous().mutate("updateServerRequest", input.clone(), "").await.denied(), "UNAUTHENTICATED");
    // A request of an administrator's, in a project that the sales agent reads: seen only once it is approved, and never theirs.
    let other = admin.file_for_local(&admin.script(LOCAL_SERVICE).await).await;
    let input = json!({ "id": other, "cpu": 32 });
    assert_eq!(sales.mutate("updateServerRequest", input, "").await.denied(), "NOT_FOUND");
    assert_eq!(admin.request(&id, ALL).await, before);
}

async fn what_was_decided_stays(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let script = sales.script(LOCAL_SERVICE).await;
    let id = server.approved(&script).await;
    let before = sales.request(&id, ALL).await;
    for login in ["sales_agent", "tech_agent", "admin"] {
        let client = server.sign_in(login).await;
        let outcome = client.mutate("updateServerRequest", json!({ "id": id, "cpu": 32 }), "").await;
        assert_eq!(outcome.refused(), ["CONFLICT"], "{login}");
    }
    assert_eq!(sales.request(&id, ALL).await, before);
}
