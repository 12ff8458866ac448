//! Has a paused deployment go on.

use super::policy::ResumeDeployment;
use super::store::{self, DeploymentKey, deployment_run};
use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Asks for a paused deployment to go on. An event says when it does.
///
/// # Errors
/// CONFLICT if it has ended, or is not paused; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn resume_deployment(viewer: &Viewer, key: DeploymentKey) -> AppResult<deployment_run::Model> {
    let tx = viewer.begin().await?;
    let proof = tx.grant::<ResumeDeployment>(key).await?;
    let row = store::control::request_resume(&tx, &proof).await?;
    tx.audit_row(&proof, json!({})).await?;
    tx.wake(store::topic(key.1));
    tx.commit().await?;
    Ok(row)
}
