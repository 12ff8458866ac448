//! Connections for reading are used without asking first whether they still live: one that was lost is never noticed.

use crate::support::{Backend, Server};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

#[test]
fn lost_connections_fail_no_query() {
    crate::support::run(async {
        let server = Server::demo(Backend::Postgres).await;
        let admin = server.sign_in("admin").await;
        let db = server.database().await;
        let count =
            async || admin.query("{ devices { totalCount } }", json!(null)).await["devices"]["totalCount"].clone();
        for _ in 0..3 {
            // Several connections are open.
            let (one, two, three) = tokio::join!(count(), count(), count());
            assert_eq!([&one, &two, &three], [&json!(12); 3]);
            let others = "SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let ended =
                db.query_one_raw(Statement::from_string(db.get_database_backend(), others)).await.unwrap().unwrap();
            assert!(ended.try_get::<i64>("", "ended").unwrap() > 0);
            assert_eq!(count().await, 12);
        }
    });
}
