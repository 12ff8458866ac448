//! The database is away for longer than several leases: what runs goes on, and all of it is told once it is back.

use crate::support::database::{execute, fresh};
use crate::support::demo::key;
use crate::support::deployments::{assert_gapless, lines};
use crate::support::proxy::{Proxy, Way};
use crate::support::server::Options;
use crate::support::{Backend, Client, Server, eventually, soak_rounds};
use sea_orm::{ConnectionTrait as _, Statement, TransactionTrait as _};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// So soon after the database is back the end must be told.
const SOON: Duration = Duration::from_secs(30);
/// What a lease is in these tests.
const LEASE: &str = "1";

/// For how long the script goes on while the database is away: for several leases; in a soak for a minute.
fn ticks() -> usize {
    if soak_rounds().is_some() { 600 } else { 50 }
}

fn script() -> String {
    format!(
        "mkdir -p \"$DEMO_DIRECTORY\"; echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/began.txt\"; echo began\n\
         for n in $(seq 1 {}); do echo \"line $n\"; sleep 0.1; done\n\
         echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/ended.txt\"",
        ticks()
    )
}

fn noted(server: &Server, file: &str, deployment: &str) -> usize {
    let text = fs::read_to_string(server.host_directory().join(file)).unwrap_or_default();
    text.lines().filter(|line| **line == key(deployment)).count()
}

/// Begins a run; takes the database away by `leave` until the run has ended on its host, and for longer if `leave` takes
/// longer; gives it back by `back`, and sees that nothing was lost.
async fn survives<T>(what: &str, server: &Server, leave: impl AsyncFnOnce() -> T, back: impl AsyncFnOnce(T)) {
    let admin = server.sign_in("admin").await;
    let written = admin.write_commands(&script(), json!([])).await;
    let deployment = admin.run_on_local(&written, json!({})).await;
    admin.line(&deployment, "line 3").await;
    let before = admin.progress(&deployment, None).await;
    let before = tokio::spawn(before.while_it_lasts());
    let away = leave().await;
    eventually("the script has ended", 3 * PATIENCE, async || {
        (noted(server, "ended.txt", &deployment) == 1).then_some(())
    })
    .await;
    back(away).await;
    let begun = Instant::now();
    let status = eventually("its end is told", SOON, async || end(&admin, &deployment).await).await;
    let took = begun.elapsed();
    assert_eq!(status, "COMPLETED", "{what}");
    let before = before.await.unwrap();
    let cursor = before.batches.last().map(|batch| batch["cursor"].as_str().unwrap());
    let rest = admin.progress(&deployment, cursor).await.until_it_ends().await;
    let (all, told) = (admin.events(&deployment).await, [before.events, rest.events].concat());
    assert_gapless(&all, 1);
    assert_eq!(told, all, "{what}");
    let expected: Vec<String> = (1..=ticks()).map(|n| format!("line {n}")).collect();
    let said: Vec<&str> = lines(&all).into_iter().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(said, expected, "{what}");
    assert_eq!(noted(server, "began.txt", &deployment), 1, "{what}");
    println!("soak|{what}|1|0|0|0|its end was told {:.1} s after the database was back", took.as_secs_f64());
}

/// Whether it has ended, if the server can tell.
async fn end(client: &Client, deployment: &str) -> Option<Value> {
    let query = "query($id: ID!) { deployment(id: $id) { status } }";
    let mut answer = client.send(query, json!({ "id": deployment })).await;
    let status = answer.body["data"]["deployment"]["status"].take();
    (status.is_string() && status != "RUNNING").then_some(status)
}

fn settings() -> Vec<(&'static str, String)> {
    vec![("ROOKERY_LEASE_SECONDS", LEASE.to_owned()), ("ROOKERY_HANDOVER_SECONDS", "2".to_owned())]
}

async fn behind_a_proxy() -> (Proxy, Server) {
    let proxy = Proxy::to(&fresh(Backend::Postgres).await.unwrap()).await;
    let options = Options { database: Some(proxy.url.clone()), environment: settings(), ..Options::default() };
    (proxy, Server::start(options).await)
}

#[test]
fn postgresql_that_takes_no_connections_loses_nothing() {
    crate::support::run(async {
        let (proxy, server) = behind_a_proxy().await;
        let leave = async || proxy.set(Way::Closed);
        survives("PostgreSQL refuses|Postgres", &server, leave, async |()| proxy.set(Way::Open)).await;
    });
}

#[test]
fn postgresql_that_does_not_answer_loses_nothing() {
    crate::support::run(async {
        let (proxy, server) = behind_a_proxy().await;
        let leave = async || proxy.set(Way::Silent);
        survives("PostgreSQL is silent|Postgres", &server, leave, async |()| proxy.set(Way::Open)).await;
    });
}

#[test]
fn postgresql_that_was_silent_and_has_forgotten_its_connections_loses_nothing() {
    crate::support::run(async {
        let (proxy, server) = behind_a_proxy().await;
        let leave = async || proxy.set(Way::Silent);
        let back = async |()| {
            proxy.set(Way::Closed);
            tokio::task::yield_now().await;
            proxy.set(Way::Open);
        };
        survives("PostgreSQL forgets its connections|Postgres", &server, leave, back).await;
    });
}

#[test]
fn a_locked_file_loses_nothing() {
    crate::support::run(async {
        let server = Server::demo_with(Backend::Sqlite, settings()).await;
        let leave = async || {
            let other = server.database().await.begin().await.unwrap();
            // Nobody else writes as long as this may be undone.
            other.execute_unprepared("UPDATE tenant SET id = id").await.unwrap();
            eventually("the server finds it locked", PATIENCE, async || {
                server.log().contains("runs cannot be taken up").then_some(())
            })
            .await;
            other
        };
        survives("SQLite's file is locked|Sqlite", &server, leave, async |other| other.commit().await.unwrap()).await;
    });
}

#[test]
fn a_full_disk_loses_nothing() {
    /// So many pages the server can use; what it begins with is less than half of that.
    const PAGES: i64 = 2_000;
    crate::support::run(async {
        let mut settings = settings();
        settings.push(("FAILPOINTS", format!("database::pages=return({PAGES})")));
        let server = Server::demo_with(Backend::Sqlite, settings).await;
        let leave = async || {
            let other = server.database().await;
            let pages = other.query_one_raw(Statement::from_string(other.get_database_backend(), "PRAGMA page_count"));
            let pages: i64 = pages.await.unwrap().unwrap().try_get_by_index(0).unwrap();
            assert!(pages < PAGES / 2, "{pages}");
            execute(&other, "CREATE TABLE ballast (weight BLOB NOT NULL)").await;
            let weight = (PAGES - pages) * 4096;
            execute(&other, &format!("INSERT INTO ballast VALUES (zeroblob({weight}))")).await;
            eventually("the disk is full", PATIENCE, async || {
                server.log().contains("database or disk is full").then_some(())
            })
            .await;
            other
        };
        survives("SQLite's disk is full|Sqlite", &server, leave, async |other| {
            execute(&other, "DELETE FROM ballast").await;
        })
        .await;
    });
}
