//! Makes a deployment out of a plan that may be deployed: the rows, the first event and the job, in the caller's
//! transaction.

use super::log_digest::{EMPTY, after_events};
use super::plan::Plan;
use super::schedule::Schedule;
use super::store::{self, DeploymentMode, DeploymentStatus, HostResult, deployment_host, deployment_run};
use crate::fleet::store::{ServerDeploymentStatus, project, set_deployment_status};
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Proof, Tx};
use crate::platform::ids::{DeploymentId, ProjectId, ScriptId, ScriptRevisionId, ServerId, ServerRequestId, TenantId};
use crate::platform::jobs;
use crate::platform::kernel::Kernel;
use crate::platform::seal::Place;
use crate::platform::trace::TraceContext;
use std::collections::BTreeMap;

/// The kind of job that a deployment is.
pub const JOB: &str = "deployment";

/// What to deploy.
pub struct Dispatch {
    /// Whose.
    pub tenant: TenantId,
    /// On servers of which project.
    pub project: ProjectId,
    /// Whether to do it, or to look what it would do.
    pub mode: DeploymentMode,
    /// For which request, if there is one.
    pub request: Option<ServerRequestId>,
    /// When it may begin.
    pub schedule: Schedule,
    /// Which deployment is run again, if one is.
    pub rerun_of: Option<DeploymentId>,
    /// Which script.
    pub script: ScriptId,
    /// Which of its revisions.
    pub revision: ScriptRevisionId,
    /// The whole plan.
    pub plan: Plan,
    /// The values of its secrets.
    pub secrets: BTreeMap<String, String>,
}

/// Where a deployment's secrets are kept.
#[must_use]
pub fn secrets_place(tenant: TenantId, id: DeploymentId) -> Place {
    Place { column: "deployment.secret_variables", row: [tenant.0, id.0] }
}

/// Dispatches. Whoever holds the proof has decided that this may be deployed.
///
/// # Errors
/// INTERNAL, also for secrets that are not those of the plan.
pub async fn dispatch(tx: &Tx, proof: &(impl Proof + ?Sized), what: Dispatch) -> AppResult<deployment_run::Model> {
    // A value beside the plan would outrank what the script sets itself, and nobody approved it.
    if !what.secrets.keys().eq(what.plan.secrets.keys()) {
        return Err(AppError::Internal("the secrets to dispatch are not those of the plan".into()));
    }
    let id = DeploymentId(tx.uuid());
    let kernel = tx.viewer().kernel();
    let place = secrets_place(what.tenant, id);
    let row = deployment_run::Model {
        tenant_id: what.tenant,
        id,
        project_id: what.project,
        request_id: what.request,
        rerun_of: what.rerun_of,
        script_id: what.script,
        script_revision_id: what.revision,
        mode: what.mode,
        status: DeploymentStatus::Pending,
        plan: what.plan.canonical(),
        plan_digest: what.plan.digest(),
        variables: serde_json::to_value(&what.plan.variables).map_err(AppError::internal)?,
        secret_variables: crate::provisioning::form::seal_secrets(kernel, place, &what.secrets)?,
        started_by: tx.viewer().signed_in()?.user,
        tasks_finished: 0,
        tasks_planned: None,
        last_sequence: 1,
        log_digest: None,
        spool_offset: 0,
        launch_fence: None,
        trace_parent: Some(trace_context(kernel).to_string()),
        coverage: None,
        failure_message: None,
        cancel_requested_at: None,
        run_after: what.schedule.run_after,
        ignores_windows: what.schedule.ignores_windows,
        pause_requested_at: None,
        paused_at: None,
        created_at: tx.now(),
        started_at: None,
        finished_at: None,
        archived_through: 0,
        archived_parts: 0,
        archived_at: None,
    };
    let hosts = what
        .plan
        .targets
        .iter()
        .map(|target| deployment_host::Model {
            tenant_id: what.tenant,
            deployment_id: id,
            server_id: ServerId(target.id),
            name: target.name.clone(),
            address: target.address.clone(),
            result: HostResult::Pending,
            ok: 0,
            changed: 0,
            failed: 0,
            skipped: 0,
            unreachable: 0,
            started_at: None,
            finished_at: None,
        })
        .collect();
    let waiting = store::waiting_event(&row);
    let row = deployment_run::Model { log_digest: Some(after_events(EMPTY, [&waiting])), ..row };
    let row = store::insert(tx, proof, row, hosts).await?;
    store::insert_events(tx, proof, vec![waiting]).await?;
    let deployed = what.plan.targets.iter().filter(|_| what.mode == DeploymentMode::Run);
    for target in deployed {
        let server = (what.tenant, ServerId(target.id));
        set_deployment_status(tx, proof, server, ServerDeploymentStatus::Pending).await?;
    }
    // On one server, one at a time.
    let servers: Vec<_> = what.plan.targets.iter().map(|target| target.id).collect();
    let project = tx.get::<project::Entity>((what.tenant, what.project)).await?;
    let later = what.schedule.later(&project, what.mode, tx.now())?;
    jobs::enqueue(tx, proof, JOB, what.tenant, id.0, &servers, later).await?;
    crash::at("run::dispatching");
    Ok(row)
}

/// The operation that dispatches.
fn trace_context(kernel: &Kernel) -> TraceContext {
    TraceContext::current().unwrap_or_else(|| TraceContext::fresh(&kernel.source))
}
