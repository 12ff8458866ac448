//! A database that has too much else to do: who waited in vain is told so, nothing was done, and reading goes on.

use crate::support::demo::unique;
use crate::support::{Backend, Outcome, Server};
use futures::future::{join_all, select_all};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::{Value, json};

on_both![who_waits_in_vain_is_told_and_has_changed_nothing];

async fn who_waits_in_vain_is_told_and_has_changed_nothing(backend: Backend) {
    /// More than there are connections that write.
    const AT_ONCE: usize = 12;
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let name = unique("busy");
    let create = |number: usize| {
        let (admin, slug) = (admin.clone(), format!("{name}-{number}"));
        let input = json!({ "slug": slug, "name": slug, "type": "STARTER" });
        tokio::spawn(async move { admin.mutate("createTenant", input, "tenant { id }").await })
    };
    let db = server.database().await;
    let other = db.begin().await.unwrap();
    // Others can read meanwhile, and not write.
    let lock = match backend {
        Backend::Sqlite => "UPDATE tenant SET id = id",
        Backend::Postgres => "LOCK TABLE tenant IN SHARE MODE",
    };
    other.execute_unprepared(lock).await.unwrap();
    let waiting: Vec<_> = (0..AT_ONCE).map(create).collect();
    let (first, _, rest) = select_all(waiting).await;
    assert_eq!(first.unwrap().denied(), "UNAVAILABLE");
    assert!(admin.query("{ tenants { totalCount } }", Value::Null).await["tenants"]["totalCount"].as_u64() > Some(0));
    other.commit().await.unwrap();
    let mut done = 0;
    for outcome in join_all(rest).await {
        match outcome.unwrap() {
            Outcome::Done(_) => done += 1,
            other => assert_eq!(other.denied(), "UNAVAILABLE"),
        }
    }
    let count = async || {
        let document = "query($text: String!) { tenants(where: { search: $text }) { totalCount } }";
        admin.query(document, json!({ "text": name })).await["tenants"]["totalCount"].take()
    };
    assert_eq!(count().await, done);
    create(AT_ONCE).await.unwrap().done();
    assert_eq!(count().await, done + 1);
}
