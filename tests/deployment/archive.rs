//! Old events are moved to the archive, and read from there as they were.

use crate::support::deployments::{Told, assert_gapless};
use crate::support::server::{Options, command};
use crate::support::socket::Next;
use crate::support::{Backend, Client, Server, database, sha256_hex};
use rookery_api::deployment::archive_events::archive_ended;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

on_both![
    what_is_archived_is_read_as_before,
    what_is_archived_in_files_is_read_as_before,
    who_reads_while_it_is_archived_misses_nothing,
    a_damaged_archive_is_told,
    a_damaged_file_is_told,
    parts_stay_where_they_were_put,
];

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

/// A demo that archives into files of this directory.
async fn demo_with_files(backend: Backend, directory: &Path) -> Server {
    let database = database::fresh(backend).await;
    Server::start(Options { database, archive_directory: Some(directory.to_owned()), ..Options::default() }).await
}

/// The files of an archive, by their names.
fn files(directory: &Path) -> Vec<PathBuf> {
    let inside = |directory: &Path| -> Vec<PathBuf> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut files: Vec<_> =
        inside(directory).iter().flat_map(|tenant| inside(tenant)).flat_map(|of| inside(&of)).collect();
    files.sort();
    files
}

/// The file of a deployment's part, where there is only one deployment.
fn file_of_part(directory: &Path, part: u32) -> PathBuf {
    let begin = format!("{part:06}-");
    let is_it = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().starts_with(&begin);
    files(directory).into_iter().find(is_it).expect("the part has a file")
}

/// Asks for a page of events: the code of what is refused, and what is said of it.
async fn page(client: &Client, deployment: &str, arguments: &str) -> (Option<String>, String) {
    let query =
        format!("query($id: ID!) {{ deployment(id: $id) {{ events({arguments}) {{ nodes {{ sequence }} }} }} }}");
    let answer = client.send(&query, json!({ "id": deployment })).await;
    (answer.code(), answer.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned())
}

/// The events that whoever follows is told until they are refused the rest because of the archive.
async fn follow_until_refused(client: &Client, deployment: &str) -> Vec<Value> {
    let mut follower = client.progress(deployment, None).await;
    let mut events = Vec::new();
    let told = loop {
        match follower.next().await {
            Next::Data(data) => {
                events.extend(data["deploymentProgress"]["events"].as_array().unwrap().iter().cloned());
            }
            other => break other,
        }
    };
    let Next::Errors(errors) = told else { panic!("{told:?}") };
    assert_eq!(errors[0]["extensions"]["code"], "UNAVAILABLE");
    assert!(errors[0]["message"].as_str().unwrap().contains("archive"), "{errors}");
    events
}

async fn what_is_archived_is_read_as_before(backend: Backend) {
    let server = Server::demo(backend).await;
    let (events, parts) = reads_as_before(&server).await;
    // It takes less room than what it holds: each event is more than a hundred bytes of the table.
    let size = size_in_database(&server.database().await).await;
    println!("{backend:?}: {events} events in {parts} parts of {size} bytes in all");
    assert!(size < 20 * events, "{size}");
}

async fn what_is_archived_in_files_is_read_as_before(backend: Backend) {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("kept/archive");
    let server = demo_with_files(backend, &directory).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let (events, parts) = reads_as_before(&server).await;
    let files = files(&directory);
    assert_eq!(files.len() as i64, parts, "two that archive at once write the same files");
    let mut size = 0;
    for file in &files {
        assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
        let content = fs::read(file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.ends_with(&format!("-{}.jsonl.gz", sha256_hex(&content))), "{name}");
        assert_eq!(content[..2], [0x1f, 0x8b], "what gzip writes begins so");
        size += content.len() as i64;
    }
    assert!(size < 20 * events, "{size}");
    let db = server.database().await;
    assert_eq!(size_in_database(&db).await, 0);
    assert_eq!(number(&db, "SELECT count(*) FROM deployment_event_archive WHERE in_file").await, parts);
}

async fn size_in_database(db: &DatabaseConnection) -> i64 {
    number(db, "SELECT CAST(sum(length(content)) AS bigint) FROM deployment_event_archive").await
}

/// Archives a deployment, and finds it as it was. How many events it has, and in how many parts.
async fn reads_as_before(server: &Server) -> (i64, i64) {
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
    (events.len() as i64, parts)
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
    assert_eq!(page(&admin, &deployment, "first: 10").await.0, None);
    // Another content than the one that was written.
    db.execute_unprepared(
        "UPDATE deployment_event_archive SET content = (SELECT content FROM deployment_event_archive WHERE part = 1)
         WHERE part = 2",
    )
    .await
    .unwrap();
    assert_eq!(page(&admin, &deployment, "first: 10").await.0, None, "what is not damaged is read");
    follow_until_refused(&admin, &deployment).await;
    db.execute_unprepared("DELETE FROM deployment_event_archive WHERE part = 2").await.unwrap();
    for arguments in ["first: 10", "last: 10", "first: 10, kind: [STATUS]"] {
        let (code, message) = page(&admin, &deployment, arguments).await;
        assert_eq!(code.as_deref(), Some("UNAVAILABLE"), "{arguments}");
        assert!(message.contains("archive of this deployment's events is damaged"), "{message}");
    }
    // What is not in the archive is told all the same.
    assert_eq!(admin.deployment(&deployment, "status").await["status"], "COMPLETED");
}

async fn a_damaged_file_is_told(backend: Backend) {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("archive");
    let mut server = demo_with_files(backend, &directory).await;
    let admin = server.sign_in("admin").await;
    let deployment = run(&admin).await;
    let events = admin.events(&deployment).await;
    age(&server.database().await).await;
    archive_ended(&server.kernel().await, month()).await.unwrap();
    let file = file_of_part(&directory, 2);
    let content = fs::read(&file).unwrap();
    let mut changed = content.clone();
    changed[40] ^= 1;
    for damaged in [Some(changed), None] {
        match damaged {
            Some(changed) => fs::write(&file, changed).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        assert_eq!(page(&admin, &deployment, "first: 10").await.0, None, "what is not damaged is read");
        assert_eq!(page(&admin, &deployment, "last: 10").await.0, None, "what is not damaged is read");
        // Nobody is told what comes after what they cannot be told.
        let told = follow_until_refused(&admin, &deployment).await;
        assert!(!told.is_empty() && told.len() <= 1_000, "{}", told.len());
        assert_eq!(told, events[..told.len()]);
        fs::write(&file, &content).unwrap();
        assert_eq!(admin.events(&deployment).await, events);
        assert_eq!(admin.follow(&deployment).await.events, events);
    }
    let log = server.log();
    assert!(log.contains("is not as it was written") && log.contains("cannot be read"), "{log}");
    assert!(log.contains(file.to_str().unwrap()), "{log}");
    // Without its directory a server has no archive, and says so at its start.
    server.restart_archiving_to(None).await;
    assert!(server.log().contains("old events are in files, and archive_directory is not set"), "{}", server.log());
    let admin = server.sign_in("admin").await;
    let (code, message) = page(&admin, &deployment, "first: 10").await;
    assert_eq!(code.as_deref(), Some("UNAVAILABLE"));
    assert!(message.contains("archive of this deployment's events is damaged"), "{message}");
    assert!(server.log().contains("a part of the archive is in a file"), "{}", server.log());
    server.restart_archiving_to(Some(&directory)).await;
    let admin = server.sign_in("admin").await;
    assert!(!server.log().contains("archive_directory"), "{}", server.log());
    assert_eq!(admin.events(&deployment).await, events);
}

async fn parts_stay_where_they_were_put(backend: Backend) {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("archive");
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let db = server.database().await;
    let first = run(&admin).await;
    let of_first = admin.events(&first).await;
    age(&db).await;
    archive_ended(&server.kernel().await, month()).await.unwrap();
    db.close().await.unwrap();
    server.restart_archiving_to(Some(&directory)).await;
    let admin = server.sign_in("admin").await;
    let db = server.database().await;
    assert_eq!(admin.events(&first).await, of_first);
    let second = run(&admin).await;
    let of_second = admin.events(&second).await;
    age(&db).await;
    archive_ended(&server.kernel().await, month()).await.unwrap();
    let in_database = "SELECT count(*) FROM deployment_event_archive WHERE NOT in_file AND length(content) > 0";
    let in_files = "SELECT count(*) FROM deployment_event_archive WHERE in_file AND length(content) = 0";
    assert_eq!(number(&db, in_files).await, files(&directory).len() as i64);
    assert!(number(&db, in_database).await >= 3);
    assert_eq!(admin.events(&first).await, of_first);
    assert_eq!(admin.events(&second).await, of_second);
    // A deployment may have some of its parts here, and some there.
    let file = file_of_part(&directory, 2);
    let sql = "UPDATE deployment_event_archive SET in_file = false, content = $1 WHERE in_file AND part = 2";
    let content = fs::read(&file).unwrap();
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [content.into()])).await.unwrap();
    fs::remove_file(&file).unwrap();
    assert_eq!(admin.events(&second).await, of_second);
    assert_eq!(admin.follow(&second).await.events, of_second);
}

#[test]
fn every_server_reads_the_files_of_all() {
    crate::support::run(async {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("archive");
        let options = Options {
            database: database::fresh(Backend::Postgres).await,
            environment: vec![("ROOKERY_MASTER_KEY", "5e".repeat(32))],
            archive_directory: Some(directory.clone()),
            ..Options::default()
        };
        let (one, two) = (Server::start(options.clone()).await, Server::start(options).await);
        let here = one.sign_in("admin").await;
        let there = Client::new(&two.address, here.token().map(str::to_owned));
        let deployment = run(&here).await;
        let events = there.events(&deployment).await;
        age(&one.database().await).await;
        archive_ended(&one.kernel().await, month()).await.unwrap();
        assert!(files(&directory).len() >= 3);
        for client in [here, there] {
            assert_eq!(client.events(&deployment).await, events);
            assert_eq!(client.follow(&deployment).await.events, events);
        }
    });
}

#[test]
fn a_directory_that_cannot_be_written_to_stops_the_start() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    fs::write(root.path().join("rookery.toml"), "archive_directory = 'file/archive'").unwrap();
    let output = command(root.path(), None).arg("serve").output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("archive_directory: ") && said.contains("/file/archive cannot be written to"), "{said}");
}
