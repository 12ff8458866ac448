//! What a playbook brings along runs with it, is covered by the plan, and nothing else takes its place.

use crate::support::demo::{LOCAL, LOCAL_SERVER, unique};
use crate::support::deployments::lines;
use crate::support::requests::{form, with};
use crate::support::{Backend, Server, sha256_hex};
use serde_json::{Value, json};

on_both![a_playbook_runs_with_its_files, another_file_is_another_plan];

const PLAYBOOK: &str = "- hosts: all
  gather_facts: false
  vars_files: [vars/words.yml]
  roles: [{ role: web, greeting: hello }]
  tasks:
    - ansible.builtin.include_tasks: tasks/more.yml
";

fn files(greeting: &str) -> Value {
    json!([
        { "path": "roles/web/tasks/main.yml",
          "content": "- name: Show the page\n  ansible.builtin.debug:\n    msg: \"{{ lookup('template', 'page.j2') }}\"\n" },
        { "path": "roles/web/templates/page.j2", "content": format!("{greeting}: {{{{ greeting }}}} {{{{ word }}}}") },
        { "path": "roles/web/meta/main.yml", "content": "dependencies: [base]\n" },
        { "path": "roles/base/tasks/main.yml",
          "content": "- name: Ask the base\n  ansible.builtin.debug:\n    msg: \"{{ lookup('file', 'files/note') }}\"\n" },
        { "path": "files/note", "content": "the note of the base" },
        { "path": "tasks/more.yml", "content": "- name: More\n  ansible.builtin.debug:\n    msg: more was included\n" },
        { "path": "vars/words.yml", "content": "word: from the variables\n" },
    ])
}

fn script(greeting: &str) -> Value {
    json!({ "name": unique("script"), "kind": "ANSIBLE", "content": PLAYBOOK, "files": files(greeting) })
}

async fn a_playbook_runs_with_its_files(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let payload = admin.mutate("createScript", script("page"), "script { id }").await.done();
    let script = payload["script"]["id"].as_str().unwrap();
    let deployment = admin.run_on_local(script, json!({})).await;
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    let events = admin.events(&deployment).await;
    let said = lines(&events).join("\n");
    for text in ["page: hello from the variables", "the note of the base", "more was included"] {
        assert!(said.contains(text), "{text} is not in {said}");
    }
    let row = admin.deployment(&deployment, "plan { canonicalJson files { path digest } } receipt").await;
    let note = json!({ "path": "files/note", "digest": sha256_hex("the note of the base") });
    let planned = row["plan"]["files"].as_array().unwrap();
    assert_eq!((planned.len(), &planned[0]), (7, &note));
    let plan: Value = serde_json::from_str(row["plan"]["canonicalJson"].as_str().unwrap()).unwrap();
    assert_eq!(plan["script"]["files"]["files/note"], note["digest"]);
    // Once more, by the same plan.
    let again = json!({ "deploymentId": deployment, "hosts": "ALL", "knownReruns": 0 });
    let rerun = admin.mutate("rerunDeployment", again, "deployment { id plan { digest } }").await.done();
    assert_eq!(admin.end_of(rerun["deployment"]["id"].as_str().unwrap()).await.0, "COMPLETED");
}

async fn another_file_is_another_plan(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let payload = admin.mutate("createScript", script("approved"), "script { id }").await.done();
    let script = payload["script"]["id"].as_str().unwrap();
    let (project, target) = (admin.project(LOCAL).await, admin.server(LOCAL_SERVER).await);
    let more = json!({ "scriptId": script, "targetServerId": target });
    let request = sales.file(with(form(&project), more)).await;
    let plan = admin.request(&request, "plan { scriptFiles { path content } files { path } }").await;
    assert_eq!(plan["plan"]["scriptFiles"].as_array().unwrap().len(), 7);
    let read = "query($id: ID!) { serverRequest(id: $id) { plan { scriptFiles { path } } } }";
    assert_eq!(sales.send(read, json!({ "id": request })).await.code().as_deref(), Some("FORBIDDEN"));
    admin.approve(&request).await;
    let change = json!({ "id": script, "baseRevision": 1, "files": files("changed since") });
    admin.mutate("updateScript", change, "").await.done();
    let refused = admin.mutate("deployServerRequest", json!({ "id": request }), "").await;
    let message = refused.message().to_owned();
    assert!(
        message.contains("changed: the script's revision, the script's file roles/web/templates/page.j2."),
        "{message}"
    );
    assert_eq!(refused.refused(), ["PLAN_DRIFT"]);
    let plans = admin.request(&request, "approvedPlan { files { path digest } } plan { files { path digest } }").await;
    assert_ne!(plans["approvedPlan"]["files"], plans["plan"]["files"]);
}
