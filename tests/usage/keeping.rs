//! What becomes of the counts: who would break is told, and what is old goes.

use crate::support::server::command;
use crate::support::{Backend, Server, workspace};
use rookery_api::platform::housekeeping::clear;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

on_both![the_counts_tell_who_would_break, what_nobody_uses_any_more_goes];

async fn the_counts_tell_who_would_break(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    for _ in 0..2 {
        admin.named("acme-sync", "2.1").query("{ viewer { isManager } }", Value::Null).await;
    }
    assert!(server.stop().success());
    let root = server.data().parent().unwrap().to_owned();
    let rookery = |arguments: &[&str]| {
        let output = command(&root, server.database_url()).args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, printed) = rookery(&["schema", "usage"]);
    assert_eq!(status, 0);
    let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["client"] == "acme-sync" && line["field"] == "Viewer.isManager").unwrap();
    assert_eq!((&line["version"], &line["count"]), (&json!("2.1"), &json!(2)));
    let ours = std::fs::read_to_string(workspace().join("schema.graphql")).unwrap();
    let theirs = ours.replace("  isManager: Boolean!\n", "  isLeader: Boolean!\n");
    for (name, text) in [("old.graphql", &ours), ("new.graphql", &theirs), ("uses", &printed)] {
        std::fs::write(root.join(name), text).unwrap();
    }
    let (status, said) = rookery(&["schema", "check", "old.graphql", "new.graphql", "--usage", "uses"]);
    assert_eq!(status, 1, "{said}");
    let day = &line["lastUsedAt"].as_str().unwrap()[..10];
    assert!(said.contains("breaking   Viewer.isManager  The field is gone."), "{said}");
    assert!(said.contains(&format!("would break: acme-sync 2.1 (last {day}, 2 times)")), "{said}");
}

async fn what_nobody_uses_any_more_goes(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    admin.named("old", "1").query("{ viewer { level } }", Value::Null).await;
    admin.named("new", "1").query("{ viewer { level } }", Value::Null).await;
    assert!(server.stop().success());
    let (db, kernel) = (server.database().await, server.kernel().await);
    let age = async |days: i64, client: &str| {
        let then = kernel.source.now() - chrono::Duration::days(days);
        let update = "UPDATE field_usage SET last_used_at = $1 WHERE client = $2";
        let update = Statement::from_sql_and_values(db.get_database_backend(), update, [then.into(), client.into()]);
        db.execute_raw(update).await.unwrap();
    };
    age(401, "old").await;
    age(399, "new").await;
    clear(&kernel).await.unwrap();
    let left = "SELECT DISTINCT client FROM field_usage WHERE client <> ''";
    let left = db.query_all_raw(Statement::from_string(db.get_database_backend(), left)).await.unwrap();
    let left: Vec<String> = left.iter().map(|row| row.try_get("", "client").unwrap()).collect();
    assert_eq!(left, ["new"]);
}
