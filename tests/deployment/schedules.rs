//! Deployments for later, and maintenance windows: nothing begins before its time, and nobody waits for what is not due.

use crate::support::database::execute;
use crate::support::demo::{LOCAL, LOCAL_SERVER, LOCAL_SERVICE};
use crate::support::{Backend, Client, Outcome, Server, eventually};
use chrono::{DateTime, Datelike as _, Duration, Utc};
use serde_json::{Value, json};
use std::fs;

on_both![
    a_run_begins_at_its_time_and_holds_up_nobody,
    what_waits_is_given_another_time,
    who_may_not_deploy_any_more_starts_nothing,
    times_that_make_no_sense_are_refused,
    in_windows_deployments_begin,
    a_window_may_end_while_a_run_waits_for_its_turn,
    a_server_that_was_away_begins_what_is_due,
];

const ECHO: &str = "echo \"at work\"";
const WAIT: &str = "echo began\nuntil [ -e \"$DEMO_DIRECTORY/go\" ]; do sleep 0.1; done";
const TIMES: &str = "status runAfter beginsAt startedAt outsideWindows canReschedule";

async fn run(client: &Client, script: &str, more: Value) -> Outcome {
    let mut input = json!({ "scriptId": script, "serverIds": [client.server(LOCAL_SERVER).await] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.mutate("runScript", input, "deployment { id }").await
}

fn id(outcome: Outcome) -> String {
    outcome.done()["deployment"]["id"].as_str().unwrap().to_owned()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap()
}

/// A window on one day of the week, all day long.
fn all_day(day: DateTime<Utc>) -> Value {
    let day = day.weekday().to_string().to_uppercase();
    json!({ "days": [day], "opensAt": "00:00", "minutes": 1_440, "timeZone": "UTC" })
}

/// As they are kept: in three days, when no test runs any more.
fn closed_for_now() -> (DateTime<Utc>, Value) {
    let opens = (Utc::now() + Duration::days(3)).date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    (opens, all_day(opens))
}

async fn set_windows(client: &Client, windows: Value) -> Outcome {
    let input = json!({ "projectId": client.project(LOCAL).await, "windows": windows });
    client
        .mutate(
            "setMaintenanceWindows",
            input,
            "project { maintenanceWindows { days opensAt minutes timeZone } maintenanceOpening { opensAt closesAt } }",
        )
        .await
}

async fn a_run_begins_at_its_time_and_holds_up_nobody(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(ECHO, json!([])).await;
    let at = Utc::now() + Duration::seconds(12);
    let later = id(run(&admin, &script, json!({ "runAt": at })).await);
    let told = admin.deployment(&later, TIMES).await;
    assert_eq!((&told["status"], &told["canReschedule"]), (&json!("PENDING"), &json!(true)));
    let kept = time(&told["runAfter"]);
    assert!((kept - at).abs() < Duration::milliseconds(1));
    assert_eq!(time(&told["beginsAt"]), kept);
    let now = id(run(&admin, &script, json!({})).await);
    assert_eq!(admin.end_of(&now).await.0, "COMPLETED");
    assert_eq!(admin.end_of(&later).await.0, "COMPLETED");
    let told = admin.deployment(&later, TIMES).await;
    assert!(time(&told["startedAt"]) >= kept);
    assert_eq!((&told["beginsAt"], &told["canReschedule"]), (&Value::Null, &json!(false)));

    // What was approved, likewise.
    let request = server.approved(&admin.script(LOCAL_SERVICE).await).await;
    let at = Utc::now() + Duration::seconds(8);
    let input = json!({ "id": request, "runAt": at });
    let deployment = id(admin.mutate("deployServerRequest", input, "deployment { id }").await);
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    assert!(time(&admin.deployment(&deployment, TIMES).await["startedAt"]) >= at);
}

async fn what_waits_is_given_another_time(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_commands(ECHO, json!([])).await;
    let tomorrow = Utc::now() + Duration::days(1);
    let reschedule = async |client: &Client, id: &str, more: Value| {
        let mut input = json!({ "id": id });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.mutate("rescheduleDeployment", input, "deployment { id beginsAt }").await
    };
    let first = id(run(&admin, &script, json!({ "runAt": tomorrow })).await);
    let second = id(run(&admin, &script, json!({ "runAt": tomorrow })).await);
    assert_eq!(reschedule(&tech, &first, json!({})).await.denied(), "FORBIDDEN");
    let moved = reschedule(&admin, &first, json!({ "runAt": tomorrow + Duration::days(1) })).await.done();
    assert!(time(&moved["deployment"]["beginsAt"]) > tomorrow);
    let now = reschedule(&admin, &first, json!({})).await.done();
    assert_eq!(now["deployment"]["beginsAt"], Value::Null);
    assert_eq!(admin.end_of(&first).await.0, "COMPLETED");
    assert_eq!(reschedule(&admin, &first, json!({})).await.refused(), ["CONFLICT"]);
    let cancelled = admin.mutate("cancelDeployment", json!({ "id": second }), "deployment { status }").await.done();
    assert_eq!(cancelled["deployment"]["status"], "CANCELLED");
    assert_eq!(reschedule(&admin, &second, json!({})).await.refused(), ["CONFLICT"]);
}

async fn who_may_not_deploy_any_more_starts_nothing(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let access = json!({ "projectId": admin.project(LOCAL).await, "userId": tech.own_id().await, "level": "ADMIN" });
    admin.mutate("grantProjectAccess", access.clone(), "").await.done();
    let script = admin.write_commands(ECHO, json!([])).await;
    let later = id(run(&tech, &script, json!({ "runAt": Utc::now() + Duration::seconds(12) })).await);
    let lower = json!({ "projectId": access["projectId"], "userId": access["userId"], "level": "WRITE" });
    admin.mutate("grantProjectAccess", lower, "").await.done();
    let (status, why) = admin.end_of(&later).await;
    assert_eq!(status, "FAILED");
    assert!(why.contains("may not deploy"), "{why}");
    assert_eq!(admin.deployment(&later, "startedAt").await["startedAt"], Value::Null);
}

async fn times_that_make_no_sense_are_refused(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(ECHO, json!([])).await;
    for away in [Duration::hours(-1), Duration::days(367)] {
        assert_eq!(run(&admin, &script, json!({ "runAt": Utc::now() + away })).await.refused(), ["INVALID runAt"]);
    }
    for (wrong, field) in [
        (json!({ "days": [] }), "days"),
        (json!({ "opensAt": "25:00" }), "opensAt"),
        (json!({ "minutes": 0 }), "minutes"),
        (json!({ "minutes": 1_441 }), "minutes"),
        (json!({ "timeZone": "Europe/Atlantis" }), "timeZone"),
    ] {
        let mut window = all_day(Utc::now());
        window.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let refused = set_windows(&admin, json!([all_day(Utc::now()), window])).await.refused();
        assert_eq!(refused, [format!("INVALID windows.1.{field}")]);
    }
    let many: Vec<_> = (0..21).map(|_| all_day(Utc::now())).collect();
    assert_eq!(set_windows(&admin, json!(many)).await.refused(), ["INVALID windows"]);
}

async fn in_windows_deployments_begin(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let script = admin.write_commands(ECHO, json!([])).await;
    let (opens, window) = closed_for_now();
    assert_eq!(set_windows(&tech, json!([window])).await.denied(), "FORBIDDEN");
    let set = set_windows(&admin, json!([window])).await.done();
    assert_eq!(set["project"]["maintenanceWindows"], json!([window]));
    assert_eq!(time(&set["project"]["maintenanceOpening"]["opensAt"]), opens);
    assert_eq!(time(&set["project"]["maintenanceOpening"]["closesAt"]), opens + Duration::days(1));

    let waiting = id(run(&admin, &script, json!({})).await);
    let told = admin.deployment(&waiting, TIMES).await;
    assert_eq!((&told["status"], time(&told["beginsAt"])), (&json!("PENDING"), opens));
    let in_it = opens + Duration::hours(2);
    let other = id(run(&admin, &script, json!({ "runAt": in_it })).await);
    assert_eq!(time(&admin.deployment(&other, TIMES).await["beginsAt"]), in_it);

    // A preview changes nothing, and whoever has admin access decides about an emergency.
    let playbook = admin.write_playbook("- hosts: all\n  gather_facts: false\n  tasks: [{ping: }]\n", json!([])).await;
    let input = json!({ "scriptId": playbook, "serverIds": [admin.server(LOCAL_SERVER).await] });
    let preview = id(admin.mutate("previewScript", input, "deployment { id }").await);
    assert_eq!(admin.end_of(&preview).await.0, "COMPLETED");
    let request = server.approved(&admin.script(LOCAL_SERVICE).await).await;
    let outside = json!({ "id": request, "outsideWindows": true });
    assert_eq!(tech.mutate("deployServerRequest", outside.clone(), "").await.denied(), "FORBIDDEN");
    let urgent = id(admin.mutate("deployServerRequest", outside, "deployment { id }").await);
    assert_eq!(admin.end_of(&urgent).await.0, "COMPLETED");
    assert_eq!(admin.deployment(&urgent, TIMES).await["outsideWindows"], true);

    // What waits already waits for the new windows.
    assert_eq!(admin.deployment(&waiting, "status").await["status"], "PENDING");
    set_windows(&admin, json!([window, all_day(Utc::now()), all_day(Utc::now() + Duration::days(1))])).await.done();
    assert_eq!(admin.end_of(&waiting).await.0, "COMPLETED");
    assert_eq!(admin.deployment(&other, "status").await["status"], "PENDING");
}

async fn a_window_may_end_while_a_run_waits_for_its_turn(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (slow, quick) = (admin.write_commands(WAIT, json!([])).await, admin.write_commands(ECHO, json!([])).await);
    let first = id(run(&admin, &slow, json!({})).await);
    admin.line(&first, "began").await;
    let second = id(run(&admin, &quick, json!({})).await);
    let (opens, _) = closed_for_now();
    // As time would do it: nobody is told.
    let kept =
        json!([{ "days": [opens.weekday().to_string()], "opensAt": "00:00:00", "minutes": 60, "timeZone": "UTC" }]);
    execute(&server.database().await, &format!("update project set maintenance_windows = '{kept}'")).await;
    fs::create_dir_all(server.host_directory()).unwrap();
    fs::write(server.host_directory().join("go"), "").unwrap();
    assert_eq!(admin.end_of(&first).await.0, "COMPLETED");
    let third = id(run(&admin, &quick, json!({ "outsideWindows": true })).await);
    assert_eq!(admin.end_of(&third).await.0, "COMPLETED");
    let told = admin.deployment(&second, TIMES).await;
    assert_eq!((&told["status"], time(&told["beginsAt"])), (&json!("PENDING"), opens));
    set_windows(&admin, json!([])).await.done();
    assert_eq!(admin.end_of(&second).await.0, "COMPLETED");
}

async fn a_server_that_was_away_begins_what_is_due(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands(ECHO, json!([])).await;
    let at = Utc::now() + Duration::seconds(8);
    let later = id(run(&admin, &script, json!({ "runAt": at })).await);
    server.kill();
    let patience = std::time::Duration::from_secs(30);
    eventually("its time has come", patience, async || (Utc::now() > at).then_some(())).await;
    server.restart().await;
    let admin = server.sign_in("admin").await;
    assert_eq!(admin.end_of(&later).await.0, "COMPLETED");
    assert!(time(&admin.deployment(&later, TIMES).await["startedAt"]) >= at);
}
