//! From a request to its plan.

use super::form::{open_secrets, secrets_place};
use super::store::server_request;
use crate::deployment::plan::{Plan, PlannedScript, PlannedTarget, price};
use crate::fleet::model::{missing_values, read_values};
use crate::fleet::store::{ScriptKind, declared, files_of, project, script, script_revision, server};
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use crate::platform::scope::{Finds, Resource};
use sea_orm::ColumnTrait as _;
use std::collections::BTreeMap;

/// A request's plan, as far as there is one.
pub struct Planned {
    /// The plan, if nothing is missing.
    pub plan: Option<Plan>,
    /// What is missing, for people.
    pub missing: Vec<String>,
    /// What it would run.
    pub script: Option<(script::Model, script_revision::Model)>,
    /// Where.
    pub target: Option<server::Model>,
    /// The values of the plan's secrets, by name: these and no others are dispatched.
    pub secrets: BTreeMap<String, String>,
}

/// The word for a kind of script in plans.
#[must_use]
pub const fn kind_word(kind: ScriptKind) -> &'static str {
    match kind {
        ScriptKind::Ansible => "ansible",
        ScriptKind::Ssh => "ssh",
    }
}

/// Plans a request as things are now.
///
/// # Errors
/// INTERNAL.
pub async fn plan_of(kernel: &Kernel, rows: &impl Finds, request: &server_request::Model) -> AppResult<Planned> {
    let mut missing = Vec::new();
    let script = match request.script_id {
        Some(id) => one::<script::Entity>(rows, id).await?,
        None => None,
    };
    let script = match script {
        Some(script) => current(rows, &script).await?.map(|revision| (script, revision)),
        None => None,
    };
    let target = match request.target_server_id {
        Some(id) => one::<server::Entity>(rows, (request.tenant_id, id)).await?,
        None => None,
    };
    if script.is_none() {
        missing.push("what to run: a script".to_owned());
    }
    if target.is_none() {
        missing.push("where to run it: a target server".to_owned());
    }
    let (Some((script_row, revision)), Some(server)) = (&script, &target) else {
        return Ok(Planned { plan: None, missing, script, target, secrets: BTreeMap::new() });
    };
    let place = secrets_place(request.tenant_id, request.id);
    let kept = open_secrets(kernel, place, request.secret_variables.as_deref())?;
    let declared = declared(revision)?;
    // The script may have changed since the values were given: they are read by what it declares now.
    let values = match read_values(&declared, &request.variables, &kept) {
        Ok(values) => values,
        Err(AppError::User(errors)) => {
            missing.extend(errors.into_iter().map(|error| format!("{}: {}", error.field.join("."), error.message)));
            return Ok(Planned { plan: None, missing, script, target, secrets: BTreeMap::new() });
        }
        Err(other) => return Err(other),
    };
    missing.extend(missing_values(&declared, &values).into_iter().map(|name| format!("a value for {name}")));
    if !missing.is_empty() {
        return Ok(Planned { plan: None, missing, script, target, secrets: BTreeMap::new() });
    }
    let project =
        one::<project::Entity>(rows, (request.tenant_id, request.project_id)).await?.ok_or(AppError::NotFound)?;
    let secrets = values
        .secret
        .iter()
        .map(|(name, secret)| Ok((name.clone(), kernel.sealer.mark(place, secret.as_bytes())?)))
        .collect::<AppResult<_>>()?;
    let plan = Plan {
        version: Plan::VERSION,
        script: planned_script(script_row, revision)?,
        targets: vec![planned_target(&project, server)],
        rollout: None,
        variables: values.plain,
        secrets,
        monthly_price_cents: price([server.r#type.as_deref()]),
    };
    Ok(Planned { plan: Some(plan), missing, script, target, secrets: values.secret })
}

/// A script in a plan.
///
/// # Errors
/// INTERNAL, if the revision does not hold files.
pub fn planned_script(script: &script::Model, revision: &script_revision::Model) -> AppResult<PlannedScript> {
    let files = files_of(revision)?;
    Ok(PlannedScript {
        id: script.id.0,
        name: script.name.clone(),
        kind: kind_word(script.kind).to_owned(),
        revision: revision.number,
        digest: revision.digest.clone(),
        files: files.into_iter().map(|file| (file.path, sha256_hex(&file.content))).collect(),
        requires_root: script.requires_root,
    })
}

/// A server in a plan.
#[must_use]
pub fn planned_target(project: &project::Model, server: &server::Model) -> PlannedTarget {
    PlannedTarget {
        id: server.id.0,
        name: server.name.clone(),
        address: server.address.clone(),
        port: server.ssh_port.unwrap_or(project.ssh_port),
        user: project.ssh_user.clone(),
        r#type: server.r#type.clone(),
    }
}

async fn one<E: Resource>(rows: &impl Finds, key: E::Key) -> AppResult<Option<E::Model>> {
    rows.rows::<E>().filter(E::by_keys(&[key])).one().await
}

async fn current(rows: &impl Finds, script: &script::Model) -> AppResult<Option<script_revision::Model>> {
    rows.rows::<script_revision::Entity>()
        .filter(script_revision::Column::ScriptId.eq(script.id))
        .filter(script_revision::Column::Number.eq(script.current_revision))
        .one()
        .await
}
