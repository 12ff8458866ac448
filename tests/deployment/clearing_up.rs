//! What a run leaves on the disk when it has ended: nothing, or what helps to find out what it did; never a secret.

use crate::support::{Backend, Client, Server, eventually};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

on_both![
    a_run_that_has_ended_leaves_nothing,
    a_run_whose_runner_was_lost_leaves_its_spool_and_no_secret,
    what_others_ended_is_cleared_up_at_the_start,
];

const PATIENCE: Duration = Duration::from_secs(60);

fn attempts(server: &Server) -> Vec<PathBuf> {
    fs::read_dir(server.data().join("runs")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Runs a script that takes a secret and does not end by itself; the directory of the run, once it has begun.
async fn begun(server: &Server, admin: &Client) -> (String, PathBuf) {
    let declared = json!([{ "name": "word", "type": "SECRET" }]);
    let script = admin.write_commands("echo began\nsleep 600", declared).await;
    let deployment = admin.run_on_local(&script, json!({ "word": "hunter22" })).await;
    admin.line(&deployment, "began").await;
    let dir = attempts(server).pop().unwrap();
    assert!(dir.join("secrets").exists());
    (deployment, dir)
}

/// Ends a runner as nothing can prepare for.
pub fn kill_runner(dir: &Path) {
    let identity: Value = serde_json::from_slice(&fs::read(dir.join("pid")).unwrap()).unwrap();
    kill(Pid::from_raw(i32::try_from(identity["pid"].as_i64().unwrap()).unwrap()), Signal::SIGKILL).unwrap();
}

pub async fn until_gone(path: PathBuf) {
    eventually("it is gone", PATIENCE, async || (!path.exists()).then_some(())).await;
}

async fn a_run_that_has_ended_leaves_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let declared = json!([{ "name": "word", "type": "SECRET" }]);
    let script = admin.write_commands("test -n \"$word\"", declared).await;
    let deployment = admin.run_on_local(&script, json!({ "word": "hunter22" })).await;
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    eventually("its directory is gone", PATIENCE, async || attempts(&server).is_empty().then_some(())).await;
    let database = server.database().await;
    let kept = "select count(*) from deployment where secret_variables is not null";
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), kept);
    let kept: i64 = database.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(kept, 0);
}

async fn a_run_whose_runner_was_lost_leaves_its_spool_and_no_secret(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (deployment, dir) = begun(&server, &admin).await;
    kill_runner(&dir);
    assert_eq!(admin.end_of(&deployment).await.0, "UNKNOWN");
    assert!(!dir.join("secrets").exists() && dir.join("spool.jsonl").exists());
}

async fn what_others_ended_is_cleared_up_at_the_start(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (deployment, dir) = begun(&server, &admin).await;
    server.kill();
    kill_runner(&dir);
    // What another server writes when this one does not come back.
    let database = server.database().await;
    for sql in ["update deployment set status = 'unknown', finished_at = created_at", "update job set state = 'done'"] {
        database.execute_unprepared(sql).await.unwrap();
    }
    let discarded = dir.with_file_name("00000000-0000-7000-8000-000000000000.1.discarded");
    fs::create_dir(&discarded).unwrap();
    server.restart().await;
    until_gone(dir.join("secrets")).await;
    until_gone(discarded).await;
    assert!(dir.join("spool.jsonl").exists());
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    assert_eq!(admin.deployment(&deployment, "status").await["status"], "UNKNOWN");
}
