use super::deploy_server_request::NOTE_IT;
use crate::support::demo::{LOCAL_SERVER, key};
use crate::support::deployments::assert_gapless;
use crate::support::{Backend, Server};
use serde_json::json;

on_both![who_may_runs_a_script_without_a_request, who_may_not_runs_nothing, what_is_missing_or_foreign_is_refused];

async fn who_may_runs_a_script_without_a_request(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let declared = json!([
        { "name": "count", "type": "INTEGER", "required": true },
        { "name": "loud", "type": "BOOLEAN", "default": "false" },
        { "name": "mode", "type": "CHOICE", "choices": ["fast", "safe"], "default": "safe" },
    ]);
    let script = admin.write_commands(&format!("{NOTE_IT}\necho \"$count $loud $mode\""), declared).await;
    let deployment = admin.run_on_local(&script, json!({ "count": "3", "loud": true })).await;
    let told = admin.follow(&deployment).await;
    assert_gapless(&told.events, 1);
    assert_eq!(told.batches.last().unwrap()["status"], "COMPLETED", "{:?}", told.lines());
    let said = told.lines().join("\n").to_lowercase();
    assert!(said.contains("3 true safe"), "{said}");
    let own = key(&deployment);
    assert_eq!(server.ledger().iter().filter(|line| **line == own).count(), 1);
    let row = admin.deployment(&deployment, "request { id } plan { scriptRevision } startedBy { name }").await;
    assert_eq!(row["request"], json!(null));
    assert_eq!(row["startedBy"]["name"], "System Administrator");
}

async fn who_may_not_runs_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("echo \"$deployment_id\"", json!([])).await;
    let target = admin.server(LOCAL_SERVER).await;
    let input = json!({ "scriptId": script, "serverIds": [target] });
    let refused = [
        ("tech_agent", "FORBIDDEN"),
        ("sales_agent", "FORBIDDEN"),
        // Who does not see a server is not told that it exists.
        ("sohila", "NOT_FOUND"),
        ("admin@acme.example.com", "FORBIDDEN"),
    ];
    for (login, expected) in refused {
        let client = server.sign_in(login).await;
        assert_eq!(client.mutate("runScript", input.clone(), "").await.denied(), expected, "{login}");
    }
    assert_eq!(server.anonymous().mutate("runScript", input, "").await.denied(), "UNAUTHENTICATED");
    let list = "query($id: ID!) { deployments(where: { scriptId: $id }) { totalCount } }";
    let found = admin.query(list, json!({ "id": script })).await;
    assert_eq!(found["deployments"]["totalCount"], 0);
}

async fn what_is_missing_or_foreign_is_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script =
        admin.write_commands("echo \"$word\"", json!([{ "name": "word", "type": "STRING", "required": true }])).await;
    let (local, nova) = (admin.server(LOCAL_SERVER).await, admin.server("nova-hr-web-01").await);
    let cases = [
        (json!({ "scriptId": script, "serverIds": [local] }), "REQUIRED variables.word"),
        (json!({ "scriptId": script, "serverIds": [local], "variables": { "word": 3 } }), "INVALID variables.word"),
        (
            json!({ "scriptId": script, "serverIds": [local], "variables": { "word": "x", "other": "y" } }),
            "INVALID variables.other",
        ),
        (json!({ "scriptId": script, "serverIds": [], "variables": { "word": "x" } }), "INVALID serverIds"),
        (json!({ "scriptId": script, "serverIds": [local, nova], "variables": { "word": "x" } }), "INVALID serverIds"),
    ];
    for (input, expected) in cases {
        let refused = admin.mutate("runScript", input.clone(), "").await;
        assert_eq!(refused.refused(), [expected], "{input}");
    }
    let nothing = json!({ "scriptId": script, "serverIds": [script], "variables": { "word": "x" } });
    assert_eq!(admin.mutate("runScript", nothing, "").await.denied(), "NOT_FOUND");
}
