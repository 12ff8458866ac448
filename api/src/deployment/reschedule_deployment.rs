//! Says anew when a deployment that waits may begin.

use super::dispatch::JOB;
use super::policy::RescheduleDeployment;
use super::schedule::Schedule;
use super::store::{self, DeploymentKey, deployment_run};
use crate::fleet::store::project;
use crate::platform::error::{AppError, AppResult};
use crate::platform::jobs;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Has a deployment that has not begun wait for another time, or for none.
///
/// # Errors
/// CONFLICT if it has begun; user errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn reschedule_deployment(
    viewer: &Viewer,
    key: DeploymentKey,
    schedule: Schedule,
) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<RescheduleDeployment>(key).await?;
    let place = (proof.tenant_id, proof.project_id);
    let schedule = schedule.permitted(&tx, place).await?;
    let row = store::control::reschedule(&tx, &proof, schedule).await?;
    let project = tx.get::<project::Entity>(place).await?;
    let later = schedule.later(&project, row.mode, tx.now())?;
    if !jobs::reschedule(&tx, &proof, JOB, row.id.0, later).await? {
        return Err(AppError::conflict("It begins right now."));
    }
    tx.audit_row(&proof, json!({ "runAt": row.run_after, "outsideWindows": row.ignores_windows })).await?;
    tx.wake(store::topic(row.id));
    tx.commit().await?;
    Ok(row)
}
