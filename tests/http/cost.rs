use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::server::Options;
use crate::support::{Backend, Client, Server, database, eventually};
use serde_json::{Value, json};
use std::time::Duration;

on_both![
    each_answer_tells_its_cost,
    a_dry_run_carries_nothing_out,
    who_asks_too_much_is_refused_until_there_are_points_again,
    a_tenant_s_people_share,
];

const DEVICES: &str = "{ devices(first: 20) { totalCount nodes { id name site { name } } } }";

async fn each_answer_tells_its_cost(backend: Backend) {
    let server = Server::shared(backend).await;
    let acme = server.new_session("admin@acme.example.com").await;
    let answer = acme.send(DEVICES, Value::Null).await;
    let cost = &answer.body["extensions"]["cost"];
    // The connection, 20 devices and their sites: 41 objects; 1 + 1 + 20 × (1 + 3 + 1) values, ten for a point.
    assert_eq!(cost["requested"], 1 + 41 + 10, "{cost}");
    let devices = answer.body["data"]["devices"]["nodes"].as_array().unwrap().len();
    assert_eq!(cost["actual"].as_u64().unwrap(), 1 + 1 + 2 * devices as u64 + (3 + 4 * devices as u64) / 10, "{cost}");
    let remaining = cost["remaining"].as_u64().unwrap();
    assert!(cost["resetAt"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().is_ok());
    let told = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(told("ratelimit-policy"), "\"points\";q=1000000000;w=60");
    assert!(told("ratelimit").starts_with(&format!("\"points\";r={remaining};t=")), "{}", told("ratelimit"));
    // The same as a field.
    let document = "{ rateLimit { limit remaining cost nodeCount resetAt } devices(first: 20) { nodes { id } } }";
    let data = acme.query(document, Value::Null).await;
    let told = &data["rateLimit"];
    assert_eq!(
        (&told["limit"], &told["cost"], &told["nodeCount"]),
        (&json!(1_000_000_000), &json!(1 + 22 + 4), &json!(22))
    );
    // A mutation that is refused as data cost its transaction; so does one that is refused as such.
    let sign_in = "mutation { signIn(input: { login: \"x\", password: \"y\" }) { token } }";
    let answer = server.anonymous().send(sign_in, Value::Null).await;
    assert_eq!(answer.body["extensions"]["cost"]["actual"], 12);
}

async fn a_dry_run_carries_nothing_out(backend: Backend) {
    let server = Server::shared(backend).await;
    let sales = server.new_session("sales_agent").await;
    let document = "query($dry: Boolean!) { rateLimit(dryRun: $dry) { cost } viewer { level } ...More }
                    fragment More on Query { projects(first: 3) { nodes { id } } }";
    let data = sales.query(document, json!({ "dry": true })).await;
    assert_eq!(data, json!({ "rateLimit": { "cost": 8 } }));
    let data = sales.query(document, json!({ "dry": false })).await;
    assert_eq!(data["viewer"]["level"], "BILLING");
    // What it could return is not limited where nothing is returned; what it costs is told.
    let nested = "{ rateLimit(dryRun: true) { nodeCount }
                    tenants(first: 100) { nodes { sites(first: 100) { nodes { devices(first: 100) { nodes { id } } } } } } }";
    assert_eq!(sales.query(nested, Value::Null).await["rateLimit"]["nodeCount"], 1_020_202);
    // All of the document is checked.
    assert_eq!(
        sales.error("{ rateLimit(dryRun: true) { cost } viewer { nothing } }", Value::Null).await,
        "BAD_REQUEST"
    );
    let form = form(&sales.project(LOCAL).await);
    let document =
        "mutation($input: CreateServerRequestInput!) { createServerRequest(input: $input) { serverRequest { id } } }";
    let body = json!({ "query": document, "variables": { "input": form }, "extensions": { "dryRun": true } });
    let count = async || {
        sales.query("{ serverRequests { totalCount } }", Value::Null).await["serverRequests"]["totalCount"].clone()
    };
    let before = count().await;
    let answer = sales.post(&body).await;
    assert_eq!(answer.body["data"], json!({}), "{:#}", answer.body);
    assert_eq!(answer.body["extensions"]["cost"]["requested"], 13);
    assert_eq!(count().await, before);
    let wrong = json!({ "query": "{ viewer { level } }", "extensions": { "dryRun": "yes" } });
    assert_eq!(sales.post(&wrong).await.code().unwrap(), "BAD_REQUEST");
}

async fn limited(backend: Backend, session: u32, tenant: u32) -> Server {
    let file = format!("points = {{ session = {session}, tenant = {tenant}, address = 1000 }}");
    let database = database::fresh(backend).await;
    Server::start(Options { database, file, ..Options::default() }).await
}

/// Asks until there is nothing left, and answers the refusal.
async fn exhaust(client: &Client) -> crate::support::client::Answer {
    // 101 points at once, of which nearly all come back.
    let document =
        "{ a: projects(first: 50) { nodes { id } } b: projects(first: 50) { nodes { id } } viewer { level } }";
    for _ in 0..3_000 {
        let answer = client.send(document, Value::Null).await;
        if answer.status != 200 {
            return answer;
        }
        assert!(answer.body["errors"].is_null(), "{:#}", answer.body);
    }
    panic!("there is no end to it");
}

async fn who_asks_too_much_is_refused_until_there_are_points_again(backend: Backend) {
    let server = limited(backend, 1_000, 100_000).await;
    let admin = server.new_session("admin").await;
    // More than there ever is.
    let document = "{ a: devices(first: 100) { nodes { site { tenant { members { user { id } } } } } } }";
    assert_eq!(admin.error(document, Value::Null).await, "COST_EXCEEDED");
    let refused = exhaust(&admin).await;
    assert_eq!((refused.status, refused.code().as_deref()), (429, Some("RATE_LIMITED")), "{:#}", refused.body);
    assert!(refused.body.get("data").is_none());
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.headers["ratelimit"].to_str().unwrap().starts_with("\"points\";r="));
    // Another session of the same person has its own.
    let other = server.new_session("admin").await;
    assert_eq!(other.send(DEVICES, Value::Null).await.status, 200);
    // On a socket it is the same account.
    let mut socket =
        admin.subscribe("query { devices(first: 100) { nodes { site { tenant { id } } } } }", Value::Null).await;
    assert!(format!("{:?}", socket.next().await).contains("RATE_LIMITED"));
    eventually("there are points again", Duration::from_secs(wait + 20), async || {
        (admin.send(DEVICES, Value::Null).await.status == 200).then_some(())
    })
    .await;
}

async fn a_tenant_s_people_share(backend: Backend) {
    let server = limited(backend, 100_000, 1_000).await;
    let (first, second) =
        (server.new_session("admin@acme.example.com").await, server.new_session("admin@acme.example.com").await);
    let refused = exhaust(&first).await;
    assert_eq!(refused.code().as_deref(), Some("RATE_LIMITED"));
    let many = "{ devices(first: 100) { nodes { site { tenant { id } } } } }";
    let answer = second.send(many, Value::Null).await;
    assert_eq!((answer.status, answer.code().as_deref()), (429, Some("RATE_LIMITED")), "{:#}", answer.body);
    // Another tenant's people have their own, and so have those of none.
    for login in ["admin@techstart.com", "admin"] {
        let answer = server.new_session(login).await.send(many, Value::Null).await;
        assert_eq!(answer.status, 200, "{login}: {:#}", answer.body);
    }
}
