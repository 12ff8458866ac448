//! What is deployed is what was approved, or nothing.

use crate::support::demo::{LOCAL, LOCAL_SERVER, unique};
use crate::support::deployments::lines;
use crate::support::requests::{form, with};
use crate::support::{Backend, Server};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

on_both![
    a_script_changed_after_the_approval_is_drift,
    a_variable_changed_in_its_declaration_is_drift,
    what_needs_root_is_refused_before_it_starts,
    a_demo_refuses_what_is_not_loopback,
    a_failed_deployment_may_be_tried_again,
    a_value_that_became_secret_reaches_the_run,
    a_secret_that_is_not_planned_does_not_reach_the_run,
];

/// Notes in the host's own ledger that it ran.
pub const NOTE_IT: &str = "mkdir -p \"$DEMO_DIRECTORY\" && echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/ledger.txt\"";

async fn change(server: &Server, script: &str, change: Value) {
    let admin = server.sign_in("admin").await;
    admin.mutate("updateScript", with(json!({ "id": script, "baseRevision": 1 }), change), "").await.done();
}

async fn a_script_changed_after_the_approval_is_drift(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_commands(NOTE_IT, json!([])).await;
    let request = server.approved(&script).await;
    change(&server, &script, json!({ "content": format!("{NOTE_IT}\necho more") })).await;
    let refused = tech.mutate("deployServerRequest", json!({ "id": request }), "deployment { id }").await;
    assert_eq!(refused.refused(), ["PLAN_DRIFT"]);
    assert_eq!(admin.state(&request).await, "APPROVED");
    assert!(server.ledger().is_empty());
    let deployments = admin.request(&request, "deployments { id }").await;
    assert_eq!(deployments["deployments"], json!([]));
    assert!(
        !server.data().join("runs").exists() || std::fs::read_dir(server.data().join("runs")).unwrap().next().is_none()
    );
    // As it was approved, it can be deployed.
    change_back(&server, &script).await;
    assert_eq!(tech.mutate("deployServerRequest", json!({ "id": request }), "").await.refused(), ["PLAN_DRIFT"]);
}

/// Even the same words again are another revision, which nobody approved.
async fn change_back(server: &Server, script: &str) {
    let admin = server.sign_in("admin").await;
    let input = json!({ "id": script, "baseRevision": 2, "content": NOTE_IT });
    admin.mutate("updateScript", input, "").await.done();
}

async fn a_variable_changed_in_its_declaration_is_drift(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let word = |default: &str| json!([{ "name": "word", "type": "STRING", "default": default }]);
    let script = admin.write_commands("echo \"$word\"", word("one")).await;
    let before = server.approved(&script).await;
    change(server, &script, json!({ "variables": word("two") })).await;
    assert_eq!(tech.mutate("deployServerRequest", json!({ "id": before }), "").await.refused(), ["PLAN_DRIFT"]);
    assert_eq!(admin.state(&before).await, "APPROVED");
}

async fn what_needs_root_is_refused_before_it_starts(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let request = server.approved(&admin.script("Nginx").await).await;
    let deployment = tech.deploy(&request).await;
    let (status, why) = tech.end_of(&deployment).await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("needs root"), "{why}");
    assert_eq!(admin.state(&request).await, "FAILED");
    // It never became a run: no task, and a line that says why.
    let events = admin.events(&deployment).await;
    assert!(events.iter().all(|event| event["kind"] != "TASK" && event["status"] != "RUNNING"), "{events:#?}");
    assert!(lines(&events).iter().any(|line| line.contains("needs root")));
    let hosts = admin.deployment(&deployment, "hosts { result }").await;
    assert_eq!(hosts["hosts"][0]["result"], "NOT_RUN");
}

async fn a_demo_refuses_what_is_not_loopback(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let name = unique("away");
    let project = tech.project(LOCAL).await;
    let away = json!({ "projectId": project, "name": name, "address": "192.0.2.77", "sshPort": 22 });
    let away = tech.mutate("registerServer", away, "server { id }").await.done();
    let script = admin.write_commands(NOTE_IT, json!([])).await;
    let run = async || {
        let input = json!({ "scriptId": script, "serverIds": [away["server"]["id"]] });
        let payload = admin.mutate("runScript", input, "deployment { id }").await.done();
        admin.end_of(payload["deployment"]["id"].as_str().unwrap()).await
    };
    let (status, why) = run().await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("no pinned host key"), "{why}");
    // A demo cannot be brought to pin one, so it is put there past the server, as nobody but us could.
    let database = server.database().await;
    let pin = format!(
        "UPDATE server SET host_key = (SELECT host_key FROM server WHERE name = '{LOCAL_SERVER}') WHERE name = '{name}'"
    );
    database.execute_unprepared(&pin).await.unwrap();
    database.close().await.unwrap();
    let (status, why) = run().await;
    assert_eq!(status, "FAILED");
    assert!(why.to_lowercase().contains("demo mode refuses"), "{why}");
    assert!(why.contains("192.0.2.77"), "{why}");
    assert!(server.ledger().is_empty());
}

async fn a_failed_deployment_may_be_tried_again(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let commands = "echo tried\ntest -e \"$HOME/second-attempt\" || { touch \"$HOME/second-attempt\"; exit 3; }";
    let request = server.approved(&admin.write_commands(commands, json!([])).await).await;
    let first = tech.deploy(&request).await;
    let (status, why) = tech.end_of(&first).await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("status 3"), "{why}");
    assert_eq!(admin.state(&request).await, "FAILED");
    let second = tech.deploy(&request).await;
    assert_eq!(tech.end_of(&second).await.0, "COMPLETED");
    let row = admin.request(&request, "status deployments { id } latestDeployment { id }").await;
    assert_eq!(row["status"], "DEPLOYED");
    assert_eq!(row["deployments"], json!([{ "id": second }, { "id": first }]));
    assert_eq!(row["latestDeployment"]["id"], json!(second));
    // A request of somebody who names a server of another project is refused outright.
    let elsewhere = json!({ "targetServerId": admin.server("nova-hr-web-01").await });
    let wrong = with(form(&admin.project(LOCAL).await), elsewhere);
    assert_eq!(admin.mutate("createServerRequest", wrong, "").await.refused(), ["INVALID targetServerId"]);
}

/// Files a request with `values` for a script that then declares other variables, deploys it, and answers its lines.
async fn lines_after(backend: Backend, commands: &str, before: Value, values: Value, after: Value) -> Vec<String> {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let sales = server.sign_in("sales_agent").await;
    let script = admin.write_commands(commands, before).await;
    let more = json!({ "scriptId": script, "targetServerId": sales.server(LOCAL_SERVER).await, "variables": values });
    let request = sales.file(with(form(&sales.project(LOCAL).await), more)).await;
    change(server, &script, json!({ "variables": after })).await;
    admin.approve(&request).await;
    let deployment = tech.deploy(&request).await;
    let told = tech.follow(&deployment).await;
    assert_eq!(told.batches.last().unwrap()["status"], "COMPLETED", "{:?}", told.lines());
    told.lines().into_iter().map(str::to_owned).collect()
}

async fn a_value_that_became_secret_reaches_the_run(backend: Backend) {
    let plain = json!([{ "name": "x", "type": "STRING", "required": true }]);
    let secret = json!([{ "name": "x", "type": "SECRET", "required": true }]);
    let lines = lines_after(backend, "echo \"length ${#x}\"", plain, json!({ "x": "seven77" }), secret).await;
    assert!(lines.iter().any(|line| line == "length 7"), "{lines:?}");
}

async fn a_secret_that_is_not_planned_does_not_reach_the_run(backend: Backend) {
    let before = json!([{ "name": "token", "type": "SECRET", "required": true }]);
    let values = json!({ "token": "a secret value" });
    let lines = lines_after(backend, "echo \"token ${token:-is not there}\"", before, values, json!([])).await;
    assert!(lines.iter().any(|line| line == "token is not there"), "{lines:?}");
}
