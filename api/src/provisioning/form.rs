//! What a requester fills in, checked on its way into the database.

use super::model::{CPU, MEMORY_GB, STORAGE_GB};
use super::store::{ExpectedUsage, Priority, ServerType, server_request};
use crate::fleet::model::{ScriptVariable, Values, read_values};
use crate::fleet::store::{current_revision, declared, script, server};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::ids::{ProjectId, ScriptId, ServerId, ServerRequestId, TenantId};
use crate::platform::kernel::Kernel;
use crate::platform::scope::Reader;
use crate::platform::seal::Place;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a requester fills in.
#[derive(Debug, Clone)]
pub struct Form {
    /// The server's name.
    pub name: String,
    /// What it is for.
    pub server_type: ServerType,
    /// Processors.
    pub cpu: i32,
    /// Memory in gigabytes.
    pub memory_gb: i32,
    /// Storage in gigabytes.
    pub storage_gb: i32,
    /// The operating system.
    pub operating_system: String,
    /// What will run there.
    pub application_type: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much it will be used.
    pub expected_usage: ExpectedUsage,
    /// Why it is needed.
    pub justification: String,
    /// What to run on it.
    pub script: Option<ScriptId>,
    /// On which server.
    pub target: Option<(TenantId, ServerId)>,
    /// With which values, by name.
    pub variables: Value,
}

/// A form that was checked, with its secrets sealed for the request's row.
pub struct Filed {
    /// The form.
    pub form: Form,
    /// The values that are not secret.
    pub variables: Value,
    /// The secret ones.
    pub sealed_secrets: Option<String>,
}

/// Where a request's secrets are kept.
#[must_use]
pub fn secrets_place(tenant: TenantId, id: ServerRequestId) -> Place {
    Place { column: "server_request.secret_variables", row: [tenant.0, id.0] }
}

/// Opens a request's secrets.
///
/// # Errors
/// INTERNAL.
pub fn open_secrets(kernel: &Kernel, place: Place, sealed: Option<&str>) -> AppResult<BTreeMap<String, String>> {
    let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
    serde_json::from_slice(&kernel.sealer.open(place, sealed)?)
        .map_err(|_| AppError::Internal("sealed variables are a map".into()))
}

/// Seals secrets.
///
/// # Errors
/// INTERNAL.
pub fn seal_secrets(kernel: &Kernel, place: Place, secrets: &BTreeMap<String, String>) -> AppResult<Option<String>> {
    if secrets.is_empty() {
        return Ok(None);
    }
    let bytes = zeroize::Zeroizing::new(serde_json::to_vec(secrets).map_err(AppError::internal)?);
    kernel.sealer.seal(place, &bytes).map(Some)
}

impl From<&server_request::Model> for Form {
    fn from(row: &server_request::Model) -> Self {
        Self {
            name: row.name.clone(),
            server_type: row.server_type,
            cpu: row.cpu,
            memory_gb: row.memory_gb,
            storage_gb: row.storage_gb,
            operating_system: row.operating_system.clone(),
            application_type: row.application_type.clone(),
            priority: row.priority,
            expected_usage: row.expected_usage,
            justification: row.justification.clone(),
            script: row.script_id,
            target: row.target_server_id.map(|server| (row.tenant_id, server)),
            variables: row.variables.clone(),
        }
    }
}

/// Checks a form for a request of `project`, and seals its secrets for the row `place`. `kept` are secrets given before.
///
/// # Errors
/// User errors, by field.
pub async fn file(
    reader: &Reader<'_>,
    (tenant, project): (TenantId, ProjectId),
    place: Place,
    form: Form,
    kept: &BTreeMap<String, String>,
) -> AppResult<Filed> {
    check(&form)?;
    if let Some(target) = form.target {
        let row = reader.find::<server::Entity>().filter(by_key(target)).one().await?;
        let inside = row.is_some_and(|row| (row.tenant_id, row.project_id) == (tenant, project));
        if !inside {
            let message = "The project has no such server.";
            return Err(AppError::field("targetServerId", UserErrorCode::Invalid, message));
        }
    }
    let declared = declarations(reader, form.script).await?;
    let values: Values = read_values(&declared, &form.variables, kept)?;
    let sealed_secrets = seal_secrets(reader.viewer().kernel(), place, &values.secret)?;
    let variables = serde_json::to_value(values.plain).map_err(AppError::internal)?;
    Ok(Filed { form, variables, sealed_secrets })
}

fn by_key(key: (TenantId, ServerId)) -> sea_orm::Condition {
    use crate::platform::scope::Resource as _;
    server::Entity::by_keys(&[key])
}

async fn declarations(reader: &Reader<'_>, script: Option<ScriptId>) -> AppResult<Vec<ScriptVariable>> {
    let Some(id) = script else { return Ok(Vec::new()) };
    let unknown = || AppError::field("scriptId", UserErrorCode::Invalid, "There is no such script.");
    let row = reader.get::<script::Entity>(id).await.map_err(|error| match error {
        AppError::NotFound => unknown(),
        other => other,
    })?;
    declared(&current_revision(reader, &row).await?)
}

fn check(form: &Form) -> AppResult<()> {
    let mut checks = Checks::default();
    let name = &form.name;
    let fits = (1..=63).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
    checks.require(
        fits,
        "name",
        "1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.",
    );
    for (field, value, offered) in [
        ("cpu", form.cpu, CPU.as_slice()),
        ("memoryGb", form.memory_gb, MEMORY_GB.as_slice()),
        ("storageGb", form.storage_gb, STORAGE_GB.as_slice()),
    ] {
        let list = offered.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        checks.require(offered.contains(&value), field, format!("One of {list}."));
    }
    checks.length(&form.operating_system, "operatingSystem", 1, 100);
    if let Some(application) = &form.application_type {
        checks.length(application, "applicationType", 0, 100);
    }
    checks.length(&form.justification, "justification", 20, 1_000);
    checks.finish()
}
