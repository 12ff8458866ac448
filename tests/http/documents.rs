//! A document that is sent again is not parsed again.

use crate::support::Backend;
use crate::support::socket::Next;
use crate::watching::metrics::{read, watched};
use serde_json::{Value, json};

on_both![
    a_document_is_parsed_once,
    what_was_valid_once_is_still_held_against_its_variables,
    a_flood_of_documents_keeps_to_its_room
];

const DEVICES: &str = "query Devices($first: Int!) { devices(first: $first) { nodes { id } } }";
const LEVEL: &str = "{ viewer { level } }";

async fn a_document_is_parsed_once(backend: Backend) {
    let server = watched(backend).await;
    let admin = server.sign_in("admin").await;
    let counts = async || {
        let now = read(&server).await;
        (now.value("rookery_documents_hits_total", &[]), now.value("rookery_documents_misses_total", &[]))
    };
    let before = counts().await;
    let since = async || {
        let (hits, misses) = counts().await;
        (hits - before.0, misses - before.1)
    };
    // What depends on variables is told anew each time.
    for (first, requested) in [(1, 3), (5, 8), (1, 3)] {
        let answer = admin.send(DEVICES, json!({ "first": first })).await;
        assert_eq!(answer.body["extensions"]["cost"]["requested"], requested, "{:#}", answer.body);
    }
    assert_eq!(since().await, (2.0, 1.0));
    assert_eq!(admin.error(DEVICES, json!({ "first": 101 })).await, "BAD_REQUEST");
    assert_eq!(admin.get_with(&[("query", DEVICES), ("variables", "{\"first\":2}")]).await.code(), None);
    let members = json!({ "query": DEVICES, "variables": { "first": 1 } });
    assert!(matches!(admin.operate(members.clone()).await.next().await, Next::Data(_)));
    assert_eq!(since().await, (5.0, 1.0));
    let mut dry = members;
    dry["extensions"] = json!({ "dryRun": true });
    assert_eq!(admin.post(&dry).await.body["data"], json!({}));
    assert_eq!(admin.query(DEVICES, json!({ "first": 1 })).await["devices"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(since().await, (7.0, 1.0));
    // Nobody profits from what others sent.
    for _ in 0..2 {
        assert_eq!(server.anonymous().error(DEVICES, json!({ "first": 1 })).await, "UNAUTHENTICATED");
    }
    assert_eq!(since().await, (8.0, 2.0));
    for _ in 0..2 {
        assert_eq!(admin.error("{ devices { nodes { id } } }", Value::Null).await, "BAD_REQUEST");
    }
    assert_eq!(since().await, (8.0, 4.0));
}

/// Whoever sends a valid document again is told the same as who sends one that nobody has seen.
async fn what_was_valid_once_is_still_held_against_its_variables(backend: Backend) {
    const QUERY: &str = "query Q($first: Int, $where: DeviceWhere, $order: DeviceOrder, $id: ID!) {
        devices(first: $first, where: $where, orderBy: $order) { totalCount nodes { id name status } }
        node(id: $id) { id } nodes(ids: [$id]) { id } }";
    const SKIPPING: &str = "query Q($first: Int, $where: DeviceWhere, $is: Boolean!) {
        devices(first: $first, where: $where) @include(if: $is) { totalCount } viewer { level } }";
    let server = watched(backend).await;
    let admin = server.sign_in("admin").await;
    let valid =
        json!({ "id": "a", "first": 2, "is": true, "where": { "status": ["ONLINE"] }, "order": { "field": "NAME" } });
    let with = |name: &str, value: Value| {
        let mut variables = valid.clone();
        variables[name] = value;
        variables
    };
    let mut unseen = 0;
    for query in [QUERY, SKIPPING] {
        for variables in [
            valid.clone(),
            with("id", json!("b")),
            with("id", Value::Null),
            with("id", json!(1)),
            with("id", json!([])),
            with("first", json!(101)),
            with("first", json!(-1)),
            with("first", json!(1_u64 << 40)),
            with("first", json!("2")),
            with("first", json!(2.5)),
            with("first", Value::Null),
            with("where", json!({ "status": ["BROKEN"] })),
            with("where", json!({ "status": ["OFFLINE"] })),
            with("where", json!({ "status": "ONLINE" })),
            with("where", json!({ "status": [1] })),
            with("where", json!({ "nothing": 1 })),
            with("where", json!({ "search": "a", "nothing": 1 })),
            with("where", json!("x")),
            with("order", json!({ "field": "AGE" })),
            with("order", json!({})),
            with("is", json!("no")),
            with("is", json!(false)),
            json!({}),
            json!({ "id": "a", "is": false, "where": { "status": ["BROKEN"] } }),
            valid.clone(),
        ] {
            let again = admin.send(query, variables.clone()).await.body;
            unseen += 1;
            let first = admin.send(&format!("{query}{}", " ".repeat(unseen)), variables.clone()).await.body;
            for member in ["data", "errors"] {
                assert_eq!(again[member], first[member], "{variables}");
            }
        }
    }
}

async fn a_flood_of_documents_keeps_to_its_room(backend: Backend) {
    let server = watched(backend).await;
    let (admin, anonymous) = (server.sign_in("admin").await, server.anonymous());
    admin.query(LEVEL, Value::Null).await;
    let of_people = read(&server).await.value("rookery_documents_entries", &[("of", "signed_in")]);
    assert!(of_people >= 1.0);
    for number in 0..400 {
        anonymous.query(&format!("query N{number} {LEVEL}"), Value::Null).await;
    }
    let before = read(&server).await;
    let anybody = before.value("rookery_documents_entries", &[("of", "anybody")]);
    assert!((128.0..=256.0).contains(&anybody), "{anybody}");
    let bytes = before.value("rookery_documents_bytes", &[("of", "anybody")]);
    assert!((1.0..=4_194_304.0).contains(&bytes), "{bytes}");
    assert_eq!(before.value("rookery_documents_entries", &[("of", "signed_in")]), of_people);
    admin.query(LEVEL, Value::Null).await;
    let after = read(&server).await;
    let hits = "rookery_documents_hits_total";
    assert_eq!(after.value(hits, &[]) - before.value(hits, &[]), 1.0);
}
