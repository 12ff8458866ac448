//! Replicas: two servers on one PostgreSQL.

use crate::support::demo::{LOCAL_SERVER, key};
use crate::support::deployments::assert_gapless;
use crate::support::{Client, Server, eventually};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::deploy_server_request::NOTE_IT;

const PATIENCE: Duration = Duration::from_secs(60);

async fn execute(server: &Server, sql: &str) {
    server.database().await.execute_unprepared(sql).await.unwrap();
}

#[test]
fn a_run_of_a_server_that_does_not_come_back_is_unknown_after_minutes_and_not_before() {
    crate::support::run(async {
        let (mut first, second) = Server::two().await;
        let there = Client::new(&second.address, first.sign_in("admin").await.token().map(str::to_owned));
        let other = there.another_local("other-01").await;
        let long = format!("{NOTE_IT}\necho began\nsleep 600");
        let long = there.write_commands(&long, json!([{ "name": "word", "type": "SECRET" }])).await;
        // Which of the two runs it is theirs to decide: until it is the first.
        let (deployment, dir) = loop {
            let deployment = there.run_on_local(&long, json!({ "word": "hunter22" })).await;
            there.line(&deployment, "began").await;
            if let Some(dir) = run_of(&first, &deployment) {
                break (deployment, dir);
            }
            there.mutate("cancelDeployment", json!({ "id": deployment }), "").await.done();
            there.end_of(&deployment).await;
        };
        first.kill();
        let held = format!("where state = 'leased' and subject_id = '{}'", key(&deployment));
        execute(&second, &format!("update job set lease_expires_at = now() - interval '4 minutes' {held}")).await;
        let next = there.write_commands("echo next", json!([])).await;
        // On another host: the first belongs to the run that is not known to have ended.
        let input = json!({ "scriptId": next, "serverIds": [other] });
        let next = there.mutate("runScript", input, "deployment { id }").await.done();
        let next = next["deployment"]["id"].as_str().unwrap().to_owned();
        assert_eq!(there.end_of(&next).await.0, "COMPLETED");
        // So it has looked for jobs since, and left this one alone.
        assert_eq!(there.deployment(&deployment, "status").await["status"], "RUNNING");
        execute(&second, &format!("update job set lease_expires_at = now() - interval '6 minutes' {held}")).await;
        assert_eq!(there.end_of(&deployment).await.0, "UNKNOWN");
        assert_eq!(second.ledger().iter().filter(|line| **line == key(&deployment)).count(), 1);
        super::clearing_up::kill_runner(&dir);
        assert!(dir.join("secrets").exists());
        first.restart().await;
        super::clearing_up::until_gone(dir.join("secrets")).await;
        assert!(dir.join("spool.jsonl").exists());
    });
}

#[test]
fn a_run_that_waits_at_a_server_that_cannot_start_it_is_started_once_by_another() {
    crate::support::run(async {
        let (mut first, second) = Server::two().await;
        let here = first.sign_in("admin").await;
        // The first cannot start anything, so that whatever it takes up stays with it.
        let runs = first.data().join("runs");
        fs::write(&runs, "").unwrap();
        let script = here.write_commands(NOTE_IT, json!([])).await;
        let deployment = loop {
            let deployment = here.run_on_local(&script, json!({})).await;
            let taken = eventually("one of them takes it up", PATIENCE, async || {
                let row = here.deployment(&deployment, "status").await;
                let stuck = first.log().contains(&format!("deployment=\"{}\" failures=", key(&deployment)));
                (stuck || row["status"] != "PENDING").then_some(stuck)
            });
            if taken.await {
                break deployment;
            }
        };
        let there = Client::new(&second.address, here.token().map(str::to_owned));
        let node = fs::read_to_string(first.data().join("node")).unwrap();
        let held = format!("where state = 'leased' and node = '{}'", node.trim());
        let expire = format!("update job set lease_expires_at = now() - interval '6 minutes' {held}");
        eventually("the other starts it", PATIENCE, async || {
            if there.deployment(&deployment, "status").await["status"] == "COMPLETED" {
                return Some(());
            }
            execute(&second, &expire).await;
            None
        })
        .await;
        fs::remove_file(&runs).unwrap();
        first.kill();
        first.restart().await;
        let here = first.new_session("admin").await;
        let after = here.run_on_local(&script, json!({})).await;
        assert_eq!(here.end_of(&after).await.0, "COMPLETED");
        assert_eq!(second.ledger().iter().filter(|line| **line == key(&deployment)).count(), 1);
    });
}

fn run_of(server: &Server, deployment: &str) -> Option<PathBuf> {
    let begins = format!("{}.", key(deployment));
    let mut runs = fs::read_dir(server.data().join("runs")).ok()?.flatten();
    runs.find(|entry| entry.file_name().to_string_lossy().starts_with(&begins)).map(|entry| entry.path())
}

#[test]
fn a_subscriber_on_either_sees_every_event_of_a_deployment_dispatched_by_the_other() {
    crate::support::run(async {
        let (first, second) = Server::two().await;
        let here = first.sign_in("admin").await;
        // A session of one is a session of the other.
        let there = Client::new(&second.address, here.token().map(str::to_owned));
        let script = here
            .write_commands(&format!("{NOTE_IT}\nfor i in $(seq 1 40); do echo line $i; sleep 0.2; done"), json!([]))
            .await;
        assert_eq!(here.server(LOCAL_SERVER).await, there.server(LOCAL_SERVER).await);
        for (dispatcher, other) in [(&here, &there), (&there, &here)] {
            let deployment = dispatcher.run_on_local(&script, json!({})).await;
            let (own, others) = (dispatcher.progress(&deployment, None).await, other.progress(&deployment, None).await);
            let (own, others) = tokio::join!(own.until_it_ends(), others.until_it_ends());
            assert_gapless(&own.events, 1);
            assert_eq!(own.events, others.events);
            assert_eq!(own.batches.last().unwrap()["status"], "COMPLETED", "{:?}", own.lines());
            // It arrived as it happened, also at the one that does not run it.
            assert!(others.batches.len() > 3, "{:#?}", others.batches);
            assert_eq!(other.events(&deployment).await, own.events);
            let id = key(&deployment);
            // The demo's host is that of whoever started last.
            assert_eq!(second.ledger().iter().filter(|line| **line == id).count(), 1);
        }
    });
}
