//! A run that says very much: nothing of it is dropped, whichever way it is read, and the server needs no more memory for it.

use crate::support::deployments::lines;
use crate::support::socket::Next;
use crate::support::{Backend, Client, Server, eventually, sha256_hex, soak_rounds};
use futures::StreamExt as _;
use futures::future::join_all;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

on_both![very_many_lines_are_told_to_the_last_by_every_way];

const PATIENCE: Duration = Duration::from_secs(60);
/// All that a follower is told of an event.
const EVENT: &str = "sequence kind at status taskIndex taskName taskStatus host text finished planned";

/// So many subscriptions share a session, which has places for twice as many.
const OF_A_SESSION: usize = 10;

/// How much there is of it.
struct Size {
    lines: usize,
    /// Subscriptions that are cut off, and come again.
    cut: usize,
    /// More memory than at the beginning that the server may have taken, in MiB.
    growth: u64,
}

fn size() -> Size {
    match soak_rounds() {
        Some(_) => Size { lines: 100_000, cut: 500, growth: 200 },
        None => Size { lines: 10_000, cut: 50, growth: 100 },
    }
}

/// What came by one way.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    events: usize,
    /// Of all events in a canonical form.
    events_sha256: String,
    /// Of all lines that the script wrote.
    lines_sha256: String,
}

impl Way {
    fn of(events: &[Value]) -> Self {
        // The members of an object are sorted.
        let canonical: Vec<String> = events.iter().map(Value::to_string).collect();
        // What a play is called is a line of the server's.
        let said: Vec<&str> = lines(events).into_iter().filter(|line| line.starts_with("line ")).collect();
        let (events_sha256, lines_sha256) = (sha256_hex(canonical.join("\n")), sha256_hex(said.join("\n")));
        Self { events: events.len(), events_sha256, lines_sha256 }
    }
}

/// How long events were under way.
#[derive(Default)]
struct Delays(Vec<Duration>);

impl Delays {
    fn note(&mut self, events: &[Value]) {
        let now = chrono::Utc::now();
        for event in events {
            let at: chrono::DateTime<chrono::Utc> = event["at"].as_str().unwrap().parse().unwrap();
            self.0.push((now - at).to_std().unwrap_or_default());
        }
    }

    fn of(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }
}

fn document(selection: &str) -> String {
    format!(
        "subscription($id: ID!, $after: String) {{ deploymentProgress(deploymentId: $id, after: $after) {{ \
         cursor events {{ {selection} }} }} }}"
    )
}

/// All events over a socket, and how long they were under way.
async fn by_socket(client: Client, deployment: String) -> (Vec<Value>, Delays) {
    let mut subscription = client.subscribe(&document(EVENT), json!({ "id": deployment })).await;
    let (mut all, mut delays) = (Vec::new(), Delays::default());
    loop {
        match subscription.next().await {
            Next::Data(mut data) => {
                let Value::Array(events) = data["deploymentProgress"]["events"].take() else { panic!("{data}") };
                delays.note(&events);
                all.extend(events);
            }
            Next::Complete => return (all, delays),
            other => panic!("{other:?}"),
        }
    }
}

/// All events over a stream of events.
async fn by_event_stream(client: Client, deployment: String) -> Vec<Value> {
    let message = client.message().header("accept", "text/event-stream");
    let message = message.json(&json!({ "query": document(EVENT), "variables": { "id": deployment } }));
    let mut chunks = message.send().await.unwrap().bytes_stream();
    let (mut all, mut rest) = (Vec::new(), Vec::new());
    while let Some(chunk) = chunks.next().await {
        rest.extend_from_slice(&chunk.unwrap());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let Some(data) = line.strip_prefix(b"data:").filter(|data| data.len() > 2) else { continue };
            let mut data: Value = serde_json::from_slice(data).unwrap();
            let Value::Array(events) = data["data"]["deploymentProgress"]["events"].take() else { panic!("{data}") };
            all.extend(events);
        }
    }
    all
}

/// All events by the query, page by page.
async fn by_query(client: &Client, deployment: &str) -> Vec<Value> {
    let query = format!(
        "query($id: ID!, $after: String) {{ deployment(id: $id) {{ events(first: 100, after: $after) {{ \
         nodes {{ {EVENT} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
    );
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut data = client.query(&query, json!({ "id": deployment, "after": after })).await;
        let mut page = data["deployment"]["events"].take();
        let Value::Array(events) = page["nodes"].take() else { panic!("{page}") };
        all.extend(events);
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].take();
    }
}

/// Follows, and is cut off again and again at moments that nobody has chosen; the number of events, none of which was
/// missed or came twice, and how often it was cut off.
async fn cut_again_and_again(client: Client, deployment: String, mut seed: u64) -> (u64, usize) {
    let (mut last, mut cuts, mut after) = (0, 0, Value::Null);
    loop {
        let variables = json!({ "id": deployment, "after": after });
        let mut subscription = loop {
            if let Some(begun) = client.try_subscribe(&document("sequence"), variables.clone()).await {
                break begun;
            }
            // Its place is still taken by the one that was cut off.
            crate::support::takes(Duration::from_millis(10)).await;
        };
        // A different number of batches each time; none at all is one of them.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        for _ in 0..(seed >> 33) % 60 {
            match subscription.next().await {
                Next::Data(mut data) => {
                    let batch = &mut data["deploymentProgress"];
                    for event in batch["events"].as_array().unwrap() {
                        assert_eq!(event["sequence"].as_u64(), Some(last + 1), "after a cut: {cuts}");
                        last += 1;
                    }
                    after = batch["cursor"].take();
                }
                Next::Complete => return (last, cuts),
                other => panic!("{other:?}"),
            }
        }
        cuts += 1;
    }
}

/// The server's memory, every second until it is told to stop.
async fn memory(server: Arc<Server>, is_over: Arc<AtomicBool>) -> Vec<u64> {
    let mut curve = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        curve.push(server.resident_bytes() / 1024 / 1024);
        crate::support::takes(Duration::from_secs(1)).await;
    }
    curve
}

/// A second name for what the runner writes, which stays when the run's directory is removed.
async fn spool_of(server: &Server) -> PathBuf {
    let kept = server.data().join("kept.jsonl");
    eventually("the run has a spool", PATIENCE, async || {
        let run = fs::read_dir(server.data().join("runs")).ok()?.flatten().next()?.path();
        fs::hard_link(run.join("spool.jsonl"), &kept).ok()
    })
    .await;
    kept
}

fn lines_of_spool(spool: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(spool).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records
        .filter(|record| record["type"] == "line")
        .map(|record| record["text"].as_str().unwrap().to_owned())
        .collect()
}

async fn very_many_lines_are_told_to_the_last_by_every_way(backend: Backend) {
    let Size { lines: count, cut, growth } = size();
    let server = Arc::new(Server::demo(backend).await);
    let admin = server.sign_in("admin").await;
    // A second's worth of output at a time, so that there is a middle in which to be cut off.
    let commands = format!(
        "for block in $(seq 0 {}); do seq -f 'line %.0f of a run that says very much' $((block * 1000 + 1)) \
         $((block * 1000 + 1000)); sleep 0.3; done",
        count / 1000 - 1
    );
    let script = admin.write_commands(&commands, json!([])).await;
    // What is used for the first time is not counted.
    let first = admin.run_on_local(&admin.write_commands("echo once", json!([])).await, json!({})).await;
    by_socket(admin.clone(), first).await;
    eventually("its directory is gone", PATIENCE, async || {
        fs::read_dir(server.data().join("runs")).unwrap().next().is_none().then_some(())
    })
    .await;
    let mut sessions = Vec::new();
    for _ in 0..cut.div_ceil(OF_A_SESSION) {
        sessions.push(server.new_session("admin").await);
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let curve = tokio::spawn(memory(server.clone(), is_over.clone()));
    let deployment = admin.run_on_local(&script, json!({})).await;
    let spool = spool_of(&server).await;
    let begun = Instant::now();
    // It reads nothing, for as long as it is let.
    let mut slow = admin.open_socket().await.unwrap();
    slow.subscribe("slow", &document(EVENT), json!({ "id": deployment })).await;
    let by_socket = tokio::spawn(by_socket(admin.clone(), deployment.clone()));
    let by_event_stream = tokio::spawn(by_event_stream(admin.clone(), deployment.clone()));
    let cut: Vec<_> = (0..cut)
        .map(|number| {
            let client = sessions[number / OF_A_SESSION].clone();
            tokio::spawn(cut_again_and_again(client, deployment.clone(), number as u64))
        })
        .collect();
    let (socket, mut delays) = by_socket.await.unwrap();
    let took = begun.elapsed();
    let stream = by_event_stream.await.unwrap();
    let (mut cuts, followers) = (0, cut.len());
    for told in join_all(cut).await {
        let (events, own) = told.unwrap();
        assert_eq!(events, socket.len() as u64, "a subscription that was cut off {own} times");
        cuts += own;
    }
    let queried = by_query(&admin, &deployment).await;
    is_over.store(true, Ordering::Relaxed);
    let curve = curve.await.unwrap();
    let expected: Vec<String> = (1..=count).map(|n| format!("line {n} of a run that says very much")).collect();
    let spooled = lines_of_spool(&spool);
    assert_eq!(spooled.len(), expected.len());
    assert_eq!(sha256_hex(spooled.join("\n")), sha256_hex(expected.join("\n")), "the spool");
    let way = Way::of(&socket);
    assert_eq!(way.lines_sha256, sha256_hex(spooled.join("\n")), "the spool and the socket");
    assert_eq!(way, Way::of(&stream), "the socket and the stream of events");
    assert_eq!(way, Way::of(&queried), "the socket and the query");
    let (p50, p99) = (delays.of(0.5), delays.of(0.99));
    let most = curve.iter().max().unwrap();
    println!(
        "soak|{count} lines, {followers} subscriptions cut off {cuts} times|{backend:?}|1|0|0|0|{:.1} s; delivery p50 {} \
         ms, p99 {} ms; SHA-256 of {} events {}",
        took.as_secs_f64(),
        p50.as_millis(),
        p99.as_millis(),
        way.events,
        &way.events_sha256[..16],
    );
    println!("soak|memory in MiB, each second|{backend:?}||||| {curve:?}");
    assert!(*most < curve[0] + growth, "{curve:?}");
}
