use crate::support::demo::LOCAL_SERVICE;
use crate::support::requests::with;
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![
    nobody_approves_their_own,
    only_administrators_decide,
    the_digest_follows_what_would_be_done,
    a_long_note_is_refused
];

async fn nobody_approves_their_own(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let id = admin.file_for_local(&admin.script(LOCAL_SERVICE).await).await;
    let digest = admin.digest(&id).await;
    let outcome = admin.mutate("approveServerRequest", json!({ "id": id, "planDigest": digest }), "").await;
    assert_eq!(outcome.refused(), ["SELF_APPROVAL"]);
    let outcome = admin.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "").await;
    assert_eq!(outcome.refused(), ["SELF_APPROVAL"]);
    assert_eq!(admin.state(&id).await, "PENDING");
    let row = admin.request(&id, "actions { name allowed reason } decidedBy { name } approvedPlan { digest }").await;
    let approve = row["actions"].as_array().unwrap().iter().find(|action| action["name"] == "APPROVE").unwrap();
    assert_eq!(approve["allowed"], false);
    assert_eq!((&row["decidedBy"], &row["approvedPlan"]), (&Value::Null, &Value::Null));
}

async fn only_administrators_decide(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let id = sales.file_for_local(&sales.script(LOCAL_SERVICE).await).await;
    let digest = sales.digest(&id).await;
    for (login, expected) in [
        ("sales_agent", "FORBIDDEN"),
        ("tech_agent", "FORBIDDEN"),
        ("sohila", "NOT_FOUND"),
        ("admin@acme.example.com", "NOT_FOUND"),
    ] {
        let client = server.sign_in(login).await;
        let approve = client.mutate("approveServerRequest", json!({ "id": id, "planDigest": digest }), "").await;
        let reject = client.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "").await;
        let (approve, reject) = (approve.denied(), reject.denied());
        // Those who may not decide at all may be told so before the request is looked for.
        assert!([expected, "FORBIDDEN"].contains(&approve.as_str()), "{login}: {approve}");
        assert!([expected, "FORBIDDEN"].contains(&reject.as_str()), "{login}: {reject}");
    }
    let row = admin.request(&id, "status history { action }").await;
    assert_eq!(row, json!({ "status": "PENDING", "history": [{ "action": "server_request.create" }] }));
    admin.approve(&id).await;
}

async fn the_digest_follows_what_would_be_done(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, tech) = (server.sign_in("sales_agent").await, server.sign_in("tech_agent").await);
    let admin = server.sign_in("admin").await;
    let script = tech.write_commands("echo one", json!([{ "name": "word", "type": "STRING", "default": "a" }])).await;
    let id = sales.file_for_local(&script).await;
    let mut digests = vec![sales.digest(&id).await];
    let change = json!({ "id": script, "baseRevision": 1, "content": "echo two" });
    tech.mutate("updateScript", change, "").await.done();
    digests.push(sales.digest(&id).await);
    let change = json!({ "id": id, "variables": { "word": "b" } });
    sales.mutate("updateServerRequest", change, "").await.done();
    digests.push(sales.digest(&id).await);
    // What is not part of the plan does not change it.
    sales.mutate("updateServerRequest", json!({ "id": id, "priority": "LOW" }), "").await.done();
    assert_eq!(&sales.digest(&id).await, digests.last().unwrap());
    let last = digests.pop().unwrap();
    assert!(!digests.contains(&last) && digests[0] != digests[1]);
    for stale in digests {
        let outcome = admin.mutate("approveServerRequest", json!({ "id": id, "planDigest": stale }), "").await;
        assert_eq!(outcome.refused(), ["PLAN_DRIFT planDigest"]);
    }
    assert_eq!(admin.state(&id).await, "PENDING");
    admin.mutate("approveServerRequest", json!({ "id": id, "planDigest": last }), "").await.done();
}

async fn a_long_note_is_refused(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let id = sales.file_for_local(&sales.script(LOCAL_SERVICE).await).await;
    let input = json!({ "id": id, "planDigest": sales.digest(&id).await });
    let long = with(input.clone(), json!({ "note": "x".repeat(1_001) }));
    assert_eq!(admin.mutate("approveServerRequest", long, "").await.refused(), ["INVALID note"]);
    admin.mutate("approveServerRequest", with(input, json!({ "note": "  " })), "").await.done();
    assert_eq!(sales.request(&id, "decisionNote").await["decisionNote"], Value::Null);
}
