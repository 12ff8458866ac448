//! Which line of the matrix each row of the database belongs to.

use super::seed::{SECRET, lines_of_account};
use super::world::{Label, Row, World, canary, global};
use rookery_api::audit::store::audit_event;
use rookery_api::deployment::store::server_runs::server_run;
use rookery_api::deployment::store::{
    deployment_diff, deployment_event, deployment_host, deployment_receipt, deployment_run,
};
use rookery_api::fleet::store::{project, project_access, script, script_revision, server, server_label};
use rookery_api::identity::store::access_tokens::access_token;
use rookery_api::identity::store::trusted_documents::{access_token_document, trusted_document};
use rookery_api::identity::store::{session, user};
use rookery_api::inventory::store::{device, site};
use rookery_api::notify::store::notification;
use rookery_api::platform::ids::{Key as _, UserId};
use rookery_api::platform::scope::{Resource, Visible};
use rookery_api::provisioning::store::server_request;
use rookery_api::tenancy::store::{membership, tenant};
use sea_orm::EntityTrait;
use std::collections::HashMap;
use uuid::Uuid;

/// A table whose rows are on lines of the matrix.
pub trait Labelled: Visible {
    fn label(world: &World, row: &<Self as EntityTrait>::Model) -> Label;
}

macro_rules! labelled {
    ($($table:ident($world:ident, $row:ident) = $label:expr;)+) => {$(
        impl Labelled for $table::Entity {
            fn label($world: &World, $row: &$table::Model) -> Label {
                $label
            }
        }
    )+};
}

labelled! {
    tenant(world, row) = world.of_tenant("Tenant", row.id);
    membership(world, row) = Label { owner: Some(row.user_id), ..world.of_tenant("Membership", row.tenant_id) };
    site(world, row) = world.of_tenant("Site", row.tenant_id);
    device(world, row) = world.of_tenant("Device", row.tenant_id);
    project(world, row) = world.of_tenant("Project", row.tenant_id);
    server(world, row) = world.of_tenant("Server", row.tenant_id);
    server_label(world, row) = world.of_tenant("Server", row.tenant_id);
    deployment_run(world, row) = world.of_tenant("Deployment", row.tenant_id);
    deployment_host(world, row) = world.of_tenant("Deployment", row.tenant_id);
    deployment_event(world, row) = world.of_tenant("Deployment", row.tenant_id);
    deployment_diff(world, row) = world.of_tenant("Deployment", row.tenant_id);
    deployment_receipt(world, row) = world.of_tenant("Deployment", row.tenant_id);
    server_run(world, row) = world.of_tenant("Deployment", row.tenant_id);
    server_request(world, row) = world.rows[&id_of::<server_request::Entity>(row)].label.clone();
    user(world, row) = Label::owned(lines_of_account(column_of(world, row.id)).0, row.id);
    session(_world, row) = Label::owned("Session", row.user_id);
    access_token(_world, row) = Label::owned("Access token", row.user_id);
    trusted_document(world, row) = Label::owned("Access token", world.documents[&row.sha256]);
    access_token_document(world, row) = Label::owned("Access token", world.documents[&row.sha256]);
    script(_world, _row) = Label::of("Script");
    script_revision(_world, _row) = Label::of("Script");
    project_access(_world, row) = Label::owned("Access to a project", row.user_id);
    notification(_world, row) = Label::owned("Notification", row.user_id);
    audit_event(_world, _row) = Label::of("Audit trail");
}

fn column_of(world: &World, user: UserId) -> &str {
    let person = world.people.iter().find(|person| person.user == Some(user)).expect("somebody of the world");
    world.name(person)
}

fn id_of<E: Resource>(row: &E::Model) -> String {
    global(E::NAME, &E::key(row).parts())
}

/// Notes every row that there is, and every canary.
pub async fn register(world: &mut World, requests: &HashMap<Uuid, String>, notifications: &HashMap<Uuid, UserId>) {
    for row in world.system().reader().find::<server_request::Entity>().all().await.unwrap() {
        let label = Label::of(requests[&row.id.0].as_str());
        note(world, id_of::<server_request::Entity>(&row), "ServerRequest", label);
    }
    note_all::<tenant::Entity>(world).await;
    note_all::<site::Entity>(world).await;
    note_all::<device::Entity>(world).await;
    note_all::<project::Entity>(world).await;
    note_all::<server::Entity>(world).await;
    note_all::<deployment_run::Entity>(world).await;
    note_all::<server_run::Entity>(world).await;
    note_all::<script::Entity>(world).await;
    note_all::<script_revision::Entity>(world).await;
    note_all::<user::Entity>(world).await;
    note_all::<access_token::Entity>(world).await;
    note_all::<notification::Entity>(world).await;
    let mut labels: Vec<Label> = world.rows.values().map(|row| row.label.clone()).collect();
    labels.extend(notifications.values().map(|owner| Label::owned("Notification", *owner)));
    labels.extend(world.people.iter().filter_map(|person| {
        let address = lines_of_account(world.name(person)).1;
        Some(Label::owned(address, person.user?))
    }));
    labels.extend(["Script's text", SECRET].map(Label::of));
    for label in labels {
        // Names of accounts bear a canary that is the same for all of a line.
        let label = if label.class.starts_with("Account") { Label::of(label.class) } else { label };
        let word = canary(&label).replace(super::world::CANARY, "");
        world.canaries.insert(word, label);
    }
}

async fn note_all<E>(world: &mut World)
where
    E: Labelled + Resource,
    E::Model: Send + Sync,
{
    for row in world.system().reader().find::<E>().all().await.unwrap() {
        let label = E::label(world, &row);
        note(world, id_of::<E>(&row), E::NAME, label);
    }
}

fn note(world: &mut World, id: String, type_name: &str, label: Label) {
    world.rows.insert(id, Row { type_name: type_name.to_owned(), label });
}
