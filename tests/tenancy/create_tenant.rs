use crate::support::demo::unique;
use crate::support::{Backend, Server};
use serde_json::json;

on_both![an_administrator_takes_a_client_on, who_may_not_creates_nothing];

async fn an_administrator_takes_a_client_on(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let slug = unique("client");
    let input = json!({ "slug": slug, "name": "A Client", "type": "STARTER" });
    let payload = admin.mutate("createTenant", input.clone(), "tenant { slug name type status }").await.done();
    assert_eq!((&payload["tenant"]["slug"], &payload["tenant"]["type"]), (&json!(slug), &json!("STARTER")));
    assert_eq!(admin.mutate("createTenant", input, "").await.refused(), ["TAKEN slug"]);
    for (slug, name, expected) in
        [("", "A", "slug"), ("With Space", "A", "slug"), ("ünï", "A", "slug"), ("fine-slug", "", "name")]
    {
        let outcome = admin.mutate("createTenant", json!({ "slug": slug, "name": name, "type": "TRIAL" }), "").await;
        let told = outcome.refused();
        assert!(told.len() == 1 && told[0].ends_with(expected), "{slug:?} {name:?}: {told:?}");
    }
}

async fn who_may_not_creates_nothing(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    for login in ["tech_agent", "sales_agent", "sohila", "admin@acme.example.com"] {
        let input = json!({ "slug": "stolen", "name": "Stolen", "type": "TRIAL" });
        assert_eq!(
            server.sign_in(login).await.mutate("createTenant", input, "").await.denied(),
            "FORBIDDEN",
            "{login}"
        );
    }
    assert_eq!(admin.find_if("tenants", "Stolen").await, None);
}
