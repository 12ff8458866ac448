//! Has a deployment begin nothing new until somebody has it go on.

use super::policy::PauseDeployment;
use super::store::{self, DeploymentKey, deployment_run};
use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Asks for a deployment to pause. What goes on comes to its end, then an event says that it pauses.
///
/// # Errors
/// CONFLICT if it has ended, or somebody has asked for that already; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn pause_deployment(viewer: &Viewer, key: DeploymentKey) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<PauseDeployment>(key).await?;
    let row = store::control::request_pause(&tx, &proof).await?;
    tx.audit_row(&proof, json!({})).await?;
    tx.wake(store::topic(key.1));
    tx.commit().await?;
    Ok(row)
}
