//! Stops a deployment: asks its runner to, which says in its log what came of it.

use super::dispatch::JOB;
use super::policy::CancelDeployment;
use super::record::record_as;
use super::store::{self, DeploymentKey, DeploymentStatus, deployment_run};
use crate::identity::Identity;
use crate::platform::crash;
use crate::platform::error::AppResult;
use crate::platform::jobs;
use crate::platform::viewer::Viewer;
use serde_json::json;
use std::time::Duration;

/// How long it may take to end what has not begun.
const ENDING: Duration = Duration::from_secs(30);

/// Asks for a deployment to be stopped. It ends as CANCELLED when the runner has stopped; at once if it still waits.
///
/// # Errors
/// CONFLICT if it has ended; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn cancel_deployment(
    viewer: &Viewer,
    identity: &Identity,
    key: DeploymentKey,
) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CancelDeployment>(key).await?;
    let row = store::control::request_cancel(&tx, &proof).await?;
    tx.audit_row(&proof, json!({})).await?;
    tx.wake(store::topic(key.1));
    tx.commit().await?;
    crash::at("run::cancel_asked");
    if row.status != DeploymentStatus::Pending {
        return Ok(row);
    }
    // Nobody else is to be asked where no runner has it: it need not wait for its turn to be ended.
    let kernel = viewer.kernel();
    let Some(lease) = jobs::claim_waiting(kernel, JOB, row.id.0, ENDING).await? else { return Ok(row) };
    let now = kernel.source.now();
    record_as(kernel, identity, &lease, |run| {
        run.status(now, DeploymentStatus::Cancelled, Some("It was cancelled before it started.".to_owned()));
    })
    .await
}
