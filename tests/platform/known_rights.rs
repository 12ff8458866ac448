//! What was read of people's rights is kept for a moment, and counts no longer than it may.

use crate::support::database::{execute, put_away};
use crate::support::demo::LOCAL;
use crate::support::{Backend, Client, Server, eventually};
use rookery_api::platform::known_rights::{KEPT, TRUSTED};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement, TransactionTrait as _};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both![
    who_was_asked_for_lately_is_not_looked_up,
    a_change_that_nobody_announced_is_read_from_the_log,
    what_was_changed_by_hand_holds_after_a_while,
    what_cannot_be_checked_is_refused,
    changes_at_once_are_numbered_in_their_order,
];

const LEVEL: &str = "{ viewer { level } }";
/// All that decides what a credential may do.
const TABLES: [&str; 5] = ["session", "access_token", "\"user\"", "membership", "project_access"];

/// Looks until it is so. Whoever asks longer than `most` after the change must see it.
async fn holds_within(most: Duration, what: &str, changed: Instant, mut look: impl AsyncFnMut() -> bool) {
    eventually(what, most + Duration::from_secs(20), async || {
        let asked_after = changed.elapsed();
        let is_so = look().await;
        assert!(is_so || asked_after < most, "{what}: not so for who asked {asked_after:?} after the change");
        is_so.then_some(())
    })
    .await;
}

async fn level(client: &Client) -> Result<String, String> {
    let answer = client.send(LEVEL, Value::Null).await;
    match answer.code() {
        Some(code) => Err(code),
        None => Ok(answer.body["data"]["viewer"]["level"].as_str().unwrap_or("NOBODY").to_owned()),
    }
}

async fn access_token(owner: &Client) -> (String, Client) {
    let payload = owner.mutate("createAccessToken", json!({ "name": "a" }), "secret accessToken { id }").await.done();
    let secret = payload["secret"].as_str().unwrap().to_owned();
    (payload["accessToken"]["id"].as_str().unwrap().to_owned(), Client::new(owner.address(), Some(secret)))
}

async fn who_was_asked_for_lately_is_not_looked_up(backend: Backend) {
    const SIGN_IN: &str = "mutation { signIn(input: { login: \"sohila\", password: \"sohila123\" }) { token } }";
    let server = Server::demo(backend).await;
    let session = server.sign_in("tech_agent").await;
    let (_, by_token) = access_token(&session).await;
    let (_, never_used) = access_token(&session).await;
    let answer = server.anonymous().send(SIGN_IN, Value::Null).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let by_cookie = server.anonymous().with_cookie(&cookie);
    let clients = [&session, &by_token, &by_cookie];
    for client in clients {
        assert_eq!(level(client).await.as_deref(), Ok("TECHNICIAN"));
    }
    let db = server.database().await;
    eventually("the token's use is noted", Duration::from_secs(20), async || {
        let used = "SELECT count(*) AS count FROM access_token WHERE last_used_at IS NOT NULL";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), used)).await.unwrap();
        (row.unwrap().try_get::<i64>("", "count").unwrap() == 1).then_some(())
    })
    .await;
    put_away(&db, &TABLES, true).await;
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < 2 * TRUSTED {
        for client in clients {
            assert_eq!(level(client).await.as_deref(), Ok("TECHNICIAN"));
            count += 1;
        }
    }
    let mut socket = by_cookie.subscribe("query { viewer { level } }", Value::Null).await;
    assert_eq!(socket.data().await["viewer"]["level"], "TECHNICIAN");
    // Who is not known is looked for.
    assert_eq!(level(&never_used).await, Err("INTERNAL".to_owned()));
    put_away(&db, &TABLES, false).await;
    assert_eq!(level(&never_used).await.as_deref(), Ok("TECHNICIAN"), "after {count} requests");
}

/// Changes the level of an account as another server would, that cannot wake this one.
async fn change(db: &DatabaseConnection, level: &str, log: &str) -> Instant {
    let tx = db.begin().await.unwrap();
    let now = chrono::Utc::now();
    tx.execute_unprepared("UPDATE rights_position SET position = position + 1").await.unwrap();
    tx.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), log, [now.into()])).await.unwrap();
    let row = format!("UPDATE \"user\" SET level = '{level}' WHERE username = 'sohila'");
    tx.execute_unprepared(&row).await.unwrap();
    tx.commit().await.unwrap();
    Instant::now()
}

async fn a_change_that_nobody_announced_is_read_from_the_log(backend: Backend) {
    const LOG: &str = "INSERT INTO rights_change (position, user_id, at) SELECT position, \"user\".id, $1
        FROM rights_position CROSS JOIN \"user\" WHERE username = 'sohila'";
    // Its row is no longer there for who was away so long.
    const REMOVED: &str = "DELETE FROM rights_change WHERE at < $1";
    let server = Server::demo(backend).await;
    let (sohila, other) = (server.sign_in("sohila").await, server.sign_in("tech_agent").await);
    let db = server.database().await;
    for (level_of_row, shown, log) in
        [("billing", "BILLING", LOG), ("client", "CLIENT", LOG), ("billing", "BILLING", REMOVED)]
    {
        assert_ne!(level(&sohila).await.as_deref(), Ok(shown));
        let changed = change(&db, level_of_row, log).await;
        holds_within(TRUSTED, shown, changed, async || level(&sohila).await.as_deref() == Ok(shown)).await;
        assert_eq!(level(&other).await.as_deref(), Ok("TECHNICIAN"));
    }
}

async fn what_was_changed_by_hand_holds_after_a_while(backend: Backend) {
    let server = Server::demo(backend).await;
    let sohila = server.sign_in("sohila").await;
    assert_eq!(level(&sohila).await.as_deref(), Ok("TECHNICIAN"));
    execute(&server.database().await, "UPDATE \"user\" SET level = 'billing' WHERE username = 'sohila'").await;
    let changed = Instant::now();
    holds_within(KEPT, "billing", changed, async || level(&sohila).await.as_deref() == Ok("BILLING")).await;
}

async fn what_cannot_be_checked_is_refused(backend: Backend) {
    let server = Server::demo(backend).await;
    let sohila = server.sign_in("sohila").await;
    assert_eq!(level(&sohila).await.as_deref(), Ok("TECHNICIAN"));
    let mut socket = sohila.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
    assert!(socket.is_silent().await);
    let refused = async || level(&sohila).await == Err("INTERNAL".to_owned());
    let db = server.database().await;
    put_away(&db, &["rights_position"], true).await;
    let gone = Instant::now();
    holds_within(TRUSTED, "refused", gone, refused).await;
    assert!(refused().await, "and goes on to be");
    put_away(&db, &["rights_position"], false).await;
    assert_eq!(level(&sohila).await.as_deref(), Ok("TECHNICIAN"));

    let Some(url) = server.database_url() else { return };
    let (before, name) = url.rsplit_once('/').unwrap();
    let beside = Database::connect(format!("{before}/postgres")).await.unwrap();
    db.close().await.unwrap();
    execute(&beside, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let everybody = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    execute(&beside, &everybody).await;
    holds_within(TRUSTED, "refused without a database", Instant::now(), refused).await;
    assert!(refused().await);
    execute(&beside, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    eventually("it goes on", Duration::from_secs(20), async || {
        (level(&sohila).await.as_deref() == Ok("TECHNICIAN")).then_some(())
    })
    .await;
}

/// Does something on one server, and looks at the other until it shows.
async fn shows(name: &str, what: impl Future<Output = Value>, look: impl AsyncFnMut() -> bool) {
    what.await;
    holds_within(TRUSTED, name, Instant::now(), look).await;
}

#[test]
fn what_one_server_changes_holds_on_another_in_time() {
    crate::support::run(async {
        let (first, second) = Server::two().await;
        let there = |client: &Client| Client::new(&second.address, client.token().map(str::to_owned));
        let admin = first.sign_in("admin").await;
        let sales = there(&first.sign_in("sales_agent").await);
        let tech = there(&first.sign_in("tech_agent").await);
        let owner = there(&first.sign_in("admin@techstart.com").await);
        let count = async |client: &Client, list: &str| {
            let answer = client.query(&format!("{{ {list} {{ totalCount }} }}"), Value::Null).await;
            answer[list]["totalCount"].as_u64().unwrap()
        };
        let mutate = async |name: &str, input: Value| admin.mutate(name, input, "").await.done();

        let (project, user) = (admin.project(LOCAL).await, sales.own_id().await);
        let access = json!({ "projectId": project, "userId": user });
        assert_eq!(count(&sales, "projects").await, 2);
        let look = async || count(&sales, "projects").await == 1;
        shows("revoked access", mutate("revokeProjectAccess", access), look).await;
        let access = json!({ "projectId": project, "userId": user, "level": "READ" });
        let look = async || count(&sales, "projects").await == 2;
        shows("granted access", mutate("grantProjectAccess", access), look).await;

        let user = tech.own_id().await;
        let change = json!({ "id": user, "level": "BILLING" });
        let look = async || level(&tech).await.as_deref() == Ok("BILLING");
        shows("another level", mutate("updateUser", change), look).await;

        assert_eq!(count(&owner, "tenants").await, 1);
        let tenant = admin.find("tenants", "TechStart Inc").await;
        let look = async || count(&owner, "tenants").await == 0;
        shows("suspended tenant", mutate("updateTenant", json!({ "id": tenant, "status": "SUSPENDED" })), look).await;
        let look = async || count(&owner, "tenants").await == 1;
        shows("active tenant", mutate("updateTenant", json!({ "id": tenant, "status": "ACTIVE" })), look).await;

        let is_out = async |client: &Client| level(client).await == Err("UNAUTHENTICATED".to_owned());
        let (id, program) = access_token(&sales).await;
        assert_eq!(level(&program).await.as_deref(), Ok("BILLING"));
        let look = async || is_out(&program).await;
        shows("revoked token", mutate("revokeAccessToken", json!({ "id": id })), look).await;

        let here = first.new_session("sales_agent").await;
        let session = there(&here);
        let mut socket = session.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
        assert!(socket.is_silent().await);
        let signed_out = here.query("mutation { signOut { signedOut } }", Value::Null);
        shows("signed out", signed_out, async || is_out(&session).await).await;
        // By the wake-up, long before it would be looked at again.
        let closed = tokio::time::timeout(Duration::from_secs(3), socket.closed()).await;
        assert_eq!(closed, Ok(4403));

        let look = async || is_out(&tech).await;
        shows("suspended account", mutate("updateUser", json!({ "id": user, "status": "SUSPENDED" })), look).await;
    });
}

/// Numbers without gaps, one for each transaction, whoever was first.
async fn changes_at_once_are_numbered_in_their_order(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let db = server.database().await;
    let log = async || {
        let log = "SELECT position FROM rights_change ORDER BY position";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), log)).await.unwrap();
        rows.iter().map(|row| row.try_get::<i64>("", "position").unwrap()).collect::<Vec<_>>()
    };
    assert!(log().await.is_empty(), "nobody knows anything of new accounts and sessions");
    let project = admin.project(LOCAL).await;
    let people = ["tech_agent", "sales_agent", "sohila"];
    let mut ids = Vec::new();
    for login in people {
        ids.push(server.sign_in(login).await.own_id().await);
    }
    let levels = ["READ", "WRITE", "ADMIN", "READ"];
    let inputs = levels.iter().flat_map(|level| {
        ids.iter().map(|user| json!({ "projectId": project, "userId": user, "level": level })).collect::<Vec<_>>()
    });
    let changes = inputs.map(|input| admin.mutate("grantProjectAccess", input, ""));
    for outcome in futures::future::join_all(changes).await {
        outcome.done();
    }
    // One that is refused leaves no number out.
    let nobody = json!({ "projectId": project, "userId": admin.user("John Smith").await, "level": "READ" });
    assert_eq!(admin.mutate("grantProjectAccess", nobody, "").await.refused(), ["INVALID userId"]);
    let tenant = admin.find("tenants", "TechStart Inc").await;
    admin.mutate("updateTenant", json!({ "id": tenant, "status": "SUSPENDED" }), "").await.done();
    let mut expected: Vec<i64> = (1..=12).collect();
    // Each of its people, by one number.
    expected.extend([13, 13, 13]);
    assert_eq!(log().await, expected);
}
