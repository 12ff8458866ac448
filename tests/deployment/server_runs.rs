//! How servers came out of deployments is remembered, counted, and shown to who sees the server.

use super::clearing_up::kill_runner;
use crate::support::database::{execute, fresh};
use crate::support::demo::{LOCAL_SERVER, unique};
use crate::support::proxy::Proxy;
use crate::support::server::Options;
use crate::support::{Backend, Client, Server};
use chrono::{DateTime, Duration, Utc};
use rookery_api::deployment::archive_events::archive_ended;
use rookery_api::deployment::store::server_runs::server_run;
use rookery_api::deployment::store::{HostResult, deployment_run};
use rookery_api::platform::ids::{DeploymentId, GlobalId, ScriptRevisionId, ServerId, ServerRunId};
use sea_orm::{ActiveModelTrait as _, DatabaseConnection, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use std::fs;
use uuid::Uuid;

on_both![
    each_run_is_remembered_for_each_of_its_hosts,
    a_playbook_ends_on_each_host_by_itself,
    what_began_nowhere_and_what_nobody_knows_is_told_apart,
    archiving_takes_nothing_away,
    what_ran_before_is_remembered_as_well,
    statistics_are_of_the_rows_that_there_are,
    who_does_not_see_a_server_sees_nothing_of_its_runs,
];

/// Succeeds on what is named `flaky` every other time, some time after the other one had its turn.
const ALTERNATES: &str = "mkdir -p \"$DEMO_DIRECTORY\"; cd \"$DEMO_DIRECTORY\"; case \"$server_name\" in flaky*) \
    until rm other 2>/dev/null; do sleep 0.1; done; sleep 0.5; \
    if [ -e turn ]; then rm turn; exit 3; fi; touch turn;; *) touch other;; esac";

const RUN: &str = "id outcome startedAt finishedAt durationMs recordedAt server { id } deployment { id } script { id } scriptRevision { number }";
const STATISTICS: &str = "days total succeeded failed unreachable unknown cancelled notRun successRate lastSuccessAt \
    lastRunAt medianDurationMs p95DurationMs isFlaky";

async fn run_on(client: &Client, script: &str, servers: &[&String]) -> String {
    let input = json!({ "scriptId": script, "serverIds": servers });
    let payload = client.mutate("runScript", input, "deployment { id }").await.done();
    let deployment = payload["deployment"]["id"].as_str().unwrap().to_owned();
    client.follow(&deployment).await;
    deployment
}

/// The runs on a server, the newest first, and what they come to.
async fn remembered(client: &Client, server: &str) -> (Vec<Value>, Value) {
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Server {{
           runs(first: 50) {{ nodes {{ {RUN} }} totalCount }} runStatistics {{ {STATISTICS} }} }} }} }}"
    );
    let mut server = client.query(&document, json!({ "id": server })).await["node"].take();
    let runs = server["runs"]["nodes"].as_array().unwrap().clone();
    assert_eq!(server["runs"]["totalCount"], runs.len());
    (runs, server["runStatistics"].take())
}

fn each<'r>(runs: &'r [Value], field: &str) -> Vec<&'r Value> {
    runs.iter().map(|run| &run[field]).collect()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap_or_else(|| panic!("{value} is no time")).parse().unwrap()
}

async fn each_run_is_remembered_for_each_of_its_hosts(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (flaky, steady) = (admin.another_local("flaky-01").await, admin.another_local("steady-01").await);
    let (none, statistics) = remembered(&admin, &flaky).await;
    assert!(none.is_empty());
    let nothing = json!({
        "days": 90, "total": 0, "succeeded": 0, "failed": 0, "unreachable": 0, "unknown": 0, "cancelled": 0, "notRun": 0,
        "successRate": null, "lastSuccessAt": null, "lastRunAt": null, "medianDurationMs": null, "p95DurationMs": null,
        "isFlaky": false,
    });
    assert_eq!(statistics, nothing);

    let script = admin.write_commands(ALTERNATES, json!([])).await;
    let mut deployments = Vec::new();
    for round in 1..=4 {
        deployments.insert(0, run_on(&admin, &script, &[&flaky, &steady]).await);
        // Once it works, once it does not: that may be a change for good.
        assert_eq!(remembered(&admin, &flaky).await.1["isFlaky"], round > 2, "after {round}");
    }
    let (runs, statistics) = remembered(&admin, &flaky).await;
    assert_eq!(each(&runs, "outcome"), ["FAILED", "OK", "FAILED", "OK"]);
    let ids: Vec<_> = runs.iter().map(|run| run["deployment"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, deployments);
    for run in &runs {
        assert_eq!((&run["server"]["id"], &run["script"]["id"]), (&json!(flaky), &json!(script)));
        assert_eq!(run["scriptRevision"]["number"], 1);
        let shown = "startedAt finishedAt hosts { name startedAt finishedAt }";
        let deployment = admin.deployment(run["deployment"]["id"].as_str().unwrap(), shown).await;
        assert_eq!(deployment["hosts"][0]["startedAt"], run["startedAt"]);
        assert_eq!(deployment["hosts"][0]["finishedAt"], run["finishedAt"]);
        assert_eq!(deployment["finishedAt"], run["recordedAt"]);
        let times = [&deployment["startedAt"], &run["startedAt"], &run["finishedAt"], &run["recordedAt"]].map(time);
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(run["durationMs"], (times[2] - times[1]).num_milliseconds());
        assert!(run["durationMs"].as_i64().unwrap() >= 500, "{run}");
    }
    let shortest = |runs: &[Value]| runs.iter().map(|run| run["durationMs"].as_i64().unwrap()).min();
    let shortest_wait = shortest(&runs);
    let durations: Vec<i64> = [1, 3].map(|index: usize| runs[index]["durationMs"].as_i64().unwrap()).into();
    let (shorter, longer) = (durations[0].min(durations[1]), durations[0].max(durations[1]));
    let expected = json!({
        "days": 90, "total": 4, "succeeded": 2, "failed": 2, "unreachable": 0, "unknown": 0, "cancelled": 0, "notRun": 0,
        "successRate": 0.5, "lastSuccessAt": runs[1]["recordedAt"], "lastRunAt": runs[0]["recordedAt"],
        "medianDurationMs": shorter + (longer - shorter) / 2, "p95DurationMs": longer, "isFlaky": true,
    });
    assert_eq!(statistics, expected);

    let (runs, statistics) = remembered(&admin, &steady).await;
    assert_eq!(each(&runs, "outcome"), ["OK"; 4]);
    // It did not wait for the other one.
    assert!(shortest(&runs) < shortest_wait, "{runs:#?}");
    assert_eq!((&statistics["isFlaky"], &statistics["successRate"]), (&json!(false), &json!(1.0)));

    let document = "query($id: ID!, $after: String) { node(id: $id) { ... on Server {
        failed: runs(first: 1, after: $after, where: { outcome: [FAILED] }) { nodes { outcome } totalCount pageInfo { hasNextPage endCursor } }
        oldest: runs(first: 1, orderBy: { field: RECORDED_AT }) { nodes { deployment { id } } } } } }";
    let first = admin.query(document, json!({ "id": flaky })).await["node"].take();
    assert_eq!(
        (&first["failed"]["totalCount"], &first["failed"]["pageInfo"]["hasNextPage"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(first["oldest"]["nodes"][0]["deployment"]["id"], deployments[3]);
    let after = &first["failed"]["pageInfo"]["endCursor"];
    let second = admin.query(document, json!({ "id": flaky, "after": after })).await["node"].take();
    assert_eq!(second["failed"]["nodes"], json!([{ "outcome": "FAILED" }]));
    assert_eq!(second["failed"]["pageInfo"]["hasNextPage"], false);
    // A preview does nothing, and counts as nothing.
    let playbook = admin.write_playbook(PLAYBOOK, json!([])).await;
    let input = json!({ "scriptId": playbook, "serverIds": [flaky] });
    let preview = admin.mutate("previewScript", input, "deployment { id }").await.done();
    admin.follow(preview["deployment"]["id"].as_str().unwrap()).await;
    assert_eq!(remembered(&admin, &flaky).await.1, expected);
}

/// Fails at once on what is named `early`, and takes a second elsewhere.
const PLAYBOOK: &str = "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: break early\n      ansible.builtin.command: /bin/false\n      when: inventory_hostname.startswith('early')\n    - name: take a second\n      ansible.builtin.command: sleep 1\n      changed_when: false\n";

async fn a_playbook_ends_on_each_host_by_itself(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (early, late) = (admin.another_local("early-01").await, admin.another_local("late-01").await);
    let script = admin.write_playbook(PLAYBOOK, json!([])).await;
    run_on(&admin, &script, &[&early, &late]).await;
    let [(early, _), (late, statistics)] = [remembered(&admin, &early).await, remembered(&admin, &late).await];
    assert_eq!((&early[0]["outcome"], &late[0]["outcome"]), (&json!("FAILED"), &json!("OK")));
    let ended = [&early[0]["finishedAt"], &late[0]["finishedAt"], &late[0]["recordedAt"]].map(time);
    assert!(ended[1] - ended[0] >= Duration::milliseconds(900) && ended[1] <= ended[2], "{ended:?}");
    assert!(late[0]["durationMs"].as_i64().unwrap() >= 1_000, "{late:#?}");
    assert_eq!(statistics["medianDurationMs"], late[0]["durationMs"]);
}

async fn what_began_nowhere_and_what_nobody_knows_is_told_apart(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (gone, other) = (admin.another_local("gone-01").await, admin.another_local("other-01").await);
    // Nothing listens at this port. Through the API its key would be forgotten.
    execute(&server.database().await, "UPDATE server SET ssh_port = 1 WHERE name = 'gone-01'").await;
    let script = admin.write_commands("echo began; sleep 600", json!([])).await;
    let deployment = run_on(&admin, &script, &[&gone, &other]).await;
    let hosts = admin.deployment(&deployment, "status hosts { name result }").await;
    let expected = json!([{ "name": "gone-01", "result": "UNREACHABLE" }, { "name": "other-01", "result": "NOT_RUN" }]);
    assert_eq!((&hosts["status"], &hosts["hosts"]), (&json!("FAILED"), &expected));
    let (runs, statistics) = remembered(&admin, &gone).await;
    assert_eq!((each(&runs, "outcome"), each(&runs, "durationMs")), (vec![&json!("UNREACHABLE")], vec![&Value::Null]));
    assert_eq!((&statistics["unreachable"], &statistics["successRate"]), (&json!(1), &json!(0.0)));
    let (runs, statistics) = remembered(&admin, &other).await;
    assert_eq!((each(&runs, "outcome"), each(&runs, "startedAt")), (vec![&json!("NOT_RUN")], vec![&Value::Null]));
    assert_eq!((&statistics["notRun"], &statistics["lastRunAt"]), (&json!(1), &Value::Null));

    let input = json!({ "scriptId": script, "serverIds": [other] });
    let begin = async || {
        let payload = admin.mutate("runScript", input.clone(), "deployment { id }").await.done();
        let deployment = payload["deployment"]["id"].as_str().unwrap().to_owned();
        admin.line(&deployment, "began").await;
        deployment
    };
    let lost = begin().await;
    kill_runner(&fs::read_dir(server.data().join("runs")).unwrap().next().unwrap().unwrap().path());
    assert_eq!(admin.end_of(&lost).await.0, "UNKNOWN");
    let cancelled = begin().await;
    admin.mutate("cancelDeployment", json!({ "id": cancelled }), "").await.done();
    assert_eq!(admin.end_of(&cancelled).await.0, "CANCELLED");
    let (runs, statistics) = remembered(&admin, &other).await;
    assert_eq!(each(&runs, "outcome"), ["CANCELLED", "UNKNOWN", "NOT_RUN"]);
    assert_eq!(runs[0]["finishedAt"], runs[0]["recordedAt"]);
    assert!(runs[1]["startedAt"].is_string() && runs[1]["finishedAt"].is_null(), "{runs:#?}");
    for (field, expected) in [("total", 3), ("unknown", 1), ("cancelled", 1), ("notRun", 1)] {
        assert_eq!(statistics[field], expected, "{field}");
    }
    // Nothing is known to have failed, and neither is said how long anything usually takes.
    assert_eq!((&statistics["successRate"], &statistics["medianDurationMs"]), (&Value::Null, &Value::Null));
    assert_eq!(statistics["lastRunAt"], runs[0]["recordedAt"]);
}

async fn archiving_takes_nothing_away(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let local = admin.server(LOCAL_SERVER).await;
    let script = admin.write_commands("echo one", json!([])).await;
    let deployment = run_on(&admin, &script, &[&local]).await;
    let before = remembered(&admin, &local).await;
    assert_eq!(before.0.len(), 1);
    let moved = archive_ended(&server.kernel().await, Duration::zero()).await.unwrap();
    assert!(moved > 0);
    assert!(admin.deployment(&deployment, "eventsArchivedAt").await["eventsArchivedAt"].is_string());
    assert_eq!(remembered(&admin, &local).await, before);
    // Nor does it need the archive.
    execute(&server.database().await, "DELETE FROM deployment_event_archive").await;
    assert_eq!(remembered(&admin, &local).await, before);
}

async fn what_ran_before_is_remembered_as_well(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let (flaky, local) = (admin.another_local("flaky-01").await, admin.server(LOCAL_SERVER).await);
    let alternates = admin.write_commands(ALTERNATES, json!([])).await;
    for _ in 0..2 {
        run_on(&admin, &alternates, &[&flaky, &local]).await;
    }
    archive_ended(&server.kernel().await, Duration::zero()).await.unwrap();
    run_on(&admin, &alternates, &[&flaky, &local]).await;
    // Refused: it needs root.
    run_on(&admin, &admin.script("Nginx").await, &[&local]).await;
    let (expected_flaky, expected_local) = (remembered(&admin, &flaky).await.0, remembered(&admin, &local).await.0);
    // As it was before anything was remembered.
    server.stop();
    let db = server.database().await;
    for statement in [
        "DROP TABLE server_run",
        "ALTER TABLE deployment_host DROP COLUMN started_at",
        "ALTER TABLE deployment_host DROP COLUMN finished_at",
        "UPDATE deployment_host SET result = 'failed' WHERE result = 'not_run'",
        "DELETE FROM seaql_migrations WHERE version = 'm0023_server_runs'",
    ] {
        execute(&db, statement).await;
    }
    db.close().await.unwrap();
    server.restart().await;
    let admin = server.sign_in("admin").await;
    let facts = |runs: &[Value], knows: &dyn Fn(usize) -> bool| -> Vec<Value> {
        let fact = |(index, run): (usize, &Value)| {
            let mut run = run.clone();
            run["id"].take();
            if !knows(index) {
                ["startedAt", "finishedAt", "durationMs"].iter().for_each(|field| run[*field] = Value::Null);
            }
            run
        };
        runs.iter().enumerate().map(fact).collect()
    };
    // To be rounded is not to be wrong.
    let assert_same = |now: Vec<Value>, expected: Vec<Value>| {
        assert_eq!(now.len(), expected.len());
        for (mut now, mut expected) in now.into_iter().zip(expected) {
            let [one, other] = [&mut now, &mut expected].map(|run| run["durationMs"].take().as_i64());
            assert!(one.unwrap_or(-1).abs_diff(other.unwrap_or(-1)) <= 2, "{one:?} and {other:?}");
            assert_eq!(now, expected);
        }
    };
    // When what is archived ran on each host is not known.
    let now = remembered(&admin, &flaky).await.0;
    assert_same(facts(&now, &|_| true), facts(&expected_flaky, &|index| index == 0));
    assert_eq!(each(&now, "outcome"), ["OK", "FAILED", "OK"]);
    let now = remembered(&admin, &local).await.0;
    assert_same(facts(&now, &|_| true), facts(&expected_local, &|index| index <= 1));
    assert_eq!(each(&now, "outcome"), ["NOT_RUN", "OK", "OK", "OK"]);
}

/// Puts rows beside those that a run left.
struct Rows {
    db: DatabaseConnection,
    run: deployment_run::Model,
    server: ServerId,
    now: DateTime<Utc>,
}

impl Rows {
    async fn add(
        &self,
        days_ago: i64,
        outcome: HostResult,
        duration_ms: Option<i64>,
        revision: Option<ScriptRevisionId>,
    ) {
        let deployment = deployment_run::Model { id: DeploymentId(Uuid::now_v7()), ..self.run.clone() };
        let deployment_id = deployment.id;
        deployment.into_active_model().reset_all().insert(&self.db).await.unwrap();
        let recorded_at = self.now - Duration::days(days_ago);
        let row = server_run::Model {
            tenant_id: self.run.tenant_id,
            id: ServerRunId(Uuid::now_v7()),
            server_id: self.server,
            project_id: self.run.project_id,
            deployment_id,
            script_id: self.run.script_id,
            script_revision_id: revision.unwrap_or(self.run.script_revision_id),
            outcome,
            started_at: duration_ms.map(|duration| recorded_at - Duration::milliseconds(duration)),
            finished_at: duration_ms.map(|_| recorded_at),
            duration_ms,
            recorded_at,
        };
        row.into_active_model().reset_all().insert(&self.db).await.unwrap();
    }
}

fn server_id(global: &str) -> ServerId {
    ServerId(*GlobalId::decode(global).unwrap().keys.last().unwrap())
}

async fn statistics_are_of_the_rows_that_there_are(backend: Backend) {
    use HostResult::{Cancelled, Failed, NotRun, Ok, Unknown, Unreachable};
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let names = ["counted", "mended", "turning", "two-scripts"];
    let mut servers = Vec::new();
    for name in names {
        servers.push(admin.another_local(name).await);
    }
    let script = admin.write_commands("true", json!([])).await;
    let local = admin.server(LOCAL_SERVER).await;
    run_on(&admin, &script, &[&local]).await;
    let change = json!({ "id": script, "baseRevision": 1, "content": "true # again" });
    admin.mutate("updateScript", change, "").await.done();
    run_on(&admin, &script, &[&local]).await;
    let db = server.database().await;
    let runs = deployment_run::Entity::find().all(&db).await.unwrap();
    let other =
        runs.iter().find(|run| run.script_revision_id != runs[0].script_revision_id).unwrap().script_revision_id;
    let now = DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap() - Duration::hours(1);
    let rows = |server: usize| Rows { db: db.clone(), run: runs[0].clone(), server: server_id(&servers[server]), now };

    let counted = rows(0);
    // In another order than theirs.
    for number in [7, 3, 20, 1, 14, 9, 11, 2, 18, 6, 16, 4, 13, 8, 19, 10, 5, 17, 12, 15] {
        counted.add(40, Ok, Some(number * 100), None).await;
    }
    counted.add(30, Ok, None, None).await;
    for (days_ago, outcome) in
        [(29, Failed), (28, Failed), (27, Unreachable), (26, Unknown), (25, Unknown), (24, Cancelled)]
    {
        counted.add(days_ago, outcome, Some(9_999_999), None).await;
    }
    counted.add(23, NotRun, None, None).await;
    counted.add(100, Ok, Some(60_000), None).await;
    // Last year they took turns; the last ten say that it was mended.
    let mended = rows(1);
    for days_ago in 41..50 {
        mended.add(days_ago, if days_ago % 2 == 0 { Ok } else { Failed }, None, None).await;
    }
    mended.add(40, Failed, None, None).await;
    for days_ago in 31..40 {
        mended.add(days_ago, Ok, None, None).await;
    }
    // What nobody knows tells nothing, and leaves no room for less.
    let turning = rows(2);
    for (days_ago, outcome) in [(40, Ok), (39, Failed), (38, Ok), (37, Ok)] {
        turning.add(days_ago, outcome, None, None).await;
    }
    for days_ago in 1..20 {
        turning.add(days_ago, if days_ago % 2 == 0 { Unknown } else { Cancelled }, None, None).await;
    }
    let two = rows(3);
    for days_ago in 1..9 {
        let is_one = days_ago % 2 == 0;
        two.add(days_ago, if is_one { Ok } else { Failed }, None, is_one.then_some(other)).await;
    }

    let (_, statistics) = remembered(&admin, &servers[0]).await;
    let at = |days_ago| json!(now - Duration::days(days_ago));
    let told = |value: &Value| json!(time(value));
    assert_eq!((told(&statistics["lastSuccessAt"]), told(&statistics["lastRunAt"])), (at(30), at(24)));
    let mut rest = statistics.clone();
    ["lastSuccessAt", "lastRunAt"].iter().for_each(|field| rest[*field] = Value::Null);
    let expected = json!({
        "days": 90, "total": 28, "succeeded": 21, "failed": 2, "unreachable": 1, "unknown": 2, "cancelled": 1, "notRun": 1,
        "successRate": 0.875, "lastSuccessAt": null, "lastRunAt": null, "medianDurationMs": 1_050, "p95DurationMs": 1_900,
        "isFlaky": false,
    });
    assert_eq!(rest, expected);
    let document = "query($id: ID!, $days: Int!) { node(id: $id) { ... on Server { runStatistics(days: $days) { days total p95DurationMs medianDurationMs } } } }";
    let of = async |days: i64| admin.send(document, json!({ "id": servers[0], "days": days })).await;
    let year = of(365).await.body["data"]["node"]["runStatistics"].clone();
    assert_eq!(year, json!({ "days": 365, "total": 29, "p95DurationMs": 2_000, "medianDurationMs": 1_100 }));
    let week = of(7).await.body["data"]["node"]["runStatistics"].clone();
    assert_eq!(week, json!({ "days": 7, "total": 0, "p95DurationMs": null, "medianDurationMs": null }));
    for days in [0, -1, 3_651] {
        assert_eq!(of(days).await.code().as_deref(), Some("BAD_REQUEST"), "{days}");
    }
    let flaky = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Server { runStatistics { isFlaky } lately: runStatistics(days: 38) { isFlaky } } } }";
    let flaky = admin.query(flaky, json!({ "ids": servers })).await;
    let flags = |field: &str| {
        flaky["nodes"].as_array().unwrap().iter().map(|node| node[field]["isFlaky"] == true).collect::<Vec<_>>()
    };
    assert_eq!(flags("runStatistics"), [false, false, true, false]);
    assert_eq!(flags("lately"), [false; 4]);
}

async fn who_does_not_see_a_server_sees_nothing_of_its_runs(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let local = admin.another_local(&unique("seen")).await;
    let script = admin.write_commands("true", json!([])).await;
    let deployment = run_on(&admin, &script, &[&local]).await;
    let run = remembered(&admin, &local).await.0[0]["id"].clone();
    let look = async |client: &Client| {
        let document = format!(
            "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Server {{ runs(first: 5) {{ totalCount }} runStatistics {{ total }} }}
               ... on ServerRun {{ {RUN} }} }} servers(first: 100) {{ nodes {{ runs(first: 5) {{ nodes {{ id deployment {{ id }} }} }} }} }} }}"
        );
        client.query(&document, json!({ "ids": [local, run] })).await
    };
    let seen = look(&server.sign_in("tech_agent").await).await;
    assert_eq!(seen["nodes"][0], json!({ "runs": { "totalCount": 1 }, "runStatistics": { "total": 1 } }));
    assert_eq!(
        (&seen["nodes"][1]["deployment"]["id"], &seen["nodes"][1]["script"]["id"]),
        (&json!(deployment), &json!(script))
    );
    for login in ["sohila", "admin@acme.example.com", "admin@techstart.com"] {
        let hidden = look(&server.sign_in(login).await).await;
        assert_eq!(hidden["nodes"], json!([null, null]), "{login}");
        assert!(!hidden.to_string().contains(run.as_str().unwrap()), "{login}");
        assert!(!hidden.to_string().contains(&deployment), "{login}");
    }
}

#[test]
fn many_servers_take_as_many_queries_as_one() {
    crate::support::run(async {
        let proxy = Proxy::to(&fresh(Backend::Postgres).await.unwrap()).await;
        let server = Server::start(Options { database: Some(proxy.url.clone()), ..Options::default() }).await;
        let admin = server.sign_in("admin").await;
        let script = admin.write_commands("true", json!([])).await;
        run_on(&admin, &script, &[&admin.server(LOCAL_SERVER).await]).await;
        // The least of several times: other things go on as well.
        let asked = async |count: usize| {
            let document =
                format!("{{ servers(first: {count}) {{ nodes {{ id runStatistics {{ total isFlaky }} }} }} }}");
            let mut least = usize::MAX;
            for _ in 0..20 {
                let before = proxy.asked();
                let servers = admin.query(&document, Value::Null).await;
                least = least.min(proxy.asked() - before);
                assert_eq!(servers["servers"]["nodes"].as_array().unwrap().len(), count);
            }
            least
        };
        let (one, many) = (asked(1).await, asked(16).await);
        println!("{one} messages to the database for one server, {many} for sixteen");
        assert!(one > 0 && many <= one + 2, "{one} for one, {many} for sixteen");
    });
}
