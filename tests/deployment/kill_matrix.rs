//! The server is killed at every point of a deployment's life: nothing is lost, nothing is done twice.
//!
//! Each case lets the server die as by `kill -9` at one point, starts it again, and compares what subscribers saw before and
//! after, what the query answers, and what the host itself noted. `scripts/soak` does so many times over.

use crate::support::demo::key;
use crate::support::deployments::{Told, lines};
use crate::support::{Backend, Client, Server, eventually, soak_rounds};
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both![whenever_the_server_dies_a_deployment_is_carried_out_once_and_told_whole];

const LINES: usize = 30;
/// So soon after the restart the end must be told.
const SOON: Duration = Duration::from_secs(30);
/// So many cases go on at once.
const SIDE_BY_SIDE: usize = 3;

/// Where the server dies.
struct Point {
    /// As `FAILPOINTS` names it.
    name: &'static str,
    /// How often it gets past there before.
    passes: usize,
    /// What is to come of the deployment.
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was never dispatched.
    Nothing,
    /// It was carried out.
    Completed,
    /// It began, and was cancelled.
    Cancelled,
}

const fn point(name: &'static str, passes: usize, outcome: Outcome) -> Point {
    Point { name, passes, outcome }
}

const POINTS: [Point; 17] = [
    point("run::dispatching", 0, Outcome::Nothing),
    point("run::dispatched", 0, Outcome::Completed),
    point("run::leased", 0, Outcome::Completed),
    point("run::prepared", 0, Outcome::Completed),
    // The first that is recorded is that a runner is about to be started.
    point("run::recording", 0, Outcome::Completed),
    point("run::noted", 0, Outcome::Completed),
    point("run::spawned", 0, Outcome::Completed),
    point("run::begun", 0, Outcome::Completed),
    point("run::recorded", 0, Outcome::Completed),
    point("run::read", 4, Outcome::Completed),
    point("run::recording", 5, Outcome::Completed),
    point("run::recorded", 6, Outcome::Completed),
    point("run::end_read", 0, Outcome::Completed),
    point("run::end_recording", 0, Outcome::Completed),
    point("run::end_recorded", 0, Outcome::Completed),
    point("run::cancel_asked", 0, Outcome::Cancelled),
    point("run::cancel_told", 0, Outcome::Cancelled),
];

impl Point {
    fn failpoint(&self) -> String {
        match self.passes {
            0 => format!("{}=return", self.name),
            passes => format!("{}={passes}*off->return", self.name),
        }
    }

    /// Notes on the host, with a word that no other run has, that it began and that it ended.
    fn script(&self) -> String {
        let note = "echo \"$deployment_id $nonce\" >> \"$DEMO_DIRECTORY";
        let wait = if self.outcome == Outcome::Cancelled { "sleep 600\n" } else { "" };
        format!(
            "mkdir -p \"$DEMO_DIRECTORY\"\nnonce=$(cat /proc/sys/kernel/random/uuid)\n{note}/began.txt\"\n\
             for n in $(seq 1 {LINES}); do echo \"line $n\"; sleep 0.05; done\n{wait}{note}/ended.txt\""
        )
    }
}

/// What is wrong after a case; all of it is nought if it is as it should be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Account {
    /// Lines, runs or events that are missing.
    lost: usize,
    /// Lines, runs or events that are there twice.
    doubled: usize,
    /// Places where the numbers of events do not follow one another.
    gaps: usize,
}

impl Account {
    fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.gaps += other.gaps;
    }

    fn count(&mut self, expected: usize, found: usize) {
        self.lost += expected.saturating_sub(found);
        self.doubled += found.saturating_sub(expected);
    }

    fn of_events(&mut self, events: &[Value]) {
        let numbers: Vec<i64> = events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
        let expected = std::iter::once(&0).chain(&numbers);
        self.gaps += numbers.iter().zip(expected).filter(|(number, before)| **number != *before + 1).count();
        for n in 1..=LINES {
            self.count(1, lines(events).iter().filter(|line| **line == format!("line {n}")).count());
        }
    }

    /// What subscribers were told, with the restart between, must be what the query answers.
    fn of_told(&mut self, told: &[Value], all: &[Value]) {
        self.count(all.len(), told.len());
        self.gaps += told.iter().zip(all).filter(|(told, event)| told != event).count();
    }
}

/// How often the host noted this deployment in a file of its own.
fn noted(server: &Server, file: &str, deployment: &str) -> usize {
    let text = std::fs::read_to_string(server.host_directory().join(file)).unwrap_or_default();
    text.lines().filter(|line| line.starts_with(&key(deployment))).count()
}

async fn told_before(client: Client, deployment: String) -> Told {
    match client.try_progress(&deployment, None).await {
        Some(subscription) => subscription.while_it_lasts().await,
        None => Told::default(),
    }
}

/// The one deployment of a request; none also if the server does not answer any more.
async fn deployment_of(client: &Client, request: &str) -> Option<String> {
    let query = "query($id: ID!) { serverRequest(id: $id) { deployments { id } } }";
    let message = client.message().json(&json!({ "query": query, "variables": { "id": request } }));
    let body: Value = message.send().await.ok()?.json().await.ok()?;
    let deployments = body["data"]["serverRequest"]["deployments"].as_array()?;
    assert!(deployments.len() <= 1, "{deployments:?}");
    Some(deployments.first()?["id"].as_str()?.to_owned())
}

/// Lets `server` die at a point, starts it again, and takes account.
async fn die_at(server: &mut Server, point: &Point) -> Account {
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_commands(&point.script(), json!([])).await;
    let request = server.approved(&script).await;
    server.restart_with("FAILPOINTS", &point.failpoint()).await;
    let [admin, tech] = [admin, tech].map(|client| Client::new(&server.address, client.token().map(str::to_owned)));
    let mut before = None;
    let is_answered = tech.mutate_at_its_peril("deployServerRequest", json!({ "id": request })).await;
    if is_answered && let Some(deployment) = deployment_of(&admin, &request).await {
        if point.outcome == Outcome::Cancelled {
            tech.line(&deployment, &format!("line {LINES}")).await;
        }
        before = Some(tokio::spawn(told_before(admin.clone(), deployment.clone())));
        if point.outcome == Outcome::Cancelled {
            tech.mutate_at_its_peril("cancelDeployment", json!({ "id": deployment })).await;
        }
    }
    server.until_dead().await;
    let before = match before {
        Some(watching) => watching.await.unwrap(),
        None => Told::default(),
    };
    server.set("FAILPOINTS", "");
    let restarted = Instant::now();
    server.restart().await;
    let admin = Client::new(&server.address, admin.token().map(str::to_owned));
    let mut account = Account::default();
    let Some(deployment) = deployment_of(&admin, &request).await else {
        assert!(point.outcome == Outcome::Nothing, "{} was not dispatched", point.name);
        assert_eq!(admin.state(&request).await, "APPROVED");
        return account;
    };
    assert!(point.outcome != Outcome::Nothing, "{} was dispatched", point.name);
    let cursor = before.batches.last().map(|batch| batch["cursor"].as_str().unwrap());
    let rest = admin.progress(&deployment, cursor).await.until_it_ends().await;
    let took = restarted.elapsed();
    assert!(took < SOON, "{}: told only after {took:?}", point.name);
    let all = admin.events(&deployment).await;
    account.of_events(&all);
    account.of_told(&[before.events, rest.events].concat(), &all);
    account.count(1, noted(server, "began.txt", &deployment));
    let (status, state, ended) = match point.outcome {
        Outcome::Cancelled => ("CANCELLED", "FAILED", 0),
        Outcome::Completed | Outcome::Nothing => ("COMPLETED", "DEPLOYED", 1),
    };
    account.count(ended, noted(server, "ended.txt", &deployment));
    assert_eq!(rest.batches.last().unwrap()["status"], status, "{}: {:?}", point.name, lines(&all));
    assert_eq!(admin.state(&request).await, state, "{}", point.name);
    let runs = server.data().join("runs");
    eventually("its directory is gone", SOON, async || {
        std::fs::read_dir(&runs).map_or(true, |mut left| left.next().is_none()).then_some(())
    })
    .await;
    account
}

async fn whenever_the_server_dies_a_deployment_is_carried_out_once_and_told_whole(backend: Backend) {
    let rounds = soak_rounds().unwrap_or(1);
    let cases = futures::stream::iter(&POINTS).map(async |point| {
        let mut server = Server::demo(backend).await;
        let (mut account, begun) = (Account::default(), Instant::now());
        for _ in 0..rounds {
            account.add(die_at(&mut server, point).await);
        }
        let Account { lost, doubled, gaps } = account;
        let (name, passes, each) = (point.name, point.passes, begun.elapsed() / u32::try_from(rounds).unwrap());
        println!(
            "soak|kill at {name} +{passes}|{backend:?}|{rounds}|{lost}|{doubled}|{gaps}|{:.1} s each",
            each.as_secs_f64()
        );
        account
    });
    let accounts: Vec<Account> = cases.buffer_unordered(SIDE_BY_SIDE).collect().await;
    assert_eq!(accounts, vec![Account::default(); POINTS.len()]);
}
