//! Changes a project's own data.

use super::create_project::check_limits;
use super::policy::UpdateProject;
use super::store::{self, project};
use crate::platform::error::{AppResult, Checks};
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct ProjectChange {
    /// Its name.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// How many servers it may hold.
    pub max_servers: Option<i32>,
    /// What they may cost a month, in euro cents.
    pub monthly_budget_cents: Option<i32>,
}

/// Changes a project.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_project(
    viewer: &Viewer,
    key: (TenantId, ProjectId),
    change: ProjectChange,
) -> AppResult<project::Model> {
    let mut checks = Checks::default();
    if let Some(name) = &change.name {
        checks.length(name, "name", 1, 150);
    }
    check_limits(&mut checks, change.description.as_deref(), change.max_servers, change.monthly_budget_cents);
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateProject>(key).await?;
    let row = store::update_project(&tx, &proof, change).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}
