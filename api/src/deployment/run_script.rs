//! Runs a script on servers of one project without a request, for those who may.

use super::dispatch::{Dispatch, dispatch};
use super::plan::{Plan, price};
use super::policy::RunScript;
use super::preview::check_kind;
use super::store::{DeploymentMode, deployment_run};
use crate::fleet::model::{missing_values, read_values};
use crate::fleet::store::{current_revision, declared, project, script, server};
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult, UserError, UserErrorCode};
use crate::platform::granted::Subject;
use crate::platform::ids::{DeploymentId, ScriptId, ServerId, TenantId};
use crate::platform::scope::Resource as _;
use crate::platform::viewer::Viewer;
use crate::provisioning::plan::{planned_script, planned_target};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// At most so many servers at once.
const SERVERS_MOST: usize = 100;

/// Dispatches a run of a script's newest revision.
///
/// # Errors
/// User errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn run_script(
    viewer: &Viewer,
    script: ScriptId,
    servers: Vec<(TenantId, ServerId)>,
    variables: &Value,
) -> AppResult<deployment_run::Model> {
    dispatch_script(viewer, script, servers, variables, DeploymentMode::Run).await
}

/// Dispatches a script's newest revision, to be run or to be looked at.
///
/// # Errors
/// User errors, by field, and `NOT_ALLOWED` for what has no preview; FORBIDDEN for who may not; `NOT_FOUND`.
pub(super) async fn dispatch_script(
    viewer: &Viewer,
    script: ScriptId,
    mut servers: Vec<(TenantId, ServerId)>,
    variables: &Value,
    mode: DeploymentMode,
) -> AppResult<deployment_run::Model> {
    servers.sort_unstable();
    servers.dedup();
    let refuse = |message: &str| AppError::field("serverIds", UserErrorCode::Invalid, message);
    if servers.is_empty() || servers.len() > SERVERS_MOST {
        return Err(refuse("Between 1 and 100 servers."));
    }
    let reader = viewer.reader();
    let script = reader.get::<script::Entity>(script).await?;
    let revision = current_revision(&reader, &script).await?;
    let declared = declared(&revision)?;
    let values = read_values(&declared, variables, &BTreeMap::new())?;
    let missing = missing_values(&declared, &values);
    if !missing.is_empty() {
        let error =
            |name: &String| UserError::on(&format!("variables.{name}"), UserErrorCode::Required, "This is required.");
        return Err(AppError::User(missing.iter().map(error).collect()));
    }
    let tx = viewer.begin().await?;
    let mut rows = tx.find::<server::Entity>().filter(server::Entity::by_keys(&servers)).all().await?;
    if rows.len() != servers.len() {
        return Err(AppError::NotFound);
    }
    rows.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let key = (rows[0].tenant_id, rows[0].project_id);
    if rows.iter().any(|row| (row.tenant_id, row.project_id) != key) {
        return Err(refuse("Servers of one project at a time."));
    }
    let proof = tx.grant::<RunScript>(key).await?;
    if mode == DeploymentMode::Preview {
        check_kind(script.kind)?;
    }
    let project: &project::Model = &proof;
    let kernel = viewer.kernel();
    let place = super::dispatch::secrets_place(key.0, DeploymentId(revision.id.0));
    let secrets = values
        .secret
        .iter()
        .map(|(name, secret)| Ok((name.clone(), kernel.sealer.mark(place, secret.as_bytes())?)))
        .collect::<AppResult<_>>()?;
    let plan = Plan {
        version: Plan::VERSION,
        script: planned_script(&script, &revision),
        targets: rows.iter().map(|row| planned_target(project, row)).collect(),
        variables: values.plain,
        secrets,
        monthly_price_cents: price(rows.iter().map(|row| row.r#type.as_deref())),
    };
    let what = Dispatch {
        tenant: key.0,
        project: key.1,
        mode,
        request: None,
        script: script.id,
        revision: revision.id,
        plan,
        secrets: values.secret,
    };
    let deployment = dispatch(&tx, &proof, what).await?;
    let about = Subject { tenant: key.0, type_name: "Deployment", id: deployment.id.0 };
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    tx.audit(&proof, about, json!({
        "script": script.name, "revision": revision.number, "servers": names, "preview": mode == DeploymentMode::Preview,
    })).await?;
    tx.commit().await?;
    crash::at("run::dispatched");
    Ok(deployment)
}
