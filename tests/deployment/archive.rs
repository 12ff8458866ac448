//! Old events are moved to the archive, and read from there as they were.

use crate::support::deployments::{Told, assert_gapless};
use crate::support::socket::Next;
use crate::support::{Backend, Client, Server};
use rookery_api::deployment::archive_events::archive_ended;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

on_both![what_is_archived_is_read_as_before, who_reads_while_it_is_archived_misses_nothing, a_damaged_archive_is_told,];

/// More than two parts hold.
const LINES: usize = 2_400;

fn month() -> chrono::Duration {
    chrono::Duration::days(30)
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Runs a script with many lines to its end.
async fn run(admin: &Client) -> String {
    let script = admin.write_commands(&format!("seq -f 'line “%.0f”' 1 {LINES}"), json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    deployment
}

/// As if all that ended had ended years ago.
async fn age(db: &DatabaseConnection) {
    let old = chrono::DateTime::from_timestamp(1_600_000_000, 0).unwrap();
    let sql = "UPDATE deployment SET finished_at = $1 WHERE finished_at IS NOT NULL";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [old.into()])).await.unwrap();
}

/// Everything that the API tells of a deployment's events, in every way.
async fn read(client: &Client, deployment: &str, cursor: &str) -> Vec<Value> {
    let pages = [
        "events(first: 100) { nodes { sequence text at } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount }",
        "events(last: 100) { nodes { sequence text } pageInfo { hasNextPage hasPreviousPage startCursor } }",
        "events(first: 50, after: $cursor) { edges { cursor node { sequence kind } } pageInfo { hasNextPage endCursor } }",
        "events(last: 50, before: $cursor) { nodes { sequence kind at } pageInfo { hasPreviousPage startCursor } }",
        "events(first: 100, kind: [STATUS, PROGRESS]) { nodes { sequence status finished planned } totalCount }",
        "events(last: 7, kind: [TASK]) { nodes { sequence taskStatus host } totalCount pageInfo { hasPreviousPage } }",
        "events(first: 3, after: $cursor, kind: [LINE]) { nodes { sequence text } totalCount }",
        "tasks { index name startedAt finishedAt hosts { host status firstSequence lastSequence } }",
        "progress { finished planned }",
    ];
    let mut answers = Vec::new();
    for page in pages {
        let query = if page.contains("$cursor") { "query($id: ID!, $cursor: String)" } else { "query($id: ID!)" };
        let query = format!("{query} {{ deployment(id: $id) {{ {page} }} }}");
        answers.push(client.query(&query, json!({ "id": deployment, "cursor": cursor })).await);
    }
    let told: Told = client.follow(deployment).await;
    let rest = client.progress(deployment, Some(cursor)).await.until_it_ends().await;
    answers.extend([json!(told.events), json!(rest.events), told.batches.last().unwrap()["cursor"].clone()]);
    answers
}

async fn what_is_archived_is_read_as_before(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (db, kernel) = (server.database().await, server.kernel().await);
    let deployment = run(&admin).await;
    let events = admin.events(&deployment).await;
    let cursor = "query($id: ID!) { deployment(id: $id) { events(last: 40) { pageInfo { startCursor } } } }";
    let cursor = admin.query(cursor, json!({ "id": deployment })).await;
    let near_the_end = cursor["deployment"]["events"]["pageInfo"]["startCursor"].as_str().unwrap().to_owned();
    let middle = admin.progress(&deployment, None).await.first(1_200).await;
    let cursors = [near_the_end.as_str(), middle.cursor()];
    let mut before = Vec::new();
    for cursor in cursors {
        before.push(read(&admin, &deployment, cursor).await);
    }
    assert_eq!(archive_ended(&kernel, month()).await.unwrap(), 0, "nothing is old yet");
    assert_eq!(admin.deployment(&deployment, "eventsArchivedAt").await["eventsArchivedAt"], Value::Null);
    age(&db).await;
    let recent = run(&admin).await;
    // Two servers at once: each event is moved by one of them.
    let (one, two) = tokio::join!(archive_ended(&kernel, month()), archive_ended(&kernel, month()));
    assert_eq!(one.unwrap() + two.unwrap(), events.len() as u64);
    assert_eq!(archive_ended(&kernel, month()).await.unwrap(), 0);
    let parts = number(&db, "SELECT count(*) FROM deployment_event_archive").await;
    assert!(parts >= 3, "{parts}");
    assert_eq!(number(&db, "SELECT count(*) FROM deployment_event").await, admin.events(&recent).await.len() as i64);
    for (cursor, before) in cursors.into_iter().zip(before) {
        assert_eq!(read(&admin, &deployment, cursor).await, before);
    }
    let after = admin.events(&deployment).await;
    assert_gapless(&after, 1);
    assert_eq!(after, events);
    let row = admin.deployment(&deployment, "eventsArchivedAt events(first: 100) { totalCount }").await;
    assert!(row["eventsArchivedAt"].is_string(), "{row}");
    assert_eq!(row["events"]["totalCount"], events.len());
    // It takes less room than what it holds: each event is more than a hundred bytes of the table.
    let size = number(&db, "SELECT CAST(sum(length(content)) AS bigint) FROM deployment_event_archive").await;
    println!("{backend:?}: {} events in {parts} parts of {size} bytes in all", events.len());
    assert!(size < 20 * events.len() as i64, "{size}");
}

async fn who_reads_while_it_is_archived_misses_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (db, kernel) = (server.database().await, server.kernel().await);
    let deployment = run(&admin).await;
    let events = admin.events(&deployment).await;
    age(&db).await;
    let archiving = tokio::spawn(async move { archive_ended(&kernel, month()).await });
    loop {
        let is_done = archiving.is_finished();
        let (told, read) = tokio::join!(admin.follow(&deployment), admin.events(&deployment));
        assert_eq!(told.events, events);
        assert_eq!(read, events);
        if is_done {
            break;
        }
    }
    assert_eq!(archiving.await.unwrap().unwrap(), events.len() as u64);
}

async fn a_damaged_archive_is_told(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (db, kernel) = (server.database().await, server.kernel().await);
    let deployment = run(&admin).await;
    age(&db).await;
    archive_ended(&kernel, month()).await.unwrap();
    let page = async |arguments: &str| {
        let query =
            format!("query($id: ID!) {{ deployment(id: $id) {{ events({arguments}) {{ nodes {{ sequence }} }} }} }}");
        let answer = admin.send(&query, json!({ "id": deployment })).await;
        (answer.code(), answer.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(page("first: 10").await.0, None);
    // Another content than the one that was written.
    db.execute_unprepared(
        "UPDATE deployment_event_archive SET content = (SELECT content FROM deployment_event_archive WHERE part = 1)
         WHERE part = 2",
    )
    .await
    .unwrap();
    assert_eq!(page("first: 10").await.0, None, "what is not damaged is read");
    let mut follower = admin.progress(&deployment, None).await;
    let told = loop {
        match follower.next().await {
            Next::Data(_) => {}
            other => break other,
        }
    };
    let Next::Errors(errors) = told else { panic!("{told:?}") };
    assert_eq!(errors[0]["extensions"]["code"], "UNAVAILABLE");
    assert!(errors[0]["message"].as_str().unwrap().contains("archive"), "{errors}");
    db.execute_unprepared("DELETE FROM deployment_event_archive WHERE part = 2").await.unwrap();
    for arguments in ["first: 10", "last: 10", "first: 10, kind: [STATUS]"] {
        let (code, message) = page(arguments).await;
        assert_eq!(code.as_deref(), Some("UNAVAILABLE"), "{arguments}");
        assert!(message.contains("archive of this deployment's events is damaged"), "{message}");
    }
    // What is not in the archive is told all the same.
    assert_eq!(admin.deployment(&deployment, "status").await["status"], "COMPLETED");
}
