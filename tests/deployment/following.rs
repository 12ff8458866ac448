//! Many follow one deployment: it is read once for all of them, each is judged, and nobody holds the others up.

use crate::support::database::put_away;
use crate::support::demo::LOCAL;
use crate::support::deployments::{Told, assert_gapless};
use crate::support::socket::{Next, Subscription};
use crate::support::{Backend, Client, Server, eventually};
use crate::watching::metrics;
use futures::StreamExt as _;
use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::time::Duration;

on_both![
    what_many_follow_is_read_and_encoded_once,
    whose_reach_is_taken_away_gets_nothing_more,
    who_reads_nothing_is_cut_off_and_comes_again,
    a_busy_database_ends_no_subscription,
    a_database_that_is_gone_for_long_is_told,
];

const PATIENCE: Duration = Duration::from_secs(90);
/// A line every so often, for longer than any of this takes.
const TICKS: &str = "for tick in $(seq 1 2000); do echo tick $tick; sleep 0.05; done";

async fn ticking(admin: &Client) -> String {
    let script = admin.write_commands(TICKS, json!([])).await;
    admin.run_on_local(&script, json!({})).await
}

async fn cancel(admin: &Client, deployment: &str) {
    admin.mutate("cancelDeployment", json!({ "id": deployment }), "").await.done();
}

async fn metric(server: &Server, name: &str, labels: &[(&str, &str)]) -> f64 {
    metrics::read(server).await.value(name, labels)
}

/// Until so many subscriptions follow something.
async fn until_followers(server: &Server, count: f64) {
    eventually("so many follow", PATIENCE, async || {
        (metric(server, "rookery_followers", &[]).await == count).then_some(())
    })
    .await;
}

async fn what_many_follow_is_read_and_encoded_once(backend: Backend) {
    const ALIKE: usize = 12;
    let server = metrics::watched(backend).await;
    let admin = server.sign_in("admin").await;
    let deployment = ticking(&admin).await;
    admin.line(&deployment, "tick").await;
    let mut followers: Vec<Subscription> = Vec::new();
    for _ in 0..ALIKE {
        followers.push(admin.progress(&deployment, None).await);
    }
    // Others select otherwise, or the same in other words.
    let others = [
        "subscription($id: ID!) { deploymentProgress(deploymentId: $id) { cursor events { text sequence } } }",
        "subscription($id: ID!) { live: deploymentProgress(deploymentId: $id) { ...All __typename } }
         fragment All on DeploymentProgressPayload { at: cursor events { ... on DeploymentEvent { n: sequence line: text } } }",
    ];
    let mut different = Vec::new();
    for document in others {
        different.push(admin.subscribe(document, json!({ "id": deployment })).await);
    }
    until_followers(&server, 14.0).await;
    let before = metrics::read(&server).await;
    assert_eq!(before.value("rookery_followed_topics", &[]), 1.0);
    eventually("much is handed to all", PATIENCE, async || {
        let batches = metric(&server, "rookery_feed_batches_total", &[]).await;
        (batches >= before.value("rookery_feed_batches_total", &[]) + 25.0).then_some(())
    })
    .await;
    cancel(&admin, &deployment).await;
    let told: Vec<Told> = join_all(followers.into_iter().map(Subscription::until_it_ends)).await;
    let all = admin.events(&deployment).await;
    assert_gapless(&all, 1);
    for told in told {
        assert_eq!(told.events, all);
        assert_eq!(told.batches.last().unwrap()["status"], "CANCELLED");
    }
    let (mut texts, mut lines) = (Vec::new(), Vec::new());
    for (name, subscription) in ["deploymentProgress", "live"].into_iter().zip(&mut different) {
        loop {
            match subscription.next().await {
                Next::Data(data) if name == "live" => {
                    assert_eq!(data[name]["__typename"], "DeploymentProgressPayload");
                    lines.extend(data[name]["events"].as_array().unwrap().iter().cloned());
                }
                Next::Data(data) => texts.extend(data[name]["events"].as_array().unwrap().iter().cloned()),
                Next::Complete => break,
                other => panic!("{other:#?}"),
            }
        }
    }
    let pick = |names: [&str; 2]| -> Vec<Value> {
        all.iter().map(|event| json!({ names[0]: event["text"], names[1]: event["sequence"] })).collect()
    };
    assert_eq!((texts, lines), (pick(["text", "sequence"]), pick(["line", "n"])));
    until_followers(&server, 0.0).await;
    let after = metrics::read(&server).await;
    assert_eq!(after.value("rookery_followed_topics", &[]), 0.0);
    let grown = |name: &str, labels: &[(&str, &str)]| after.value(name, labels) - before.value(name, labels);
    let batches = grown("rookery_feed_batches_total", &[]);
    let [new, missed] = ["new", "missed"].map(|of| grown("rookery_feed_reads_total", &[("of", of)]));
    let [made, taken] = ["resolvers", "another"].map(|from| grown("rookery_feed_answers_total", &[("from", from)]));
    let behind = grown("rookery_followers_fallen_behind_total", &[]);
    println!(
        "{backend:?}: {batches} batches, {new} and {missed} readings, {made} texts made, {taken} taken, {behind} behind"
    );
    // A wake-up may find nothing new. Each reading would be 14 of them, if each follower read.
    assert!(new <= 3.0 * (batches + 1.0), "{new} of {batches}");
    // Three selections of each batch, and of each page for who came later or, on a busy machine, was too slow; two were
    // under way at the first look.
    assert!(made <= 3.0 * (batches + missed + 2.0), "{made} of {batches} and {missed}");
    assert!(behind > 0.0 || taken >= 3.0 * made, "{taken} of {made}");
}

/// The numbers of what a follower is told until it ends with an error; the error's code.
async fn until_refused(mut subscription: Subscription) -> (Vec<i64>, Value) {
    let mut numbers = Vec::new();
    loop {
        match subscription.next().await {
            Next::Data(data) => {
                let events = data["deploymentProgress"]["events"].as_array().unwrap().clone();
                numbers.extend(events.iter().map(|event| event["sequence"].as_i64().unwrap()));
            }
            Next::Errors(errors) => {
                assert_eq!(subscription.next().await, Next::Complete);
                return (numbers, errors[0]["extensions"]["code"].clone());
            }
            other => panic!("{other:#?}"),
        }
    }
}

async fn whose_reach_is_taken_away_gets_nothing_more(backend: Backend) {
    let server = metrics::watched(backend).await;
    let admin = server.sign_in("admin").await;
    let (tech, sales) = (server.sign_in("tech_agent").await, server.sign_in("sales_agent").await);
    let deployment = ticking(&admin).await;
    let (stays, goes) = (tech.progress(&deployment, None).await, sales.progress(&deployment, None).await);
    until_followers(&server, 2.0).await;
    let goes = tokio::spawn(until_refused(goes));
    let stays = tokio::spawn(stays.until_it_ends());
    admin.line(&deployment, "tick 40").await;
    eventually("both are handed the same", PATIENCE, async || {
        (metric(&server, "rookery_feed_answers_total", &[("from", "another")]).await > 0.0).then_some(())
    })
    .await;
    let revoke = json!({ "projectId": admin.project(LOCAL).await, "userId": sales.own_id().await });
    admin.mutate("revokeProjectAccess", revoke, "").await.done();
    let count =
        async || admin.deployment(&deployment, "events { totalCount }").await["events"]["totalCount"].as_i64().unwrap();
    let known = count().await;
    let (seen, code) = goes.await.unwrap();
    assert_eq!(code, "NOT_FOUND", "as if it had never been there");
    assert!(seen.len() > 20 && seen.iter().copied().eq(1..=seen.len() as i64), "{seen:?}");
    assert!(*seen.last().unwrap() <= known, "{} of {known}", seen.len());
    // The other one goes on.
    eventually("it goes on", PATIENCE, async || (count().await > known + 30).then_some(())).await;
    cancel(&admin, &deployment).await;
    let told = stays.await.unwrap();
    assert_gapless(&told.events, 1);
    assert!(told.events.len() as i64 > known + 20);
    let again = sales.progress(&deployment, None).await.next().await;
    assert!(matches!(&again, Next::Errors(errors) if errors[0]["extensions"]["code"] == "NOT_FOUND"), "{again:?}");
}

/// Each line many times, so that what is not read fills what systems keep of a connection.
fn wide() -> String {
    let texts: String = (0..30).map(|number| format!(" t{number}: text")).collect();
    format!(
        "subscription($id: ID!, $after: String) {{ deploymentProgress(deploymentId: $id, after: $after) {{
           cursor events {{ sequence{texts} }} }} }}"
    )
}

async fn who_reads_nothing_is_cut_off_and_comes_again(backend: Backend) {
    const LINES: usize = 1_500;
    let server = metrics::watched(backend).await;
    let admin = server.sign_in("admin").await;
    let long = "x".repeat(1_000);
    let script = format!("sleep 2; for n in $(seq 1 {LINES}); do echo \"$n {long}\"; done");
    let script = admin.write_commands(&script, json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    let mut slow = admin.open_socket().await.unwrap();
    slow.subscribe("slow", &wide(), json!({ "id": deployment })).await;
    let message = admin.message().header("accept", "text/event-stream");
    let stream = message.json(&json!({ "query": wide(), "variables": { "id": deployment } })).send().await.unwrap();
    let mut quick = Vec::new();
    for _ in 0..3 {
        quick.push(admin.progress(&deployment, None).await);
    }
    let told: Vec<Told> = join_all(quick.into_iter().map(Subscription::until_it_ends)).await;
    let all = admin.events(&deployment).await;
    for told in told {
        assert_eq!(told.events.len(), all.len());
        assert_eq!(told.events, all);
    }
    let seen = metrics::read(&server).await;
    // The others have it all, and on the socket no more waits than has room.
    assert!(seen.value("rookery_socket_messages_waiting", &[]) <= 17.0);
    eventually("it is cut off", PATIENCE, async || {
        (metric(&server, "rookery_sockets_cut_off_total", &[]).await == 1.0).then_some(())
    })
    .await;
    // It hears why, if it reads at last; and goes on from where it was.
    let mut events: Vec<Value> = Vec::new();
    let mut cursor = Value::Null;
    let code = loop {
        match slow.receive().await {
            Ok(mut message) => {
                let batch = message["payload"]["data"]["deploymentProgress"].take();
                events.extend(batch["events"].as_array().unwrap().iter().cloned());
                cursor = batch["cursor"].clone();
            }
            Err(code) => break code,
        }
    };
    assert_eq!(code, 1013);
    assert!(events.len() < all.len(), "{}", events.len());
    let mut again = admin.subscribe(&wide(), json!({ "id": deployment, "after": cursor })).await;
    loop {
        match again.next().await {
            Next::Data(data) => events.extend(data["deploymentProgress"]["events"].as_array().unwrap().iter().cloned()),
            Next::Complete => break,
            other => panic!("{other:#?}"),
        }
    }
    assert_gapless(&events, 1);
    assert_eq!(events.len(), all.len());
    // A stream of events that nobody reads ends too, though its client is there yet.
    until_followers(&server, 0.0).await;
    let mut chunks = stream.bytes_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        assert!(!chunk.ends_with(b"event: complete\ndata:\n\n"), "it was not told everything");
    }
}

/// How far the deployment has come that runs, told by the database itself.
async fn last_sequence(db: &DatabaseConnection) -> Option<i64> {
    let sql = "SELECT max(last_sequence) AS last FROM deployment WHERE status = 'running'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "last").unwrap()
}

async fn a_busy_database_ends_no_subscription(backend: Backend) {
    let mut server = Server::demo(backend).await;
    server.restart_with("FAILPOINTS", "feed::alone=3*return->off;feed::tail=4*return->off").await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("for n in $(seq 1 30); do echo $n; sleep 0.05; done", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    let mut followers = Vec::new();
    for _ in 0..4 {
        followers.push(admin.progress(&deployment, None).await);
    }
    let told: Vec<Told> = join_all(followers.into_iter().map(Subscription::until_it_ends)).await;
    let all = admin.events(&deployment).await;
    assert!(told.iter().all(|told| told.events == all && told.batches.last().unwrap()["status"] == "COMPLETED"));
    // What everybody's rights follow from is away for a while.
    let ticking = ticking(&admin).await;
    let mut follower = admin.progress(&ticking, None).await;
    let seen = follower.data().await["deploymentProgress"]["events"].as_array().unwrap().len();
    let db = server.database().await;
    put_away(&db, &["rights_position"], true).await;
    let away = eventually("it runs", PATIENCE, async || last_sequence(&db).await).await;
    eventually("it goes on", PATIENCE, async || last_sequence(&db).await.filter(|last| *last > away + 40)).await;
    put_away(&db, &["rights_position"], false).await;
    cancel(&admin, &ticking).await;
    let told = follower.until_it_ends().await;
    assert_gapless(&told.events, seen as i64 + 1);
    assert_eq!(told.batches.last().unwrap()["status"], "CANCELLED");
}

async fn a_database_that_is_gone_for_long_is_told(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("echo once", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.follow(&deployment).await;
    server.restart_with("FAILPOINTS", "feed::alone=return").await;
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    let (numbers, code) = until_refused(admin.progress(&deployment, None).await).await;
    assert_eq!((numbers.len(), code), (0, json!("UNAVAILABLE")));
}
