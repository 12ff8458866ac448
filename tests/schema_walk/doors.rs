//! The doors to the data themselves, without the API before them: every scope, for everybody, shows exactly the rows of
//! the matrix, also those of tables that the API reaches only through others; and what only the server does is refused.

use super::register::Labelled;
use super::walk::Findings;
use super::world::{Label, Person, World};
use rookery_api::audit::store::audit_event;
use rookery_api::deployment::policy::RecordRun;
use rookery_api::deployment::store::server_runs::server_run;
use rookery_api::deployment::store::{
    deployment_diff, deployment_event, deployment_host, deployment_receipt, deployment_run,
};
use rookery_api::fleet::policy::PinHostKey;
use rookery_api::fleet::store::{project, project_access, script, script_revision, server, server_label};
use rookery_api::identity::policy::{KeepSigningKeys, NoteAccessTokenUse, OpenSession};
use rookery_api::identity::store::access_tokens::access_token;
use rookery_api::identity::store::trusted_documents::{access_token_document, trusted_document};
use rookery_api::identity::store::{session, user};
use rookery_api::inventory::store::{device, site};
use rookery_api::notify::store::notification;
use rookery_api::platform::error::AppError;
use rookery_api::platform::ids::Key;
use rookery_api::platform::scope::Resource;
use rookery_api::platform::viewer::Viewer;
use rookery_api::provisioning::store::server_request;
use rookery_api::tenancy::store::{membership, tenant};
use rookery_api::usage::policy::RecordUsage;
use rookery_api::usage::store::field_usage;
use std::collections::BTreeSet;
use std::fmt::Debug;

pub async fn walk(world: &World, findings: &mut Findings) {
    for person in &world.people {
        let viewer = match person.user {
            None => Viewer::anonymous(&world.kernel),
            Some(user) => match Viewer::on_behalf_of(&world.kernel, user).await {
                Ok(viewer) => viewer,
                Err(_) if !world.is_in(person) => continue,
                Err(error) => panic!("{error:?}"),
            },
        };
        if world.name(person) == "susp" {
            findings.add("a suspended person can still act");
        }
        scopes(world, person, &viewer, findings).await;
        if person.user.is_some() {
            refusals(world, person, &viewer, findings).await;
        }
    }
}

async fn scopes(world: &World, person: &Person, viewer: &Viewer, findings: &mut Findings) {
    macro_rules! each {
        ($($table:ident),+) => { $(scope::<$table::Entity>(world, person, viewer, findings).await;)+ };
    }
    each!(tenant, membership, site, device, project, server, project_access, script, script_revision, server_request);
    each!(
        deployment_run,
        deployment_host,
        deployment_event,
        deployment_receipt,
        deployment_diff,
        server_run,
        user,
        session,
        notification,
        audit_event
    );
    each!(access_token, access_token_document, trusted_document, server_label);
    // What the walk itself uses is counted meanwhile, so that no two looks see the same.
    let sees_usage = viewer.reader().find::<field_usage::Entity>().count().await.unwrap() > 0;
    if sees_usage != world.sees(person, &Label::of("API usage")) {
        findings.add(format!("LEAK: the scope of field_usage × {}: {sees_usage}", world.name(person)));
    }
}

async fn scope<E>(world: &World, person: &Person, viewer: &Viewer, findings: &mut Findings)
where
    E: Labelled,
    E::Model: Debug + Send + Sync,
{
    let table = E::default().table_name().to_owned();
    let all = world.system().reader().find::<E>().all().await.unwrap();
    assert!(!all.is_empty(), "there is no {table}");
    let expected: BTreeSet<String> =
        all.iter().filter(|row| world.sees(person, &E::label(world, row))).map(|row| format!("{row:?}")).collect();
    let seen = viewer.reader().find::<E>().all().await.unwrap();
    let seen: BTreeSet<String> = seen.iter().map(|row| format!("{row:?}")).collect();
    for row in seen.difference(&expected) {
        findings.add(format!("LEAK: the scope of {table} shows {} {row}", world.name(person)));
    }
    for row in expected.difference(&seen) {
        findings.add(format!("the scope of {table} hides from {} {row}", world.name(person)));
    }
}

/// What no field of the API offers to anybody.
async fn refusals(world: &World, person: &Person, viewer: &Viewer, findings: &mut Findings) {
    let who = world.name(person);
    let tx = viewer.begin().await.unwrap();
    let own = person.user.unwrap();
    let deployment = key::<deployment_run::Entity>(world.id("running deployment"));
    let server = key::<server::Entity>(world.id("server"));
    let mut refused = |what: &str, done: bool| {
        if done {
            findings.add(format!("{who} is granted {what}"));
        }
    };
    refused("signing_key.keep", tx.grant_root::<KeepSigningKeys>().is_ok());
    refused("session.open", tx.grant::<OpenSession>(own).await.is_ok());
    let token = key::<access_token::Entity>(world.token_of(person));
    refused("access_token.note_use", tx.grant::<NoteAccessTokenUse>(token).await.is_ok());
    refused("deployment.record", tx.grant::<RecordRun>(deployment).await.is_ok());
    refused("usage.record", tx.grant_root::<RecordUsage>().is_ok());
    let pins = ["techW", "techA", "mgr", "admin"].contains(&who);
    match tx.grant::<PinHostKey>(server).await {
        Ok(_) if pins => {}
        Err(AppError::NotFound | AppError::Forbidden(_)) if !pins => {}
        Ok(_) => findings.add(format!("{who} is granted server.pin_host_key")),
        Err(error) => findings.add(format!("{who} is refused server.pin_host_key: {error:?}")),
    }
}

fn key<E: Resource>(id: &str) -> E::Key {
    E::Key::parse(E::NAME, id).unwrap_or_else(|_| panic!("{id} names no {}", E::NAME))
}
