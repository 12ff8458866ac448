//! What programs and the app ask for most is read by one query each: a field that needs a resolver would make its whole
//! selection slower by times, and nobody would notice by the answer.

use crate::support::Backend;
use crate::watching::metrics::{read, watched};
use serde_json::{Value, json};

on_both![what_is_asked_most_is_read_as_a_whole];

async fn what_is_asked_most_is_read_as_a_whole(backend: Backend) {
    const DEVICE: &str = "id name status site { id name tenant { id name } }";
    let server = watched(backend).await;
    let admin = server.sign_in("admin").await;
    let list = format!("{{ devices(first: 100) {{ nodes {{ {DEVICE} }} }} }}");
    let page = format!(
        "query($status: [DeviceStatus!], $after: String) {{
            devices(first: 2, after: $after, where: {{ status: $status }}, orderBy: {{ field: NAME }}) {{
                nodes {{ {DEVICE} }} edges {{ cursor }} pageInfo {{ hasNextPage endCursor }} totalCount }} }}"
    );
    let one = format!("query($id: ID!) {{ node(id: $id) {{ ... on Device {{ {DEVICE} metadata createdAt }} }} }}");
    let devices = admin.query(&list, Value::Null).await["devices"]["nodes"].clone();
    let first = admin.query(&page, json!({})).await["devices"]["pageInfo"]["endCursor"].clone();
    let requests = "{ serverRequests(first: 20) { nodes { id name status priority createdAt \
                    project { id name } script { id name } targetServer { id name } } pageInfo { hasNextPage endCursor } } }";
    let servers = "{ servers(first: 20) { nodes { id name address project { id name } } totalCount } }";
    let ways = async || {
        let now = read(&server).await;
        ["whole", "resolvers"].map(|way| now.value("rookery_graphql_reads_total", &[("way", way)]))
    };
    for (query, variables) in [
        (list.as_str(), Value::Null),
        (&page, json!({ "status": ["ONLINE", "OFFLINE"] })),
        (&page, json!({ "after": first })),
        (&one, json!({ "id": devices[0]["id"] })),
        (&one, json!({ "id": devices[1]["id"] })),
        (requests, Value::Null),
        (servers, Value::Null),
    ] {
        // The second time by what was kept of the first.
        for _ in 0..2 {
            let before = ways().await;
            admin.query(query, variables.clone()).await;
            let [whole, by_resolvers] = ways().await;
            assert_eq!([whole - before[0], by_resolvers - before[1]], [1.0, 0.0], "{query}");
        }
    }
}
