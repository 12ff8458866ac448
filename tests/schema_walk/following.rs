//! The subscriptions, for everybody.

use super::mutations;
use super::sdl::Sdl;
use super::walk::{Checker, Findings};
use super::world::{Person, World, global};
use crate::support::socket::{Next, Subscription};
use rookery_api::platform::ids::GlobalId;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// How often something happens that people are told of, and how long each is waited for.
const ATTEMPTS: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(5);

pub async fn walk(world: &World, sdl: &Sdl, findings: &mut Findings) {
    for person in &world.people {
        if world.name(person) == "susp" {
            let code = person.client.refused_socket().await;
            if code != 4403 && code != 4401 {
                findings.add(format!("a suspended person's socket is closed with {code}"));
            }
            continue;
        }
        progress(world, sdl, person, findings).await;
    }
    notifications(world, sdl, findings).await;
}

async fn progress(world: &World, sdl: &Sdl, person: &Person, findings: &mut Findings) {
    let payload = sdl.selection("DeploymentProgressPayload", 1, &|_, _| true);
    let document = format!("subscription($id: ID!) {{ deploymentProgress(deploymentId: $id) {{ {payload} }} }}");
    let first = async |id: &str| person.client.subscribe(&document, json!({ "id": id })).await.next().await;
    let absent = first(&global("Deployment", &[Uuid::from_u128(7), Uuid::from_u128(8)])).await;
    let checker = Checker { world, sdl, person, with_new_rows: false };
    let mut wrong: Vec<(&str, &str)> = ["", "nonsense"].map(|id| ("malformed", id)).to_vec();
    wrong.extend([("of another type", world.id("device"))]);
    wrong.extend(world.ids(person, "Deployment", false).into_iter().map(|id| ("hidden", id)));
    for (sort, id) in wrong {
        let answer = first(id).await;
        checker.text("Subscription.deploymentProgress", &format!("{answer:?}"), findings);
        if answer != absent {
            let who = world.name(person);
            findings.add(format!(
                "deploymentProgress ({sort}) × {who}: {answer:?}, but for what was never there {absent:?}"
            ));
        }
    }
    let expected = if world.is_in(person) { "NOT_FOUND" } else { "UNAUTHENTICATED" };
    let is_expected = matches!(&absent, Next::Errors(errors) if errors[0]["extensions"]["code"] == expected);
    if !is_expected {
        findings.add(format!("deploymentProgress × {}: not {expected}: {absent:?}", world.name(person)));
    }
    for id in world.ids(person, "Deployment", true) {
        match first(id).await {
            Next::Data(data) => {
                checker.text("Subscription.deploymentProgress", &data.to_string(), findings);
                checker.object("Subscription", &data, "Subscription", findings);
            }
            other => findings.add(format!("deploymentProgress × {}: {other:?}", world.name(person))),
        }
    }
}

/// Everybody follows their notifications, then something happens that concerns a few.
async fn notifications(world: &World, sdl: &Sdl, findings: &mut Findings) {
    let payload = sdl.selection("Notification", 1, &|_, _| true);
    let document = format!("subscription {{ notificationReceived {{ {payload} }} }}");
    let mut following = Vec::new();
    for person in world.people.iter().filter(|person| world.name(person) != "susp") {
        let mut subscription = person.client.subscribe(&document, Value::Null).await;
        if world.is_in(person) {
            following.push((person, subscription));
            continue;
        }
        let answer = subscription.next().await;
        if !matches!(&answer, Next::Errors(errors) if errors[0]["extensions"]["code"] == "UNAUTHENTICATED") {
            findings.add(format!("notificationReceived × nobody: {answer:?}"));
        }
    }
    let sales = world.person("salesR");
    let form = super::ids::request_form(world, "walked-and-followed");
    let decides = |person: &Person| ["admin", "gAdmin"].contains(&world.name(person));
    let mut untold: Vec<(&Person, &mut Subscription)> = following
        .iter_mut()
        .filter(|(person, _)| decides(person))
        .map(|(person, subscription)| (*person, subscription))
        .collect();
    // A socket does not say when it has begun to follow, so something happens again until all are told that must be.
    for _ in 0..ATTEMPTS {
        let filed = mutations::send(world, sdl, sales, "createServerRequest", &form).await;
        assert_eq!(mutations::outcome("createServerRequest", &filed), "done", "{}", filed.body);
        let mut still = Vec::new();
        for (person, subscription) in untold {
            match tokio::time::timeout(PATIENCE, subscription.data()).await {
                Ok(data) => told(world, sdl, person, &data, findings),
                Err(_) => still.push((person, subscription)),
            }
        }
        untold = still;
        if untold.is_empty() {
            break;
        }
    }
    for (person, _) in untold {
        findings.add(format!("notificationReceived × {}: nothing came", world.name(person)));
    }
    // Whoever was to be told is told by now.
    for (person, subscription) in following.iter_mut().filter(|(person, _)| !decides(person)) {
        if !subscription.is_silent().await {
            findings.add(format!("LEAK: notificationReceived × {}: something came", world.name(person)));
        }
    }
}

fn told(world: &World, sdl: &Sdl, person: &Person, data: &Value, findings: &mut Findings) {
    let checker = Checker { world, sdl, person, with_new_rows: true };
    checker.object("Subscription", data, "Subscription", findings);
    let id = data["notificationReceived"]["id"].as_str().and_then(GlobalId::decode).expect("an id");
    if Some(id.keys[0]) != person.user.map(|user| user.0) {
        findings.add(format!("LEAK: notificationReceived × {}: {data}", world.name(person)));
    }
}
