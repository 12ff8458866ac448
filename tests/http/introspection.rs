//! Who is told the schema, and what errors tell of it.

use crate::support::socket::Next;
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![
    the_schema_is_told_to_whom_it_should_be,
    tools_are_told_all_of_it_at_once,
    errors_name_nothing_that_was_not_asked_for
];

/// As GraphiQL and generators of clients ask, with types in lists in lists.
const ALL: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } \
    subscriptionType { name kind } types { ...FullType } directives { name description isRepeatable locations \
    args(includeDeprecated: true) { ...InputValue } } } } \
    fragment FullType on __Type { kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { name \
    description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } \
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } \
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

const TYPES: &str = "{ viewer { level } ...More } fragment More on Query { seen: __schema { queryType { name } } }";
const TYPE: &str = "{ __type(name: \"User\") { fields { name } } }";

/// The code with which every transport refuses, if they do, and all alike.
async fn refusal(client: &Client, document: &str) -> Option<String> {
    let posted = client.send(document, Value::Null).await;
    let got = client.get_with(&[("query", document)]).await;
    let socket = match client.subscribe(document, Value::Null).await.next().await {
        Next::Data(_) => None,
        Next::Errors(errors) => errors[0]["extensions"]["code"].as_str().map(str::to_owned),
        other => panic!("{other:?}"),
    };
    assert_eq!((posted.code(), got.code()), (socket.clone(), socket.clone()), "{document}");
    assert_eq!(posted.status, if socket.is_some() { 403 } else { 200 });
    socket
}

async fn the_schema_is_told_to_whom_it_should_be(backend: Backend) {
    for (setting, to_nobody, to_people) in
        [("everyone", true, true), ("signed_in", false, true), ("nobody", false, false)]
    {
        let server = Server::demo_with(backend, vec![("ROOKERY_INTROSPECTION", setting.to_owned())]).await;
        let admin = server.sign_in("admin").await;
        let token = async |input: Value| {
            let payload = admin.mutate("createAccessToken", input, "secret").await.done();
            Client::new(&server.address, payload["secret"].as_str().map(str::to_owned))
        };
        let free = token(json!({ "name": "free" })).await;
        let confined = token(json!({ "name": "confined", "documents": [TYPES, TYPE] })).await;
        let told = |is_told: bool| (!is_told).then(|| "FORBIDDEN".to_owned());
        for document in [TYPES, TYPE] {
            assert_eq!(refusal(&server.anonymous(), document).await, told(to_nobody), "{setting}");
            assert_eq!(refusal(&admin, document).await, told(to_people), "{setting}");
            assert_eq!(refusal(&free, document).await, told(to_people), "{setting}");
            assert_eq!(refusal(&confined, document).await, None, "{setting}");
        }
        // What an object is, is no secret.
        assert_eq!(refusal(&server.anonymous(), "{ __typename viewer { __typename level } }").await, None);
    }
}

async fn tools_are_told_all_of_it_at_once(backend: Backend) {
    let server = Server::shared(backend).await;
    let answer = server.sign_in("admin").await.send(ALL, Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body["errors"]);
    let types = answer.body["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|named| named["name"] == "Deployment"));
    // Not as a way around what else an operation may return.
    let devices = "devices(first: 100) { nodes { site { devices(first: 100) { nodes { site { devices(first: 100) { \
                   nodes { id } } } } } } } }";
    let beside = ALL.replacen('{', &format!("{{ {devices} "), 1);
    assert_eq!(server.sign_in("admin").await.send(&beside, Value::Null).await.code().as_deref(), Some("COST_EXCEEDED"));
}

async fn errors_name_nothing_that_was_not_asked_for(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    for (document, near) in [
        ("{ viewr { level } }", "viewer"),
        ("{ viewer { levl } }", "level"),
        ("mutation { signOt { signedOut } }", "signOut"),
        ("subscription { notificationRecieved { id } }", "notificationReceived"),
        ("{ users(frst: 1) { totalCount } }", "first"),
        ("{ users(where: { serch: \"a\" }) { totalCount } }", "search"),
        ("{ users(orderBy: { field: NAM }) { totalCount } }", "NAME"),
        ("query($where: UserWher) { users(where: $where) { totalCount } }", "UserWhere"),
        ("{ node(id: \"a\") { ... on Usr { id } } }", "User"),
        ("{ viewer @skp(if: true) { level } }", "skip"),
    ] {
        let answer = admin.send(document, Value::Null).await;
        assert_eq!(answer.code().as_deref(), Some("BAD_REQUEST"), "{document}");
        for error in answer.body["errors"].as_array().unwrap() {
            let message = error["message"].as_str().unwrap();
            let words: Vec<&str> = message.split(|letter: char| !letter.is_alphanumeric()).collect();
            assert!(!words.contains(&near) && !message.contains("Did you mean"), "{document}: {message}");
        }
    }
}
