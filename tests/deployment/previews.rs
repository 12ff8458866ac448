//! Previews: what would change is shown, nothing is changed, and what was not checked is said.

use crate::support::demo::LOCAL_SERVER;
use crate::support::requests::{form, with};
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    a_preview_shows_what_would_change_and_changes_nothing,
    a_script_is_previewed_without_a_request,
    commands_have_no_preview,
    the_demo_s_service_has_a_preview,
];

const SECRET: &str = "s3cret-of-the-preview";

/// Of each sort one or more.
const PLAYBOOK: &str = "- hosts: all
  gather_facts: false
  tasks:
    - name: Write a file
      ansible.builtin.copy: {content: \"one\\n{{ word }} and {{ key }}\\n\", dest: ~/previewed.txt, mode: '0600'}
    - name: Run a command
      ansible.builtin.command: touch ~/commanded.txt
    - name: Not needed
      ansible.builtin.debug: {msg: never}
      when: word == 'other'
    - name: Make what is not there
      ansible.builtin.command: {cmd: touch ~/made.txt, creates: /nowhere/at/all}
    - name: Insist on it
      ansible.builtin.shell: touch ~/insisted.txt
      check_mode: false
    - name: Fail
      ansible.builtin.assert: {that: \"word == 'other'\"}
      ignore_errors: true
    - name: Raw
      ansible.builtin.raw: touch ~/raw.txt
    - name: Some of it
      ansible.builtin.command: '{{ item }}'
      loop: ['true', 'touch ~/looped.txt']
";

fn declared() -> Value {
    json!([{ "name": "word", "type": "STRING", "default": "two" }, { "name": "key", "type": "SECRET" }])
}

/// Files that scripts may have made in the home of the demo's user.
fn made(server: &Server) -> Vec<String> {
    let home = server.host_directory().parent().unwrap().to_owned();
    let names = ["previewed", "commanded", "made", "insisted", "raw", "looped"].map(|name| format!("{name}.txt"));
    names.into_iter().filter(|name| home.join(name).exists()).collect()
}

async fn a_preview_shows_what_would_change_and_changes_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let sales = server.sign_in("sales_agent").await;
    let script = admin.write_playbook(PLAYBOOK, declared()).await;
    let more = json!({ "scriptId": script, "targetServerId": admin.server(LOCAL_SERVER).await, "variables": { "key": SECRET } });
    let request = sales.file(with(form(&admin.project("Local demo").await), more)).await;
    let preview = json!({ "id": request });
    assert_eq!(sales.mutate("previewServerRequest", preview.clone(), "").await.denied(), "FORBIDDEN");
    let payload = tech.mutate("previewServerRequest", preview.clone(), "deployment { id mode }").await.done();
    assert_eq!(payload["deployment"]["mode"], "PREVIEW");
    let id = payload["deployment"]["id"].as_str().unwrap();
    assert_eq!(tech.mutate("previewServerRequest", preview, "").await.refused(), ["CONFLICT"]);
    let end = tech.end_of(id).await;
    assert_eq!(end.0, "COMPLETED", "{end:?}");

    let shown = "coverage { planned checked unchecked notNeeded failed notReached } receipt
        diffs { taskIndex taskName host text } tasks { name hosts { status } } hosts { server { deploymentStatus } }";
    let row = tech.deployment(id, shown).await;
    let coverage = json!({ "planned": 8, "checked": 2, "unchecked": 4, "notNeeded": 1, "failed": 1, "notReached": 0 });
    assert_eq!(row["coverage"], coverage, "{row:#}");
    assert_eq!(row["receipt"], Value::Null);
    let statuses: Vec<&str> =
        row["tasks"].as_array().unwrap().iter().map(|task| task["hosts"][0]["status"].as_str().unwrap()).collect();
    let expected = ["CHANGED", "UNCHECKED", "SKIPPED", "CHANGED", "UNCHECKED", "IGNORED", "UNCHECKED", "UNCHECKED"];
    assert_eq!(statuses, expected);
    let diffs = row["diffs"].as_array().unwrap();
    assert_eq!(
        (diffs.len(), &diffs[0]["taskName"], &diffs[0]["host"]),
        (1, &json!("Write a file"), &json!(LOCAL_SERVER))
    );
    let text = diffs[0]["text"].as_str().unwrap();
    assert!(text.contains("+one\n") && text.contains("+two and [redacted]"), "{text}");
    assert!(!server.dump().windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));

    // Nothing was changed, and nothing counts it.
    assert_eq!(made(&server), Vec::<String>::new());
    assert_eq!(row["hosts"][0]["server"]["deploymentStatus"], "NONE");
    let found = tech.request(&request, "status deployments { id } latestDeployment { id } previews { id }").await;
    assert_eq!(found["status"], "PENDING");
    assert_eq!((&found["deployments"], &found["latestDeployment"]), (&json!([]), &Value::Null));
    assert_eq!(found["previews"], json!([{ "id": id }]));
    let count = "query($mode: [DeploymentMode!]) { deployments(where: { mode: $mode }) { totalCount } }";
    assert_eq!(tech.query("{ deployments { totalCount } }", Value::Null).await["deployments"]["totalCount"], 0);
    assert_eq!(tech.query(count, json!({ "mode": ["PREVIEW"] })).await["deployments"]["totalCount"], 1);

    // Once it is approved, it can be looked at again; and what is deployed does what was shown.
    admin.approve(&request).await;
    let again = tech.mutate("previewServerRequest", json!({ "id": request }), "deployment { id }").await.done();
    assert_eq!(tech.end_of(again["deployment"]["id"].as_str().unwrap()).await.0, "COMPLETED");
    assert_eq!((made(&server), tech.state(&request).await.as_str()), (Vec::new(), "APPROVED"));
    let deployment = tech.deploy(&request).await;
    assert_eq!(tech.end_of(&deployment).await.0, "COMPLETED");
    assert_eq!(made(&server).len(), 6);
    let row = tech.deployment(&deployment, "mode coverage { planned } diffs { text }").await;
    assert_eq!(row, json!({ "mode": "RUN", "coverage": null, "diffs": [] }));
    assert_eq!(tech.mutate("previewServerRequest", json!({ "id": request }), "").await.refused(), ["CONFLICT"]);
}

async fn a_script_is_previewed_without_a_request(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_playbook(PLAYBOOK, declared()).await;
    let input = json!({ "scriptId": script, "serverIds": [admin.server(LOCAL_SERVER).await],
        "variables": { "word": "other", "key": SECRET } });
    assert_eq!(tech.mutate("previewScript", input.clone(), "").await.denied(), "FORBIDDEN");
    let payload = admin.mutate("previewScript", input, "deployment { id mode }").await.done();
    assert_eq!(payload["deployment"]["mode"], "PREVIEW");
    let id = payload["deployment"]["id"].as_str().unwrap();
    assert_eq!(admin.end_of(id).await.0, "COMPLETED");
    let row = admin.deployment(id, "coverage { checked unchecked notNeeded failed }").await;
    assert_eq!(row["coverage"], json!({ "checked": 4, "unchecked": 4, "notNeeded": 0, "failed": 0 }));
    assert_eq!(made(&server), Vec::<String>::new());
}

async fn commands_have_no_preview(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("touch ~/commanded.txt", json!([])).await;
    let input = json!({ "scriptId": script, "serverIds": [admin.server(LOCAL_SERVER).await] });
    let refused = admin.mutate("previewScript", input, "").await;
    assert!(refused.message().contains("cannot be previewed"), "{}", refused.message());
    assert_eq!(refused.refused(), ["NOT_ALLOWED"]);
    let request = server.sign_in("sales_agent").await.file_for_local(&script).await;
    assert_eq!(admin.mutate("previewServerRequest", json!({ "id": request }), "").await.refused(), ["NOT_ALLOWED"]);
    let none = admin.request(&request, "previews { id }").await;
    assert_eq!(none["previews"], json!([]));
}

async fn the_demo_s_service_has_a_preview(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let input = json!({ "scriptId": admin.script("Local service").await,
        "serverIds": [admin.server(LOCAL_SERVER).await], "variables": {} });
    let payload = admin.mutate("previewScript", input, "deployment { id }").await.done();
    let id = payload["deployment"]["id"].as_str().unwrap();
    let end = admin.end_of(id).await;
    assert_eq!(end.0, "COMPLETED", "{} {:#?}", end.1, admin.events(id).await);
    let row = admin.deployment(id, "coverage { failed notReached } diffs { taskName text }").await;
    assert_eq!(row["coverage"], json!({ "failed": 0, "notReached": 0 }));
    let page =
        row["diffs"].as_array().unwrap().iter().find(|diff| diff["taskName"] == "Write the service page").unwrap();
    let place = server.host_directory().join("public/index.html");
    assert!(page["text"].as_str().unwrap().contains(&format!("+++ after: {}", place.display())), "{page}");
    assert!(!place.exists());
}
