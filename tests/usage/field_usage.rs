//! What is counted, of whom, and who reads it.

use crate::support::{Backend, Client, Server, eventually};
use rookery_api::platform::viewer::Viewer;
use rookery_api::schema;
use rookery_api::usage::graphql::DeprecatedFields;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

on_both![
    fields_are_counted_by_client_and_version,
    nothing_is_counted_of_what_was_not_executed,
    counts_add_up,
    only_administrators_read_them,
    the_list_is_narrowed_ordered_and_paged,
    deprecated_fields_are_told
];

/// How soon after its use a field is to be seen, at the latest.
const SOON: Duration = Duration::from_secs(40);

/// How often each field was used by a version of a client.
async fn used(admin: &Client, name: &str, version: &str) -> BTreeMap<String, i64> {
    let query =
        "query($where: FieldUsageWhere) { fieldUsage(first: 100, where: $where) { nodes { version field count } } }";
    let rows = admin.query(query, json!({ "where": { "client": name } })).await;
    let rows = rows["fieldUsage"]["nodes"].as_array().unwrap().clone();
    let of_version = rows.iter().filter(|row| row["version"] == version);
    of_version.map(|row| (row["field"].as_str().unwrap().to_owned(), row["count"].as_i64().unwrap())).collect()
}

fn fields(names: &[&str]) -> BTreeMap<String, i64> {
    names.iter().map(|name| ((*name).to_owned(), 1)).collect()
}

async fn fields_are_counted_by_client_and_version(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let document = "query Asked { all: sites(first: 1) { nodes { ...shown here: tenant { title: name } } } } \
                    query NotAsked { servers { totalCount } } \
                    fragment shown on Site { name ... { timezone } ... on Node { id } } ";
    let one = document.replace("query NotAsked { servers { totalCount } }", "");
    sales.named("acme-sync", "2.1").query(&one, Value::Null).await;
    admin.named("acme-sync", "2.2").query("{ viewer { level } }", Value::Null).await;
    admin.named_as_apollo("apollo", "3").query("{ viewer { demo } }", Value::Null).await;
    admin.query("{ viewer { isManager } }", Value::Null).await;
    admin.named("no\tname", "1").query("{ viewer { isManager } }", Value::Null).await;
    // A subscription counts before anything comes.
    let follower = sales.named("follower", "1");
    let mut socket = follower.subscribe("subscription { notificationReceived { title } }", Value::Null).await;
    let seen = eventually("what was used is seen", SOON, async || {
        let found = used(&admin, "follower", "1").await;
        (!found.is_empty()).then_some(found)
    })
    .await;
    assert_eq!(seen, fields(&["Notification.title", "Subscription.notificationReceived"]));
    assert!(socket.is_silent().await);
    let expected =
        ["Node.id", "Query.sites", "Site.name", "Site.tenant", "Site.timezone", "SiteConnection.nodes", "Tenant.name"];
    assert_eq!(used(&admin, "acme-sync", "2.1").await, fields(&expected));
    assert_eq!(used(&admin, "acme-sync", "2.2").await, fields(&["Query.viewer", "Viewer.level"]));
    assert_eq!(used(&admin, "apollo", "3").await, fields(&["Query.viewer", "Viewer.demo"]));
    assert_eq!(used(&admin, "", "").await["Viewer.isManager"], 2);
}

async fn nothing_is_counted_of_what_was_not_executed(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    // Nobody is signed in.
    let nobody = server.anonymous().named("nobody", "1");
    nobody.query("{ viewer { demo } }", Value::Null).await;
    nobody.send("{ sites { totalCount } }", Value::Null).await;
    // It is no document of this schema, or not one that is let in.
    let wrong = admin.named("wrong", "1");
    for document in [
        "{ viewer { level nonsense } }",
        "{ viewer { level",
        "{ nonsense { id } }",
        "query($x: Nope) { viewer { level } }",
    ] {
        assert!(wrong.send(document, Value::Null).await.body["data"].is_null(), "{document}");
    }
    let costly = format!("{{ {} }}", "viewer { level } ".repeat(2_000));
    assert_eq!(wrong.error(&costly, Value::Null).await, "COST_EXCEEDED");
    let mut socket = wrong.subscribe("subscription { notificationReceived { title nonsense } }", Value::Null).await;
    assert!(matches!(socket.next().await, crate::support::socket::Next::Errors(_)));
    let events = wrong
        .message()
        .header("accept", "text/event-stream")
        .json(&json!({ "query": "{ viewer { level nonsense } }" }));
    assert!(events.send().await.unwrap().text().await.unwrap().contains("BAD_REQUEST"));
    // What was executed and refused was asked for all the same.
    let sales = server.sign_in("sales_agent").await.named("refused", "1");
    assert_eq!(sales.error("{ fieldUsage { totalCount } }", Value::Null).await, "FORBIDDEN");
    assert!(server.stop().success());
    server.restart().await;
    let admin = server.sign_in("admin").await;
    assert_eq!(used(&admin, "nobody", "1").await, BTreeMap::new());
    assert_eq!(used(&admin, "wrong", "1").await, BTreeMap::new());
    assert_eq!(used(&admin, "refused", "1").await, fields(&["FieldUsageConnection.totalCount", "Query.fieldUsage"]));
}

/// The one count of this test.
async fn count_of(admin: &Client) -> Value {
    let query = "query($where: FieldUsageWhere) { fieldUsage(first: 100, where: $where) { nodes { id count firstUsedAt lastUsedAt } } }";
    let found = admin.query(query, json!({ "where": { "client": "counted", "field": "Viewer.demo" } })).await;
    assert!(found["fieldUsage"]["nodes"].as_array().unwrap().len() < 2);
    found["fieldUsage"]["nodes"][0].clone()
}

async fn counts_add_up(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let counted = server.sign_in("admin").await.named("counted", "1");
    for _ in 0..3 {
        counted.query("{ viewer { demo again: demo } viewer { demo } }", Value::Null).await;
    }
    // The last counts are written down when the server ends.
    assert!(server.stop().success());
    server.restart().await;
    let admin = server.sign_in("admin").await;
    let before = count_of(&admin).await;
    assert_eq!((&before["count"], before["lastUsedAt"].as_str() >= before["firstUsedAt"].as_str()), (&json!(3), true));
    for _ in 0..2 {
        admin.named("counted", "1").query("{ viewer { demo } }", Value::Null).await;
    }
    // As long as it runs, they are written down a little later.
    let after =
        eventually("the counts are added", SOON, async || Some(count_of(&admin).await).filter(|row| row["count"] == 5))
            .await;
    assert_eq!((&after["id"], &after["firstUsedAt"]), (&before["id"], &before["firstUsedAt"]));
    assert!(after["lastUsedAt"].as_str() > before["lastUsedAt"].as_str());
}

async fn only_administrators_read_them(backend: Backend) {
    let server = Server::shared(backend).await;
    for login in ["tech_agent", "sohila", "sales_agent", "admin@acme.example.com"] {
        let client = server.sign_in(login).await;
        assert_eq!(
            client.error("{ fieldUsage(first: 100) { nodes { client } } }", Value::Null).await,
            "FORBIDDEN",
            "{login}"
        );
    }
    let nobody = server.anonymous();
    assert_eq!(nobody.error("{ fieldUsage { totalCount } }", Value::Null).await, "UNAUTHENTICATED");
    let admin = server.sign_in("admin").await;
    assert!(admin.query("{ fieldUsage { totalCount } }", Value::Null).await["fieldUsage"]["totalCount"].is_number());
}

async fn the_list_is_narrowed_ordered_and_paged(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    for (version, times) in [("1", 1), ("2", 3), ("3", 2)] {
        for _ in 0..times {
            admin.named("Lister", version).query("{ viewer { level } }", Value::Null).await;
        }
    }
    assert!(server.stop().success());
    server.restart().await;
    let admin = server.sign_in("admin").await;
    let query = "query($where: FieldUsageWhere, $orderBy: FieldUsageOrder, $first: Int = 100, $after: String) { \
        fieldUsage(where: $where, orderBy: $orderBy, first: $first, after: $after) { \
        totalCount nodes { version field } pageInfo { endCursor hasNextPage } } }";
    let ask = async |variables: Value| admin.query(query, variables).await["fieldUsage"].clone();
    let versions = |list: &Value| -> Vec<String> {
        list["nodes"].as_array().unwrap().iter().map(|row| row["version"].as_str().unwrap().to_owned()).collect()
    };
    let filter = json!({ "search": "lister", "field": "Viewer.level" });
    for (field, direction, expected) in [
        ("COUNT", "DESC", ["2", "3", "1"]),
        ("COUNT", "ASC", ["1", "3", "2"]),
        ("LAST_USED_AT", "ASC", ["1", "2", "3"]),
    ] {
        let order = json!({ "field": field, "direction": direction });
        let all = ask(json!({ "where": filter, "orderBy": order })).await;
        assert_eq!((versions(&all), &all["totalCount"]), (expected.map(str::to_owned).to_vec(), &json!(3)));
        let first = ask(json!({ "where": filter, "orderBy": order, "first": 2 })).await;
        assert_eq!(
            (versions(&first), &first["pageInfo"]["hasNextPage"]),
            (expected[..2].iter().map(|version| (*version).to_owned()).collect(), &json!(true))
        );
        let rest = ask(json!({ "where": filter, "orderBy": order, "after": first["pageInfo"]["endCursor"] })).await;
        assert_eq!(versions(&rest), expected[2..]);
    }
    let both = ask(json!({ "where": { "search": "LISTER" }, "orderBy": { "field": "FIELD" } })).await;
    assert_eq!(both["totalCount"], 6);
    let named = ask(json!({ "where": { "client": "lister" }, "orderBy": { "field": "CLIENT" } })).await;
    assert_eq!(named["totalCount"], 0, "a client's name is taken as it is");
}

async fn deprecated_fields_are_told(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    admin.query("{ viewer { level demo } }", Value::Null).await;
    let user = admin.own_id().await;
    assert!(server.stop().success());
    let kernel = server.kernel().await;
    let user = rookery_api::platform::ids::Key::parse("User", &user).unwrap();
    let viewer = Viewer::on_behalf_of(&kernel, user).await.unwrap();
    // The server's own schema, with a field that it would have announced to go.
    let deprecated = DeprecatedFields(Arc::new(BTreeSet::from(["Viewer.level".to_owned()])));
    let schema = schema::builder().data(viewer).data(deprecated).finish();
    let ask = async |filter: &str| {
        let answer = schema
            .execute(format!("{{ fieldUsage(first: 100, where: {filter}) {{ nodes {{ field isDeprecated }} }} }}"))
            .await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        answer.data.into_json().unwrap()["fieldUsage"]["nodes"].clone()
    };
    assert_eq!(ask("{ deprecatedOnly: true }").await, json!([{ "field": "Viewer.level", "isDeprecated": true }]));
    assert_eq!(ask("{ field: \"Viewer.demo\" }").await, json!([{ "field": "Viewer.demo", "isDeprecated": false }]));
    assert!(ask("{ deprecatedOnly: false }").await.as_array().unwrap().len() > 2);
}
