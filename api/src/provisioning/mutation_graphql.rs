//! Filing, deciding and deploying requests in the API.

use super::form::Form;
use super::graphql::{ExpectedUsage, Priority, ServerRequest, ServerType};
use super::{
    approve_server_request, cancel_server_request, create_server_request, deploy_server_request,
    preview_server_request, reject_server_request, update_server_request,
};
use crate::deployment::graphql::Deployment;
use crate::deployment::schedule::Schedule;
use crate::fleet::graphql::{Project, Server};
use crate::fleet::script_graphql::Script;
use crate::payload;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::graphql::descriptor::key_of;
use crate::platform::graphql::viewer;
use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;

/// A request to file.
#[derive(InputObject)]
pub struct CreateServerRequestInput {
    /// For which project.
    project_id: ID,
    /// The server's name: letters, digits, dots, hyphens and underscores, at most 63.
    name: String,
    /// What it is for.
    server_type: ServerType,
    /// Processors: 1, 2, 4, 8, 16 or 32.
    cpu: i32,
    /// Memory in gigabytes: 1, 2, 4, 8, 16, 32, 64 or 128.
    memory_gb: i32,
    /// Storage in gigabytes: 20, 50, 100, 250, 500, 1000 or 2000.
    storage_gb: i32,
    /// The operating system, at most 100 characters.
    operating_system: String,
    /// What will run there, at most 100 characters.
    application_type: Option<String>,
    /// How urgent it is.
    #[graphql(default_with = "Priority::Medium")]
    priority: Priority,
    /// How much it will be used.
    #[graphql(default_with = "ExpectedUsage::Medium")]
    expected_usage: ExpectedUsage,
    /// Why it is needed, 20 to 1,000 characters.
    justification: String,
    /// What to run; staff can complete it later.
    script_id: Option<ID>,
    /// On which of the project's servers; staff can complete it later.
    target_server_id: Option<ID>,
    /// The values for the script's variables, by name. Secret ones are sealed and never shown again.
    #[graphql(secret)]
    variables: Option<Json<serde_json::Value>>,
}

/// A pending request's change; what is left out stays, null removes.
#[derive(InputObject)]
pub struct UpdateServerRequestInput {
    /// Which.
    id: ID,
    /// The server's name.
    name: Option<String>,
    /// What it is for.
    server_type: Option<ServerType>,
    /// Processors.
    cpu: Option<i32>,
    /// Memory in gigabytes.
    memory_gb: Option<i32>,
    /// Storage in gigabytes.
    storage_gb: Option<i32>,
    /// The operating system.
    operating_system: Option<String>,
    /// What will run there.
    application_type: MaybeUndefined<String>,
    /// How urgent it is.
    priority: Option<Priority>,
    /// How much it will be used.
    expected_usage: Option<ExpectedUsage>,
    /// Why it is needed.
    justification: Option<String>,
    /// What to run.
    script_id: MaybeUndefined<ID>,
    /// On which of the project's servers.
    target_server_id: MaybeUndefined<ID>,
    /// The values for the script's variables, all of them but secrets that stay.
    #[graphql(secret)]
    variables: Option<Json<serde_json::Value>>,
}

/// A request that is no longer needed.
#[derive(InputObject)]
pub struct CancelServerRequestInput {
    /// Which.
    id: ID,
}

/// An approval.
#[derive(InputObject)]
pub struct ApproveServerRequestInput {
    /// Of which request.
    id: ID,
    /// The digest of the plan that was read; `PLAN_DRIFT` if it is no longer that.
    plan_digest: String,
    /// What to say to it, at most 1,000 characters.
    note: Option<String>,
}

/// A rejection.
#[derive(InputObject)]
pub struct RejectServerRequestInput {
    /// Of which request.
    id: ID,
    /// Why, 1 to 1,000 characters.
    reason: String,
}

/// A request to preview.
#[derive(InputObject)]
pub struct PreviewServerRequestInput {
    /// Which.
    id: ID,
}

/// What to deploy.
#[derive(InputObject)]
pub struct DeployServerRequestInput {
    /// Which approved request.
    id: ID,
    /// Not before then, at most a year ahead; as soon as it can without it.
    run_at: Option<DateTime<Utc>>,
    /// Also outside of the project's maintenance windows; needs admin access to the project.
    #[graphql(default)]
    outside_windows: bool,
}

payload! {
    /// The new request.
    CreateServerRequestPayload {
        /// The request.
        server_request: ServerRequest
    }
    /// The changed request.
    UpdateServerRequestPayload {
        /// The request.
        server_request: ServerRequest
    }
    /// The withdrawn request.
    CancelServerRequestPayload {
        /// The request.
        server_request: ServerRequest
    }
    /// The approved request.
    ApproveServerRequestPayload {
        /// The request.
        server_request: ServerRequest
    }
    /// The rejected request.
    RejectServerRequestPayload {
        /// The request.
        server_request: ServerRequest
    }
    /// The dispatched preview.
    PreviewServerRequestPayload {
        /// The preview: a deployment of the mode PREVIEW, which counts as none.
        deployment: Deployment
    }
    /// The dispatched deployment.
    DeployServerRequestPayload {
        /// The deployment.
        deployment: Deployment
    }
}

/// Filing, deciding and deploying requests.
#[derive(Default)]
pub struct ProvisioningMutation;

#[gated]
#[Object]
impl ProvisioningMutation {
    /// Files a request for a server.
    #[requires(CreateRequests)]
    async fn create_server_request(
        &self,
        context: &Context<'_>,
        input: CreateServerRequestInput,
    ) -> Result<CreateServerRequestPayload> {
        let project = key_of::<Project>(&input.project_id)?;
        let form = form_of(input);
        let filed = match form {
            Ok(form) => create_server_request::create_server_request(viewer(context)?, project, form).await,
            Err(error) => Err(error),
        };
        CreateServerRequestPayload::of(filed)
    }

    /// Changes a request that waits for a decision; staff complete it so.
    #[signed_in]
    async fn update_server_request(
        &self,
        context: &Context<'_>,
        input: UpdateServerRequestInput,
    ) -> Result<UpdateServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        let changed = update_server_request::update_server_request(viewer(context)?, key, |form| changed(form, input));
        UpdateServerRequestPayload::of(changed.await)
    }

    /// Withdraws a request of one's own.
    #[signed_in]
    async fn cancel_server_request(
        &self,
        context: &Context<'_>,
        input: CancelServerRequestInput,
    ) -> Result<CancelServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        CancelServerRequestPayload::of(cancel_server_request::cancel_server_request(viewer(context)?, key).await)
    }

    /// Approves somebody else's request, as it is planned.
    #[requires(ApproveRequests)]
    async fn approve_server_request(
        &self,
        context: &Context<'_>,
        input: ApproveServerRequestInput,
    ) -> Result<ApproveServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        let approved =
            approve_server_request::approve_server_request(viewer(context)?, key, &input.plan_digest, input.note);
        ApproveServerRequestPayload::of(approved.await)
    }

    /// Rejects somebody else's request.
    #[requires(ApproveRequests)]
    async fn reject_server_request(
        &self,
        context: &Context<'_>,
        input: RejectServerRequestInput,
    ) -> Result<RejectServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        let rejected = reject_server_request::reject_server_request(viewer(context)?, key, &input.reason);
        RejectServerRequestPayload::of(rejected.await)
    }

    /// Looks what a request would change on its server, and changes nothing: its playbook runs in Ansible's check mode. Needs write
    /// access to the project.
    #[requires(ManageDeployments)]
    async fn preview_server_request(
        &self,
        context: &Context<'_>,
        input: PreviewServerRequestInput,
    ) -> Result<PreviewServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        PreviewServerRequestPayload::of(preview_server_request::preview_server_request(viewer(context)?, key).await)
    }

    /// Deploys what was approved; needs write access to the project.
    #[requires(ManageDeployments)]
    async fn deploy_server_request(
        &self,
        context: &Context<'_>,
        input: DeployServerRequestInput,
    ) -> Result<DeployServerRequestPayload> {
        let key = key_of::<ServerRequest>(&input.id)?;
        let schedule = Schedule { run_after: input.run_at, ignores_windows: input.outside_windows };
        let dispatched = deploy_server_request::deploy_server_request(viewer(context)?, key, schedule).await;
        DeployServerRequestPayload::of(dispatched)
    }
}

/// An id of nothing the viewer sees is the form's mistake, not the request's.
fn named<T>(field: &str, key: AppResult<T>) -> AppResult<T> {
    key.map_err(|_| AppError::field(field, UserErrorCode::Invalid, "There is no such object."))
}

fn form_of(input: CreateServerRequestInput) -> AppResult<Form> {
    let script = input.script_id.map(|id| named("scriptId", key_of::<Script>(&id))).transpose()?;
    let target = input.target_server_id.map(|id| named("targetServerId", key_of::<Server>(&id))).transpose()?;
    Ok(Form {
        name: input.name.trim().to_owned(),
        server_type: input.server_type.into(),
        cpu: input.cpu,
        memory_gb: input.memory_gb,
        storage_gb: input.storage_gb,
        operating_system: input.operating_system.trim().to_owned(),
        application_type: input.application_type.filter(|text| !text.trim().is_empty()),
        priority: input.priority.into(),
        expected_usage: input.expected_usage.into(),
        justification: input.justification.trim().to_owned(),
        script,
        target,
        variables: input.variables.map_or(serde_json::Value::Null, |variables| variables.0),
    })
}

fn changed(mut form: Form, input: UpdateServerRequestInput) -> AppResult<Form> {
    if let Some(name) = input.name {
        name.trim().clone_into(&mut form.name);
    }
    form.server_type = input.server_type.map_or(form.server_type, Into::into);
    form.cpu = input.cpu.unwrap_or(form.cpu);
    form.memory_gb = input.memory_gb.unwrap_or(form.memory_gb);
    form.storage_gb = input.storage_gb.unwrap_or(form.storage_gb);
    if let Some(system) = input.operating_system {
        system.trim().clone_into(&mut form.operating_system);
    }
    match input.application_type {
        MaybeUndefined::Undefined => {}
        other => form.application_type = other.take().filter(|text| !text.trim().is_empty()),
    }
    form.priority = input.priority.map_or(form.priority, Into::into);
    form.expected_usage = input.expected_usage.map_or(form.expected_usage, Into::into);
    if let Some(justification) = input.justification {
        justification.trim().clone_into(&mut form.justification);
    }
    let other_script = !matches!(input.script_id, MaybeUndefined::Undefined);
    if other_script {
        let id = input.script_id.take();
        form.script = id.map(|id| named("scriptId", key_of::<Script>(&id))).transpose()?;
    }
    if !matches!(input.target_server_id, MaybeUndefined::Undefined) {
        let id = input.target_server_id.take();
        form.target = id.map(|id| named("targetServerId", key_of::<Server>(&id))).transpose()?;
    }
    match input.variables {
        Some(variables) => form.variables = variables.0,
        // Another script declares other variables: the old values say nothing to it.
        None if other_script => form.variables = serde_json::Value::Null,
        None => {}
    }
    Ok(form)
}
