//! What a playbook that runs on the server leaves in its run's own directory, the only place where it can write: the server
//! takes none of it for more than it is.

use super::Canary;
use crate::support::{Backend, Server, eventually};
use rookery_api::deployment::runner::attach;
use serde_json::json;
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

on_both![what_a_script_plants_is_not_followed, a_run_ends_whatever_a_script_plants];

const PATIENCE: Duration = Duration::from_secs(60);

/// A playbook that does this in its run's directory, and then goes on for a while.
fn planting(commands: &str) -> String {
    format!(
        "- hosts: all
  gather_facts: false
  tasks:
    - name: Plant
      delegate_to: localhost
      vars: {{ansible_connection: local, ansible_python_interpreter: '{{{{ ansible_playbook_python }}}}'}}
      ansible.builtin.shell: |
        {commands}
      args: {{chdir: '{{{{ playbook_dir }}}}'}}
    - name: Go on
      ansible.builtin.command: sleep 600
"
    )
}

async fn what_a_script_plants_is_not_followed(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let (canary, admin) = (Canary::new(), server.sign_in("admin").await);
    let prey = server.data().join("planted");
    let master = server.data().join("master.key");
    let key = fs::read(&master).unwrap();
    // To make a file at the cancelling, and to have the master key read as if it were the runner's own words.
    let plant = format!("ln -sf {} pid; ln -s {} cancel; sleep 60", master.display(), prey.display());
    let script = admin.write_playbook(&planting(&plant), json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    // It bears the name that means to stop, and nobody looks behind it.
    assert_eq!(admin.end_of(&deployment).await.0, "CANCELLED");
    let dir = tempfile::tempdir().unwrap();
    symlink(&prey, dir.path().join("cancel")).unwrap();
    attach::cancel(dir.path()).unwrap();
    assert!(!prey.exists(), "a file was made where a script wanted it");
    server.stop();
    server.restart().await;
    assert_eq!(fs::read(&master).unwrap(), key);
    assert_eq!(canary.ledger(), Vec::<String>::new());
}

async fn a_run_ends_whatever_a_script_plants(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    // What nobody who opens it comes back from: without an end, or without a writer.
    for plant in
        ["ln -sf /dev/zero pid", "rm -f pid; mkfifo pid", "rm -f lock; mkfifo lock", "rm -f lock; ln -s /dev/zero lock"]
    {
        let script = admin.write_playbook(&planting(&format!("{plant}; echo planted")), json!([])).await;
        let deployment = admin.run_on_local(&script, json!({})).await;
        admin.line(&deployment, "planted").await;
        admin.mutate("cancelDeployment", json!({ "id": deployment }), "").await.done();
        let (status, why) = admin.end_of(&deployment).await;
        assert!(["CANCELLED", "UNKNOWN"].contains(&status.as_str()), "{plant}: {status} {why}");
        // And the server is none the worse for it.
        assert!(server.resident_bytes() < 1_000_000_000, "{plant}");
        eventually("it still answers", PATIENCE, async || (admin.get("/health").await.status() == 200).then_some(()))
            .await;
    }
}
