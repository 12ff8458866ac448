use crate::support::{Backend, Server};
use serde_json::json;
use std::time::Instant;

on_both![a_running_deployment_is_cancelled];

async fn a_running_deployment_is_cancelled(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let sales = server.sign_in("sales_agent").await;
    let script = admin.write_commands("echo began\nsleep 90\necho never", json!([])).await;
    let request = server.approved(&script).await;
    let deployment = tech.deploy(&request).await;
    tech.line(&deployment, "began").await;
    let cancel = json!({ "id": deployment });
    assert_eq!(sales.mutate("cancelDeployment", cancel.clone(), "").await.denied(), "FORBIDDEN");
    let seen = tech.deployment(&deployment, "canCancel cancelRequestedAt status").await;
    assert_eq!(seen, json!({ "canCancel": true, "cancelRequestedAt": null, "status": "RUNNING" }));
    let begun = Instant::now();
    tech.mutate("cancelDeployment", cancel.clone(), "deployment { cancelRequestedAt }").await.done();
    let told = tech.follow(&deployment).await;
    assert!(begun.elapsed().as_secs() < 80, "{:?}", begun.elapsed());
    assert_eq!(told.batches.last().unwrap()["status"], "CANCELLED");
    assert!(!told.lines().contains(&"never"));
    assert_eq!(admin.state(&request).await, "FAILED");
    assert_eq!(tech.mutate("cancelDeployment", cancel, "").await.refused(), ["CONFLICT"]);
    let seen = tech.deployment(&deployment, "canCancel hosts { result }").await;
    assert_eq!(seen, json!({ "canCancel": false, "hosts": [{ "result": "CANCELLED" }] }));
}
