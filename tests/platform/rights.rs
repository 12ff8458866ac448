//! Rights that a transaction uses do not change before it ends. SQLite has one writer, so there it could not be otherwise.

use crate::support::{Backend, Client, Outcome, Server, eventually};
use rookery_api::platform::ids::{GlobalId, UserId};
use rookery_api::platform::viewer::Viewer;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::time::Duration;

/// Whoever waits for a row of this database.
const WAITING: &str = "SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

/// Tries a change while somebody's transaction uses the rights that it takes away: it waits, then happens.
async fn waits(db: &DatabaseConnection, viewer: &Viewer, admin: &Client, name: &str, input: Value) {
    let tx = viewer.begin().await.unwrap();
    let change = admin.mutate(name, input, "");
    let looking = async {
        eventually("the change waits", Duration::from_secs(20), async || {
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), WAITING)).await.unwrap();
            (row.unwrap().try_get::<i64>("", "count").unwrap() > 0).then_some(())
        })
        .await;
        tx.commit().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(change, looking);
    assert!(matches!(outcome, Outcome::Done(_)), "{name}: {outcome:?}");
}

fn user(id: &str) -> UserId {
    UserId(GlobalId::decode(id).unwrap().keys[0])
}

#[test]
fn what_takes_rights_away_waits_for_who_uses_them() {
    crate::support::run(async {
        let server = Server::demo(Backend::Postgres).await;
        let (kernel, db) = (server.kernel().await, server.database().await);
        let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
        let owner = server.sign_in("admin@techstart.com").await;
        let id = tech.own_id().await;
        let acting = Viewer::on_behalf_of(&kernel, user(&id)).await.unwrap();
        let project = admin.project("Nova HR").await;
        let grant = json!({ "projectId": project, "userId": id, "level": "READ" });
        waits(&db, &acting, &admin, "grantProjectAccess", grant).await;
        let revoke = json!({ "projectId": project, "userId": id });
        waits(&db, &acting, &admin, "revokeProjectAccess", revoke).await;
        let token = tech.mutate("createAccessToken", json!({ "name": "locked" }), "accessToken { id }").await.done();
        let token = json!({ "id": token["accessToken"]["id"] });
        waits(&db, &acting, &admin, "revokeAccessToken", token).await;
        waits(&db, &acting, &admin, "updateUser", json!({ "id": id, "level": "BILLING" })).await;
        let tenant = admin.find("tenants", "TechStart Inc").await;
        let acting = Viewer::on_behalf_of(&kernel, user(&owner.own_id().await)).await.unwrap();
        waits(&db, &acting, &admin, "updateTenant", json!({ "id": tenant, "status": "SUSPENDED" })).await;
    });
}

on_both![who_change_each_other_do_not_block_each_other];

async fn who_change_each_other_do_not_block_each_other(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let tech = server.sign_in("tech_agent").await.own_id().await;
    admin.mutate("updateUser", json!({ "id": tech, "level": "ADMIN" }), "").await.done();
    let (other, own) = (server.sign_in("tech_agent").await, admin.own_id().await);
    for round in 0..20 {
        let name = |who: &str| format!("{who} {round}");
        let (one, two) = tokio::join!(
            admin.mutate("updateUser", json!({ "id": tech, "name": name("Tech") }), "user { name }"),
            other.mutate("updateUser", json!({ "id": own, "name": name("Admin") }), "user { name }"),
        );
        assert_eq!(one.done()["user"]["name"], name("Tech"));
        assert_eq!(two.done()["user"]["name"], name("Admin"));
    }
}
