//! What nobody reads any more is removed; what somebody may is not.

use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::{Backend, Server, eventually, until_told};
use rookery_api::platform::events::newest;
use rookery_api::platform::housekeeping::clear;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::time::Duration;

on_both![what_is_old_and_read_goes];

const TABLES: [&str; 8] =
    ["session", "job", "event", "event_position", "notification", "access_token", "trusted_document", "rights_change"];

async fn counts(db: &DatabaseConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let count = Statement::from_string(db.get_database_backend(), format!("SELECT count(*) AS count FROM {table}"));
        counts.push(db.query_one_raw(count).await.unwrap().unwrap().try_get("", "count").unwrap());
    }
    counts
}

async fn what_is_old_and_read_goes(backend: Backend) {
    let server = Server::demo(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    server.new_session("sohila").await;
    for (client, name) in [(&sales, "old"), (&admin, "new")] {
        let documents = [format!("query {name} {{ viewer {{ level }} }}"), "{ viewer { level } }".to_owned()];
        client.mutate("createAccessToken", json!({ "name": name, "documents": documents }), "").await.done();
    }
    let script = admin.write_commands("true", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&deployment).await;
    for _ in 0..3 {
        sales.file(form(&sales.project(LOCAL).await)).await;
    }
    let (db, kernel) = (server.database().await, server.kernel().await);
    let before = eventually("the events are numbered", Duration::from_secs(20), async || {
        let counts = counts(&db).await;
        (counts[2] > 1 && counts[2] == counts[3]).then_some(counts)
    })
    .await;
    assert_eq!(clear(&kernel).await.unwrap(), 0, "nothing is old yet");
    assert_eq!(counts(&db).await, before);

    let old = chrono::DateTime::from_timestamp(1_600_000_000, 0).unwrap();
    let sohila =
        "UPDATE session SET expires_at = $1 WHERE user_id = (SELECT id FROM \"user\" WHERE username = 'sohila')";
    let token = "UPDATE access_token SET expires_at = $1 WHERE name = 'old'";
    let document = "UPDATE trusted_document SET given_at = $1";
    let rights = "UPDATE rights_change SET at = $1";
    for age in [sohila, token, document, rights, "UPDATE job SET finished_at = $1", "UPDATE event SET at = $1"] {
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), age, [old.into()])).await.unwrap();
    }
    let place = newest(&kernel).await.unwrap();
    clear(&kernel).await.unwrap();
    // The newest event stays, since the next one is numbered after it; so does what people read.
    assert_eq!(counts(&db).await, [before[0] - 1, 0, 1, 1, before[4], 1, 2, 0]);
    assert_eq!(newest(&kernel).await.unwrap(), place);
    assert_eq!(clear(&kernel).await.unwrap(), 0);
    assert_eq!(admin.deployment(&deployment, "status").await["status"], "COMPLETED");
    assert!(!admin.events(&deployment).await.is_empty());
    // Who follows is told on.
    let mut socket = admin.subscribe("subscription { notificationReceived { title } }", Value::Null).await;
    assert!(socket.is_silent().await);
    let file = async || drop(sales.file(form(&sales.project(LOCAL).await)).await);
    let told = until_told(file, async || socket.data().await).await;
    assert!(told["notificationReceived"]["title"].is_string());
}
