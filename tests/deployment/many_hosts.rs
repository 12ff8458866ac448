//! Runs on many hosts: by their labels, batch after batch, and paused by a person.

use crate::support::demo::{LOCAL, key};
use crate::support::{Backend, Client, Server, eventually, takes};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

on_both![
    a_run_over_labels_is_on_the_servers_that_have_them_all,
    after_too_many_failures_no_further_batch_begins,
    a_playbook_goes_batch_by_batch_as_well,
    a_paused_run_begins_nothing_until_it_goes_on,
    a_paused_playbook_begins_no_task,
    a_paused_run_can_be_cancelled,
];

const PATIENCE: Duration = Duration::from_secs(60);
const NOTE: &str =
    "mkdir -p \"$DEMO_DIRECTORY\" && echo \"$deployment_id $server_name\" >> \"$DEMO_DIRECTORY/ledger.txt\"";

async fn run(client: &Client, input: Value) -> String {
    let payload = client.mutate("runScript", input, "deployment { id }").await.done();
    payload["deployment"]["id"].as_str().unwrap().to_owned()
}

/// The demo's own host under this name, with these labels.
async fn labelled(client: &Client, name: &str, labels: &[&str]) -> String {
    let id = client.another_local(name).await;
    let payload =
        client.mutate("updateServer", json!({ "id": id, "labels": labels }), "server { labels }").await.done();
    let mut sorted: Vec<_> = labels.iter().map(|label| label.to_lowercase()).collect();
    sorted.sort_unstable();
    assert_eq!(payload["server"]["labels"], json!(sorted));
    id
}

fn ran(server: &Server, deployment: &str) -> Vec<String> {
    let own = key(deployment);
    let lines = server.ledger();
    lines.iter().filter_map(|line| line.strip_prefix(&own).map(|name| name.trim().to_owned())).collect()
}

async fn a_run_over_labels_is_on_the_servers_that_have_them_all(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    labelled(&admin, "web-01", &["my-web", "My:Prod"]).await;
    labelled(&admin, "web-02", &["my-web", "my:test"]).await;
    labelled(&admin, "db-01", &["my-db", "my:prod"]).await;
    let names = async |labels: Value| {
        let document = "query($labels: [String!]) { servers(first: 10, where: { labels: $labels }) { nodes { name } } serverLabels }";
        let mut data = admin.query(document, json!({ "labels": labels })).await;
        let known: Vec<_> = data["serverLabels"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(known.is_sorted());
        for own in ["my-db", "my-web", "my:prod", "my:test"] {
            assert_eq!(known.iter().filter(|label| **label == own).count(), 1);
        }
        data["servers"]["nodes"].take()
    };
    assert_eq!(names(json!(["my-web"])).await, json!([{ "name": "web-01" }, { "name": "web-02" }]));
    assert_eq!(names(json!(["MY-WEB", "my:prod"])).await, json!([{ "name": "web-01" }]));
    assert_eq!(names(json!(["nobody"])).await, json!([]));
    let bad = json!({ "id": admin.server("web-01").await, "labels": ["a b"] });
    assert_eq!(admin.mutate("updateServer", bad, "").await.refused(), ["INVALID labels"]);

    let script = admin.write_commands(NOTE, json!([])).await;
    let (local, nova) = (admin.project(LOCAL).await, admin.project("Nova HR").await);
    let on = |project: &str, labels: Value| json!({ "scriptId": script, "labelled": { "projectId": project, "labels": labels } });
    let deployment = run(&admin, on(&local, json!(["my:prod"]))).await;
    let plan = admin.deployment(&deployment, "plan { targets { name } }").await;
    assert_eq!(plan["plan"]["targets"], json!([{ "name": "db-01" }, { "name": "web-01" }]));
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    let mut names = ran(&server, &deployment);
    names.sort_unstable();
    assert_eq!(names, ["db-01", "web-01"]);
    // Servers of other projects are none of it, and who may not run there learns nothing of them.
    let none = admin.mutate("runScript", on(&nova, json!(["my-web"])), "deployment { id }").await;
    assert_eq!(none.refused(), ["INVALID labelled.labels"]);
    let none = admin.mutate("runScript", on(&local, json!([])), "deployment { id }").await;
    assert_eq!(none.refused(), ["INVALID labelled.labels"]);
    let sohila = server.sign_in("sohila").await;
    let denied = sohila.mutate("runScript", on(&local, json!(["my-web"])), "deployment { id }").await;
    assert_eq!(denied.denied(), "NOT_FOUND");
    let seen = sohila.query("{ serverLabels }", Value::Null).await;
    let seen = seen["serverLabels"].as_array().unwrap();
    assert!(!seen.is_empty() && seen.iter().all(|label| !label.as_str().unwrap().starts_with("my")), "{seen:?}");
    let tech = server.sign_in("tech_agent").await;
    let denied = tech.mutate("runScript", on(&local, json!(["my-web"])), "deployment { id }").await;
    assert_eq!(denied.denied(), "FORBIDDEN");
}

/// Three hosts, of which the first fails.
async fn three(client: &Client) -> Vec<String> {
    let mut servers = Vec::new();
    for name in ["a-bad", "b-01", "c-01"] {
        servers.push(client.another_local(name).await);
    }
    servers
}

const HOSTS: &str =
    "status failureMessage hosts { name result } progress { finished planned } plan { batchSize maxFailures }";

async fn after_too_many_failures_no_further_batch_begins(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let servers = three(&admin).await;
    let commands = format!("{NOTE}\ncase \"$server_name\" in *bad) exit 3;; esac");
    let script = admin.write_commands(&commands, json!([])).await;
    let with = |more: Value| crate::support::requests::with(json!({ "scriptId": script, "serverIds": servers }), more);
    let first = run(&admin, with(json!({ "batch": { "hosts": 1 } }))).await;
    admin.follow(&first).await;
    let told = admin.deployment(&first, HOSTS).await;
    assert_eq!(told["status"], "FAILED");
    let expected = json!([
        { "name": "a-bad", "result": "FAILED" }, { "name": "b-01", "result": "NOT_RUN" }, { "name": "c-01", "result": "NOT_RUN" },
    ]);
    assert_eq!(told["hosts"], expected);
    assert_eq!(told["plan"], json!({ "batchSize": 1, "maxFailures": 0 }));
    assert_eq!(told["progress"]["planned"], 6);
    assert!(told["failureMessage"].as_str().unwrap().contains("no further batch"), "{told:#}");
    assert_eq!(ran(&server, &first), ["a-bad"]);
    // A third may fail; in batches of two thirds.
    let options = json!({ "batch": { "percent": 50 }, "maxFailures": { "percent": 34 } });
    let second = run(&admin, with(options)).await;
    admin.follow(&second).await;
    let told = admin.deployment(&second, HOSTS).await;
    assert_eq!(told["plan"], json!({ "batchSize": 2, "maxFailures": 1 }));
    let expected = json!([
        { "name": "a-bad", "result": "FAILED" }, { "name": "b-01", "result": "OK" }, { "name": "c-01", "result": "OK" },
    ]);
    assert_eq!(told["hosts"], expected);
    assert_eq!(ran(&server, &second).last().unwrap(), "c-01");
    // What had no turn is run again, in the same portions.
    let again = json!({ "deploymentId": first, "hosts": "NOT_OK", "knownReruns": 0 });
    let again = admin.mutate("rerunDeployment", again, "deployment { id plan { batchSize } }").await.done();
    assert_eq!(again["deployment"]["plan"]["batchSize"], 1);
    admin.follow(again["deployment"]["id"].as_str().unwrap()).await;
    for (wrong, field) in [
        (json!({ "batch": { "hosts": 0 } }), "INVALID batch"),
        (json!({ "batch": { "percent": 10 }, "maxFailures": { "percent": 101 } }), "INVALID maxFailures"),
        (json!({ "maxFailures": { "hosts": 1 } }), "INVALID maxFailures"),
    ] {
        assert_eq!(admin.mutate("runScript", with(wrong), "deployment { id }").await.refused(), [field]);
    }
}

async fn a_playbook_goes_batch_by_batch_as_well(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let servers = three(&admin).await;
    let playbook = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Note it
      ansible.builtin.shell: mkdir -p "$DEMO_DIRECTORY" && echo "{{ deployment_id }} {{ server_name }}" >> "$DEMO_DIRECTORY/ledger.txt"
    - name: Fail where it is bad
      ansible.builtin.command: "false"
      when: "'bad' in server_name"
"#;
    let script = admin.write_playbook(playbook, json!([])).await;
    let input = json!({ "scriptId": script, "serverIds": servers, "batch": { "hosts": 1 } });
    let first = run(&admin, input.clone()).await;
    admin.follow(&first).await;
    let told = admin.deployment(&first, HOSTS).await;
    let results: Vec<_> = told["hosts"].as_array().unwrap().iter().map(|host| host["result"].clone()).collect();
    assert_eq!(results, ["FAILED", "NOT_RUN", "NOT_RUN"], "{told:#}");
    assert_eq!(ran(&server, &first), ["a-bad"]);
    let second = run(&admin, crate::support::requests::with(input, json!({ "maxFailures": { "hosts": 1 } }))).await;
    admin.follow(&second).await;
    let told = admin.deployment(&second, HOSTS).await;
    let results: Vec<_> = told["hosts"].as_array().unwrap().iter().map(|host| host["result"].clone()).collect();
    assert_eq!(results, ["FAILED", "OK", "OK"], "{told:#}");
    assert_eq!(ran(&server, &second), ["a-bad", "b-01", "c-01"]);
}

async fn until_paused(client: &Client, deployment: &str, is_paused: bool) {
    eventually("it pauses, or goes on", PATIENCE, async || {
        let told = client.deployment(deployment, "pausedAt").await;
        (told["pausedAt"].is_string() == is_paused).then_some(())
    })
    .await;
}

/// That a run which waits for `go` in its first task pauses after it, and begins the second when it is to go on.
async fn pauses(server: &Server, script: &str) {
    let admin = server.sign_in("admin").await;
    let deployment = admin.run_on_local(script, json!({})).await;
    eventually("its first task", PATIENCE, async || {
        let told = admin.deployment(&deployment, "tasks { index }").await;
        (!told["tasks"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    let id = json!({ "id": deployment });
    assert_eq!(admin.mutate("resumeDeployment", id.clone(), "").await.refused(), ["CONFLICT"]);
    let paused =
        admin.mutate("pauseDeployment", id.clone(), "deployment { pauseRequestedAt pausedAt canPause }").await.done();
    assert!(paused["deployment"]["pauseRequestedAt"].is_string());
    assert_eq!((&paused["deployment"]["pausedAt"], &paused["deployment"]["canPause"]), (&Value::Null, &json!(true)));
    assert_eq!(admin.mutate("pauseDeployment", id.clone(), "").await.refused(), ["CONFLICT"]);
    // The host's own, so that the host may write there.
    eventually("its directory", PATIENCE, async || server.host_directory().exists().then_some(())).await;
    fs::write(server.host_directory().join("go"), "").unwrap();
    until_paused(&admin, &deployment, true).await;
    // As slow as somebody who thinks it over.
    takes(Duration::from_secs(1)).await;
    assert_eq!(ran(server, &deployment), Vec::<String>::new());
    admin.mutate("resumeDeployment", id, "").await.done();
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    assert_eq!(ran(server, &deployment).len(), 1);
    let events = admin.query(
        "query($id: ID!) { deployment(id: $id) { pausedAt pauseRequestedAt events(first: 100, kind: [STATUS]) { nodes { status paused } } } }",
        json!({ "id": deployment }),
    );
    let told = events.await;
    let pauses: Vec<_> =
        told["deployment"]["events"]["nodes"].as_array().unwrap().iter().map(|event| event["paused"].clone()).collect();
    assert_eq!(pauses, [Value::Null, Value::Null, json!(true), json!(false), Value::Null]);
    assert!(told["deployment"]["pausedAt"].is_null() && told["deployment"]["pauseRequestedAt"].is_null());
    assert_eq!(admin.mutate("pauseDeployment", json!({ "id": deployment }), "").await.refused(), ["CONFLICT"]);
}

async fn a_paused_run_begins_nothing_until_it_goes_on(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let commands =
        format!("mkdir -p \"$DEMO_DIRECTORY\"; until [ -e \"$DEMO_DIRECTORY/go\" ]; do sleep 0.1; done\n{NOTE}");
    pauses(&server, &admin.write_commands(&commands, json!([])).await).await;
}

async fn a_paused_playbook_begins_no_task(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let playbook = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Wait
      ansible.builtin.shell: mkdir -p "$DEMO_DIRECTORY"; until [ -e "$DEMO_DIRECTORY/go" ]; do sleep 0.1; done
    - name: Note it
      ansible.builtin.shell: echo "{{ deployment_id }} {{ server_name }}" >> "$DEMO_DIRECTORY/ledger.txt"
"#;
    pauses(&server, &admin.write_playbook(playbook, json!([])).await).await;
}

async fn a_paused_run_can_be_cancelled(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(&format!("echo began\nsleep 1\n{NOTE}"), json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.mutate("pauseDeployment", json!({ "id": deployment }), "").await.done();
    until_paused(&admin, &deployment, true).await;
    // Also by a server that was started only afterwards.
    server.kill();
    server.restart().await;
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    admin.mutate("cancelDeployment", json!({ "id": deployment }), "").await.done();
    assert_eq!(admin.end_of(&deployment).await.0, "CANCELLED");
    assert!(ran(&server, &deployment).is_empty());
}
