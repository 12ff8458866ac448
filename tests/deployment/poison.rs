//! What no database keeps and no reader understands costs itself alone: the deployment comes to its end.

use crate::support::deployments::{assert_gapless, lines};
use crate::support::{Backend, Client, Server};
use serde_json::json;
use std::fs;
use std::io::Write as _;

on_both![a_nul_anywhere_in_a_script_is_recorded_as_something_else, a_damaged_record_costs_itself_alone];

const PLAYBOOK: &str = r#"- name: "Play\0one"
  hosts: all
  gather_facts: false
  tasks:
    - name: "Say\0it"
      ansible.builtin.debug: {msg: "It\0self"}
    - name: "Give\0up"
      ansible.builtin.fail: {msg: "Why\0not"}
"#;

async fn a_nul_anywhere_in_a_script_is_recorded_as_something_else(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_playbook(PLAYBOOK, json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    let told = admin.follow(&deployment).await;
    assert_gapless(&told.events, 1);
    let said = serde_json::to_string(&told.events).unwrap();
    for word in ["Play\u{fffd}one", "Say\u{fffd}it", "Give\u{fffd}up", "Why\u{fffd}not"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(admin.deployment(&deployment, "status").await["status"], "FAILED");
}

async fn a_damaged_record_costs_itself_alone(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("echo began\nsleep 3\necho done", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.line(&deployment, "began").await;
    server.kill();
    let run = fs::read_dir(server.data().join("runs")).unwrap().next().unwrap().unwrap().path();
    let mut spool = fs::File::options().append(true).open(run.join("spool.jsonl")).unwrap();
    spool.write_all(b"{\"number\":\n").unwrap();
    server.restart().await;
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    assert_eq!(admin.end_of(&deployment).await, ("COMPLETED".to_owned(), String::new()));
    let events = admin.events(&deployment).await;
    assert_gapless(&events, 1);
    let said = lines(&events);
    assert!(said.contains(&"done") && said.iter().any(|line| line.contains("unreadable")), "{said:?}");
}
