use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![a_request_is_rejected_for_a_reason];

async fn a_request_is_rejected_for_a_reason(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    // Even one whose plan is not complete.
    let id = sales.file(form(&sales.project(LOCAL).await)).await;
    for reason in ["", "   "] {
        let outcome = admin.mutate("rejectServerRequest", json!({ "id": id, "reason": reason }), "").await;
        assert_eq!(outcome.refused(), ["REQUIRED reason"]);
    }
    assert_eq!(admin.state(&id).await, "PENDING");
    admin.mutate("rejectServerRequest", json!({ "id": id, "reason": "Use the old one." }), "").await.done();
    let row = sales.request(&id, "status decisionNote decidedBy { name } decidedAt history { action note }").await;
    assert_eq!((&row["status"], &row["decisionNote"]), (&json!("REJECTED"), &json!("Use the old one.")));
    assert_eq!(row["decidedBy"]["name"], "System Administrator");
    assert_eq!(row["history"][1], json!({ "action": "server_request.reject", "note": "Use the old one." }));
    let notes =
        sales.query("{ viewer { notifications(first: 100) { nodes { level body subjectId } } } }", Value::Null).await;
    let told = json!({ "level": "WARNING", "body": "System Administrator: Use the old one.", "subjectId": id });
    assert!(notes["viewer"]["notifications"]["nodes"].as_array().unwrap().contains(&told), "{notes:#}");
    // It is over.
    let again = admin.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "").await;
    assert_eq!(again.refused(), ["CONFLICT"]);
    assert_eq!(sales.mutate("cancelServerRequest", json!({ "id": id }), "").await.refused(), ["CONFLICT"]);
    let tech = server.sign_in("tech_agent").await;
    assert_eq!(tech.mutate("deployServerRequest", json!({ "id": id }), "").await.refused(), ["CONFLICT"]);
}
