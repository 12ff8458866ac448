//! Secrets wherever a request can carry one, rightly or by mistake.

use super::canaries::Canaries;
use crate::support::{Client, Server};
use serde_json::{Value, json};

/// Sends secrets in every place.
pub async fn carry(server: &Server, admin: &Client, canaries: &mut Canaries) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let graphql = format!("http://{}/graphql", server.address);
    let query = json!({ "query": "{ viewer { level } }" });
    for name in ["authorization", "cookie", "x-api-key", "idempotency-key", "traceparent", "origin", "x-forwarded-for"]
    {
        let secret = canaries.hatch(&format!("the header {name}"));
        let value = match name {
            "authorization" => format!("Bearer {secret}"),
            "cookie" => format!("rookery_session={secret}"),
            _ => secret,
        };
        http.post(&graphql).header(name, value).json(&query).send().await.unwrap();
    }
    let wrong = canaries.hatch("a wrong token for metrics");
    let metrics =
        http.get(format!("http://{}/metrics", server.address)).header("authorization", format!("Bearer {wrong}"));
    assert_eq!(metrics.send().await.unwrap().status(), 401);
    let in_url = canaries.hatch("a query string");
    http.get(format!("{graphql}?query={{viewer{{level}}}}&variables={{\"a\":\"{in_url}\"}}")).send().await.unwrap();
    let broken = canaries.hatch("a body that is not JSON");
    http.post(&graphql)
        .header("content-type", "application/json")
        .body(format!("{{\"{broken}\":"))
        .send()
        .await
        .unwrap();

    let (literal, name) = (canaries.hatch("a literal"), canaries.hatch_word("the name of an operation"));
    let document = format!("query {name} {{ users(where: {{ search: \"{literal}\" }}) {{ totalCount }} }}");
    admin.query(&document, Value::Null).await;
    let variable = canaries.hatch("a variable");
    let document = "query($search: String) { users(where: { search: $search }) { totalCount } }";
    admin.query(document, json!({ "search": variable })).await;
    admin.error(document, json!({ "search": [canaries.hatch("a variable of a wrong type")] })).await;

    for (place, message) in [
        (
            "a socket's credential",
            json!({ "type": "connection_init", "payload": { "authorization": "Bearer SECRET" } }),
        ),
        ("a message that nobody knows", json!({ "type": "SECRET" })),
        ("a message of a wrong shape", json!({ "type": "subscribe", "id": "1", "payload": "SECRET" })),
    ] {
        let message = message.to_string().replace("SECRET", &canaries.hatch(place));
        server.anonymous().say(&message).await;
    }
    let (literal, variable) = (canaries.hatch("a literal on a socket"), canaries.hatch("a variable on a socket"));
    let document = format!(
        "query($search: String) {{ users(where: {{ search: $search }}) {{ totalCount }} sites(where: {{ search: \"{literal}\" }}) {{ totalCount }} }}"
    );
    admin.subscribe(&document, json!({ "search": variable })).await.data().await;
}

/// What a collector of metrics sees.
pub async fn metrics(server: &Server, token: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request =
        http.get(format!("http://{}/metrics", server.address)).header("authorization", format!("Bearer {token}"));
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}
