//! Two people at once: one wins, the other is told.

use super::super::support::Outcome;
use crate::support::demo::{LOCAL_SERVICE, unique};
use crate::support::{Backend, Client, Server};
use serde_json::json;

on_both![
    of_two_approvals_one_wins,
    of_an_approval_and_a_rejection_one_wins,
    what_is_approved_is_what_was_read_even_while_it_is_edited,
    of_two_deployments_one_starts,
    of_two_changes_none_undoes_the_other,
];

const ROUNDS: usize = 20;

/// Another administrator.
async fn second_admin(server: &Server) -> Client {
    let name = unique("admin");
    let input = json!({
        "name": name, "email": format!("{name}@example.com"), "username": name, "password": "a long password",
        "level": "ADMIN",
    });
    server.sign_in("admin").await.mutate("createUser", input, "").await.done();
    server.sign_in_with(&name, "a long password").await
}

/// Whether the first won; exactly one did, and the other was told CONFLICT.
fn one_wins(first: Outcome, second: Outcome) -> bool {
    let (winner, loser) = if matches!(first, Outcome::Done(_)) { (true, second) } else { (false, first) };
    assert_eq!(loser.refused(), ["CONFLICT"]);
    winner
}

async fn of_two_approvals_one_wins(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let other = second_admin(server).await;
    let script = sales.script(LOCAL_SERVICE).await;
    for round in 0..ROUNDS {
        let id = sales.file_for_local(&script).await;
        let digest = sales.digest(&id).await;
        let input = |note: &str| json!({ "id": id, "planDigest": digest, "note": note });
        let (one, two) = tokio::join!(
            admin.mutate("approveServerRequest", input("one"), "serverRequest { id }"),
            other.mutate("approveServerRequest", input("two"), "serverRequest { id }"),
        );
        let won = one_wins(one, two);
        let row = sales.request(&id, "decisionNote history { action }").await;
        assert_eq!(row["decisionNote"], if won { "one" } else { "two" }, "round {round}");
        assert_eq!(row["history"].as_array().unwrap().len(), 2, "round {round}");
    }
}

async fn of_an_approval_and_a_rejection_one_wins(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let other = second_admin(server).await;
    let script = sales.script(LOCAL_SERVICE).await;
    for round in 0..ROUNDS {
        let id = sales.file_for_local(&script).await;
        let approval = json!({ "id": id, "planDigest": sales.digest(&id).await });
        let (one, two) = tokio::join!(
            admin.mutate("approveServerRequest", approval, "serverRequest { id }"),
            other.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "serverRequest { id }"),
        );
        let expected = if one_wins(one, two) { "APPROVED" } else { "REJECTED" };
        assert_eq!(sales.state(&id).await, expected, "round {round}");
    }
}

async fn what_is_approved_is_what_was_read_even_while_it_is_edited(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let script = sales.script(LOCAL_SERVICE).await;
    for round in 0..ROUNDS {
        let id = sales.file_for_local(&script).await;
        let digest = sales.digest(&id).await;
        let edit = json!({ "id": id, "variables": { "page_title": "Something else" } });
        let (approved, edited) = tokio::join!(
            admin.mutate("approveServerRequest", json!({ "id": id, "planDigest": digest }), "serverRequest { id }"),
            sales.mutate("updateServerRequest", edit, "serverRequest { id }"),
        );
        let row = sales.request(&id, "status plan { digest } approvedPlan { digest }").await;
        if matches!(approved, Outcome::Done(_)) {
            assert_eq!(edited.refused(), ["CONFLICT"], "round {round}");
            assert_eq!((&row["status"], &row["approvedPlan"]["digest"]), (&json!("APPROVED"), &json!(digest)));
            assert_eq!(row["plan"]["digest"], digest, "round {round}");
        } else {
            edited.done();
            assert_eq!(approved.refused(), ["PLAN_DRIFT planDigest"], "round {round}");
            assert_eq!(row["status"], "PENDING");
        }
    }
}

async fn of_two_deployments_one_starts(backend: Backend) {
    let server = Server::shared(backend).await;
    let (tech, admin) = (server.sign_in("tech_agent").await, server.sign_in("admin").await);
    let script = admin.write_commands("true", json!([])).await;
    for round in 0..5 {
        let id = server.approved(&script).await;
        let (one, two) = tokio::join!(
            tech.mutate("deployServerRequest", json!({ "id": id }), "deployment { id }"),
            admin.mutate("deployServerRequest", json!({ "id": id }), "deployment { id }"),
        );
        one_wins(one, two);
        let row = admin.request(&id, "deployments { id }").await;
        let deployments = row["deployments"].as_array().unwrap();
        assert_eq!(deployments.len(), 1, "round {round}");
        admin.end_of(deployments[0]["id"].as_str().unwrap()).await;
    }
}

async fn of_two_changes_none_undoes_the_other(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, tech) = (server.sign_in("sales_agent").await, server.sign_in("tech_agent").await);
    let script = sales.script(LOCAL_SERVICE).await;
    for round in 0..ROUNDS {
        let id = sales.file_for_local(&script).await;
        let (one, two) = tokio::join!(
            sales.mutate("updateServerRequest", json!({ "id": id, "cpu": 8 }), "serverRequest { id }"),
            tech.mutate("updateServerRequest", json!({ "id": id, "applicationType": "Wiki" }), "serverRequest { id }"),
        );
        let row = sales.request(&id, "cpu applicationType").await;
        let done = |outcome: Outcome| match outcome {
            Outcome::Done(_) => true,
            other => {
                assert_eq!(other.refused(), ["CONFLICT"], "round {round}");
                false
            }
        };
        let (one, two) = (done(one), done(two));
        assert!(one || two, "round {round}");
        assert_eq!((row["cpu"] == 8, row["applicationType"] == "Wiki"), (one, two), "round {round}");
    }
}
