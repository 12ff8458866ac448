//! Looks what a script would change on servers of one project, without a request, for those who may run it so.

use super::run_script::{Run, dispatch_script};
use super::store::{DeploymentMode, deployment_run};
use crate::platform::error::AppResult;
use crate::platform::viewer::Viewer;

/// Dispatches a preview of a script's newest revision.
///
/// # Errors
/// User errors, by field, and `NOT_ALLOWED` for what has no preview; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn preview_script(viewer: &Viewer, run: Run) -> AppResult<deployment_run::Model> {
    dispatch_script(viewer, run, DeploymentMode::Preview).await
}
