//! A server that is stopped where it stands for longer than its lease: another takes over, and the stopped one, when it goes
//! on, writes nothing and starts nothing.

use crate::support::demo::key;
use crate::support::deployments::{assert_gapless, lines};
use crate::support::{Backend, Client, Server, eventually};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use std::fs;
use std::time::Duration;

on_both![a_server_that_was_stopped_goes_on_with_its_own_run];

const PATIENCE: Duration = Duration::from_secs(60);
const SCRIPT: &str = "mkdir -p \"$DEMO_DIRECTORY\"; echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/began.txt\"
for n in $(seq 1 40); do echo \"line $n\"; sleep 0.1; done
echo \"$deployment_id\" >> \"$DEMO_DIRECTORY/ended.txt\"";

fn short_terms() -> Vec<(&'static str, String)> {
    vec![("ROOKERY_LEASE_SECONDS", "2".to_owned()), ("ROOKERY_HANDOVER_SECONDS", "3".to_owned())]
}

fn noted(server: &Server, file: &str, deployment: &str) -> usize {
    let text = fs::read_to_string(server.host_directory().join(file)).unwrap_or_default();
    text.lines().filter(|line| **line == key(deployment)).count()
}

/// Every row that a run writes.
async fn rows(server: &Server) -> Vec<String> {
    let database = server.database().await;
    let mut rows = Vec::new();
    for (table, order) in [
        ("deployment", "id"),
        ("deployment_event", "deployment_id, sequence"),
        ("deployment_host", "deployment_id, server_id"),
        ("job", "id"),
        ("audit_event", "id"),
        ("notification", "id"),
        ("server", "id"),
    ] {
        let sql = format!("select row_to_json(t)::text as row from (select * from {table} order by {order}) as t");
        let found = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
        rows.extend(found.into_iter().map(|row| row.try_get::<String>("", "row").unwrap()));
    }
    rows
}

/// Where the server stops, how often it gets past there before, and how often the script is carried out.
const POINTS: [(&str, usize, usize); 5] = [
    // About to start the runner: it must not, when it goes on, since by then somebody may have run the script again.
    ("run::noted", 0, 0),
    // Before it writes, while it writes, and after it has written.
    ("run::read", 3, 1),
    ("run::recording", 4, 1),
    ("run::recorded", 3, 1),
    ("run::end_read", 0, 1),
];

#[test]
fn who_was_stopped_for_longer_than_its_lease_writes_and_starts_nothing() {
    crate::support::run(async {
        let cases = POINTS.map(|(point, passes, count)| stopped_at(point, passes, count));
        futures::future::join_all(cases).await;
    });
}

async fn stopped_at(point: &str, passes: usize, count: usize) {
    let (mut first, second) = Server::two_with(short_terms()).await;
    let times = if passes == 0 { String::new() } else { format!("{passes}*off->") };
    first.restart_with("FAILPOINTS", &format!("{point}={times}1*return(stop)")).await;
    let there = second.new_session("admin").await;
    let script = there.write_commands(SCRIPT, json!([])).await;
    // Which of the two runs it is theirs to decide: until the first has stopped over it.
    let deployment = loop {
        let deployment = there.run_on_local(&script, json!({})).await;
        let ended = eventually("it has ended, or its server has stopped", PATIENCE, async || {
            let status = there.deployment(&deployment, "status").await["status"].clone();
            if status == "COMPLETED" { Some(true) } else { first.is_frozen().then_some(false) }
        });
        if !ended.await {
            break deployment;
        }
    };
    // The demo's host is that of the first, which was started last. The other one judges the run, though the first may hold a transaction open.
    let (status, why) = there.end_of(&deployment).await;
    assert_eq!(status, "UNKNOWN", "{point}: {why}");
    eventually("what was started has ended", PATIENCE, async || {
        (noted(&first, "ended.txt", &deployment) == count).then_some(())
    })
    .await;
    let before = rows(&second).await;
    first.freeze(false);
    // Either by what it holds no more or, after the database has hung up on it in the middle of something, by what it finds.
    eventually("it notices", PATIENCE, async || {
        let log = first.log();
        (log.contains("the lease of a run was lost") || log.contains("status=Unknown")).then_some(())
    })
    .await;
    // It is at work again, and has been for a while.
    let here = Client::new(&first.address, there.token().map(str::to_owned));
    assert_eq!(here.deployment(&deployment, "status").await["status"], "UNKNOWN");
    assert_eq!(rows(&second).await, before, "{point}");
    let next = here.write_commands("echo next", json!([])).await;
    assert_eq!(here.end_of(&here.run_on_local(&next, json!({})).await).await.0, "COMPLETED");
    assert_eq!(noted(&first, "began.txt", &deployment), count, "{point}");
    let events = here.events(&deployment).await;
    assert_gapless(&events, 1);
    assert_eq!(events.last().unwrap()["status"], "UNKNOWN", "{point}");
}

async fn a_server_that_was_stopped_goes_on_with_its_own_run(backend: Backend) {
    let server = Server::demo_with(backend, short_terms()).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(SCRIPT, json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.line(&deployment, "line 5").await;
    let follower = admin.progress(&deployment, None).await;
    server.freeze(true);
    eventually("the script has ended", PATIENCE, async || {
        (noted(&server, "ended.txt", &deployment) == 1).then_some(())
    })
    .await;
    server.freeze(false);
    let told = follower.until_it_ends().await;
    assert_gapless(&told.events, 1);
    assert_eq!(told.batches.last().unwrap()["status"], "COMPLETED", "{:?}", lines(&told.events));
    assert_eq!(admin.events(&deployment).await, told.events);
    assert_eq!(told.lines().iter().filter(|line| line.starts_with("line ")).count(), 40);
    assert_eq!(noted(&server, "began.txt", &deployment), 1);
}
