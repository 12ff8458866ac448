use crate::support::demo::{LOCAL_SERVICE, unique};
use crate::support::requests::with;
use crate::support::{Backend, Outcome, Server, sha256_hex};
use serde_json::{Value, json};

on_both![
    the_library_starts_with_samples,
    revisions_are_never_edited,
    what_cannot_be_understood_is_refused_with_its_line,
    declarations_are_checked,
    of_two_who_save_one_wins,
    who_may_not_writes_nothing,
];

const REVISION: &str =
    "number digest content variables { name type label description required default choices } author { name }";

fn new(content: &str) -> Value {
    json!({ "name": unique("script"), "description": "A test's.", "kind": "SSH", "content": content })
}

async fn the_library_starts_with_samples(backend: Backend) {
    let server = Server::demo(backend).await;
    let document = format!(
        "{{ scripts(first: 100, orderBy: {{ field: NAME }}) {{ nodes {{ name kind requiresRoot currentRevision {{ {REVISION} }} }} }} }}"
    );
    let data = server.sign_in("admin").await.query(&document, Value::Null).await;
    let nodes = data["scripts"]["nodes"].as_array().unwrap();
    let names: Vec<(&str, bool)> =
        nodes.iter().map(|node| (node["name"].as_str().unwrap(), node["requiresRoot"].as_bool().unwrap())).collect();
    assert_eq!(names, [("Docker", true), (LOCAL_SERVICE, false), ("Nginx", true), ("System update", true)]);
    for node in nodes {
        let revision = &node["currentRevision"];
        assert_eq!((&node["kind"], &revision["number"]), (&json!("ANSIBLE"), &json!(1)));
        assert_eq!(revision["digest"], sha256_hex(revision["content"].as_str().unwrap()));
    }
}

async fn revisions_are_never_edited(backend: Backend) {
    let server = Server::shared(backend).await;
    let (tech, admin) = (server.sign_in("tech_agent").await, server.sign_in("admin").await);
    let variables = json!([
        { "name": "mode", "type": "CHOICE", "choices": ["a", "b"], "default": "a", "label": "Mode", "description": "How." },
        { "name": "token", "type": "SECRET", "required": true },
    ]);
    let payload =
        tech.mutate("createScript", with(new("echo one"), json!({ "variables": variables })), "script { id }").await;
    let id = payload.done()["script"]["id"].clone();
    let update = async |change: Value| {
        let input = with(json!({ "id": id }), change);
        admin.mutate("updateScript", input, &format!("script {{ name currentRevision {{ {REVISION} }} }}")).await
    };
    let second = update(json!({ "baseRevision": 1, "content": "echo two" })).await.done();
    let current = &second["script"]["currentRevision"];
    assert_eq!((&current["number"], &current["content"]), (&json!(2), &json!("echo two")));
    assert_eq!(current["author"]["name"], "System Administrator");
    assert_eq!(current["variables"].as_array().unwrap().len(), 2, "what is left out stays");
    // A new name is no new revision, nor is what is the same.
    let renamed = update(json!({ "baseRevision": 2, "name": unique("renamed"), "content": "echo two" })).await.done();
    assert_eq!(renamed["script"]["currentRevision"]["number"], 2);
    assert_eq!(update(json!({ "baseRevision": 1, "content": "echo three" })).await.refused(), ["CONFLICT"]);
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Script {{ revisions {{ {REVISION} }} }} }} }}");
    let row = admin.query(&document, json!({ "id": id })).await;
    let mut revisions = row["node"]["revisions"].as_array().unwrap().clone();
    revisions.sort_by_key(|revision| revision["number"].as_i64());
    let contents: Vec<&Value> = revisions.iter().map(|revision| &revision["content"]).collect();
    assert_eq!(contents, ["echo one", "echo two"]);
    assert_eq!(revisions[0]["author"]["name"], "Technical Agent");
    let choice = json!({ "name": "mode", "type": "CHOICE", "label": "Mode", "description": "How.", "required": false, "default": "a", "choices": ["a", "b"] });
    assert_eq!(revisions[0]["variables"][0], choice);
}

async fn what_cannot_be_understood_is_refused_with_its_line(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let cases = [
        ("ANSIBLE", "- hosts: all\n  tasks:\n    - name: A\n      no.such.module: {}\n", "ine 3"),
        ("ANSIBLE", "- hosts: all\n  tasks:\n    - name: \"A\n", "ine "),
        ("ANSIBLE", "just words", ""),
        ("SSH", "echo one\nif true; then\n", "ine "),
    ];
    for (kind, content, line) in cases {
        let input = with(new(content), json!({ "kind": kind }));
        let name = input["name"].as_str().unwrap().to_owned();
        let outcome = tech.mutate("createScript", input, "").await;
        assert!(outcome.message().contains(line), "{kind} {content}: {}", outcome.message());
        assert!(
            !outcome.message().contains("/tmp") && !outcome.message().contains("Traceback"),
            "{}",
            outcome.message()
        );
        assert_eq!(outcome.refused(), ["INVALID content"]);
        assert_eq!(tech.find_if("scripts", &name).await, None);
    }
    for content in ["", "  \n"] {
        assert_eq!(tech.mutate("createScript", new(content), "").await.refused(), ["INVALID content"]);
    }
    let id = tech.write_commands("echo fine", json!([])).await;
    let worse = json!({ "id": id, "baseRevision": 1, "content": "if true; then" });
    assert_eq!(tech.mutate("updateScript", worse, "").await.refused(), ["INVALID content"]);
}

async fn declarations_are_checked(backend: Backend) {
    let server = Server::shared(backend).await;
    let tech = server.sign_in("tech_agent").await;
    let cases = [
        (json!([{ "name": "1x", "type": "STRING" }]), "INVALID variables.0.name"),
        (json!([{ "name": "server_ip", "type": "STRING" }]), "INVALID variables.0.name"),
        (json!([{ "name": "ansible_user", "type": "STRING" }]), "INVALID variables.0.name"),
        (json!([{ "name": "x", "type": "STRING" }, { "name": "x", "type": "STRING" }]), "INVALID variables.1.name"),
        (json!([{ "name": "x", "type": "CHOICE" }]), "INVALID variables.0.choices"),
        (json!([{ "name": "x", "type": "STRING", "choices": ["a"] }]), "INVALID variables.0.choices"),
        (json!([{ "name": "x", "type": "SECRET", "default": "known" }]), "INVALID variables.0.default"),
        (json!([{ "name": "x", "type": "INTEGER", "default": "many" }]), "INVALID variables.0.default"),
    ];
    for (variables, expected) in cases {
        let outcome = tech.mutate("createScript", with(new("true"), json!({ "variables": variables })), "").await;
        assert_eq!(outcome.refused(), [expected], "{variables}");
    }
    assert_eq!(
        tech.mutate("createScript", with(new("true"), json!({ "name": LOCAL_SERVICE })), "").await.refused(),
        ["TAKEN name"]
    );
}

async fn of_two_who_save_one_wins(backend: Backend) {
    let server = Server::shared(backend).await;
    let (tech, admin) = (server.sign_in("tech_agent").await, server.sign_in("admin").await);
    for round in 0..10 {
        let id = tech.write_commands("echo one", json!([])).await;
        let input = |word: &str| json!({ "id": id, "baseRevision": 1, "content": format!("echo {word}") });
        let (one, two) = tokio::join!(
            tech.mutate("updateScript", input("tech"), "script { id }"),
            admin.mutate("updateScript", input("admin"), "script { id }"),
        );
        let (won, lost) = if matches!(one, Outcome::Done(_)) { ("echo tech", two) } else { ("echo admin", one) };
        assert_eq!(lost.refused(), ["CONFLICT"], "round {round}");
        let document = "query($id: ID!) { node(id: $id) { ... on Script { revisions { content } } } }";
        let row = admin.query(document, json!({ "id": id })).await;
        let revisions = row["node"]["revisions"].as_array().unwrap();
        assert!(revisions.len() == 2 && revisions.iter().any(|revision| revision["content"] == won), "round {round}");
    }
}

async fn who_may_not_writes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let id = admin.write_commands("echo mine", json!([])).await;
    for login in ["sales_agent", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        let input = new("echo theirs");
        let name = input["name"].as_str().unwrap().to_owned();
        assert_eq!(client.mutate("createScript", input, "").await.denied(), "FORBIDDEN", "{login}");
        let change = json!({ "id": id, "baseRevision": 1, "content": "echo theirs" });
        assert_eq!(client.mutate("updateScript", change, "").await.denied(), "FORBIDDEN", "{login}");
        assert_eq!(admin.find_if("scripts", &name).await, None);
    }
    let content = "query($id: ID!) { node(id: $id) { ... on Script { currentRevision { number content } } } }";
    let row = admin.query(content, json!({ "id": id })).await;
    assert_eq!(row["node"]["currentRevision"], json!({ "number": 1, "content": "echo mine" }));
    // Sales agents see that there are scripts, not what they do; people of tenants see none.
    assert_eq!(server.sign_in("sales_agent").await.error(content, json!({ "id": id })).await, "FORBIDDEN");
    let client = server.sign_in("admin@acme.example.com").await;
    assert_eq!(client.query("{ scripts { totalCount } }", Value::Null).await["scripts"]["totalCount"], 0);
    assert_eq!(client.query(content, json!({ "id": id })).await["node"], Value::Null);
}
