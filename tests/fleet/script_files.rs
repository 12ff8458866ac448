//! What a playbook brings along is checked where it is given, and kept with its revision.

use crate::support::demo::unique;
use crate::support::requests::with;
use crate::support::{Backend, Client, Server, sha256_hex};
use serde_json::{Value, json};

on_both![
    files_are_part_of_a_revision,
    what_is_wrong_with_a_file_is_told_of_that_file,
    files_lie_where_ansible_looks,
    who_may_not_read_scripts_reads_no_files,
];

const PLAYBOOK: &str = "- hosts: all\n  roles: [web]\n";
const REVISION: &str = "number digest files { path digest content }";

fn file(path: &str, content: &str) -> Value {
    json!({ "path": path, "content": content })
}

fn new(files: Value) -> Value {
    json!({ "name": unique("script"), "kind": "ANSIBLE", "content": PLAYBOOK, "files": files })
}

fn role() -> Value {
    file("roles/web/tasks/main.yml", "- name: Say it\n  ansible.builtin.debug:\n    msg: from the role\n")
}

async fn current(client: &Client, id: &Value) -> Value {
    let document =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Script {{ currentRevision {{ {REVISION} }} }} }} }}");
    client.query(&document, json!({ "id": id })).await["node"]["currentRevision"].clone()
}

async fn files_are_part_of_a_revision(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let text = "“{{ server_name }}” \\ \u{2028} \t😀\r\n\n";
    let template = file("templates/page.j2", text);
    let payload = tech.mutate("createScript", new(json!([template, role()])), "script { id }").await.done();
    let id = payload["script"]["id"].clone();
    let told = |file: &Value| {
        let content = file["content"].as_str().unwrap();
        with(file.clone(), json!({ "digest": sha256_hex(content) }))
    };
    let first = current(&tech, &id).await;
    assert_eq!(first["files"], json!([told(&role()), told(&template)]), "by path, to the letter");
    assert_eq!(first["digest"], sha256_hex(PLAYBOOK));
    let update = async |change: Value| {
        let number = current(&tech, &id).await["number"].clone();
        let input = with(json!({ "id": id, "baseRevision": number }), change);
        tech.mutate("updateScript", input, &format!("script {{ currentRevision {{ {REVISION} }} }}")).await
    };
    let number = async |change: Value| update(change).await.done()["script"]["currentRevision"]["number"].clone();
    assert_eq!(number(json!({ "files": [role(), template] })).await, 1, "the same in another order");
    assert_eq!(number(json!({ "description": "Other words." })).await, 1);
    assert_eq!(number(json!({ "files": [role(), file("templates/page.j2", "other")] })).await, 2);
    let variables = json!([{ "name": "word", "type": "STRING" }]);
    assert_eq!(number(json!({ "variables": variables })).await, 3);
    assert_eq!(current(&tech, &id).await["files"].as_array().unwrap().len(), 2, "what is left out stays");
    assert_eq!(number(json!({ "files": [role()] })).await, 4);
    // The playbook names a role that would be gone.
    assert_eq!(update(json!({ "files": [] })).await.refused(), ["INVALID content"]);
    assert_eq!(number(json!({ "files": [], "content": "- hosts: all\n  tasks: []\n" })).await, 5);
}

async fn what_is_wrong_with_a_file_is_told_of_that_file(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let broken =
        file("roles/web/tasks/main.yml", "- name: One\n  ansible.builtin.debug:\n- name: Two\n  no.such.module:\n");
    let outcome = tech.mutate("createScript", new(json!([file("files/a", "a"), broken])), "").await;
    let message = outcome.message().to_owned();
    assert!(message.starts_with("Line 3: ") && message.contains("no.such.module"), "{message}");
    assert!(!message.contains("/tmp"), "{message}");
    assert_eq!(outcome.refused(), ["INVALID files.1.content"]);
    // A role that nobody brought, though the machine might have one of that name.
    let outcome = tech.mutate("createScript", new(json!([])), "").await;
    assert_eq!(outcome.message(), "Line 2: the role 'web' was not found.");
    assert_eq!(outcome.refused(), ["INVALID content"]);
}

async fn files_lie_where_ansible_looks(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let commands =
        json!({ "name": unique("script"), "kind": "SSH", "content": "true", "files": [file("files/a", "")] });
    assert_eq!(tech.mutate("createScript", commands, "").await.refused(), ["INVALID files"]);
    for path in [
        "",
        "a",
        "../a",
        "/etc/passwd",
        "files",
        "files/",
        "files/../../a",
        "files//a",
        "files/.a",
        "files/-o",
        "ansible.cfg",
        "playbook.yml",
        "host_vars/demo.yml",
        "plugins/a.py",
        "home/a",
        "files/a\nb",
        "files/{{ x }}",
        "files/$(id)",
        "files/ä",
        &format!("files/{}", "a".repeat(200)),
    ] {
        let outcome = tech.mutate("createScript", new(json!([role(), file(path, "x")])), "").await;
        assert_eq!(outcome.refused(), ["INVALID files.1.path"], "{path:?}");
    }
    let many: Vec<_> = (0..=100).map(|n| file(&format!("files/{n}"), "x")).collect();
    let large = file("files/large", &"x".repeat(128 * 1024 + 1));
    let taken = [role(), file("roles/web/tasks/main.yml", "[]")];
    let inside = [file("roles/web", "x"), role()];
    for files in [many.as_slice(), &[large], &taken, &inside] {
        let outcome = tech.mutate("createScript", new(json!(files)), "").await;
        assert_eq!(outcome.refused(), ["INVALID files"]);
    }
    let most: Vec<_> = (1..100).map(|n| file(&format!("files/{n}"), &"ä".repeat(600))).chain([role()]).collect();
    tech.mutate("createScript", new(json!(most)), "").await.done();
}

async fn who_may_not_read_scripts_reads_no_files(backend: Backend) {
    let server = Server::shared(backend).await;
    let (tech, sales) = (server.sign_in("tech_agent").await, server.sign_in("sales_agent").await);
    let payload = tech.mutate("createScript", new(json!([role()])), "script { id }").await.done();
    let document = "query($id: ID!) { node(id: $id) { ... on Script { revisions { files { path } } } } }";
    let answer = sales.send(document, json!({ "id": payload["script"]["id"] })).await;
    assert_eq!(answer.code().as_deref(), Some("FORBIDDEN"));
}
