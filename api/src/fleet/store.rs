//! The queries of the fleet.

mod labels;
mod scripts;

pub use self::labels::{known_labels, labelled, labels_of};
pub use self::scripts::{
    current_revision, declared, files_of, insert_revision, insert_script, numbered_revisions, revisions_of,
    update_script,
};
use super::create_project::NewProject;
use super::policy::{
    CreateProject, GrantProjectAccess, PinHostKey, Reach, RegisterServer, SetMaintenanceWindows, TestProjectConnection,
    UpdateProject, UpdateProjectSsh, UpdateServer, reach,
};
use super::register_server::NewServer;
use super::update_project::ProjectChange;
use super::update_server::ServerChange;
use super::windows::Window;
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult, taken};
use crate::platform::granted::{Granted, Proof, Tx};
use crate::platform::ids::{ProjectId, ServerId, TenantId, UserId};
use crate::platform::scope::{Reader, Visible, everything, nothing};
use crate::resource;
pub use rookery_entity::fleet::{
    AccessLevel, ConnectionTestStatus, ScriptKind, ServerDeploymentStatus, ServerStatus, project, project_access,
    script, script_revision, server, server_label,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, Condition, EntityTrait as _, Order, QueryFilter as _,
};

resource!(project as "Project", tenant: ProjectId);
resource!(server as "Server", tenant: ServerId);

/// Rows whose project `authority` reaches, given their columns of tenant and project.
pub fn within_reach<C: ColumnTrait>(authority: &Authority, tenant: C, project: C) -> Condition {
    match reach(authority) {
        Reach::Everything => everything(),
        Reach::Projects(projects) => {
            let tenants = authority.projects.iter().map(|(tenant, _, _)| *tenant);
            Condition::all().add(tenant.is_in(tenants)).add(project.is_in(projects))
        }
        Reach::Tenants(tenants) => Condition::all().add(tenant.is_in(tenants)),
    }
}

impl Visible for project::Entity {
    fn visible(authority: &Authority) -> Condition {
        within_reach(authority, project::Column::TenantId, project::Column::Id)
    }
}

impl Visible for server::Entity {
    fn visible(authority: &Authority) -> Condition {
        within_reach(authority, server::Column::TenantId, server::Column::ProjectId)
    }
}

impl Visible for project_access::Entity {
    /// One's own; for administrators all. What was granted to somebody who has become a client counts no more.
    fn visible(authority: &Authority) -> Condition {
        if authority.is_admin() {
            return everything();
        }
        if !authority.is_staff() {
            return nothing();
        }
        Condition::all().add(project_access::Column::UserId.eq(authority.user))
    }
}

/// The servers of a project, by name.
///
/// # Errors
/// INTERNAL.
pub async fn servers_of(reader: &Reader<'_>, tenant: TenantId, project: ProjectId) -> AppResult<Vec<server::Model>> {
    reader
        .find::<server::Entity>()
        .filter(in_project((tenant, project)))
        .order_by(server::Column::Name, Order::Asc)
        .all()
        .await
}

/// The servers of one project.
#[must_use]
pub fn in_project((tenant, project): (TenantId, ProjectId)) -> Condition {
    Condition::all().add(server::Column::TenantId.eq(tenant)).add(server::Column::ProjectId.eq(project))
}

/// The servers of projects.
///
/// # Errors
/// INTERNAL.
pub async fn servers_of_projects(
    reader: &Reader<'_>,
    projects: &[(TenantId, ProjectId)],
) -> AppResult<Vec<server::Model>> {
    reader
        .find::<server::Entity>()
        .filter(server::Column::TenantId.is_in(projects.iter().map(|key| key.0)))
        .filter(server::Column::ProjectId.is_in(projects.iter().map(|key| key.1)))
        .all()
        .await
}

/// What was granted to a person.
///
/// # Errors
/// INTERNAL.
pub async fn access_of_user(reader: &Reader<'_>, user: UserId) -> AppResult<Vec<project_access::Model>> {
    reader
        .find::<project_access::Entity>()
        .filter(project_access::Column::UserId.eq(user))
        .order_by(project_access::Column::ProjectId, Order::Asc)
        .all()
        .await
}

/// Who was granted access to a project, as far as the viewer sees.
///
/// # Errors
/// INTERNAL.
pub async fn access_to_project(
    reader: &Reader<'_>,
    tenant: TenantId,
    project: ProjectId,
) -> AppResult<Vec<project_access::Model>> {
    reader
        .find::<project_access::Entity>()
        .filter(project_access::Column::TenantId.eq(tenant))
        .filter(project_access::Column::ProjectId.eq(project))
        .order_by(project_access::Column::CreatedAt, Order::Asc)
        .order_by(project_access::Column::UserId, Order::Asc)
        .all()
        .await
}

const PROJECT_NAME_TAKEN: &str = "The tenant has a project of this name.";
/// Why a server cannot be named so.
pub const SERVER_NAME_TAKEN: &str = "The project has a server of this name.";

/// Inserts a project.
///
/// # Errors
/// TAKEN if the tenant has one of that name.
pub async fn insert_project(tx: &Tx, proof: &Granted<'_, CreateProject>, new: NewProject) -> AppResult<project::Model> {
    let row = project::ActiveModel {
        tenant_id: Set(proof.id),
        id: Set(ProjectId(tx.uuid())),
        name: Set(new.name),
        description: Set(new.description),
        max_servers: Set(new.max_servers),
        monthly_budget_cents: Set(new.monthly_budget_cents),
        ssh_user: Set("root".to_owned()),
        ssh_port: Set(22),
        ssh_private_key: Set(None),
        ssh_passphrase: Set(None),
        ssh_public_key: Set(None),
        ssh_tested_at: Set(None),
        ssh_test_status: Set(None),
        ssh_test_message: Set(None),
        maintenance_windows: Set(serde_json::Value::Array(Vec::new())),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken("name", PROJECT_NAME_TAKEN))
}

/// Changes a project.
///
/// # Errors
/// TAKEN if the tenant has another of that name.
pub async fn update_project(
    tx: &Tx,
    proof: &Granted<'_, UpdateProject>,
    change: ProjectChange,
) -> AppResult<project::Model> {
    let mut row: project::ActiveModel = (**proof).clone().into();
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(description) = change.description {
        row.description = Set(description);
    }
    if let Some(most) = change.max_servers {
        row.max_servers = Set(most);
    }
    if let Some(cents) = change.monthly_budget_cents {
        row.monthly_budget_cents = Set(cents);
    }
    row.updated_at = Set(tx.now());
    row.update(tx.write(proof)).await.map_err(taken("name", PROJECT_NAME_TAKEN))
}

/// Sealed connection data of a project; `None` leaves, `Some(None)` removes.
pub struct SealedSsh {
    /// As whom to sign in.
    pub user: Option<String>,
    /// The usual port.
    pub port: Option<i32>,
    /// The sealed private key, with its public half.
    pub private_key: Option<Option<(String, String)>>,
    /// The sealed passphrase.
    pub passphrase: Option<Option<String>>,
}

/// Changes a project's connection; what was tested no longer counts.
///
/// # Errors
/// INTERNAL.
pub async fn update_project_ssh(
    tx: &Tx,
    proof: &Granted<'_, UpdateProjectSsh>,
    change: SealedSsh,
) -> AppResult<project::Model> {
    let mut row: project::ActiveModel = (**proof).clone().into();
    if let Some(user) = change.user {
        row.ssh_user = Set(user);
    }
    if let Some(port) = change.port {
        row.ssh_port = Set(port);
    }
    if let Some(key) = change.private_key {
        let (private, public) = key.unzip();
        row.ssh_private_key = Set(private);
        row.ssh_public_key = Set(public);
    }
    if let Some(passphrase) = change.passphrase {
        row.ssh_passphrase = Set(passphrase);
    }
    row.ssh_tested_at = Set(None);
    row.ssh_test_status = Set(None);
    row.ssh_test_message = Set(None);
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.write(proof)).await?)
}

/// Says when deployments on a project's servers may begin.
///
/// # Errors
/// INTERNAL.
pub async fn set_maintenance_windows(
    tx: &Tx,
    proof: &Granted<'_, SetMaintenanceWindows>,
    windows: &[Window],
) -> AppResult<project::Model> {
    let mut row: project::ActiveModel = (**proof).clone().into();
    row.maintenance_windows = Set(serde_json::to_value(windows).map_err(AppError::internal)?);
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.write(proof)).await?)
}

/// Remembers how a connection test ended.
///
/// # Errors
/// INTERNAL.
pub async fn record_connection_test(
    tx: &Tx,
    proof: &Granted<'_, TestProjectConnection>,
    status: ConnectionTestStatus,
    message: String,
) -> AppResult<project::Model> {
    let mut row: project::ActiveModel = (**proof).clone().into();
    row.ssh_tested_at = Set(Some(tx.now()));
    row.ssh_test_status = Set(Some(status));
    row.ssh_test_message = Set(Some(message));
    Ok(row.update(tx.write(proof)).await?)
}

/// Grants access, or changes what was granted.
///
/// # Errors
/// INTERNAL.
pub async fn grant_access(
    tx: &Tx,
    proof: &Granted<'_, GrantProjectAccess>,
    user: UserId,
    level: AccessLevel,
) -> AppResult<()> {
    revoke_access(tx, proof, user).await?;
    let row = project_access::ActiveModel {
        tenant_id: Set(proof.tenant_id),
        project_id: Set(proof.id),
        user_id: Set(user),
        level: Set(level),
        granted_by: Set(tx.viewer().person().map(|person| person.user)),
        created_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await?;
    Ok(())
}

/// Revokes access; answers whether there was any.
///
/// # Errors
/// INTERNAL.
pub async fn revoke_access(tx: &Tx, proof: &Granted<'_, GrantProjectAccess>, user: UserId) -> AppResult<bool> {
    let key = (proof.tenant_id, proof.id, user);
    let gone = project_access::Entity::delete_by_id(key).exec(tx.write(proof)).await?;
    Ok(gone.rows_affected > 0)
}

/// Inserts a server.
///
/// # Errors
/// TAKEN if the project has one of that name.
pub async fn insert_server(tx: &Tx, proof: &Granted<'_, RegisterServer>, new: NewServer) -> AppResult<server::Model> {
    let row = server::ActiveModel {
        tenant_id: Set(proof.tenant_id),
        id: Set(ServerId(tx.uuid())),
        project_id: Set(proof.id),
        name: Set(new.name),
        r#type: Set(new.r#type),
        address: Set(new.address),
        private_address: Set(new.private_address),
        ssh_port: Set(new.ssh_port),
        provider_id: Set(new.provider_id),
        image: Set(new.image),
        location: Set(new.location),
        status: Set(new.status),
        deployment_status: Set(ServerDeploymentStatus::None),
        host_key: Set(new.host_key),
        labels: Set(new.labels.clone().into()),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let row = row.insert(tx.write(proof)).await.map_err(taken("name", SERVER_NAME_TAKEN))?;
    labels::save(tx, proof, &row, new.labels).await?;
    Ok(row)
}

/// Changes a server. At another address or port it is another host: its pinned key is forgotten.
///
/// # Errors
/// TAKEN if the project has another of that name.
pub async fn update_server(
    tx: &Tx,
    proof: &Granted<'_, UpdateServer>,
    change: ServerChange,
) -> AppResult<server::Model> {
    let mut row: server::ActiveModel = (**proof).clone().into();
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(kind) = change.r#type {
        row.r#type = Set(kind);
    }
    if let Some(address) = change.address
        && address != proof.address
    {
        row.address = Set(address);
        row.host_key = Set(None);
    }
    if let Some(port) = change.ssh_port
        && port != proof.ssh_port
    {
        row.ssh_port = Set(port);
        row.host_key = Set(None);
    }
    if let Some(labels) = &change.labels {
        row.labels = Set(labels.clone().into());
    }
    row.updated_at = Set(tx.now());
    let row = row.update(tx.write(proof)).await.map_err(taken("name", SERVER_NAME_TAKEN))?;
    if let Some(labels) = change.labels {
        labels::save(tx, proof, &row, labels).await?;
    }
    Ok(row)
}

/// Pins a server's host key.
///
/// # Errors
/// INTERNAL.
pub async fn pin_host_key(tx: &Tx, proof: &Granted<'_, PinHostKey>, line: String) -> AppResult<server::Model> {
    let mut row: server::ActiveModel = (**proof).clone().into();
    row.host_key = Set(Some(line));
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.write(proof)).await?)
}

/// Says what deployments made of a server.
///
/// # Errors
/// INTERNAL.
pub async fn set_deployment_status(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    key: (TenantId, ServerId),
    status: ServerDeploymentStatus,
) -> AppResult<()> {
    server::Entity::update_many()
        .col_expr(server::Column::DeploymentStatus, Expr::value(status))
        .col_expr(server::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(server::Column::TenantId.eq(key.0))
        .filter(server::Column::Id.eq(key.1))
        .exec(tx.write(proof))
        .await?;
    Ok(())
}
