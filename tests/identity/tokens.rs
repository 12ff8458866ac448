//! The token and its key set, as programs in the field verify them.

use crate::support::{Backend, Client, Server};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

on_both![
    a_token_is_verified_by_the_published_key,
    a_token_that_was_changed_is_refused,
    the_signing_key_outlives_the_server
];

async fn key_set(client: &Client) -> Value {
    let response = client.get("/.well-known/jwks.json").await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn verify(token: &str, keys: &Value) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::RS256, Some("JWT")));
    let kid = header.kid.unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).expect("a published key");
    let key = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&["hivematrix.core"]);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

async fn a_token_is_verified_by_the_published_key(backend: Backend) {
    let server = Server::shared(backend).await;
    let keys = key_set(&server.anonymous()).await;
    for key in keys["keys"].as_array().unwrap() {
        let mut members: Vec<&String> = key.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&key["alg"], &key["kty"], &key["use"]), (&json!("RS256"), &json!("RSA"), &json!("sig")));
    }
    let people = [
        ("admin", "admin", json!(["admins"]), "System Administrator", "admin"),
        ("tech_agent", "technician", json!(["technicians"]), "Technical Agent", "tech_agent"),
        ("sales_agent", "billing", json!(["billing"]), "Sales Agent", "sales_agent"),
        ("admin@acme.example.com", "client", json!([]), "John Smith", "admin@acme.example.com"),
    ];
    for (login, level, groups, name, username) in people {
        let client = server.sign_in(login).await;
        let claims = verify(client.token().unwrap(), &keys);
        let mut names: Vec<&String> = claims.as_object().unwrap().keys().collect();
        names.sort();
        let expected =
            ["email", "exp", "groups", "iat", "iss", "jti", "name", "permission_level", "preferred_username", "sub"];
        assert_eq!(names, expected);
        assert_eq!((&claims["permission_level"], &claims["groups"]), (&json!(level), &groups));
        assert_eq!((&claims["name"], &claims["preferred_username"]), (&json!(name), &json!(username)));
        assert!(claims["email"].as_str().unwrap().contains('@'));
        let jti = claims["jti"].as_str().unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(jti).unwrap().len(), 32);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
        assert_eq!(claims["sub"].as_str().unwrap(), crate::support::demo::key(&client.own_id().await));
        let again = server.new_session(login).await;
        assert_ne!(verify(again.token().unwrap(), &keys)["jti"], jti);
        // The jti is public; it authenticates nothing.
        let by_jti = server.anonymous().with_cookie(&format!("rookery_session={jti}"));
        let viewer = by_jti.query("{ viewer { user { id } } }", Value::Null).await;
        assert_eq!(viewer["viewer"]["user"], Value::Null);
    }
}

async fn a_token_that_was_changed_is_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let token = server.sign_in("sales_agent").await.token().unwrap().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["permission_level"] = json!("admin");
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid;
    let none = encode(&json!({ "alg": "none", "typ": "JWT", "kid": kid }));
    let unsigned = format!("{none}.{}.", parts[1]);
    let by_secret = encode(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid }));
    let forged = [
        format!("{}.{}.{}", parts[0], encode(&claims), parts[2]),
        unsigned,
        format!("{by_secret}.{}.{}", parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        String::from("x"),
    ];
    for token in forged {
        let client = Client::new(&server.address, Some(token.clone()));
        assert_eq!(client.error("{ viewer { level } }", Value::Null).await, "UNAUTHENTICATED", "{token}");
    }
}

async fn the_signing_key_outlives_the_server(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let before = server.sign_in("tech_agent").await;
    let keys = key_set(&before).await;
    assert!(server.stop().success());
    server.restart().await;
    let after = Client::new(&server.address, before.token().map(str::to_owned));
    assert_eq!(key_set(&after).await, keys);
    let viewer = after.query("{ viewer { level } }", Value::Null).await;
    assert_eq!(viewer["viewer"]["level"], "TECHNICIAN");
    let health: Value = after.get("/health").await.json().await.unwrap();
    assert_eq!((&health["service"], &health["status"]), (&json!("core"), &json!("healthy")));
}
