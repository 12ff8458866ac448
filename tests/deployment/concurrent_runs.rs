//! So many runs at a time: the others wait their turn.

use crate::support::deployments::lines;
use crate::support::{Backend, Server};
use serde_json::json;
use std::fs;

on_both![the_others_wait_their_turn];

async fn the_others_wait_their_turn(backend: Backend) {
    let server = Server::demo_with(backend, vec![("ROOKERY_CONCURRENT_RUNS", "1".to_owned())]).await;
    let admin = server.sign_in("admin").await;
    let wait = "echo began\nuntil [ -e \"$DEMO_DIRECTORY/go\" ]; do sleep 0.1; done";
    let (slow, quick) =
        (admin.write_commands(wait, json!([])).await, admin.write_commands("echo done", json!([])).await);
    let first = admin.run_on_local(&slow, json!({})).await;
    let others = [admin.run_on_local(&quick, json!({})).await, admin.run_on_local(&quick, json!({})).await];
    admin.line(&first, "began").await;
    for other in &others {
        assert_eq!(admin.deployment(other, "status").await["status"], "PENDING");
    }
    fs::create_dir_all(server.host_directory()).unwrap();
    fs::write(server.host_directory().join("go"), "").unwrap();
    let mut last_end = String::new();
    for deployment in [&first, &others[0], &others[1]] {
        assert_eq!(admin.end_of(deployment).await.0, "COMPLETED", "{:?}", lines(&admin.events(deployment).await));
        let times = admin.deployment(deployment, "startedAt finishedAt").await;
        let (start, end) = (times["startedAt"].as_str().unwrap(), times["finishedAt"].as_str().unwrap());
        assert!(start >= last_end.as_str(), "{start} before {last_end}");
        end.clone_into(&mut last_end);
    }
}
