//! Deployments, watched.

use super::demo::LOCAL_SERVER;
use super::socket::{Next, Subscription};
use super::{Client, demo, eventually};
use serde_json::{Value, json};
use std::time::Duration;

/// All that an event tells.
const EVENT: &str = "sequence kind at status taskIndex taskName taskStatus host text finished planned";
const PATIENCE: Duration = Duration::from_secs(120);

/// What a subscription told.
#[derive(Debug, Default)]
pub struct Told {
    pub events: Vec<Value>,
    pub batches: Vec<Value>,
}

impl Told {
    fn add(&mut self, data: &Value) {
        let batch = &data["deploymentProgress"];
        self.events.extend(batch["events"].as_array().unwrap().iter().cloned());
        self.batches.push(batch.clone());
    }

    /// The place from which to go on.
    pub fn cursor(&self) -> &str {
        self.batches.last().unwrap()["cursor"].as_str().unwrap()
    }

    /// The lines.
    pub fn lines(&self) -> Vec<&str> {
        lines(&self.events)
    }
}

/// The lines among events.
pub fn lines(events: &[Value]) -> Vec<&str> {
    let lines = events.iter().filter(|event| event["kind"] == "LINE");
    lines.map(|event| event["text"].as_str().unwrap()).collect()
}

/// Fails unless events are numbered from `first` without gaps.
#[track_caller]
pub fn assert_gapless(events: &[Value], first: i64) {
    let numbers: Vec<i64> = events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = (first..).take(events.len()).collect();
    assert_eq!(numbers, expected);
}

fn progress() -> String {
    format!(
        "subscription($id: ID!, $after: String) {{ deploymentProgress(deploymentId: $id, after: $after) {{
           events {{ {EVENT} }} cursor status progress {{ finished planned percent }} }} }}"
    )
}

impl Client {
    /// Subscribes to what happens in a deployment.
    pub async fn progress(&self, deployment: &str, after: Option<&str>) -> Subscription {
        self.subscribe(&progress(), json!({ "id": deployment, "after": after })).await
    }

    /// As [`Client::progress`], unless nobody serves any more.
    pub async fn try_progress(&self, deployment: &str, after: Option<&str>) -> Option<Subscription> {
        self.try_subscribe(&progress(), json!({ "id": deployment, "after": after })).await
    }

    /// Follows a deployment from its beginning to its end.
    pub async fn follow(&self, deployment: &str) -> Told {
        self.progress(deployment, None).await.until_it_ends().await
    }

    /// Waits for the end of a deployment: its last state and why.
    pub async fn end_of(&self, deployment: &str) -> (String, String) {
        self.follow(deployment).await;
        let row = self.deployment(deployment, "status failureMessage").await;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("failureMessage"))
    }

    /// What a deployment is like now.
    pub async fn deployment(&self, id: &str, selection: &str) -> Value {
        let document = format!("query($id: ID!) {{ deployment(id: $id) {{ {selection} }} }}");
        self.query(&document, json!({ "id": id })).await["deployment"].take()
    }

    /// The events by the query, page by page, of a deployment that has ended.
    pub async fn events(&self, id: &str) -> Vec<Value> {
        let (events, count) = self.events_so_far(id).await;
        assert_eq!(count, events.len());
        events
    }

    /// The events of a deployment that may go on, and how many there were when the last of them was read.
    async fn events_so_far(&self, id: &str) -> (Vec<Value>, Value) {
        let document = format!(
            "query($id: ID!, $after: String) {{ deployment(id: $id) {{ events(first: 20, after: $after) {{
               nodes {{ {EVENT} }} pageInfo {{ hasNextPage endCursor }} totalCount }} }} }}"
        );
        let mut events: Vec<Value> = Vec::new();
        let mut after = Value::Null;
        loop {
            let mut data = self.query(&document, json!({ "id": id, "after": after })).await;
            let mut page = data["deployment"]["events"].take();
            events.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] == false {
                return (events, page["totalCount"].take());
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Waits until a deployment has told a line with `text`.
    pub async fn line(&self, deployment: &str, text: &str) {
        eventually(&format!("the line {text}"), PATIENCE, async || {
            let (events, _) = self.events_so_far(deployment).await;
            let ended = events.iter().find(|event| {
                event["kind"] == "STATUS" && !["PENDING", "RUNNING"].contains(&event["status"].as_str().unwrap())
            });
            if lines(&events).iter().any(|line| line.contains(text)) {
                return Some(());
            }
            assert!(ended.is_none(), "it has ended: {events:#?}");
            None
        })
        .await;
    }

    /// Adds an SSH script to the library; its id.
    pub async fn write_commands(&self, commands: &str, variables: Value) -> String {
        self.write_script("SSH", commands, variables).await
    }

    /// Adds a playbook to the library; its id.
    pub async fn write_playbook(&self, playbook: &str, variables: Value) -> String {
        self.write_script("ANSIBLE", playbook, variables).await
    }

    async fn write_script(&self, kind: &str, content: &str, variables: Value) -> String {
        let input = json!({
            "name": demo::unique("script"),
            "description": "Written by a test.",
            "kind": kind,
            "content": content,
            "variables": variables,
        });
        let payload = self.mutate("createScript", input, "script { id }").await.done();
        payload["script"]["id"].as_str().unwrap().to_owned()
    }

    /// Runs a script on the demo's host without a request; the deployment's id.
    pub async fn run_on_local(&self, script: &str, variables: Value) -> String {
        let server = self.server(LOCAL_SERVER).await;
        let input = json!({ "scriptId": script, "serverIds": [server], "variables": variables });
        let payload = self.mutate("runScript", input, "deployment { id }").await.done();
        payload["deployment"]["id"].as_str().unwrap().to_owned()
    }
}

impl Subscription {
    /// All that is told until the deployment has ended.
    pub async fn until_it_ends(mut self) -> Told {
        let mut told = Told::default();
        loop {
            match self.next().await {
                Next::Data(data) => told.add(&data),
                Next::Complete => return told,
                other => panic!("{other:#?} after {:#?}", told.events.last()),
            }
        }
    }

    /// What is told until the deployment has ended, or the server.
    pub async fn while_it_lasts(mut self) -> Told {
        let mut told = Told::default();
        while let Next::Data(data) = self.next().await {
            told.add(&data);
        }
        told
    }

    /// What is told until there are this many events; then the socket is given up.
    pub async fn first(mut self, count: usize) -> Told {
        let mut told = Told::default();
        while told.events.len() < count {
            told.add(&self.data().await);
        }
        told
    }
}
