//! What Prometheus collects.

use super::exposition::{Exposition, Labels, labels_of};
use crate::support::{Backend, Client, Server, eventually};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

on_both![
    metrics_are_for_who_has_their_token,
    every_operation_is_counted_once_by_what_it_came_to,
    what_is_open_is_counted_while_it_is
];

const TOKEN: &str = "a-token-for-tests-alone";
const REQUESTS: &str = "rookery_graphql_requests_total";
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn watched(backend: Backend) -> Server {
    Server::demo_with(backend, vec![("ROOKERY_METRICS_TOKEN", TOKEN.to_owned())]).await
}

async fn collect(server: &Server, authorization: &str) -> reqwest::Response {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("http://{}/metrics", server.address)).header("authorization", authorization);
    request.send().await.unwrap()
}

async fn text(server: &Server) -> String {
    collect(server, &format!("Bearer {TOKEN}")).await.text().await.unwrap()
}

pub async fn read(server: &Server) -> Exposition {
    Exposition::read(&text(server).await)
}

async fn metrics_are_for_who_has_their_token(backend: Backend) {
    let open = Server::shared(backend).await;
    for authorization in ["", "Bearer ", &format!("Bearer {TOKEN}")] {
        assert_eq!(collect(open, authorization).await.status(), 404);
    }
    let server = watched(backend).await;
    assert_eq!(server.anonymous().get("/metrics").await.status(), 401);
    let admin = format!("Bearer {}", server.sign_in("admin").await.token().unwrap());
    let wrong = format!("Bearer {TOKEN}s");
    for authorization in ["", "Bearer", "Bearer ", &wrong, &wrong[..wrong.len() - 2], TOKEN, &admin, "Basic eDp5"] {
        let answer = collect(&server, authorization).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
            (401, &"Bearer".parse().unwrap())
        );
        assert!(!answer.text().await.unwrap().contains("rookery_"));
    }
    let answer = collect(&server, &format!("bearer {TOKEN}")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let exposition = Exposition::read(&answer.text().await.unwrap());

    assert_eq!(exposition.value("rookery_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    assert_eq!(exposition.value("rookery_database_up", &[]), 1.0);
    let pools: &[&str] = &["read", "write"];
    for (metric, least) in [("open", 1.0), ("idle", 0.0), ("max", 1.0)] {
        let pools_told = exposition.all(&format!("rookery_database_connections_{metric}"));
        assert!(
            pools_told.keys().eq(pools.iter().map(|pool| labels_of(&[("pool", *pool)])).collect::<Vec<_>>().iter())
        );
        assert!(pools_told.values().all(|count| *count >= least), "{metric}: {pools_told:?}");
    }
    for (metric, least) in [
        ("process_resident_memory_bytes", 1e6),
        ("process_open_fds", 5.0),
        ("process_cpu_seconds_total", 1e-3),
        ("process_start_time_seconds", 1.7e9),
    ] {
        assert!(exposition.value(metric, &[]) > least, "{metric}");
    }
    for (name, kind) in &exposition.families {
        assert!(name.starts_with("rookery_") || name.starts_with("process_"), "{name}: {kind}");
    }
}

/// A count of operations, by its labels.
fn counted(operation_type: &str, operation: &str, code: &str, transport: &str) -> Labels {
    labels_of(&[("operation_type", operation_type), ("operation", operation), ("code", code), ("transport", transport)])
}

/// What was counted since.
fn since(before: &Exposition, after: &Exposition, name: &str) -> BTreeMap<Labels, f64> {
    let earlier = before.all(name);
    let grown = after.all(name).into_iter().map(|(labels, count)| {
        let more = count - earlier.get(&labels).copied().unwrap_or_default();
        (labels, more)
    });
    grown.filter(|(_, more)| *more != 0.0).collect()
}

async fn every_operation_is_counted_once_by_what_it_came_to(backend: Backend) {
    let server = watched(backend).await;
    let (admin, anonymous) = (server.sign_in("admin").await, server.anonymous());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let graphql = format!("http://{}/graphql", server.address);
    let before = read(&server).await;

    admin.query("query Chosen { viewer { level } }", Value::Null).await;
    admin.query("{ mine: viewer { level } }", Value::Null).await;
    admin.query("{ viewer { level } users { totalCount } }", Value::Null).await;
    assert_eq!(admin.mutate("createProject", json!({ "name": "" }), "").await.refused(), ["REQUIRED name"]);
    admin.mutate("createProject", json!({ "name": "Counted" }), "project { id }").await.done();
    assert_eq!(anonymous.error("{ users { totalCount } }", Value::Null).await, "UNAUTHENTICATED");
    assert_eq!(
        Client::new(&server.address, Some("wrong".into())).error("{ viewer { level } }", Value::Null).await,
        "UNAUTHENTICATED"
    );
    assert_eq!(admin.error("{ invented }", Value::Null).await, "BAD_REQUEST");
    assert_eq!(admin.error("{ viewer {", Value::Null).await, "BAD_REQUEST");
    let deep = format!("{}{}", "{ a ".repeat(60), "}".repeat(60));
    assert_eq!(admin.error(&deep, Value::Null).await, "COST_EXCEEDED");
    assert_eq!(http.get(format!("{graphql}?query={{viewer{{level}}}}")).send().await.unwrap().status(), 200);
    assert_eq!(http.put(&graphql).send().await.unwrap().status(), 405);
    assert_eq!(http.post(&graphql).body("{}").send().await.unwrap().status(), 415);
    let foreign = http.post(&graphql).header("origin", "https://evil.example").json(&json!({ "query": "{ a }" }));
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(admin.get("/nowhere").await.status(), 404);

    let after = read(&server).await;
    let expected = BTreeMap::from([
        (counted("query", "viewer", "OK", "http"), 3.0),
        (counted("query", "several", "OK", "http"), 1.0),
        (counted("mutation", "createProject", "USER_ERROR", "http"), 1.0),
        (counted("mutation", "createProject", "OK", "http"), 1.0),
        (counted("query", "users", "UNAUTHENTICATED", "http"), 1.0),
        (counted("unknown", "other", "UNAUTHENTICATED", "http"), 1.0),
        (counted("query", "other", "BAD_REQUEST", "http"), 1.0),
        (counted("unknown", "other", "BAD_REQUEST", "http"), 3.0),
        (counted("unknown", "other", "COST_EXCEEDED", "http"), 1.0),
        (counted("unknown", "other", "FORBIDDEN", "http"), 1.0),
    ]);
    assert_eq!(since(&before, &after, REQUESTS), expected);
    let durations = since(&before, &after, "rookery_graphql_duration_seconds_count");
    let of = |kind| labels_of(&[("operation_type", kind), ("transport", "http")]);
    assert_eq!(durations, BTreeMap::from([(of("query"), 6.0), (of("mutation"), 2.0), (of("unknown"), 6.0)]));
    // With the metrics themselves, the first time.
    let statuses = since(&before, &after, "rookery_http_responses_total");
    let class = |status| labels_of(&[("status", status)]);
    let total: f64 = statuses.values().sum();
    assert_eq!(total, 16.0, "{statuses:?}");
    assert!(statuses[&class("4xx")] >= 4.0 && !statuses.contains_key(&class("5xx")), "{statuses:?}");

    names_that_clients_choose_are_no_labels(&server, &admin).await;
}

async fn names_that_clients_choose_are_no_labels(server: &Server, admin: &Client) {
    let before = read(server).await;
    for number in 0..500 {
        let word = format!("chosenByAClient{number}");
        let query = match number % 4 {
            0 => format!("query {word} {{ viewer {{ level }} }}"),
            1 => format!("query {word} {{ {word}: viewer {{ {word}: level }} }}"),
            2 => format!("query {word} {{ {word} }}"),
            _ => format!("{{ ...{word} }} fragment {word} on Query {{ viewer {{ level }} }}"),
        };
        admin.send(&query, json!({ word.clone(): word })).await;
    }
    let after = text(server).await;
    assert!(!after.contains("chosenByAClient"), "{after}");
    let after = Exposition::read(&after);
    assert_eq!(after.all(REQUESTS).len(), before.all(REQUESTS).len());
    let total: f64 = since(&before, &after, REQUESTS).values().sum();
    assert_eq!(total, 500.0);
}

async fn gauge(server: &Server, name: &str, labels: &[(&str, &str)], expected: f64) {
    eventually(&format!("{name} is {expected}"), PATIENCE, async || {
        (read(server).await.value(name, labels) == expected).then_some(())
    })
    .await;
}

async fn what_is_open_is_counted_while_it_is(backend: Backend) {
    let server = watched(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("echo begun; sleep 60", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.line(&deployment, "begun").await;
    let before = read(&server).await;
    assert_eq!(before.value("rookery_sockets_open", &[]), 0.0);
    // The one that reads the metrics.
    assert_eq!(before.value("rookery_http_requests_in_flight", &[]), 1.0);

    let mut subscription = admin.progress(&deployment, None).await;
    subscription.data().await;
    gauge(&server, "rookery_sockets_open", &[], 1.0).await;
    gauge(&server, "rookery_socket_operations_open", &[], 1.0).await;
    drop(subscription);
    gauge(&server, "rookery_sockets_open", &[], 0.0).await;
    gauge(&server, "rookery_socket_operations_open", &[], 0.0).await;
    let mut query = admin.subscribe("query { viewer { level } }", Value::Null).await;
    query.data().await;
    drop(query);
    gauge(&server, "rookery_sockets_open", &[], 0.0).await;
    let expected = BTreeMap::from([
        (counted("subscription", "deploymentProgress", "OK", "websocket"), 1.0),
        (counted("query", "viewer", "OK", "websocket"), 1.0),
    ]);
    assert_eq!(since(&before, &read(&server).await, REQUESTS), expected);

    let leased = [("kind", "deployment"), ("state", "leased")];
    gauge(&server, "rookery_deployments_running", &[], 1.0).await;
    gauge(&server, "rookery_jobs", &leased, 1.0).await;
    admin.mutate("cancelDeployment", json!({ "id": deployment }), "deployment { id }").await.done();
    assert_eq!(admin.end_of(&deployment).await.0, "CANCELLED");
    gauge(&server, "rookery_deployments_running", &[], 0.0).await;
    gauge(&server, "rookery_jobs", &leased, 0.0).await;

    events_that_wait_are_seen(&server).await;
}

async fn events_that_wait_are_seen(server: &Server) {
    let db = server.database().await;
    let hour_ago = chrono::Utc::now() - chrono::Duration::hours(1);
    let insert = async || {
        let id = uuid::Uuid::now_v7();
        let event =
            "insert into event (id, tenant_id, topic, kind, subject_id, at) values ($1, $1, 'nobody', 'test', $1, $2)";
        let pending = "insert into event_pending (event_id) values ($1)";
        for (sql, values) in [(event, vec![id.into(), hour_ago.into()]), (pending, vec![id.into()])] {
            db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.unwrap();
        }
    };
    // They are numbered within seconds: now and then just before one looks.
    eventually("an event waits", PATIENCE, async || {
        insert().await;
        let now = read(server).await;
        let (count, oldest) =
            (now.value("rookery_events_waiting", &[]), now.value("rookery_events_oldest_waiting_seconds", &[]));
        (count >= 1.0 && (3_600.0..3_700.0).contains(&oldest)).then_some(())
    })
    .await;
    gauge(server, "rookery_events_waiting", &[], 0.0).await;
    assert_eq!(read(server).await.value("rookery_events_oldest_waiting_seconds", &[]), 0.0);
}
