//! Who waits for whom: on one server one run at a time, of one tenant so many, and tenants take turns.

use crate::support::demo::{LOCAL_SERVER, key, unique};
use crate::support::{Backend, Client, Server, eventually};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

on_both![
    on_one_server_one_at_a_time_in_order,
    what_waits_is_cancelled_at_once,
    tenants_take_turns,
    one_tenant_does_not_have_everything,
];

const PATIENCE: Duration = Duration::from_secs(60);
const WAIT: &str = "echo began\nuntil [ -e \"$DEMO_DIRECTORY/go\" ]; do sleep 0.1; done";

async fn run_on(client: &Client, script: &str, servers: &[&str]) -> String {
    let input = json!({ "scriptId": script, "serverIds": servers });
    let payload = client.mutate("runScript", input, "deployment { id }").await.done();
    payload["deployment"]["id"].as_str().unwrap().to_owned()
}

fn let_go(server: &Server) {
    fs::create_dir_all(server.host_directory()).unwrap();
    fs::write(server.host_directory().join("go"), "").unwrap();
}

async fn on_one_server_one_at_a_time_in_order(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (one, other) = (admin.server(LOCAL_SERVER).await, admin.another_local("other-01").await);
    let slow = admin.write_commands(WAIT, json!([])).await;
    let quick = admin.write_commands("echo done", json!([])).await;
    let first = run_on(&admin, &slow, &[&one]).await;
    admin.line(&first, "began").await;
    // The second needs both, so that the third waits for it, although its own server is idle.
    let second = run_on(&admin, &quick, &[&one, &other]).await;
    let third = run_on(&admin, &quick, &[&other]).await;
    for (waits, for_what) in [(&second, &first), (&third, &second)] {
        let told = admin.deployment(waits, "status waitsFor { id }").await;
        assert_eq!(told, json!({ "status": "PENDING", "waitsFor": { "id": for_what } }));
    }
    assert_eq!(admin.deployment(&first, "waitsFor { id }").await, json!({ "waitsFor": null }));
    let free = run_on(&admin, &quick, &[&admin.another_local("free-01").await]).await;
    assert_eq!(admin.end_of(&free).await.0, "COMPLETED");
    assert_eq!(admin.deployment(&third, "status").await["status"], "PENDING");
    let_go(&server);
    let mut last_end = String::new();
    for deployment in [&first, &second, &third] {
        assert_eq!(admin.end_of(deployment).await.0, "COMPLETED");
        let times = admin.deployment(deployment, "startedAt finishedAt waitsFor { id }").await;
        let (start, end) = (times["startedAt"].as_str().unwrap(), times["finishedAt"].as_str().unwrap());
        assert!(start >= last_end.as_str(), "{start} before {last_end}");
        assert!(times["waitsFor"].is_null());
        end.clone_into(&mut last_end);
    }
}

async fn what_waits_is_cancelled_at_once(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let one = admin.server(LOCAL_SERVER).await;
    let slow = admin.write_commands(WAIT, json!([])).await;
    let first = run_on(&admin, &slow, &[&one]).await;
    admin.line(&first, "began").await;
    let (second, third) = (run_on(&admin, &slow, &[&one]).await, run_on(&admin, &slow, &[&one]).await);
    let payload =
        admin.mutate("cancelDeployment", json!({ "id": second }), "deployment { status finishedAt }").await.done();
    assert_eq!(payload["deployment"]["status"], "CANCELLED");
    assert!(payload["deployment"]["finishedAt"].is_string());
    assert_eq!(admin.deployment(&third, "waitsFor { id }").await["waitsFor"]["id"], json!(first));
    assert_eq!(admin.deployment(&first, "status").await["status"], "RUNNING");
    let_go(&server);
    assert_eq!(admin.end_of(&third).await.0, "COMPLETED");
    assert_eq!(admin.events(&second).await.len(), 2);
}

/// A server of a tenant that has nothing to sign in with: a run there fails as soon as it has its turn.
async fn server_of(client: &Client, tenant: &str) -> String {
    let input = json!({ "tenantId": client.find("tenants", tenant).await, "name": unique("turns") });
    let project = client.mutate("createProject", input, "project { id }").await.done();
    let new = json!({ "projectId": project["project"]["id"], "name": unique("turns"), "address": "127.0.0.1" });
    let made = client.mutate("registerServer", new, "server { id }").await.done();
    made["server"]["id"].as_str().unwrap().to_owned()
}

async fn tenants_take_turns(backend: Backend) {
    let server = Server::demo_with(backend, vec![("ROOKERY_CONCURRENT_RUNS", "1".to_owned())]).await;
    let admin = server.sign_in("admin").await;
    let (many, few) = (server_of(&admin, "Acme Corporation").await, server_of(&admin, "TechStart Inc").await);
    let slow = admin.write_commands(WAIT, json!([])).await;
    let holder = admin.run_on_local(&slow, json!({})).await;
    admin.line(&holder, "began").await;
    let quick = admin.write_commands("true", json!([])).await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(run_on(&admin, &quick, &[&many]).await);
    }
    let late = run_on(&admin, &quick, &[&few]).await;
    all.push(late.clone());
    let_go(&server);
    let mut ends = Vec::new();
    for deployment in &all {
        assert_eq!(admin.end_of(deployment).await.0, "FAILED");
        let told = admin.deployment(deployment, "finishedAt").await;
        ends.push((told["finishedAt"].as_str().unwrap().to_owned(), deployment));
    }
    ends.sort_unstable();
    let place = ends.iter().position(|(_, deployment)| **deployment == late).unwrap();
    assert!(place <= 1, "it was held up by {place} of the other tenant's");
}

async fn one_tenant_does_not_have_everything(backend: Backend) {
    let server = Server::demo_with(backend, vec![("ROOKERY_CONCURRENT_RUNS_OF_TENANT", "1".to_owned())]).await;
    let admin = server.sign_in("admin").await;
    let other = admin.another_local("other-01").await;
    let elsewhere = server_of(&admin, "Acme Corporation").await;
    let slow = admin.write_commands(WAIT, json!([])).await;
    let first = admin.run_on_local(&slow, json!({})).await;
    admin.line(&first, "began").await;
    let second = run_on(&admin, &slow, &[&other]).await;
    let third = run_on(&admin, &slow, &[&elsewhere]).await;
    assert_eq!(admin.end_of(&third).await.0, "FAILED");
    // Its server is idle, and so is everything else.
    assert_eq!(
        admin.deployment(&second, "status waitsFor { id }").await,
        json!({ "status": "PENDING", "waitsFor": null })
    );
    let_go(&server);
    assert_eq!(admin.end_of(&second).await.0, "COMPLETED");
}

#[test]
fn two_servers_never_run_two_at_once_on_one_host() {
    crate::support::run(async {
        let (first, second) = Server::two().await;
        let here = first.sign_in("admin").await;
        let there = Client::new(&second.address, here.token().map(str::to_owned));
        let alone = "mkdir -p \"$DEMO_DIRECTORY\" && echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/ledger.txt\"\n\
                     mkdir \"$DEMO_DIRECTORY/alone\" && sleep 0.3 && rmdir \"$DEMO_DIRECTORY/alone\"";
        let script = here.write_commands(alone, json!([])).await;
        let mut all = Vec::new();
        for _ in 0..4 {
            let (one, other) =
                tokio::join!(here.run_on_local(&script, json!({})), there.run_on_local(&script, json!({})));
            all.extend([one, other]);
        }
        for deployment in &all {
            let (status, why) = here.end_of(deployment).await;
            assert_eq!(status, "COMPLETED", "{why}");
        }
        eventually("each ran once", PATIENCE, async || (second.ledger().len() == all.len()).then_some(())).await;
        for deployment in &all {
            assert_eq!(second.ledger().iter().filter(|line| **line == key(deployment)).count(), 1);
        }
        let nodes = here.deployment(&all[0], "finishedAt").await;
        assert_ne!(nodes["finishedAt"], Value::Null);
    });
}
