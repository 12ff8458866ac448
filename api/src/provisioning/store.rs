//! The queries of server requests.

use super::form::Filed;
use super::model::states_before;
use super::policy::{
    ApproveServerRequest, CancelServerRequest, CreateServerRequest, DeployServerRequest, RejectServerRequest,
    UpdateServerRequest,
};
use crate::fleet::store::within_reach;
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Action, Granted, Proof, Tx};
use crate::platform::ids::{ServerRequestId, TenantId};
use crate::platform::permission::Permission;
use crate::platform::scope::Visible;
use crate::resource;
pub use rookery_entity::provisioning::{ExpectedUsage, Priority, RequestStatus, ServerType, server_request};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    UpdateMany,
};

resource!(server_request as "ServerRequest", tenant: ServerRequestId);

impl Visible for server_request::Entity {
    /// Technical agents see those of their projects; sales agents their own, and of their projects those that were
    /// approved; people of tenants those of their tenants.
    fn visible(authority: &Authority) -> Condition {
        use server_request::Column as C;
        let near = within_reach(authority, C::TenantId, C::ProjectId);
        if authority.may(Permission::ManageDeployments) || !authority.is_staff() {
            return near;
        }
        let mut seen = Condition::any();
        if authority.may(Permission::ViewOwnRequests) {
            seen = seen.add(C::RequesterId.eq(authority.user));
        }
        if authority.may(Permission::ViewApprovedServers) {
            let approved =
                [RequestStatus::Approved, RequestStatus::Deploying, RequestStatus::Deployed, RequestStatus::Failed];
            seen = seen.add(Condition::all().add(near).add(C::Status.is_in(approved)));
        }
        seen
    }
}

/// Inserts a request.
///
/// # Errors
/// INTERNAL.
pub async fn insert(
    tx: &Tx,
    proof: &Granted<'_, CreateServerRequest>,
    id: ServerRequestId,
    filed: Filed,
) -> AppResult<server_request::Model> {
    let requester = tx.viewer().signed_in()?.user;
    let row = server_request::ActiveModel {
        tenant_id: Set(proof.tenant_id),
        id: Set(id),
        project_id: Set(proof.id),
        requester_id: Set(requester),
        name: Set(filed.form.name),
        server_type: Set(filed.form.server_type),
        cpu: Set(filed.form.cpu),
        memory_gb: Set(filed.form.memory_gb),
        storage_gb: Set(filed.form.storage_gb),
        operating_system: Set(filed.form.operating_system),
        application_type: Set(filed.form.application_type),
        priority: Set(filed.form.priority),
        expected_usage: Set(filed.form.expected_usage),
        justification: Set(filed.form.justification),
        script_id: Set(filed.form.script),
        target_server_id: Set(filed.form.target.map(|(_, server)| server)),
        variables: Set(filed.variables),
        secret_variables: Set(filed.sealed_secrets),
        status: Set(RequestStatus::Pending),
        approved_plan: Set(None),
        approved_digest: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        decision_note: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Ok(row.insert(tx.write(proof)).await?)
}

/// An update of one request that only happens while it is in one of `states`.
fn while_in(
    tx: &Tx,
    (tenant, id): (TenantId, ServerRequestId),
    states: Vec<RequestStatus>,
) -> UpdateMany<server_request::Entity> {
    server_request::Entity::update_many()
        .col_expr(server_request::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(server_request::Column::TenantId.eq(tenant))
        .filter(server_request::Column::Id.eq(id))
        .filter(server_request::Column::Status.is_in(states))
}

async fn decided<A>(
    tx: &Tx,
    proof: &Granted<'_, A>,
    update: UpdateMany<server_request::Entity>,
) -> AppResult<server_request::Model>
where
    A: Action<Table = server_request::Entity>,
{
    let changed = update.exec(tx.write(proof)).await?;
    if changed.rows_affected == 0 {
        return Err(AppError::conflict("Somebody else was faster: the request has changed."));
    }
    tx.get::<server_request::Entity>((proof.tenant_id, proof.id)).await
}

/// Changes what a pending request says.
///
/// # Errors
/// CONFLICT if it is no longer pending.
pub async fn update(
    tx: &Tx,
    proof: &Granted<'_, UpdateServerRequest>,
    filed: Filed,
) -> AppResult<server_request::Model> {
    use server_request::Column as C;
    let form = filed.form;
    let update = while_in(tx, (proof.tenant_id, proof.id), vec![RequestStatus::Pending])
        .col_expr(C::Name, Expr::value(form.name))
        .col_expr(C::ServerType, Expr::value(form.server_type))
        .col_expr(C::Cpu, Expr::value(form.cpu))
        .col_expr(C::MemoryGb, Expr::value(form.memory_gb))
        .col_expr(C::StorageGb, Expr::value(form.storage_gb))
        .col_expr(C::OperatingSystem, Expr::value(form.operating_system))
        .col_expr(C::ApplicationType, Expr::value(form.application_type))
        .col_expr(C::Priority, Expr::value(form.priority))
        .col_expr(C::ExpectedUsage, Expr::value(form.expected_usage))
        .col_expr(C::Justification, Expr::value(form.justification))
        .col_expr(C::ScriptId, Expr::value(form.script))
        .col_expr(C::TargetServerId, Expr::value(form.target.map(|(_, server)| server)))
        .col_expr(C::Variables, Expr::value(filed.variables))
        .col_expr(C::SecretVariables, Expr::value(filed.sealed_secrets));
    decided(tx, proof, update).await
}

/// Withdraws a request.
///
/// # Errors
/// CONFLICT if that is no longer possible.
pub async fn cancel(tx: &Tx, proof: &Granted<'_, CancelServerRequest>) -> AppResult<server_request::Model> {
    let update = while_in(tx, (proof.tenant_id, proof.id), states_before(RequestStatus::Cancelled))
        .col_expr(server_request::Column::Status, Expr::value(RequestStatus::Cancelled));
    decided(tx, proof, update).await
}

/// Approves a request with the plan that was seen.
///
/// # Errors
/// CONFLICT if it was decided meanwhile.
pub async fn approve(
    tx: &Tx,
    proof: &Granted<'_, ApproveServerRequest>,
    (plan, digest): (String, String),
    note: Option<String>,
) -> AppResult<server_request::Model> {
    use server_request::Column as C;
    let update = while_in(tx, (proof.tenant_id, proof.id), states_before(RequestStatus::Approved))
        .col_expr(C::Status, Expr::value(RequestStatus::Approved))
        .col_expr(C::ApprovedPlan, Expr::value(plan))
        .col_expr(C::ApprovedDigest, Expr::value(digest))
        .col_expr(C::DecidedBy, Expr::value(tx.viewer().signed_in()?.user))
        .col_expr(C::DecidedAt, Expr::value(tx.now()))
        .col_expr(C::DecisionNote, Expr::value(note));
    decided(tx, proof, update).await
}

/// Rejects a request.
///
/// # Errors
/// CONFLICT if it was decided meanwhile.
pub async fn reject(
    tx: &Tx,
    proof: &Granted<'_, RejectServerRequest>,
    reason: String,
) -> AppResult<server_request::Model> {
    use server_request::Column as C;
    let update = while_in(tx, (proof.tenant_id, proof.id), states_before(RequestStatus::Rejected))
        .col_expr(C::Status, Expr::value(RequestStatus::Rejected))
        .col_expr(C::DecidedBy, Expr::value(tx.viewer().signed_in()?.user))
        .col_expr(C::DecidedAt, Expr::value(tx.now()))
        .col_expr(C::DecisionNote, Expr::value(reason));
    decided(tx, proof, update).await
}

/// Marks a request as being deployed.
///
/// # Errors
/// CONFLICT if somebody else deploys it.
pub async fn begin_deploying(tx: &Tx, proof: &Granted<'_, DeployServerRequest>) -> AppResult<server_request::Model> {
    let update = while_in(tx, (proof.tenant_id, proof.id), states_before(RequestStatus::Deploying))
        .col_expr(server_request::Column::Status, Expr::value(RequestStatus::Deploying));
    decided(tx, proof, update).await
}

/// Says how a request's deployment ended. Done by the holder of the deployment's lease.
///
/// # Errors
/// INTERNAL.
pub async fn end_deploying(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    key: (TenantId, ServerRequestId),
    succeeded: bool,
) -> AppResult<()> {
    let status = if succeeded { RequestStatus::Deployed } else { RequestStatus::Failed };
    while_in(tx, key, states_before(status))
        .col_expr(server_request::Column::Status, Expr::value(status))
        .exec(tx.write(proof))
        .await?;
    Ok(())
}
