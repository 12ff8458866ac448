//! Opens a project for a tenant.

use super::policy::CreateProject;
use super::store::{self, project};
use crate::platform::error::{AppResult, Checks};
use crate::platform::granted::Subject;
use crate::platform::ids::TenantId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A project to be.
pub struct NewProject {
    /// Its name; unique within the tenant.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// How many servers it may hold.
    pub max_servers: i32,
    /// What they may cost a month, in euro cents.
    pub monthly_budget_cents: i32,
}

/// Creates a project.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND` for a tenant that the viewer does not see.
pub async fn create_project(viewer: &Viewer, tenant: TenantId, new: NewProject) -> AppResult<project::Model> {
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 150);
    check_limits(&mut checks, Some(&new.description), Some(new.max_servers), Some(new.monthly_budget_cents));
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CreateProject>(tenant).await?;
    let row = store::insert_project(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.tenant_id, type_name: "Project", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}

/// Checks what limits a project.
pub(super) fn check_limits(checks: &mut Checks, description: Option<&str>, most: Option<i32>, cents: Option<i32>) {
    if let Some(description) = description {
        checks.length(description, "description", 0, 1_000);
    }
    if let Some(most) = most {
        checks.require((0..=10_000).contains(&most), "maxServers", "Between 0 and 10,000.");
    }
    if let Some(cents) = cents {
        checks.require((0..=1_000_000_000).contains(&cents), "monthlyBudgetCents", "Between 0 and 1,000,000,000.");
    }
}
