use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![what_was_never_issued_names_nothing];

async fn what_was_never_issued_names_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let real = admin.project("Nova HR").await;
    let user = admin.own_id().await;
    let half = &real[..real.len() / 2];
    let bad = [
        "",
        "x",
        "!!",
        "UHJvamVjdDo",
        half,
        &format!("{real}AAAA"),
        &format!("{real}="),
        &"A".repeat(10_000),
        "Project:1",
    ];
    for id in bad {
        let row = admin
            .query(
                "query($id: ID!) { node(id: $id) { id } deployment(id: $id) { id } serverRequest(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(row, json!({ "node": null, "deployment": null, "serverRequest": null }), "{id}");
        let outcome = admin.mutate("cancelServerRequest", json!({ "id": id }), "").await;
        assert_eq!(outcome.denied(), "NOT_FOUND", "{id}");
    }
    let rows =
        admin.query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ["x", real, half, user] })).await;
    assert_eq!(rows["nodes"], json!([null, { "id": real }, null, { "id": user }]));
    let many: Vec<&str> = std::iter::repeat_n("x", 101).collect();
    assert_eq!(
        admin.error("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": many })).await,
        "BAD_REQUEST"
    );
    // An id of one type is an id of nothing where another is asked for.
    let outcome = admin.mutate("updateProject", json!({ "id": user, "name": "x" }), "").await;
    assert_eq!(outcome.denied(), "NOT_FOUND");
    for id in [&real, &user] {
        let row = admin.query("query($id: ID!) { deployment(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(row["deployment"], Value::Null);
    }
}
