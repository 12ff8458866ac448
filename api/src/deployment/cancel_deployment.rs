//! Stops a deployment: asks its runner to, which says in its log what came of it.

use super::policy::CancelDeployment;
use super::store::{self, DeploymentKey, deployment_run};
use crate::platform::crash;
use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Asks for a deployment to be stopped. It ends as CANCELLED when the runner has stopped.
///
/// # Errors
/// CONFLICT if it has ended; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn cancel_deployment(viewer: &Viewer, key: DeploymentKey) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CancelDeployment>(key).await?;
    let row = store::request_cancel(&tx, &proof).await?;
    tx.audit_row(&proof, json!({})).await?;
    tx.wake(store::topic(key.1));
    tx.commit().await?;
    crash::at("run::cancel_asked");
    Ok(row)
}
