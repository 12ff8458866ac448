use crate::support::demo::{LOCAL, LOCAL_SERVER, unique};
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;

on_both![every_way_in_which_it_can_end_is_told, a_host_key_is_pinned_by_its_fingerprint, who_may_not_tests_nothing];

const RESULTS: &str = "project { ssh { testStatus testMessage testedAt } } results { server { name } status fingerprint message durationMs }";

async fn test(client: &Client, input: Value) -> Value {
    client.mutate("testProjectConnection", input, RESULTS).await.done()
}

async fn every_way_in_which_it_can_end_is_told(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let local = tech.project(LOCAL).await;
    let ok = test(&tech, json!({ "projectId": local })).await;
    assert_eq!(ok["results"][0]["status"], "OK", "{ok:#}");
    assert!(ok["results"][0]["fingerprint"].as_str().unwrap().starts_with("SHA256:"));
    assert_eq!(
        (&ok["project"]["ssh"]["testStatus"], ok["project"]["ssh"]["testedAt"].is_string()),
        (&json!("OK"), true)
    );

    // Nobody listens on a port that was just given back.
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let new = json!({ "projectId": local, "name": unique("closed"), "address": "127.0.0.1", "sshPort": closed });
    tech.mutate("registerServer", new, "").await.done();
    let new = json!({ "projectId": local, "name": unique("away"), "address": "168.119.249.64" });
    tech.mutate("registerServer", new, "").await.done();
    let all = test(&tech, json!({ "projectId": local })).await;
    let statuses: Vec<&str> =
        all["results"].as_array().unwrap().iter().map(|result| result["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["REFUSED", "UNREACHABLE", "OK"], "by name: {all:#}");
    assert_eq!(all["project"]["ssh"]["testStatus"], "REFUSED");

    let nova = test(&tech, json!({ "projectId": tech.project("Nova HR").await })).await;
    assert_eq!(nova["results"].as_array().unwrap().len(), 4);
    let every = nova["results"]
        .as_array()
        .unwrap()
        .iter()
        .all(|result| result["status"] == "NO_KEY" || result["status"] == "REFUSED");
    assert!(every, "{nova:#}");
    let one = json!({ "projectId": local, "serverId": tech.server("nova-hr-web-01").await });
    assert_eq!(tech.mutate("testProjectConnection", one, "").await.denied(), "NOT_FOUND");

    // A key that the host does not know.
    let key = server.data().parent().unwrap().join("other");
    let made =
        std::process::Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.unwrap().success());
    let input = json!({ "projectId": local, "privateKey": fs::read_to_string(&key).unwrap() });
    admin.mutate("updateProjectSsh", input, "").await.done();
    let target = tech.server(LOCAL_SERVER).await;
    let failed = test(&tech, json!({ "projectId": local, "serverId": target })).await;
    assert_eq!(failed["results"][0]["status"], "AUTHENTICATION_FAILED", "{failed:#}");
    let empty = admin.mutate("createProject", json!({ "name": unique("Empty") }), "project { id }").await.done();
    let outcome = admin.mutate("testProjectConnection", json!({ "projectId": empty["project"]["id"] }), "").await;
    assert_eq!(outcome.refused(), ["NOT_ALLOWED"]);
    let new = json!({ "projectId": empty["project"]["id"], "name": "here", "address": "127.0.0.1", "sshPort": closed });
    admin.mutate("registerServer", new, "").await.done();
    let none = test(&admin, json!({ "projectId": empty["project"]["id"] })).await;
    assert_eq!(none["results"][0]["status"], "NO_KEY");
}

async fn a_host_key_is_pinned_by_its_fingerprint(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let local = tech.project(LOCAL).await;
    let pinned = test(&tech, json!({ "projectId": local })).await["results"][0]["fingerprint"].clone();
    // Registered anew, under another name.
    let port = admin
        .query("{ servers(first: 100, where: { search: \"local-demo-01\" }) { nodes { sshPort } } }", Value::Null)
        .await;
    let port = &port["servers"]["nodes"][0]["sshPort"];
    let new = json!({ "projectId": local, "name": "again", "address": "localhost", "sshPort": port });
    let id = tech.mutate("registerServer", new, "server { id }").await.done()["server"]["id"].clone();
    let unknown = test(&tech, json!({ "projectId": local, "serverId": id })).await;
    assert_eq!(unknown["results"][0]["status"], "HOST_KEY_UNKNOWN", "{unknown:#}");
    assert_eq!(unknown["results"][0]["fingerprint"], pinned);
    let wrong = json!({ "projectId": local, "serverId": id, "acceptFingerprint": "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    assert_eq!(tech.mutate("testProjectConnection", wrong, "").await.refused(), ["CONFLICT acceptFingerprint"]);
    let at_large = json!({ "projectId": local, "acceptFingerprint": pinned });
    assert_eq!(tech.mutate("testProjectConnection", at_large, "").await.refused(), ["REQUIRED serverId"]);
    // Until it is accepted nothing runs there.
    let script = admin.write_commands("true", json!([])).await;
    let run = async || {
        let input = json!({ "scriptId": script, "serverIds": [id] });
        let payload = admin.mutate("runScript", input, "deployment { id }").await.done();
        admin.end_of(payload["deployment"]["id"].as_str().unwrap()).await.0
    };
    assert_eq!(run().await, "FAILED");
    let accept = json!({ "projectId": local, "serverId": id, "acceptFingerprint": pinned });
    let accepted = test(&tech, accept.clone()).await;
    assert_eq!(accepted["results"][0]["status"], "OK", "{accepted:#}");
    assert_eq!(run().await, "COMPLETED");
    assert_eq!(tech.mutate("testProjectConnection", accept, "").await.refused(), ["CONFLICT acceptFingerprint"]);
}

async fn who_may_not_tests_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    for (login, project) in [("sales_agent", LOCAL), ("tech_agent", "Frappe ERP"), ("admin@acme.example.com", LOCAL)] {
        let input = json!({ "projectId": admin.project(project).await });
        let outcome = server.sign_in(login).await.mutate("testProjectConnection", input, "").await;
        assert_eq!(outcome.denied(), "FORBIDDEN", "{login}");
    }
    let hidden = json!({ "projectId": admin.project(LOCAL).await });
    assert_eq!(server.sign_in("sohila").await.mutate("testProjectConnection", hidden, "").await.denied(), "NOT_FOUND");
}
