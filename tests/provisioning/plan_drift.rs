//! Whatever of a plan changes after the approval, nothing is deployed, and it is named.

use crate::support::demo::{LOCAL, unique};
use crate::support::requests::{form, with};
use crate::support::{Backend, Server};
use serde_json::{Value, json};

on_both![each_part_that_changes_is_named];

/// What is changed, how (`SCRIPT`, `SERVER`, `PROJECT` stand for ids), and what is said to have changed.
fn changes() -> Vec<(&'static str, Value, Vec<&'static str>)> {
    let more = json!([{ "name": "word", "type": "STRING", "default": "one" },
        { "name": "extra", "type": "STRING", "default": "two" }]);
    let script = |change: Value| with(json!({ "id": "SCRIPT", "baseRevision": 1 }), change);
    let server = |change: Value| with(json!({ "id": "SERVER" }), change);
    vec![
        (
            "updateScript",
            script(json!({ "content": "echo other" })),
            vec!["the script's revision", "the script's content"],
        ),
        ("updateScript", script(json!({ "name": unique("renamed") })), vec!["the script's name"]),
        ("updateScript", script(json!({ "requiresRoot": true })), vec!["whether the script becomes root"]),
        ("updateScript", script(json!({ "variables": more })), vec!["the script's revision", "the variable extra"]),
        ("updateServer", server(json!({ "name": unique("renamed") })), vec!["the name of "]),
        ("updateServer", server(json!({ "address": "127.0.77.8" })), vec!["the address of "]),
        ("updateServer", server(json!({ "sshPort": 2_222 })), vec!["the SSH port of "]),
        ("updateServer", server(json!({ "type": "cx11" })), vec!["the price", "the type of "]),
        ("updateServer", server(json!({ "type": "unheard-of" })), vec!["the price", "the type of "]),
        ("updateProjectSsh", json!({ "projectId": "PROJECT", "user": "somebody" }), vec!["the user of "]),
        ("updateProjectSsh", json!({ "projectId": "PROJECT", "port": 2_223 }), vec!["the SSH port of "]),
    ]
}

async fn each_part_that_changes_is_named(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, sales) = (server.sign_in("admin").await, server.sign_in("sales_agent").await);
    let project = admin.project(LOCAL).await;
    for (mutation, change, expected) in changes() {
        let declared = json!([{ "name": "word", "type": "STRING", "default": "one" }]);
        let script = admin.write_commands("echo \"$word\"", declared).await;
        let new = json!({ "projectId": project, "name": unique("drift"), "address": "127.0.77.7", "type": "cx21" });
        let target = admin.mutate("registerServer", new, "server { id }").await.done();
        let target = target["server"]["id"].as_str().unwrap();
        let more = json!({ "scriptId": script, "targetServerId": target });
        let request = sales.file(with(form(&project), more)).await;
        admin.approve(&request).await;
        let text = change.to_string().replace("SCRIPT", &script).replace("SERVER", target).replace("PROJECT", &project);
        admin.mutate(mutation, serde_json::from_str(&text).unwrap(), "").await.done();
        let refused = admin.mutate("deployServerRequest", json!({ "id": request }), "").await;
        let message = refused.message().to_owned();
        assert_eq!(refused.refused(), ["PLAN_DRIFT"], "{text}");
        for part in &expected {
            assert!(message.contains(part), "{part} is not in {message}");
        }
        let named = message.split_once("changed: ").unwrap().1.split_once(". ").unwrap().0;
        assert_eq!(named.split(", ").count(), expected.len(), "{message}");
        // The app compares the two plans: they are there, and differ.
        let plans = admin.request(&request, "status approvedPlan { digest } plan { digest }").await;
        assert_eq!(plans["status"], "APPROVED");
        assert_ne!(plans["approvedPlan"]["digest"], plans["plan"]["digest"], "{text}");
        let deployments = admin.request(&request, "deployments { id }").await;
        assert_eq!(deployments["deployments"], json!([]));
        // For the next ones, as it was.
        let back = json!({ "projectId": project, "user": "root", "port": 22 });
        admin.mutate("updateProjectSsh", back, "").await.done();
    }
}
