//! Every mutation, by everybody: who may, does; who may not, is told the same whatever it is about, and changes nothing.

use super::matrix::Mutation;
use super::reading::GUARD;
use super::sdl::Sdl;
use super::snapshot::{Snapshots, difference};
use super::walk::{Checker, Findings};
use super::world::{Person, World};
use crate::support::client::Answer;
use serde_json::{Value, json};

/// What a case is tried with. `who` makes names unique.
pub fn input(world: &World, case: &Mutation, who: &str) -> Value {
    let id = |what: &str| world.id(what);
    let unique = format!("walked-{}-{}", who.replace('-', "0").to_lowercase(), case.field().to_lowercase());
    match case.case.as_str() {
        "createUser" => {
            json!({ "name": unique, "email": format!("{unique}@example.com"), "password": "a long password" })
        }
        "updateUser" => json!({ "id": id("user"), "name": unique }),
        "createAccessToken" => json!({ "name": unique }),
        "revokeAccessToken" => json!({ "id": id("access token") }),
        "revokeAccessToken: own" => {
            let person = world.person(who);
            json!({ "id": person.user.map_or(id("access token"), |_| world.token_of(person)) })
        }
        "createTenant" => json!({ "name": unique, "slug": unique, "type": "TRIAL" }),
        "updateTenant" => json!({ "id": id("tenant A"), "name": unique }),
        "updateTenant: type" => json!({ "id": id("tenant A"), "type": "STANDARD" }),
        "createSite" => json!({ "tenantId": id("tenant A"), "name": unique, "timezone": "Europe/Vienna" }),
        "updateSite" => json!({ "id": id("site"), "address": unique }),
        "updateTenant: of B" => json!({ "id": id("tenant B"), "name": unique }),
        "updateSite: of B" => json!({ "id": id("site B"), "address": unique }),
        "createDevice" => {
            json!({ "siteId": id("site"), "name": unique, "serialNumber": unique, "type": "METER", "status": "ONLINE" })
        }
        "updateDevice" => json!({ "id": id("device"), "name": unique }),
        "updateDevice: to a site of B" => json!({ "id": id("device"), "siteId": id("site B") }),
        "createProject" => json!({ "tenantId": id("tenant A"), "name": unique }),
        "updateProject" => json!({ "id": id("project"), "description": unique }),
        "updateProjectSsh" => json!({ "projectId": id("project"), "port": 22 }),
        "grantProjectAccess" => json!({ "projectId": id("project"), "userId": id("staff"), "level": "READ" }),
        "revokeProjectAccess" => json!({ "projectId": id("project"), "userId": id("staff") }),
        "registerServer" => json!({ "projectId": id("project"), "name": unique, "address": "127.0.77.2" }),
        "updateServer" => json!({ "id": id("server"), "type": "cx21" }),
        "testProjectConnection" => json!({ "projectId": id("project"), "serverId": id("server") }),
        "createScript" => json!({ "name": unique, "kind": "SSH", "content": "true" }),
        "updateScript" => json!({ "id": id("script"), "baseRevision": 1, "description": unique }),
        "createServerRequest" => super::ids::request_form(world, &unique),
        "updateServerRequest" => json!({ "id": id("request of admin"), "applicationType": unique }),
        "cancelServerRequest" => json!({ "id": id("request of admin to cancel") }),
        "cancelServerRequest: own" => json!({ "id": id("request of salesR to cancel") }),
        "approveServerRequest" => json!({ "id": id("request of salesR"), "planDigest": id("digest") }),
        "approveServerRequest: own" => json!({ "id": id("request of admin"), "planDigest": id("digest") }),
        "rejectServerRequest" => json!({ "id": id("request of salesR to reject"), "reason": unique }),
        "rejectServerRequest: own" => json!({ "id": id("request of admin"), "reason": unique }),
        "previewServerRequest" => {
            json!({ "id": world.named.get(format!("to preview for {who}").as_str()).map_or(id("to preview"), |id| id) })
        }
        "deployServerRequest" => {
            json!({ "id": world.named.get(format!("approved for {who}").as_str()).map_or(id("approved"), |id| id) })
        }
        "runScript" => json!({ "scriptId": id("script"), "serverIds": [id("server")] }),
        "previewScript" => json!({ "scriptId": id("playbook"), "serverIds": [id("server")] }),
        "rerunDeployment" => {
            let id = world.named.get(format!("ended for {who}").as_str()).map_or(id("ended"), |id| id);
            json!({ "deploymentId": id, "hosts": "ALL", "knownReruns": 0 })
        }
        "rescheduleDeployment" => {
            let id = world
                .named
                .get(format!("to reschedule for {who}").as_str())
                .map_or(id("deployment to reschedule"), |id| id);
            json!({ "id": id, "runAt": chrono::Utc::now() + chrono::Duration::days(9) })
        }
        "setMaintenanceWindows" => json!({ "projectId": id("project"), "windows": [
            { "days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], "opensAt": "00:00", "minutes": 1440,
              "timeZone": "UTC" },
        ] }),
        "pauseDeployment" => {
            let id = world.named.get(format!("to pause for {who}").as_str()).map_or(id("deployment to pause"), |id| id);
            json!({ "id": id })
        }
        "resumeDeployment" => {
            let id =
                world.named.get(format!("to resume for {who}").as_str()).map_or(id("deployment to resume"), |id| id);
            json!({ "id": id })
        }
        "cancelDeployment" => json!({ "id": id("running deployment") }),
        "markNotificationsRead" => json!({ "ids": [] }),
        "signOut" => json!({}),
        other => panic!("the walk has no input for {other}"),
    }
}

/// As [`input`], but naming nothing and saying nothing: a guard refuses before it looks.
fn nonsense(sdl: &Sdl, field: &str, mut input: Value) -> Value {
    let of = &sdl.inputs[&sdl.field("Mutation", field).arguments[0].of.name];
    for argument in of {
        if let Some(value) = input.get_mut(&argument.name) {
            match (argument.of.name.as_str(), argument.of.is_list) {
                ("ID", true) => *value = json!(["nonsense"]),
                ("ID", false) => *value = json!("nonsense"),
                ("String", _) => *value = json!(""),
                _ => {}
            }
        }
    }
    input
}

/// Sends a mutation, asking for all of its payload that the sender may see.
pub async fn send(world: &World, sdl: &Sdl, person: &Person, field: &str, input: &Value) -> Answer {
    send_for(world, sdl, person, field, input, 1).await
}

/// As [`send`], following links to objects so many times.
pub async fn send_for(world: &World, sdl: &Sdl, person: &Person, field: &str, input: &Value, depth: u32) -> Answer {
    let of = sdl.field("Mutation", field);
    let asked = |owner: &str, field: &str| {
        let permission = world.matrix.rule(owner, field).permission();
        permission.is_none_or(|permission| world.matrix.may(permission, person.column))
    };
    let payload = sdl.selection(&of.of.name, depth, &asked);
    let taken = &of.arguments[0].of.name;
    let document = format!("mutation($input: {taken}!) {{ {field}(input: $input) {{ {payload} }} }}");
    person.client.send(&document, json!({ "input": input })).await
}

/// What became of it, in the words of the matrix.
pub fn outcome(field: &str, answer: &Answer) -> String {
    if let Some(code) = answer.code() {
        let is_guard = answer.body["errors"][0]["message"] == GUARD;
        return match code.as_str() {
            "UNAUTHENTICATED" => "out",
            "FORBIDDEN" if is_guard => "role",
            "FORBIDDEN" => "no",
            "NOT_FOUND" => "absent",
            other => other,
        }
        .to_owned();
    }
    match answer.body["data"][field]["userErrors"][0]["code"].as_str() {
        None => "done".to_owned(),
        Some("SELF_APPROVAL") => "self".to_owned(),
        Some(code) => code.to_owned(),
    }
}

/// What is refused: with the code of the matrix, without a trace.
pub async fn refused(world: &World, sdl: &Sdl, snapshots: &Snapshots, findings: &mut Findings) {
    let mut before = snapshots.take().await;
    for person in &world.people {
        let checker = Checker { world, sdl, person, with_new_rows: false };
        let who = world.name(person);
        for case in world.matrix.mutations.iter().filter(|case| case.cell(person.column) != "done") {
            let (expected, field) = (case.cell(person.column), case.field());
            let whole = input(world, case, who);
            let mut tried = vec![whole.clone()];
            if ["role", "out"].contains(&expected) {
                tried.push(nonsense(sdl, field, whole));
            }
            for input in tried {
                let answer = send_for(world, sdl, person, field, &input, 0).await;
                let what = format!("Mutation.{}", case.case);
                checker.text(&what, &answer.body.to_string(), findings);
                checker.object("Mutation", &answer.body["data"], &what, findings);
                if outcome(field, &answer) != expected {
                    findings.add(format!("{what} × {who}: not `{expected}` with {input}: {}", answer.body));
                }
            }
        }
        let after = snapshots.take().await;
        let changed = difference(&before, &after);
        if !changed.is_empty() {
            findings.add(format!("{who} was refused everything, and yet changed {changed:?}"));
        }
        before = after;
    }
}

/// What is done, by everybody who may.
pub async fn done(world: &World, sdl: &Sdl, findings: &mut Findings) {
    // Signing out comes last, and before anything that changes a plan comes what was approved.
    let rank = |case: &&Mutation| match case.field() {
        "deployServerRequest" => 0,
        "signOut" => 2,
        _ => 1,
    };
    let mut cases: Vec<&Mutation> = world.matrix.mutations.iter().collect();
    cases.sort_by_key(rank);
    for case in cases {
        for person in world.people.iter().filter(|person| case.cell(person.column) == "done") {
            let checker = Checker { world, sdl, person, with_new_rows: true };
            let answer = send(world, sdl, person, case.field(), &input(world, case, world.name(person))).await;
            let what = format!("Mutation.{}", case.case);
            checker.text(&what, &answer.body.to_string(), findings);
            checker.object("Mutation", &answer.body["data"], &what, findings);
            if outcome(case.field(), &answer) != "done" {
                findings.add(format!("{what} × {}: not done: {}", world.name(person), answer.body));
            }
            if case.field() == "signOut" {
                let after = person.client.send("{ viewer { level } }", Value::Null).await;
                if after.code().as_deref() != Some("UNAUTHENTICATED") {
                    findings.add(format!("{} is signed out, and still there: {}", world.name(person), after.body));
                }
            }
        }
    }
}

/// Signing in: for accounts in use, by the right password; otherwise nothing tells one reason from another.
pub async fn sign_in(world: &World, sdl: &Sdl, findings: &mut Findings) {
    let sign_in = async |login: &str, password: &str| {
        let input = json!({ "login": login, "password": password });
        send(world, sdl, world.person("nobody"), "signIn", &input).await
    };
    let (owner, suspended) = (super::seed::login(world, "ownA"), super::seed::login(world, "susp"));
    let answer = sign_in(&owner, super::seed::PASSWORD).await;
    let checker = Checker { world, sdl, person: world.person("ownA"), with_new_rows: false };
    checker.text("Mutation.signIn", &answer.body.to_string(), findings);
    checker.object("Mutation", &answer.body["data"], "Mutation", findings);
    if outcome("signIn", &answer) != "done" {
        findings.add(format!("signIn: {}", answer.body));
    }
    let unknown = sign_in("nobody@example.com", super::seed::PASSWORD).await;
    checker.object("Mutation", &unknown.body["data"], "Mutation", findings);
    for (login, password) in [(suspended.as_str(), super::seed::PASSWORD), (owner.as_str(), "a wrong password")] {
        let answer = sign_in(login, password).await;
        if answer.comparable() != unknown.comparable() || outcome("signIn", &answer) != "WRONG_CREDENTIALS" {
            findings.add(format!("signIn as {login}: {}", answer.body));
        }
    }
}
