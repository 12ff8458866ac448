//! What has ended is run again because a person says so: by the same plan, linked to what it repeats, by one of two.

use super::clearing_up::kill_runner;
use crate::support::demo::{LOCAL, LOCAL_SERVER, key};
use crate::support::{Backend, Client, Outcome, Server};
use serde_json::{Value, json};
use std::fs;

on_both![
    what_did_not_come_to_its_end_runs_again_there_only,
    of_two_at_once_one_runs_it,
    what_was_approved_is_deployed_again_until_it_succeeds,
    another_plan_is_not_run_again,
    secrets_are_asked_for_again,
    what_nobody_knows_is_run_again_by_a_person_only,
];

/// Notes in the host's ledger who ran it; fails on what is named `bad`, until somebody has mended it.
const FAILS_ON_BAD: &str = "mkdir -p \"$DEMO_DIRECTORY\" && echo \"$deployment_id $server_name\" >> \"$DEMO_DIRECTORY/ledger.txt\"\n\
                            case \"$server_name\" in bad*) test -e \"$DEMO_DIRECTORY/mended\";; esac";

async fn rerun(client: &Client, deployment: &str, hosts: &str, known: usize) -> Outcome {
    let input = json!({ "deploymentId": deployment, "hosts": hosts, "knownReruns": known });
    client.mutate("rerunDeployment", input, "deployment { id }").await
}

fn id(payload: &Value) -> String {
    payload["deployment"]["id"].as_str().unwrap().to_owned()
}

async fn run_on(client: &Client, script: &str, servers: &[String]) -> String {
    let input = json!({ "scriptId": script, "serverIds": servers });
    id(&client.mutate("runScript", input, "deployment { id }").await.done())
}

fn ran(server: &Server, deployment: &str) -> Vec<String> {
    let own = key(deployment);
    let mut names: Vec<_> =
        server.ledger().iter().filter_map(|line| line.strip_prefix(&own).map(|name| name.trim().to_owned())).collect();
    names.sort_unstable();
    names
}

async fn what_did_not_come_to_its_end_runs_again_there_only(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (good, bad) = (admin.another_local("good-01").await, admin.another_local("bad-01").await);
    let script = admin.write_commands(FAILS_ON_BAD, json!([])).await;
    let first = run_on(&admin, &script, &[good, bad]).await;
    let running = rerun(&admin, &first, "ALL", 0).await;
    assert!(running.refused() == ["CONFLICT"], "it has not ended");
    assert_eq!(admin.end_of(&first).await.0, "FAILED");
    assert_eq!(ran(&server, &first), ["bad-01", "good-01"]);
    fs::write(server.host_directory().join("mended"), "").unwrap();
    let second = id(&rerun(&admin, &first, "NOT_OK", 0).await.done());
    assert_eq!(admin.end_of(&second).await.0, "COMPLETED");
    assert_eq!(ran(&server, &second), ["bad-01"]);
    let told = admin.deployment(&second, "rerunOf { id } reruns { id } plan { targets { name } } canRerun").await;
    let expected = json!({
        "rerunOf": { "id": first }, "reruns": [], "plan": { "targets": [{ "name": "bad-01" }] }, "canRerun": true,
    });
    assert_eq!(told, expected);
    // Who does not know of it asks again in vain; there is nothing left to do there either.
    assert_eq!(rerun(&admin, &first, "NOT_OK", 0).await.refused(), ["CONFLICT"]);
    assert_eq!(rerun(&admin, &second, "NOT_OK", 0).await.refused(), ["INVALID hosts"]);
    let third = id(&rerun(&admin, &first, "ALL", 1).await.done());
    assert_eq!(admin.end_of(&third).await.0, "COMPLETED");
    assert_eq!(ran(&server, &third), ["bad-01", "good-01"]);
    let reruns = admin.deployment(&first, "reruns { id }").await;
    assert_eq!(reruns["reruns"], json!([{ "id": second }, { "id": third }]));
    let digests = [&first, &third].map(async |id| admin.deployment(id, "plan { digest }").await);
    let [before, after] = digests;
    assert_eq!(before.await, after.await);
}

async fn of_two_at_once_one_runs_it(backend: Backend) {
    let server = Server::shared(backend).await;
    let (one, other) = (server.sign_in("admin").await, server.new_session("admin").await);
    let script = one.write_commands("false", json!([])).await;
    let first = one.run_on_local(&script, json!({})).await;
    assert_eq!(one.end_of(&first).await.0, "FAILED");
    let (left, right) = tokio::join!(rerun(&one, &first, "ALL", 0), rerun(&other, &first, "ALL", 0));
    let refused: Vec<_> = [left, right].into_iter().filter(|outcome| !outcome.is_done()).collect();
    assert_eq!(refused.into_iter().flat_map(Outcome::refused).collect::<Vec<_>>(), ["CONFLICT"]);
    let reruns = one.deployment(&first, "reruns { id }").await;
    assert_eq!(reruns["reruns"].as_array().unwrap().len(), 1);
}

async fn what_was_approved_is_deployed_again_until_it_succeeds(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let mark = crate::support::demo::unique("mended");
    let request = server
        .approved(
            &admin
                .write_commands(
                    &format!("test -e \"$HOME/{mark}\" || {{ touch \"$HOME/{mark}\"; exit 3; }}"),
                    json!([]),
                )
                .await,
        )
        .await;
    let first = tech.deploy(&request).await;
    assert_eq!(tech.end_of(&first).await.0, "FAILED");
    let second = id(&rerun(&tech, &first, "ALL", 0).await.done());
    assert_eq!(tech.end_of(&second).await.0, "COMPLETED");
    let told = tech.deployment(&second, "rerunOf { id } request { id status } canRerun").await;
    let expected =
        json!({ "rerunOf": { "id": first }, "request": { "id": request, "status": "DEPLOYED" }, "canRerun": false });
    assert_eq!(told, expected);
    assert_eq!(rerun(&tech, &second, "ALL", 0).await.refused(), ["CONFLICT"]);
    assert_eq!(rerun(&tech, &first, "ALL", 1).await.refused(), ["CONFLICT"]);
}

async fn another_plan_is_not_run_again(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_commands("false", json!([])).await;
    let request = server.approved(&script).await;
    let (alone, approved) = (admin.run_on_local(&script, json!({})).await, tech.deploy(&request).await);
    assert_eq!(admin.end_of(&alone).await.0, "FAILED");
    assert_eq!(tech.end_of(&approved).await.0, "FAILED");
    let change = json!({ "id": script, "baseRevision": 1, "content": "true" });
    admin.mutate("updateScript", change, "").await.done();
    assert_eq!(rerun(&admin, &alone, "ALL", 0).await.refused(), ["PLAN_DRIFT"]);
    assert_eq!(rerun(&tech, &approved, "ALL", 0).await.refused(), ["PLAN_DRIFT"]);
    assert_eq!(tech.state(&request).await, "FAILED");
    for deployment in [&alone, &approved] {
        assert_eq!(admin.deployment(deployment, "reruns { id }").await["reruns"], json!([]));
    }
}

async fn secrets_are_asked_for_again(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let declared = json!([{ "name": "word", "type": "SECRET", "required": true }]);
    let script = admin.write_commands("echo \"length ${#word}\"; false", declared).await;
    let first = admin.run_on_local(&script, json!({ "word": "seven77" })).await;
    assert_eq!(admin.end_of(&first).await.0, "FAILED");
    let with = async |secrets: Value| {
        let input = json!({ "deploymentId": first, "hosts": "ALL", "knownReruns": 0, "secrets": secrets });
        admin.mutate("rerunDeployment", input, "deployment { id }").await
    };
    assert_eq!(with(json!(null)).await.refused(), ["REQUIRED secrets.word"]);
    assert_eq!(with(json!({ "word": "seven77", "more": "x" })).await.refused(), ["INVALID secrets.more"]);
    assert_eq!(with(json!({ "word": "seven78" })).await.refused(), ["PLAN_DRIFT"]);
    let second = id(&with(json!({ "word": "seven77" })).await.done());
    let told = admin.follow(&second).await;
    assert!(told.lines().contains(&"length 7"), "{:?}", told.lines());
}

async fn what_nobody_knows_is_run_again_by_a_person_only(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let wait = format!("{FAILS_ON_BAD}\necho began\nuntil [ -e \"$DEMO_DIRECTORY/go\" ]; do sleep 0.1; done");
    let script = admin.write_commands(&wait, json!([])).await;
    let first = admin.run_on_local(&script, json!({})).await;
    admin.line(&first, "began").await;
    let dir = fs::read_dir(server.data().join("runs")).unwrap().next().unwrap().unwrap().path();
    kill_runner(&dir);
    assert_eq!(admin.end_of(&first).await.0, "UNKNOWN");
    assert_eq!(
        admin.deployment(&first, "reruns { id } hosts { result }").await,
        json!({ "reruns": [], "hosts": [{ "result": "UNKNOWN" }] })
    );
    fs::write(server.host_directory().join("go"), "").unwrap();
    let second = id(&rerun(&admin, &first, "NOT_OK", 0).await.done());
    assert_eq!(admin.end_of(&second).await.0, "COMPLETED");
    assert_eq!(ran(&server, &second), [LOCAL_SERVER]);
    let project = admin.project(LOCAL).await;
    let page = admin
        .query(
            "query($project: ID!) { deployments(first: 10, where: { projectId: $project }) { nodes { id } } }",
            json!({ "project": project }),
        )
        .await;
    assert_eq!(page["deployments"]["nodes"], json!([{ "id": second }, { "id": first }]));
}
