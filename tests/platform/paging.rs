//! Keyset paging, on every list and in every order.

use crate::support::demo::unique;
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![
    every_list_reads_the_same_in_pages_of_any_size,
    equal_rows_are_told_apart,
    what_changes_meanwhile_moves_nothing,
    windows_that_mean_nothing_are_refused,
];

const ORDERS: [(&str, &[&str]); 9] = [
    ("tenants", &["NAME", "CREATED_AT"]),
    ("sites", &["NAME", "CREATED_AT"]),
    ("devices", &["NAME", "STATUS", "CREATED_AT"]),
    ("users", &["NAME", "CREATED_AT"]),
    ("projects", &["NAME", "CREATED_AT"]),
    ("servers", &["NAME", "CREATED_AT"]),
    ("scripts", &["NAME", "CREATED_AT", "UPDATED_AT"]),
    ("serverRequests", &["CREATED_AT", "UPDATED_AT", "NAME"]),
    ("deployments", &["CREATED_AT"]),
];

struct List<'c> {
    client: &'c Client,
    name: &'c str,
    order: String,
    filter: String,
}

struct Page {
    ids: Vec<String>,
    start: Value,
    end: Value,
    has_next: bool,
    has_previous: bool,
}

impl List<'_> {
    async fn page(&self, window: &str) -> Page {
        let document = format!(
            "{{ {}({window}, orderBy: {}{}) {{ nodes {{ id }} edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}",
            self.name, self.order, self.filter
        );
        let data = self.client.query(&document, Value::Null).await;
        let page = &data[self.name];
        let ids: Vec<String> =
            page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
        let edges = page["edges"].as_array().unwrap();
        assert_eq!(edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
        let info = &page["pageInfo"];
        assert_eq!(info["startCursor"], edges.first().map_or(Value::Null, |edge| edge["cursor"].clone()));
        assert_eq!(info["endCursor"], edges.last().map_or(Value::Null, |edge| edge["cursor"].clone()));
        Page {
            ids,
            start: info["startCursor"].clone(),
            end: info["endCursor"].clone(),
            has_next: info["hasNextPage"].as_bool().unwrap(),
            has_previous: info["hasPreviousPage"].as_bool().unwrap(),
        }
    }

    async fn forwards(&self, size: usize) -> Vec<String> {
        let mut all = Vec::new();
        let mut page = self.page(&format!("first: {size}")).await;
        assert!(!page.has_previous);
        loop {
            assert!(page.ids.len() == size || !page.has_next);
            all.append(&mut page.ids);
            if !page.has_next {
                return all;
            }
            page = self.page(&format!("first: {size}, after: {}", page.end)).await;
            assert!(page.has_previous);
        }
    }

    async fn backwards(&self, size: usize) -> Vec<String> {
        let mut all = Vec::new();
        let mut page = self.page(&format!("last: {size}")).await;
        assert!(!page.has_next);
        loop {
            all.splice(0..0, page.ids.drain(..));
            if !page.has_previous {
                return all;
            }
            page = self.page(&format!("last: {size}, before: {}", page.start)).await;
            assert!(page.has_next);
        }
    }
}

async fn every_list_reads_the_same_in_pages_of_any_size(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let project = sales.project("Local demo").await;
    let script = admin.write_commands("true", json!([])).await;
    for _ in 0..5 {
        sales.file(crate::support::requests::form(&project)).await;
    }
    for _ in 0..3 {
        let deployment = admin.run_on_local(&script, json!({})).await;
        admin.end_of(&deployment).await;
    }
    for (name, fields) in ORDERS {
        for field in fields {
            for direction in ["ASC", "DESC"] {
                let order = format!("{{ field: {field}, direction: {direction} }}");
                let list = List { client: &admin, name, order, filter: String::new() };
                let all = list.page("first: 100").await.ids;
                assert!(all.len() >= 3, "{name} has too few to page");
                let mut distinct = all.clone();
                distinct.sort();
                distinct.dedup();
                assert_eq!(distinct.len(), all.len(), "{name} {field} {direction}");
                for size in [1, 2, 3, all.len(), 100] {
                    assert_eq!(list.forwards(size).await, all, "{name} {field} {direction} by {size}");
                    assert_eq!(list.backwards(size).await, all, "{name} {field} {direction} by {size}, backwards");
                }
            }
        }
        let list = |direction: &str| List {
            client: &admin,
            name,
            order: format!("{{ field: {}, direction: {direction} }}", fields[0]),
            filter: String::new(),
        };
        let mut reversed = list("DESC").page("first: 100").await.ids;
        reversed.reverse();
        assert_eq!(list("ASC").page("first: 100").await.ids, reversed, "{name}");
    }
}

/// A project with servers, some of one name in the eyes of the order.
async fn equal_rows_are_told_apart(backend: Backend) {
    let server = Server::demo(backend).await;
    let owner = server.sign_in("admin@acme.example.com").await;
    let site = owner.find("sites", "Acme Warehouse").await;
    for index in 0..23 {
        let status = ["ONLINE", "OFFLINE"][index % 2];
        let input = json!({ "siteId": site, "name": "Same name", "type": "SENSOR", "status": "ONLINE", "serialNumber": unique("SN"), "status": status });
        owner.mutate("createDevice", input, "").await.done();
    }
    for field in ["NAME", "STATUS"] {
        for direction in ["ASC", "DESC"] {
            let list = List {
                client: &owner,
                name: "devices",
                order: format!("{{ field: {field}, direction: {direction} }}"),
                filter: ", where: { search: \"Same name\" }".into(),
            };
            let all = list.page("first: 100").await.ids;
            assert_eq!(all.len(), 23);
            for size in [1, 5, 7, 23] {
                assert_eq!(list.forwards(size).await, all, "{field} {direction} by {size}");
                assert_eq!(list.backwards(size).await, all, "{field} {direction} by {size}, backwards");
            }
        }
    }
}

async fn what_changes_meanwhile_moves_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let owner = server.sign_in("admin@acme.example.com").await;
    let site = owner.find("sites", "Acme Warehouse").await;
    let put = async |name: &str| {
        let input = json!({ "siteId": site, "name": format!("paged {name}"), "type": "SENSOR", "status": "ONLINE", "serialNumber": unique("SN") });
        owner.mutate("createDevice", input, "device { id }").await.done()["device"]["id"].as_str().unwrap().to_owned()
    };
    let mut ids = Vec::new();
    for name in ["b", "d", "f", "h"] {
        ids.push(put(name).await);
    }
    let list = List {
        client: &owner,
        name: "devices",
        order: "{ field: NAME }".into(),
        filter: ", where: { search: \"paged\" }".into(),
    };
    let first = list.page("first: 2").await;
    assert_eq!(first.ids, ids[..2]);
    // Before the place, behind it, and the very row that the cursor names.
    put("a").await;
    let between = put("e").await;
    owner.mutate("updateDevice", json!({ "id": ids[1], "name": "paged z" }), "").await.done();
    let rest = list.page(&format!("first: 10, after: {}", first.end)).await;
    assert_eq!(rest.ids, [&between, &ids[2], &ids[3], &ids[1]].map(Clone::clone));
}

async fn windows_that_mean_nothing_are_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let by_name = List { client: &admin, name: "servers", order: "{ field: NAME }".into(), filter: String::new() };
    let cursor = by_name.page("first: 1").await.end;
    let windows = [
        "first: 0",
        "first: -1",
        "first: 101",
        "last: 0",
        "last: 101",
        "first: 1, last: 1",
        "first: 1, after: \"\"",
        "first: 1, after: \"nonsense\"",
        "last: 1, before: \"eyJvIjoxfQ\"",
        // Of another order, of another direction's name alone, and of another list.
        &format!("after: {cursor}, orderBy: {{ field: CREATED_AT }}"),
    ];
    // A cursor of this order, with a value of another kind than the order's.
    use base64::Engine as _;
    let own = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let decoded: Value = serde_json::from_slice(&own.decode(cursor.as_str().unwrap()).unwrap()).unwrap();
    let forged = ["{ \"n\": 1 }", "{ \"t\": \"2026-01-01T00:00:00Z\" }"].map(|value| {
        let mut forged = decoded.clone();
        forged["v"] = serde_json::from_str(value).unwrap();
        format!("after: \"{}\", orderBy: {{ field: NAME }}", own.encode(forged.to_string()))
    });
    for window in windows.into_iter().chain(forged.iter().map(String::as_str)) {
        let code = admin.error(&format!("{{ servers({window}) {{ nodes {{ id }} }} }}"), Value::Null).await;
        assert_eq!(code, "BAD_REQUEST", "{window}");
    }
    // Rows are given by the page; how many there are in all is told without one.
    for document in ["{ servers { nodes { id } } }", "{ servers { totalCount pageInfo { hasNextPage } } }"] {
        assert_eq!(admin.error(document, Value::Null).await, "BAD_REQUEST", "{document}");
    }
    let counted = admin.query("{ servers { totalCount } }", Value::Null).await;
    assert!(counted["servers"]["totalCount"].as_u64().unwrap() >= 16);
}
