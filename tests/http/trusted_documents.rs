//! Documents by their hashes, and access tokens that are confined to some.

use crate::support::database::put_away;
use crate::support::demo::unique;
use crate::support::socket::Next;
use crate::support::{Backend, Client, Server, sha256_hex};
use serde_json::{Value, json};

on_both![
    an_unknown_document_is_told_as_such,
    an_id_and_a_text_belong_together,
    a_confined_token_carries_out_its_documents_alone,
    what_a_token_asked_for_lately_is_not_looked_up,
    documents_are_kept_once_and_shown,
    documents_that_cannot_be_carried_out_are_refused,
];

const LEVEL: &str = "query Level { viewer { level } }";
const FOLLOW: &str = "subscription { notificationReceived { title } }";
const TENANT: &str = "mutation Tenant($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id } userErrors { message } } } query Tenants { tenants { totalCount } }";
const TYPES: &str = "{ __schema { queryType { name } } }";

fn id(text: &str) -> String {
    format!("sha256:{}", sha256_hex(text))
}

/// A client that acts by a token with these documents.
async fn confined(server: &Server, owner: &Client, documents: &[&str], read_only: bool) -> Client {
    let input = json!({ "name": unique("confined"), "documents": documents, "readOnly": read_only });
    let payload = owner.mutate("createAccessToken", input, "secret").await.done();
    Client::new(&server.address, payload["secret"].as_str().map(str::to_owned))
}

/// What becomes of a request on each transport: the first error's code, or none.
async fn everywhere(client: &Client, members: Value) -> [Option<String>; 3] {
    let texts: Vec<(&str, &str)> =
        members.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let (posted, got) = (client.post(&members).await, client.get_with(&texts).await);
    let socket = match client.operate(members.clone()).await.next().await {
        Next::Data(_) => None,
        Next::Errors(errors) => errors[0]["extensions"]["code"].as_str().map(str::to_owned),
        other => panic!("{other:?}"),
    };
    [posted.code(), got.code(), socket]
}

fn all(code: Option<&str>) -> [Option<String>; 3] {
    [code, code, code].map(|code| code.map(str::to_owned))
}

async fn an_unknown_document_is_told_as_such(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.sign_in("sales_agent").await;
    for client in [&server.anonymous(), &sales] {
        let members = json!({ "documentId": id("{ viewer { nobody } }") });
        assert_eq!(everywhere(client, members.clone()).await, all(Some("BAD_REQUEST")));
        let error = client.post(&members).await.body["errors"][0].take();
        assert_eq!(error["extensions"]["reason"], "UNKNOWN_DOCUMENT");
        let Next::Errors(errors) = client.operate(members).await.next().await else { panic!("carried out") };
        assert_eq!(errors[0]["extensions"]["reason"], "UNKNOWN_DOCUMENT");
    }
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    let refused = plain
        .post(format!("http://{}/graphql", server.address))
        .header("accept", "application/graphql-response+json")
        .json(&json!({ "documentId": id("unknown") }));
    assert_eq!(refused.send().await.unwrap().status(), 400);
}

async fn an_id_and_a_text_belong_together(backend: Backend) {
    let server = Server::shared(backend).await;
    let client = server.sign_in("sales_agent").await;
    assert_eq!(everywhere(&client, json!({ "query": LEVEL, "documentId": id(LEVEL) })).await, all(None));
    for members in [
        json!({ "query": LEVEL, "documentId": id(TYPES) }),
        json!({ "documentId": sha256_hex(LEVEL) }),
        json!({ "documentId": "sha256:abc" }),
        json!({ "operationName": "Level" }),
    ] {
        let answer = client.post(&members).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BAD_REQUEST")), "{members}");
        assert!(answer.body["errors"][0]["extensions"]["reason"].is_null());
    }
}

async fn a_confined_token_carries_out_its_documents_alone(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let program = confined(server, &admin, &[LEVEL, TENANT, FOLLOW], false).await;
    for members in [json!({ "query": LEVEL }), json!({ "documentId": id(LEVEL) })] {
        assert_eq!(everywhere(&program, members.clone()).await, all(None), "{members}");
        assert_eq!(program.post(&members).await.body["data"]["viewer"]["level"], "ADMIN");
    }
    let other = confined(server, &admin, &[TYPES, "{ viewer { user { name } } }"], false).await;
    for members in [
        json!({ "query": "{ viewer { user { name } } }" }),
        json!({ "documentId": id("{ viewer { user { name } } }") }),
        json!({ "query": format!("{LEVEL} ") }),
        json!({ "query": TYPES }),
        json!({ "query": "{ __typename }" }),
        json!({ "query": "{ nothing" }),
        json!({ "documentId": id("unknown") }),
    ] {
        assert_eq!(everywhere(&program, members.clone()).await, all(Some("FORBIDDEN")), "{members}");
        assert_eq!(program.post(&members).await.status, 403);
    }
    // Each has its own, introspection too.
    assert_eq!(everywhere(&other, json!({ "documentId": id(TYPES) })).await, all(None));
    assert_eq!(everywhere(&other, json!({ "query": LEVEL })).await, all(Some("FORBIDDEN")));
    // Who is not confined knows none of them.
    assert_eq!(everywhere(&admin, json!({ "documentId": id(LEVEL) })).await, all(Some("BAD_REQUEST")));

    let mut socket = program.operate(json!({ "documentId": id(FOLLOW) })).await;
    assert!(socket.is_silent().await);
    let slug = unique("confined");
    let input = json!({ "name": slug, "slug": slug, "type": "TRIAL" });
    let create = json!({ "documentId": id(TENANT), "operationName": "Tenant", "variables": { "input": input } });
    let reader = confined(server, &admin, &[TENANT], true).await;
    assert_eq!(reader.post(&create).await.code().as_deref(), Some("FORBIDDEN"));
    let count = reader.post(&json!({ "documentId": id(TENANT), "operationName": "Tenants" })).await;
    assert!(count.body["data"]["tenants"]["totalCount"].is_u64());
    assert_eq!(admin.find_if("tenants", &slug).await, None);
    let by_get = program.get_with(&[("documentId", &id(TENANT)), ("operationName", "Tenant")]).await;
    assert_eq!(by_get.status, 405);
    let done = program.post(&create).await;
    assert!(done.body["data"]["createTenant"]["tenant"]["id"].is_string(), "{:#}", done.body);
    admin.find("tenants", &slug).await;
}

async fn what_a_token_asked_for_lately_is_not_looked_up(backend: Backend) {
    const TABLES: [&str; 2] = ["access_token_document", "trusted_document"];
    let server = Server::demo(backend).await;
    let owner = server.sign_in("sales_agent").await;
    let program = confined(&server, &owner, &[LEVEL, TYPES], false).await;
    let other = confined(&server, &owner, &[TYPES], false).await;
    assert_eq!(program.query(LEVEL, Value::Null).await["viewer"]["level"], "BILLING");
    assert_eq!(other.error(LEVEL, Value::Null).await, "FORBIDDEN");
    let db = server.database().await;
    put_away(&db, &TABLES, true).await;
    let by_id = json!({ "documentId": id(LEVEL) });
    for members in [json!({ "query": LEVEL }), by_id.clone()] {
        assert_eq!(program.post(&members).await.body["data"]["viewer"]["level"], "BILLING");
    }
    for (client, text) in [(&program, TYPES), (&other, LEVEL)] {
        assert_eq!(client.error(text, Value::Null).await, "INTERNAL");
    }
    put_away(&db, &TABLES, false).await;
    assert_eq!(other.post(&by_id).await.code().as_deref(), Some("FORBIDDEN"));
    assert_eq!(program.query(TYPES, Value::Null).await["__schema"]["queryType"]["name"], "Query");
}

async fn documents_are_kept_once_and_shown(backend: Backend) {
    let server = Server::demo(backend).await;
    let sales = server.sign_in("sales_agent").await;
    let many: Vec<String> = (0..200).map(|number| format!("query Number{number} {{ viewer {{ level }} }}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    confined(&server, &sales, &many, false).await;
    confined(&server, &sales, &[LEVEL, TYPES, LEVEL], false).await;
    let program = confined(&server, &sales, &[TYPES, LEVEL], false).await;
    sales.mutate("createAccessToken", json!({ "name": "free" }), "").await.done();
    let shown = "{ viewer { accessTokens(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { confined documents { id text } } } } }";
    let tokens = sales.query(shown, Value::Null).await["viewer"]["accessTokens"]["nodes"].take();
    assert_eq!(tokens[0]["documents"].as_array().unwrap().len(), 200);
    let mut expected = [LEVEL, TYPES].map(|text| json!({ "id": id(text), "text": text }));
    expected.sort_by_key(|document| document["id"].as_str().unwrap().to_owned());
    assert_eq!(tokens[1], json!({ "confined": true, "documents": expected }));
    assert_eq!(tokens[1], tokens[2]);
    assert_eq!(tokens[3], json!({ "confined": false, "documents": null }));
    // The program itself may not look.
    assert_eq!(program.error(shown, Value::Null).await, "FORBIDDEN");
    let tech = server.sign_in("tech_agent").await;
    let others = tech.query("{ viewer { accessTokens { totalCount } } }", Value::Null).await;
    assert_eq!(others["viewer"]["accessTokens"]["totalCount"], 0);
}

async fn documents_that_cannot_be_carried_out_are_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let owner = server.sign_in("consultant@external.com").await;
    let huge = format!("{{ viewer {{ level }} }}{}", " ".repeat(16 * 1024));
    let many: Vec<String> = (0..201).map(|number| format!("query N{number} {{ viewer {{ level }} }}")).collect();
    for (documents, told) in [
        (json!([]), "Between 1 and 200"),
        (json!(many), "Between 1 and 200"),
        (json!([LEVEL, "{ viewer { nothing } }"]), "Document 2: "),
        (json!([LEVEL, TYPES, "{ viewer "]), "Document 3: Syntax error"),
        (json!([huge]), "16384 bytes"),
        (json!(["fragment a on Viewer { level }"]), "Document 1: "),
    ] {
        let outcome = owner.mutate("createAccessToken", json!({ "name": "x", "documents": documents }), "secret").await;
        assert!(outcome.message().contains(told), "{outcome:?}");
        assert_eq!(outcome.refused(), ["INVALID documents"]);
    }
    let own = owner.query("{ viewer { accessTokens(where: { search: \"x\" }) { totalCount } } }", Value::Null).await;
    assert_eq!(own["viewer"]["accessTokens"]["totalCount"], 0);
}
