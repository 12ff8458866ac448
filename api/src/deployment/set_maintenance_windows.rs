//! Says when deployments on a project's servers may begin.

use super::dispatch::JOB;
use super::schedule::Schedule;
use super::store;
use crate::fleet::policy::SetMaintenanceWindows;
use crate::fleet::store::project;
use crate::fleet::windows::{TypedWindow, read_windows};
use crate::platform::error::AppResult;
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::jobs;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Replaces a project's maintenance windows. What waits already waits for the new ones.
///
/// # Errors
/// User errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn set_maintenance_windows(
    viewer: &Viewer,
    key: (TenantId, ProjectId),
    windows: Vec<TypedWindow>,
) -> AppResult<project::Model> {
    let windows = read_windows(windows)?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<SetMaintenanceWindows>(key).await?;
    let row = crate::fleet::store::set_maintenance_windows(&tx, &proof, &windows).await?;
    for waiting in store::control::pending_in_project(&tx, key).await? {
        let later = Schedule::of(&waiting).later(&row, waiting.mode, tx.now())?;
        jobs::reschedule(&tx, &proof, JOB, waiting.id.0, later).await?;
        tx.wake(store::topic(waiting.id));
    }
    tx.audit_row(&proof, json!({ "windows": windows })).await?;
    tx.commit().await?;
    Ok(row)
}
