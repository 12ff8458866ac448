//! The runner is killed, or the program that it runs: what is said then is true, and nothing is run again.

use super::clearing_up::kill_runner;
use crate::support::demo::key;
use crate::support::deployments::assert_gapless;
use crate::support::{Backend, Client, Server, eventually};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

on_both![
    a_runner_that_is_killed_leaves_an_unknown_outcome,
    a_runner_that_is_killed_while_its_server_is_dead_leaves_an_unknown_outcome,
    an_ansible_playbook_that_is_killed_has_failed,
];

const PATIENCE: Duration = Duration::from_secs(60);
const PLAYBOOK: &str = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Note it
      ansible.builtin.shell: mkdir -p "$DEMO_DIRECTORY" && echo {{ deployment_id }} >> "$DEMO_DIRECTORY/ledger.txt"
    - name: Take long
      ansible.builtin.command: sleep 600
    - name: Note it again
      ansible.builtin.shell: echo {{ deployment_id }} >> "$DEMO_DIRECTORY/ledger.txt"
"#;

/// Runs the playbook until the host has noted it; the deployment, and the directory of its run.
async fn begun(server: &Server) -> (Client, String, PathBuf) {
    let admin = server.sign_in("admin").await;
    let script = admin.write_playbook(PLAYBOOK, json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    eventually("the host notes it", PATIENCE, async || (!server.ledger().is_empty()).then_some(())).await;
    eventually("the task after it has begun", PATIENCE, async || {
        let tasks = admin.deployment(&deployment, "tasks { index }").await;
        (tasks["tasks"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
    let dir = fs::read_dir(server.data().join("runs")).unwrap().next().unwrap().unwrap().path();
    (admin, deployment, dir)
}

/// Those who work in a run's directory.
fn processes(dir: &Path) -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let inside = entries.filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(dir)));
    inside.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// It ended so, it is told whole, and the host noted it once; nothing of it is left running.
async fn ended(server: &Server, client: &Client, deployment: &str, dir: &Path, expected: &str) -> String {
    let (status, why) = client.end_of(deployment).await;
    assert_eq!(status, expected, "{why}");
    eventually("nothing of it runs", PATIENCE, async || processes(dir).is_empty().then_some(())).await;
    let events = client.events(deployment).await;
    assert_gapless(&events, 1);
    assert_eq!(events.last().unwrap()["status"], expected);
    // Another one runs, so whatever would be run again has been by then.
    let next = client.write_commands("true", json!([])).await;
    assert_eq!(client.end_of(&client.run_on_local(&next, json!({})).await).await.0, "COMPLETED");
    assert_eq!(server.ledger(), [key(deployment)]);
    why
}

async fn a_runner_that_is_killed_leaves_an_unknown_outcome(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, deployment, dir) = begun(&server).await;
    kill_runner(&dir);
    let why = ended(&server, &admin, &deployment, &dir, "UNKNOWN").await;
    assert!(why.contains("gone without saying how it ended"), "{why}");
}

async fn a_runner_that_is_killed_while_its_server_is_dead_leaves_an_unknown_outcome(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let (admin, deployment, dir) = begun(&server).await;
    server.kill();
    kill_runner(&dir);
    server.restart().await;
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    ended(&server, &admin, &deployment, &dir, "UNKNOWN").await;
}

async fn an_ansible_playbook_that_is_killed_has_failed(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, deployment, dir) = begun(&server).await;
    let identity: Value = serde_json::from_slice(&fs::read(dir.join("pid")).unwrap()).unwrap();
    let runner = identity["pid"].as_i64().unwrap().to_string();
    // The runner's own child among those who work for the run.
    let of_runner = |pid: &&i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.split(' ').nth(1) == Some(runner.as_str()))
    };
    let all = processes(&dir);
    let playbook = all.iter().find(of_runner).expect("ansible-playbook runs");
    kill(Pid::from_raw(*playbook), Signal::SIGKILL).unwrap();
    let why = ended(&server, &admin, &deployment, &dir, "FAILED").await;
    assert!(why.contains("signal: 9"), "{why}");
}
