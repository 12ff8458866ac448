use crate::support::demo::{LOCAL, LOCAL_SERVICE};
use crate::support::requests::form;
use crate::support::{Backend, Server};
use serde_json::json;

on_both![the_requester_withdraws_it, what_was_withdrawn_is_not_deployed];

async fn the_requester_withdraws_it(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let id = sales.file(form(&sales.project(LOCAL).await)).await;
    for login in ["admin", "tech_agent"] {
        let client = server.sign_in(login).await;
        assert_eq!(
            client.mutate("cancelServerRequest", json!({ "id": id }), "").await.denied(),
            "FORBIDDEN",
            "{login}"
        );
    }
    let outcome = server.sign_in("sohila").await.mutate("cancelServerRequest", json!({ "id": id }), "").await;
    assert_eq!(outcome.denied(), "NOT_FOUND");
    assert_eq!(admin.state(&id).await, "PENDING");
    sales.mutate("cancelServerRequest", json!({ "id": id }), "").await.done();
    assert_eq!(sales.state(&id).await, "CANCELLED");
    assert_eq!(sales.mutate("cancelServerRequest", json!({ "id": id }), "").await.refused(), ["CONFLICT"]);
    let outcome = admin.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "").await;
    assert_eq!(outcome.refused(), ["CONFLICT"]);
}

async fn what_was_withdrawn_is_not_deployed(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, tech) = (server.sign_in("sales_agent").await, server.sign_in("tech_agent").await);
    let id = server.approved(&sales.script(LOCAL_SERVICE).await).await;
    sales.mutate("cancelServerRequest", json!({ "id": id }), "").await.done();
    // Whoever is told of approved requests only does not see it any more, or is told that it is over.
    let outcome = tech.mutate("deployServerRequest", json!({ "id": id }), "deployment { id }").await;
    assert_eq!(outcome.refused(), ["CONFLICT"]);
    assert_eq!(
        sales.request(&id, "status deployments { id }").await,
        json!({ "status": "CANCELLED", "deployments": [] })
    );
}
