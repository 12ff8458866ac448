use crate::support::demo::unique;
use crate::support::socket::Next;
use crate::support::{Backend, Client, Server, eventually, sha256_hex};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

on_both![
    a_token_acts_with_its_owners_rights_as_they_are,
    a_token_that_only_reads_changes_nothing,
    a_token_is_no_way_to_stay,
    a_revoked_token_is_out_at_once,
    a_token_expires,
    a_suspended_owner_takes_their_tokens_along,
    what_is_wrong_is_told,
    tokens_are_their_owners,
    creating_and_revoking_are_on_the_record,
];

const SHOWN: &str =
    "accessToken { id name secretStart readOnly createdAt expiresAt lastUsedAt revokedAt user { name } }";
const OWN: &str = "{ viewer { accessTokens(first: 100) { totalCount nodes { id name lastUsedAt revokedAt } } } }";
const FOLLOW: &str = "subscription { notificationReceived { title } }";

/// A token of the client's, and a client that acts by it.
async fn token(server: &Server, owner: &Client, more: Value) -> (String, Client) {
    let mut input = json!({ "name": unique("token") });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let payload = owner.mutate("createAccessToken", input, "secret accessToken { id }").await.done();
    let secret = payload["secret"].as_str().unwrap().to_owned();
    let id = payload["accessToken"]["id"].as_str().unwrap().to_owned();
    (id, Client::new(&server.address, Some(secret)))
}

async fn is_out(client: &Client) -> bool {
    let answer = client.send("{ viewer { level } }", Value::Null).await;
    (answer.status, answer.code().as_deref()) == (401, Some("UNAUTHENTICATED")) && client.refused_socket().await == 4403
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

async fn a_token_acts_with_its_owners_rights_as_they_are(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let payload = sales.mutate("createAccessToken", json!({ "name": " CI " }), &format!("secret {SHOWN}")).await.done();
    let (secret, shown) = (payload["secret"].as_str().unwrap(), &payload["accessToken"]);
    let digits = secret.strip_prefix("rookery_").unwrap();
    assert!(digits.len() == 40 && digits.chars().all(|digit| digit.is_ascii_alphanumeric()), "{secret}");
    assert_eq!(shown["secretStart"], secret[..12]);
    assert_eq!((&shown["name"], &shown["readOnly"]), (&json!("CI"), &json!(false)));
    assert_eq!((&shown["lastUsedAt"], &shown["revokedAt"]), (&Value::Null, &Value::Null));
    assert_eq!(time(&shown["expiresAt"]) - time(&shown["createdAt"]), Duration::days(90));
    assert_eq!(shown["user"]["name"], "Sales Agent");

    let program = Client::new(&server.address, Some(secret.to_owned()));
    assert_eq!(program.own_id().await, sales.own_id().await);
    let lists = "{ viewer { level permissions } serverRequests { totalCount } scripts { totalCount } }";
    assert_eq!(program.query(lists, Value::Null).await, sales.query(lists, Value::Null).await);
    let denied = program.mutate("createProject", json!({ "tenantId": "x", "name": "No" }), "").await;
    assert_eq!(denied.denied(), "FORBIDDEN");
    program.mutate("markNotificationsRead", json!({ "ids": [] }), "").await.done();
    let mut socket = program.subscribe(FOLLOW, Value::Null).await;
    assert!(socket.is_silent().await);
    eventually("its use is noted", std::time::Duration::from_secs(20), async || {
        let nodes = sales.query(OWN, Value::Null).await["viewer"]["accessTokens"]["nodes"].take();
        nodes[0]["lastUsedAt"].is_string().then_some(())
    })
    .await;
    // Rights are read afresh, as for those who signed in.
    let id = sales.own_id().await;
    admin.mutate("updateUser", json!({ "id": id, "level": "TECHNICIAN" }), "").await.done();
    assert_eq!(program.query("{ viewer { level } }", Value::Null).await["viewer"]["level"], "TECHNICIAN");
    // Signing out ends a session, and no token.
    let own = server.new_session("sales_agent").await;
    own.query("mutation { signOut { signedOut } }", Value::Null).await;
    assert_eq!(program.own_id().await, id);
}

async fn a_token_that_only_reads_changes_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let (_, program) = token(server, &admin, json!({ "readOnly": true })).await;
    let name = unique("Not there");
    let input = json!({ "name": name, "slug": "not-there", "type": "TRIAL" });
    let document = "mutation($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id } } }";
    let answer = program.send(document, json!({ "input": input })).await;
    assert_eq!((answer.status, answer.code().as_deref()), (403, Some("FORBIDDEN")), "{:#}", answer.body);
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("only reads"), "{:#}", answer.body);
    let Next::Errors(errors) = program.subscribe(document, json!({ "input": input })).await.next().await else {
        panic!("carried out over a socket");
    };
    assert_eq!(errors[0]["extensions"]["code"], "FORBIDDEN");
    // Whichever operation of a document is meant.
    let both = format!("query a {{ viewer {{ level }} }} {}", document.replace("mutation", "mutation b"));
    let chosen = reqwest::Client::builder().no_proxy().build().unwrap();
    let chosen = chosen.post(format!("http://{}/graphql", server.address)).bearer_auth(program.token().unwrap());
    let chosen = chosen.json(&json!({ "query": both, "variables": { "input": input }, "operationName": "b" }));
    assert_eq!(chosen.send().await.unwrap().status(), 403);
    assert_eq!(admin.find_if("tenants", &name).await, None);
    assert_eq!(program.query("{ viewer { level } }", Value::Null).await["viewer"]["level"], "ADMIN");
    assert!(program.subscribe(FOLLOW, Value::Null).await.is_silent().await);
}

async fn a_token_is_no_way_to_stay(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (id, program) = token(&server, &admin, json!({})).await;
    let (other, _) = token(&server, &admin, json!({})).await;
    let user = server.sign_in("sohila").await.own_id().await;
    let eve = json!({ "name": "Eve", "email": "eve@example.com", "password": "a long password", "level": "ADMIN" });
    for (name, input) in [
        ("createAccessToken", json!({ "name": "another" })),
        ("revokeAccessToken", json!({ "id": other })),
        ("revokeAccessToken", json!({ "id": id })),
        ("createUser", eve),
        ("updateUser", json!({ "id": user, "level": "ADMIN" })),
        ("signOut", json!({})),
        ("signIn", json!({ "login": "sohila", "password": "sohila123" })),
    ] {
        assert_eq!(program.mutate(name, input, "").await.denied(), "FORBIDDEN", "{name}");
    }
    let own = admin.query(OWN, Value::Null).await["viewer"]["accessTokens"].take();
    assert_eq!(own["totalCount"], 2);
    assert!(own["nodes"].as_array().unwrap().iter().all(|token| token["revokedAt"].is_null()));
    assert_eq!(admin.find_if("users", "Eve").await, None);
    let level = "query($id: ID!) { node(id: $id) { ... on User { level } } }";
    assert_eq!(admin.query(level, json!({ "id": user })).await["node"]["level"], "TECHNICIAN");
}

async fn a_revoked_token_is_out_at_once(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    for by in [&sales, &admin] {
        let (id, program) = token(&server, &sales, json!({})).await;
        let (_, other) = token(&server, &sales, json!({})).await;
        let mut socket = program.subscribe(FOLLOW, Value::Null).await;
        assert!(socket.is_silent().await);
        let payload = by.mutate("revokeAccessToken", json!({ "id": id }), SHOWN).await.done();
        assert!(payload["accessToken"]["revokedAt"].is_string());
        assert_eq!(socket.closed().await, 4403);
        assert!(is_out(&program).await && !other.own_id().await.is_empty());
        assert_eq!(by.mutate("revokeAccessToken", json!({ "id": id }), "").await.refused(), ["CONFLICT"]);
    }
    // Who did it themselves is not told of it.
    let told = "{ viewer { notifications(first: 100) { nodes { title body } } } }";
    let told = sales.query(told, Value::Null).await["viewer"]["notifications"]["nodes"].take();
    let told: Vec<&Value> =
        told.as_array().unwrap().iter().filter(|note| note["title"].to_string().contains("was revoked")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0]["body"].as_str().unwrap().contains("System Administrator"), "{told:?}");
}

async fn a_token_expires(backend: Backend) {
    let server = Server::shared(backend).await;
    let owner = server.sign_in("consultant@external.com").await;
    let (_, program) = token(server, &owner, json!({ "expiresAt": Utc::now() + Duration::seconds(4) })).await;
    let mut socket = program.subscribe(FOLLOW, Value::Null).await;
    assert!(socket.is_silent().await);
    assert_eq!(socket.closed().await, 4403);
    assert!(is_out(&program).await);
    let active = "query($active: Boolean!) { viewer { accessTokens(where: { active: $active }) { totalCount } } }";
    let expired = owner.query(active, json!({ "active": false })).await;
    assert!(expired["viewer"]["accessTokens"]["totalCount"].as_u64() >= Some(1));
}

async fn a_suspended_owner_takes_their_tokens_along(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let (_, program) = token(&server, &tech, json!({})).await;
    let mut socket = program.subscribe(FOLLOW, Value::Null).await;
    assert!(socket.is_silent().await);
    let id = tech.own_id().await;
    admin.mutate("updateUser", json!({ "id": id, "status": "SUSPENDED" }), "").await.done();
    assert_eq!(socket.closed().await, 4403);
    assert!(is_out(&program).await);
    // Coming back does not bring a token back that may have leaked meanwhile.
    admin.mutate("updateUser", json!({ "id": id, "status": "ACTIVE" }), "").await.done();
    assert!(is_out(&program).await);
}

async fn what_is_wrong_is_told(backend: Backend) {
    let server = Server::demo(backend).await;
    let owner = server.sign_in("sales_agent").await;
    for (input, refused) in [
        (json!({ "name": " " }), "REQUIRED name"),
        (json!({ "name": "x".repeat(101) }), "INVALID name"),
        (json!({ "name": "x", "expiresAt": Utc::now() - Duration::seconds(1) }), "INVALID expiresAt"),
        (json!({ "name": "x", "expiresAt": Utc::now() + Duration::days(367) }), "INVALID expiresAt"),
    ] {
        assert_eq!(owner.mutate("createAccessToken", input, "secret").await.refused(), [refused]);
    }
    let (_, program) = token(&server, &owner, json!({ "expiresAt": Utc::now() + Duration::days(365) })).await;
    let secret = program.token().unwrap();
    let last = if secret.ends_with('0') { "1" } else { "0" };
    let hash = sha256_hex(secret);
    for wrong in
        [&secret[..47], &format!("{}{last}", &secret[..47]), "rookery_", &format!("rookery_{}", "0".repeat(40)), &hash]
    {
        assert!(is_out(&Client::new(&server.address, Some(wrong.to_owned()))).await, "{wrong}");
    }
    let mut last = String::new();
    for _ in 1..50 {
        last = token(&server, &owner, json!({})).await.0;
    }
    assert_eq!(owner.mutate("createAccessToken", json!({ "name": "x" }), "secret").await.refused(), ["CONFLICT"]);
    owner.mutate("revokeAccessToken", json!({ "id": last }), "").await.done();
    token(&server, &owner, json!({})).await;
}

async fn tokens_are_their_owners(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let (id, _) = token(&server, &sales, json!({})).await;
    let (own, _) = token(&server, &admin, json!({})).await;
    let of = "query($id: ID!) { node(id: $id) { ... on User { accessTokens(first: 100) { nodes { id } } } } }";
    let user = json!({ "id": sales.own_id().await });
    // Administrators see everybody's, and in `viewer` their own.
    assert_eq!(admin.query(of, user.clone()).await["node"]["accessTokens"]["nodes"], json!([{ "id": id }]));
    assert_eq!(admin.query(OWN, Value::Null).await["viewer"]["accessTokens"]["nodes"][0]["id"], own);
    assert_eq!(admin.query(OWN, Value::Null).await["viewer"]["accessTokens"]["totalCount"], 1);
    for login in ["tech_agent", "sohila", "admin@acme.example.com"] {
        let other = server.sign_in(login).await;
        assert_eq!(other.query(OWN, Value::Null).await["viewer"]["accessTokens"]["totalCount"], 0);
        assert_eq!(
            other.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await["node"],
            Value::Null
        );
        assert_eq!(other.mutate("revokeAccessToken", json!({ "id": id }), "").await.denied(), "NOT_FOUND");
    }
    assert_eq!(sales.error(of, user).await, "FORBIDDEN");
    let token = "query($id: ID!) { node(id: $id) { ... on AccessToken { revokedAt } } }";
    assert_eq!(sales.query(token, json!({ "id": id })).await["node"]["revokedAt"], Value::Null);
}

async fn creating_and_revoking_are_on_the_record(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let (id, _) = token(&server, &sales, json!({ "name": "recorded" })).await;
    admin.mutate("revokeAccessToken", json!({ "id": id }), "").await.done();
    let db = server.database().await;
    let query = "SELECT a.action AS action, u.name AS actor, a.details AS details FROM audit_event a
        JOIN \"user\" u ON u.id = a.actor_id WHERE a.resource_type = 'AccessToken' ORDER BY a.at";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    let told = rows.iter().map(|row| {
        let details: Value = row.try_get("", "details").unwrap();
        let text = |column| row.try_get::<String>("", column).unwrap();
        (text("action"), text("actor"), details["name"].clone())
    });
    let told: Vec<_> = told.collect();
    let expected = [("access_token.create", "Sales Agent"), ("access_token.revoke", "System Administrator")];
    let expected = expected.map(|(action, actor)| (action.to_owned(), actor.to_owned(), json!("recorded")));
    assert_eq!(told, expected);
}
