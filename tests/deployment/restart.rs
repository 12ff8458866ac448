//! The server may die at any instant: what runs goes on, and is told to its end.

use crate::support::demo::key;
use crate::support::deployments::{assert_gapless, lines};
use crate::support::{Backend, Server, eventually};
use serde_json::json;
use std::time::Duration;

on_both![a_run_survives_the_death_of_its_server, a_clean_stop_leaves_a_run_going];

const PLAYBOOK: &str = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Note it
      ansible.builtin.shell: mkdir -p "$DEMO_DIRECTORY" && echo {{ deployment_id }} >> "$DEMO_DIRECTORY/ledger.txt"
    - name: Take a while
      ansible.builtin.command: sleep 4
    - name: Say so
      ansible.builtin.debug: {msg: "survived {{ deployment_id }}"}
"#;

async fn a_run_survives_the_death_of_its_server(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_playbook(PLAYBOOK, json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    let before = admin.progress(&deployment, None).await;
    eventually("the host notes the run", Duration::from_secs(60), async || (!server.ledger().is_empty()).then_some(()))
        .await;
    let before = before.first(2).await;
    server.kill();
    server.restart().await;
    let admin = crate::support::Client::new(&server.address, admin.token().map(str::to_owned));
    let rest = admin.progress(&deployment, Some(before.cursor())).await.until_it_ends().await;
    let all = [before.events, rest.events].concat();
    assert_gapless(&all, 1);
    assert_eq!(admin.events(&deployment).await, all);
    assert_eq!(rest.batches.last().unwrap()["status"], "COMPLETED", "{:?}", lines(&all));
    assert_eq!(server.ledger(), [key(&deployment)]);
    let target = "{ servers(first: 100, where: { search: \"local-demo-01\" }) { nodes { deploymentStatus } } }";
    let target = admin.query(target, serde_json::Value::Null).await;
    assert_eq!(target["servers"]["nodes"], json!([{ "deploymentStatus": "DEPLOYED" }]));
    assert!(lines(&all).iter().any(|line| line.contains("survived")));
}

async fn a_clean_stop_leaves_a_run_going(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("echo began\nsleep 3\necho done", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.line(&deployment, "began").await;
    assert!(server.stop().success());
    server.restart().await;
    let admin = crate::support::Client::new(&server.address, admin.token().map(str::to_owned));
    let (status, why) = admin.end_of(&deployment).await;
    assert_eq!((status.as_str(), why.as_str()), ("COMPLETED", ""));
    let events = admin.events(&deployment).await;
    assert_gapless(&events, 1);
    assert!(lines(&events).contains(&"done"));
}
