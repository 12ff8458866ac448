//! From filing to deployed: the one thing that everything else is for.

use crate::support::demo::{LOCAL, LOCAL_SERVER, LOCAL_SERVICE, key};
use crate::support::deployments::assert_gapless;
use crate::support::requests::{form, with};
use crate::support::socket::Subscription;
use crate::support::{Backend, Client, Server, until_told};
use serde_json::{Value, json};

on_both![a_request_is_filed_completed_approved_deployed_and_watched, a_request_may_name_everything_when_it_is_filed];

async fn a_request_is_filed_completed_approved_deployed_and_watched(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, tech) = (server.new_session("sales_agent").await, server.sign_in("tech_agent").await);
    let admin = server.sign_in("admin").await;
    let mut told = sales.subscribe(NOTIFIED, Value::Null).await;
    let reject = async || {
        let another = sales.file(form(&sales.project(LOCAL).await)).await;
        admin.mutate("rejectServerRequest", json!({ "id": another, "reason": "Not this one." }), "").await.done();
    };
    until_told(reject, async || told.data().await).await;

    let request = sales.file(form(&sales.project(LOCAL).await)).await;
    let filed = sales.request(&request, "status plan { complete digest missing } requester { name }").await;
    assert_eq!((&filed["status"], &filed["plan"]["complete"]), (&json!("PENDING"), &json!(false)));
    assert_eq!(filed["plan"]["missing"].as_array().unwrap().len(), 2, "{filed:#}");
    let early = admin.mutate("approveServerRequest", json!({ "id": request, "planDigest": "sha256:0" }), "").await;
    assert_eq!(early.refused(), ["PLAN_INCOMPLETE"]);

    complete(&tech, &request).await;
    let digest = read_the_plan(&admin, &request).await;
    let decision = json!({ "id": request, "planDigest": digest, "note": "Go ahead." });
    for (who, expected) in [(&sales, "FORBIDDEN"), (&tech, "FORBIDDEN")] {
        assert_eq!(who.mutate("approveServerRequest", decision.clone(), "").await.denied(), expected);
    }
    let wrong = with(decision.clone(), json!({ "planDigest": digest.replace("sha256:", "sha256:0") }));
    assert_eq!(admin.mutate("approveServerRequest", wrong, "").await.refused(), ["PLAN_DRIFT planDigest"]);
    assert_eq!(admin.state(&request).await, "PENDING");
    assert_eq!(tech.mutate("deployServerRequest", json!({ "id": request }), "").await.refused(), ["CONFLICT"]);
    admin.mutate("approveServerRequest", decision.clone(), "").await.done();
    assert_eq!(admin.mutate("approveServerRequest", decision, "").await.refused(), ["CONFLICT"]);
    let approved = sales.request(&request, "approvedPlan { digest } decidedBy { name } decisionNote").await;
    assert_eq!(approved["approvedPlan"]["digest"], digest);
    assert_eq!(approved["decisionNote"], "Go ahead.");
    assert_eq!(told_of(&mut told, &request, "was approved").await["level"], "SUCCESS");

    assert_eq!(sales.mutate("deployServerRequest", json!({ "id": request }), "").await.denied(), "FORBIDDEN");
    let deployment = tech.deploy(&request).await;
    assert_eq!(tech.mutate("deployServerRequest", json!({ "id": request }), "").await.refused(), ["CONFLICT"]);
    let watching = (admin.progress(&deployment, None).await, tech.progress(&deployment, None).await);
    let (all, beginning) = tokio::join!(watching.0.until_it_ends(), watching.1.first(7));
    let rest = tech.progress(&deployment, Some(beginning.cursor())).await.until_it_ends().await;

    assert_gapless(&all.events, 1);
    assert_eq!([beginning.events, rest.events].concat(), all.events);
    assert_eq!(admin.events(&deployment).await, all.events);
    assert_eq!(sales.events(&deployment).await, all.events);
    assert_eq!(all.batches.last().unwrap()["status"], "COMPLETED");
    see_real_progress(&all.events, &all.batches);
    assert_eq!(sales.state(&request).await, "DEPLOYED");
    let own = key(&deployment);
    assert_eq!(server.ledger().iter().filter(|line| **line == own).count(), 1, "{:?}", server.ledger());
    let page = std::fs::read_to_string(server.host_directory().join("public/index.html")).unwrap();
    assert!(page.contains(LOCAL_SERVER), "{page}");

    see_what_is_left(&sales, &request, &deployment).await;
    let last = told_of(&mut told, &deployment, "was deployed").await;
    let listed = sales.query("{ viewer { notifications(first: 100) { nodes { id title } } } }", Value::Null).await;
    let same = json!({ "id": last["id"], "title": last["title"] });
    assert!(listed["viewer"]["notifications"]["nodes"].as_array().unwrap().contains(&same), "{same} in {listed:#}");
}

const NOTIFIED: &str = "subscription { notificationReceived { id level title body subjectId subjectType } }";

/// Waits for a notification about `subject`; others are told to the same person meanwhile.
async fn told_of(told: &mut Subscription, subject: &str, title: &str) -> Value {
    loop {
        let notification = told.data().await["notificationReceived"].take();
        if notification["subjectId"] == subject && notification["title"].as_str().unwrap().contains(title) {
            return notification;
        }
    }
}

/// Staff say what to run, where, and with what.
async fn complete(tech: &Client, request: &str) {
    let input = json!({
        "id": request,
        "scriptId": tech.script(LOCAL_SERVICE).await,
        "targetServerId": tech.server(LOCAL_SERVER).await,
        "variables": { "page_title": "The new shop" },
    });
    let payload = tech.mutate("updateServerRequest", input, "serverRequest { plan { complete } }").await.done();
    assert_eq!(payload["serverRequest"]["plan"]["complete"], true);
}

/// The approver sees exactly what would happen; the plan's digest.
async fn read_the_plan(admin: &Client, request: &str) -> String {
    let selection = "plan { digest complete scriptName scriptKind scriptRevision scriptDigest scriptContent
        targets { name address } variables { name value secret } monthlyPriceCents canonicalJson }";
    let plan = admin.request(request, selection).await["plan"].take();
    assert_eq!((&plan["complete"], &plan["scriptName"]), (&json!(true), &json!(LOCAL_SERVICE)));
    assert_eq!(plan["targets"], json!([{ "name": LOCAL_SERVER, "address": "127.0.0.1" }]));
    assert!(plan["scriptContent"].as_str().unwrap().contains("Record this deployment in the ledger"));
    let title = json!({ "name": "page_title", "value": "The new shop", "secret": false });
    assert!(plan["variables"].as_array().unwrap().contains(&title), "{plan:#}");
    assert_eq!(plan["monthlyPriceCents"], Value::Null);
    let digest = plan["digest"].as_str().unwrap();
    let canonical = plan["canonicalJson"].as_str().unwrap();
    assert_eq!(digest, format!("sha256:{}", crate::support::sha256_hex(canonical)));
    digest.to_owned()
}

/// Progress is tasks finished over tasks planned, and comes to its end.
fn see_real_progress(events: &[Value], batches: &[Value]) {
    let steps: Vec<(i64, i64)> = events
        .iter()
        .filter(|event| event["kind"] == "PROGRESS")
        .map(|event| (event["finished"].as_i64().unwrap(), event["planned"].as_i64().unwrap()))
        .collect();
    let planned = steps[0].1;
    assert!(planned >= 10 && steps[0].0 == 0, "{steps:?}");
    assert!(steps.is_sorted() && steps.iter().all(|step| step.1 == planned), "{steps:?}");
    assert_eq!(steps.last(), Some(&(planned, planned)));
    let last = &batches.last().unwrap()["progress"];
    assert_eq!(*last, json!({ "finished": planned, "planned": planned, "percent": 100 }));
    // It came as it happened, not at once.
    assert!(batches.len() > 5, "{}", batches.len());
}

/// Afterwards everything is found again: who did what when, and what came of it.
async fn see_what_is_left(sales: &Client, request: &str, deployment: &str) {
    let left = sales
        .request(request, "history { action actor { name } at note } latestDeployment { id } deployments { id }")
        .await;
    let history: Vec<(String, String)> = left["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&entry["action"]), text(&entry["actor"]["name"]))
        })
        .collect();
    let expected = [
        ("server_request.create", "Sales Agent"),
        ("server_request.update", "Technical Agent"),
        ("server_request.approve", "System Administrator"),
        ("server_request.deploy", "Technical Agent"),
    ];
    let expected = expected.map(|(action, name)| (action.to_owned(), name.to_owned()));
    assert_eq!(history, expected);
    assert_eq!(left["history"][2]["note"], "Go ahead.");
    assert_eq!(
        (&left["latestDeployment"]["id"], left["deployments"].as_array().unwrap().len()),
        (&json!(deployment), 1)
    );

    let selection = "status startedBy { name } request { id } hosts { name result ok failed }
        tasks { index name hosts { host status firstSequence lastSequence } } createdAt startedAt finishedAt";
    let run = sales.deployment(deployment, selection).await;
    assert_eq!((&run["status"], &run["startedBy"]["name"]), (&json!("COMPLETED"), &json!("Technical Agent")));
    assert_eq!(run["request"]["id"], request);
    assert_eq!((&run["hosts"][0]["result"], &run["hosts"][0]["failed"]), (&json!("OK"), &json!(0)));
    let tasks = run["tasks"].as_array().unwrap();
    let names: Vec<&str> = tasks.iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Record this deployment in the ledger"), "{names:?}");
    assert!(tasks.iter().all(|task| task["hosts"].as_array().unwrap().len() == 1));
}

async fn a_request_may_name_everything_when_it_is_filed(backend: Backend) {
    let server = Server::shared(backend).await;
    let (sales, admin) = (server.sign_in("sales_agent").await, server.sign_in("admin").await);
    let tech = server.sign_in("tech_agent").await;
    let script = tech
        .write_commands("echo \"for $customer\"", json!([{ "name": "customer", "type": "STRING", "required": true }]))
        .await;
    let more = json!({
        "scriptId": script,
        "targetServerId": sales.server(LOCAL_SERVER).await,
        "variables": { "customer": "Nova" },
    });
    let request = sales.file(with(form(&sales.project(LOCAL).await), more)).await;
    let price = sales.request(&request, "plan { complete monthlyPriceCents }").await;
    assert_eq!(price["plan"], json!({ "complete": true, "monthlyPriceCents": null }));
    admin.approve(&request).await;
    let told = sales.follow(&tech.deploy(&request).await).await;
    assert_eq!(told.batches.last().unwrap()["status"], "COMPLETED", "{:?}", told.lines());
    assert!(told.lines().contains(&"for Nova"), "{:?}", told.lines());
}
