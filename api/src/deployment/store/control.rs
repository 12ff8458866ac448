//! What people ask of deployments that have not ended. The rows stay their holders': only the columns in question are
//! written.

use super::{DeploymentKey, DeploymentStatus, deployment_run};
use crate::deployment::policy::{CancelDeployment, PauseDeployment, RescheduleDeployment, ResumeDeployment};
use crate::deployment::schedule::Schedule;
use crate::platform::error::AppResult;
use crate::platform::granted::{Granted, Proof, Tx};
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::scope::Finds;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

/// Notes that somebody wants a deployment stopped.
///
/// # Errors
/// INTERNAL.
pub async fn request_cancel(tx: &Tx, proof: &Granted<'_, CancelDeployment>) -> AppResult<deployment_run::Model> {
    if proof.cancel_requested_at.is_none() {
        deployment_run::Entity::update_many()
            .col_expr(deployment_run::Column::CancelRequestedAt, Expr::value(tx.now()))
            .filter(deployment_run::Column::TenantId.eq(proof.tenant_id))
            .filter(deployment_run::Column::Id.eq(proof.id))
            .exec(tx.write(proof))
            .await?;
    }
    tx.get::<deployment_run::Entity>((proof.tenant_id, proof.id)).await
}

/// Notes when a deployment may begin.
///
/// # Errors
/// INTERNAL.
pub async fn reschedule(
    tx: &Tx,
    proof: &Granted<'_, RescheduleDeployment>,
    schedule: Schedule,
) -> AppResult<deployment_run::Model> {
    let mut row: deployment_run::ActiveModel = (**proof).clone().into();
    row.run_after = Set(schedule.run_after);
    row.ignores_windows = Set(schedule.ignores_windows);
    Ok(row.update(tx.write(proof)).await?)
}

/// The deployments on servers of a project that have not begun.
///
/// # Errors
/// INTERNAL.
pub async fn pending_in_project(
    rows: &impl Finds,
    (tenant, project): (TenantId, ProjectId),
) -> AppResult<Vec<deployment_run::Model>> {
    rows.rows::<deployment_run::Entity>()
        .filter(deployment_run::Column::TenantId.eq(tenant))
        .filter(deployment_run::Column::ProjectId.eq(project))
        .filter(deployment_run::Column::Status.eq(DeploymentStatus::Pending))
        .all()
        .await
}

/// Notes that somebody wants a deployment to pause.
///
/// # Errors
/// INTERNAL.
pub async fn request_pause(tx: &Tx, proof: &Granted<'_, PauseDeployment>) -> AppResult<deployment_run::Model> {
    set_pause(tx, proof, (proof.tenant_id, proof.id), Some(tx.now())).await
}

/// Notes that somebody wants a deployment to go on.
///
/// # Errors
/// INTERNAL.
pub async fn request_resume(tx: &Tx, proof: &Granted<'_, ResumeDeployment>) -> AppResult<deployment_run::Model> {
    set_pause(tx, proof, (proof.tenant_id, proof.id), None).await
}

async fn set_pause(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    (tenant, id): DeploymentKey,
    since: Option<DateTime<Utc>>,
) -> AppResult<deployment_run::Model> {
    deployment_run::Entity::update_many()
        .col_expr(deployment_run::Column::PauseRequestedAt, Expr::value(since))
        .filter(deployment_run::Column::TenantId.eq(tenant))
        .filter(deployment_run::Column::Id.eq(id))
        .exec(tx.write(proof))
        .await?;
    tx.get::<deployment_run::Entity>((tenant, id)).await
}
