//! A run is never started twice, whatever happens between its dispatch and its start.

use super::deploy_server_request::NOTE_IT;
use crate::support::demo::key;
use crate::support::{Backend, Client, Server, eventually};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

on_both![
    a_start_that_fails_for_longer_than_a_lease_happens_once,
    a_lease_that_is_lost_during_the_start_does_not_start_it_twice,
    a_run_that_cannot_be_started_is_given_up,
    a_runner_that_does_not_start_leaves_no_secret,
];

/// How often a start has failed before three leases of two seconds are over: the pauses between are 1/30 of a lease,
/// twice that and so on, up to a lease.
const FAILURES_OF_THREE_LEASES: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

fn short_leases() -> Vec<(&'static str, String)> {
    vec![("ROOKERY_LEASE_SECONDS", "2".to_owned())]
}

/// What lies where the server needs a directory. Modes would not stop it where the tests are run by root.
struct Obstacle {
    place: PathBuf,
    aside: PathBuf,
}

impl Obstacle {
    fn put(server: &Server, name: &str) -> Self {
        let (place, aside) = (server.data().join(name), server.data().join(format!("{name}-aside")));
        if place.exists() {
            fs::rename(&place, &aside).unwrap();
        }
        fs::write(&place, "").unwrap();
        Self { place, aside }
    }

    fn take_away(self) {
        fs::remove_file(&self.place).unwrap();
        if self.aside.exists() {
            fs::rename(&self.aside, &self.place).unwrap();
        }
    }
}

async fn failures(server: &Server, count: usize) {
    eventually("the start has failed", PATIENCE, async || {
        (server.log().matches("seeing to a run failed").count() >= count).then_some(())
    })
    .await;
}

async fn number(server: &Server, sql: &str) -> i64 {
    let database = server.database().await;
    let row = database.query_one_raw(sea_orm::Statement::from_string(database.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn state(client: &Client, deployment: &str) -> String {
    client.deployment(deployment, "status").await["status"].as_str().unwrap().to_owned()
}

async fn a_start_that_fails_for_longer_than_a_lease_happens_once(backend: Backend) {
    let server = Server::demo_with(backend, short_leases()).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(NOTE_IT, json!([])).await;
    for obstacle in ["runs", "scripts"] {
        let obstacle = Obstacle::put(&server, obstacle);
        let before = server.log().matches("seeing to a run failed").count();
        let deployment = admin.run_on_local(&script, json!({})).await;
        failures(&server, before + FAILURES_OF_THREE_LEASES).await;
        assert_eq!(state(&admin, &deployment).await, "PENDING");
        obstacle.take_away();
        assert_eq!(admin.end_of(&deployment).await, ("COMPLETED".to_owned(), String::new()));
        assert_eq!(server.ledger().iter().filter(|line| **line == key(&deployment)).count(), 1);
    }
    // The lease was held all the time: nobody else could have begun.
    assert_eq!(number(&server, "select max(fence) from job").await, 1);
    assert_eq!(server.ledger().len(), 2);
}

async fn a_lease_that_is_lost_during_the_start_does_not_start_it_twice(backend: Backend) {
    let server = Server::demo_with(backend, short_leases()).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(&format!("{NOTE_IT}\nsleep 1"), json!([])).await;
    let obstacle = Obstacle::put(&server, "scripts");
    let deployment = admin.run_on_local(&script, json!({})).await;
    failures(&server, 1).await;
    // As when the clock leaps, or the database was away: the same server takes it up anew while it still holds it.
    for fence in 2..5 {
        let expire = "update job set lease_expires_at = '2000-01-01T00:00:00+00:00' where state = 'leased'";
        server.database().await.execute_unprepared(expire).await.unwrap();
        eventually("it is taken up anew", PATIENCE, async || {
            (number(&server, "select max(fence) from job").await >= fence).then_some(())
        })
        .await;
    }
    obstacle.take_away();
    assert_eq!(admin.end_of(&deployment).await, ("COMPLETED".to_owned(), String::new()));
    assert_eq!(server.ledger(), [key(&deployment)]);
}

async fn a_run_that_cannot_be_started_is_given_up(backend: Backend) {
    let server = Server::demo_with(backend, vec![("ROOKERY_LEASE_SECONDS", "1".to_owned())]).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(NOTE_IT, json!([])).await;
    let obstacle = Obstacle::put(&server, "runs");
    let deployment = admin.run_on_local(&script, json!({})).await;
    let (status, why) = admin.end_of(&deployment).await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("nothing was done"), "{why}");
    obstacle.take_away();
    // And the next one is none the worse for it.
    let next = admin.run_on_local(&script, json!({})).await;
    assert_eq!(admin.end_of(&next).await.0, "COMPLETED");
    assert_eq!(server.ledger(), [key(&next)]);
}

async fn a_runner_that_does_not_start_leaves_no_secret(backend: Backend) {
    let mut server = Server::demo(backend).await;
    server.stop();
    // As in an upgrade that moves the program away under a running server.
    let program = server.data().join("rookery-copy");
    fs::copy(crate::support::executable(), &program).unwrap();
    server.restart_from(&program).await;
    fs::remove_file(&program).unwrap();
    let admin = server.new_session("admin").await;
    let script = admin.write_commands("echo \"$word\"", json!([{ "name": "word", "type": "SECRET" }])).await;
    let deployment = admin.run_on_local(&script, json!({ "word": "hunter22" })).await;
    let (status, why) = admin.end_of(&deployment).await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("runner cannot be started"), "{why}");
    assert_eq!(fs::read_dir(server.data().join("runs")).unwrap().count(), 0);
    assert_eq!(number(&server, "select count(*) from deployment where secret_variables is not null").await, 0);
}
