use crate::support::server::Options;
use crate::support::{Backend, Server, database};
use serde_json::{Value, json};

on_both![lists_of_operations_are_taken_where_they_are_switched_on];

async fn lists_of_operations_are_taken_where_they_are_switched_on(backend: Backend) {
    let usual = Server::shared(backend).await;
    let one = json!({ "query": "{ viewer { level } }" });
    let refused = usual.sign_in("admin").await.post(&json!([one])).await;
    assert_eq!((refused.status, refused.code().as_deref()), (400, Some("BAD_REQUEST")));
    let file = "batch_limit = 10\npoints = { session = 1500, tenant = 100000, address = 100000 }".to_owned();
    let options = Options { database: database::fresh(backend).await, file, ..Options::default() };
    let server = Server::start(options).await;
    let admin = server.sign_in("admin").await;
    let wrong = json!({ "query": "{ nothing }" });
    let name = json!({ "query": "query($n: Int!) { tenants(first: $n) { nodes { id } } }", "variables": { "n": 2 } });
    let answer = admin.post(&json!([one, wrong, name])).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let answers = answer.body.as_array().unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["data"], json!({ "viewer": { "level": "ADMIN" } }));
    assert_eq!((&answers[1]["errors"][0]["extensions"]["code"], answers[1].get("data")), (&json!("BAD_REQUEST"), None));
    assert_eq!(answers[2]["data"]["tenants"]["nodes"].as_array().unwrap().len(), 2);
    assert!(answer.headers.contains_key("ratelimit"));
    assert!(!answer.headers.contains_key("retry-after"));
    // When to come again is told for all of them.
    let much = json!({ "query": "{ __schema { types { name fields { name description } } } }" });
    let answer = server.new_session("admin").await.post(&json!([much, much])).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body[1]);
    assert_eq!(answer.body[1]["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{:#}", answer.body[1]);
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait > 0);
    // Alone it is answered alone.
    assert_eq!(admin.post(&one).await.body["data"]["viewer"]["level"], "ADMIN");
    for batch in [vec![], vec![one.clone(); 11], vec![one; 1_000], vec![json!(1)], vec![Value::Null, json!({})]] {
        let refused = admin.post(&json!(batch)).await;
        assert_eq!((refused.status, refused.code().as_deref()), (400, Some("BAD_REQUEST")), "{:#}", refused.body);
    }
}
