use crate::support::demo::unique;
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

on_both![keys_are_kept_and_shown_by_their_public_half, what_is_wrong_is_told_by_field, who_may_not_changes_nothing];

/// A new private key, with its public one.
fn key(dir: &Path, name: &str, kind: &[&str], passphrase: &str) -> (String, String) {
    let file = dir.join(name);
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-a", "1", "-C", "a test", "-N", passphrase, "-t"]).args(kind).arg("-f").arg(&file);
    assert!(command.status().unwrap().success());
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    (read(&file), read(&file.with_extension("pub")))
}

const SHOWN: &str = "project { ssh { user port hasPrivateKey hasPassphrase publicKey testStatus } }";

async fn own_project(admin: &Client) -> String {
    let payload = admin.mutate("createProject", json!({ "name": unique("Keys") }), "project { id }").await.done();
    payload["project"]["id"].as_str().unwrap().to_owned()
}

async fn keys_are_kept_and_shown_by_their_public_half(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (project, dir) = (own_project(&admin).await, tempfile::tempdir().unwrap());
    let update = async |change: Value| {
        let input = crate::support::requests::with(json!({ "projectId": project }), change);
        admin.mutate("updateProjectSsh", input, SHOWN).await
    };
    let kinds: [&[&str]; 3] = [&["ed25519"], &["rsa", "-b", "2048"], &["ecdsa"]];
    for (index, kind) in kinds.into_iter().enumerate() {
        let (private, public) = key(dir.path(), &format!("plain-{index}"), kind, "");
        let payload = update(json!({ "privateKey": private, "passphrase": "" })).await.done();
        let ssh = &payload["project"]["ssh"];
        assert_eq!((&ssh["hasPrivateKey"], &ssh["hasPassphrase"]), (&json!(true), &json!(false)), "{kind:?}");
        let shown: Vec<&str> = ssh["publicKey"].as_str().unwrap().split(' ').take(2).collect();
        assert_eq!(shown, public.split(' ').take(2).collect::<Vec<_>>(), "{kind:?}");
    }
    let (locked, _) = key(dir.path(), "locked", &["ed25519"], "open sesame");
    assert_eq!(update(json!({ "privateKey": locked })).await.refused(), ["INVALID privateKey"]);
    let wrong = json!({ "privateKey": locked, "passphrase": "open barley" });
    assert_eq!(update(wrong).await.refused(), ["INVALID privateKey"]);
    let payload = update(json!({ "privateKey": locked, "passphrase": "open sesame", "user": "deploy", "port": 2222 }))
        .await
        .done();
    let ssh = payload["project"]["ssh"].clone();
    assert_eq!((&ssh["user"], &ssh["port"], &ssh["hasPassphrase"]), (&json!("deploy"), &json!(2222), &json!(true)));
    // What is left out stays.
    assert_eq!(update(json!({ "port": 22 })).await.done()["project"]["ssh"]["publicKey"], ssh["publicKey"]);
    assert_eq!(update(json!({ "passphrase": "" })).await.refused(), ["INVALID passphrase"]);
    // What would take seconds to open is not even tried.
    let (slow, _) = key(dir.path(), "slow", &["ed25519", "-a", "257"], "open sesame");
    let refused = update(json!({ "privateKey": slow, "passphrase": "open sesame" })).await;
    assert!(refused.message().contains("takes too long to open"), "{}", refused.message());
    assert_eq!(refused.refused(), ["INVALID privateKey"]);
    assert!(!server.log().contains("open sesame"));
}

async fn what_is_wrong_is_told_by_field(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let project = own_project(&admin).await;
    let (_, public) = key(tempfile::tempdir().unwrap().path(), "key", &["ed25519"], "");
    let cases = [
        (json!({ "projectId": project, "user": "" }), "INVALID user"),
        (json!({ "projectId": project, "user": "-oProxyCommand=id" }), "INVALID user"),
        (json!({ "projectId": project, "user": "a b" }), "INVALID user"),
        (json!({ "projectId": project, "port": 0 }), "INVALID port"),
        (json!({ "projectId": project, "port": 70_000 }), "INVALID port"),
        (json!({ "projectId": project, "privateKey": "no key" }), "INVALID privateKey"),
        (json!({ "projectId": project, "privateKey": public }), "INVALID privateKey"),
    ];
    for (input, expected) in cases {
        let field = input.to_string();
        assert_eq!(admin.mutate("updateProjectSsh", input, "").await.refused(), [expected], "{field}");
    }
    let payload = admin.mutate("updateProjectSsh", json!({ "projectId": project }), SHOWN).await.done();
    assert_eq!(payload["project"]["ssh"]["hasPrivateKey"], false);
}

async fn who_may_not_changes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let project = admin.project("Nova HR").await;
    let document = "query($id: ID!) { node(id: $id) { ... on Project { ssh { user port hasPrivateKey } } } }";
    let before = admin.query(document, json!({ "id": project })).await;
    // Write access is not enough, and no access is none.
    for login in ["tech_agent", "sohila", "sales_agent", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        let outcome = client.mutate("updateProjectSsh", json!({ "projectId": project, "user": "mallory" }), "").await;
        assert_eq!(outcome.denied(), "FORBIDDEN", "{login}");
    }
    assert_eq!(admin.query(document, json!({ "id": project })).await, before);
}
