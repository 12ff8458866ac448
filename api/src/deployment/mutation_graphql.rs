//! Running scripts, and what a person does about runs, in the API.

use super::graphql::Deployment;
use super::plan::{Rollout, Share};
use super::rerun_deployment::{self, Rerun};
use super::run_script::{self, On, Run};
use super::schedule::Schedule;
use super::{
    cancel_deployment, pause_deployment, preview_script, reschedule_deployment, resume_deployment,
    set_maintenance_windows,
};
use crate::fleet::graphql::{Project, Server};
use crate::fleet::script_graphql::Script;
use crate::fleet::windows_graphql::MaintenanceWindowInput;
use crate::identity::Identity;
use crate::payload;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::graphql::descriptor::key_of;
use crate::platform::graphql::viewer;
use async_graphql::{Context, Enum, ID, InputObject, Json, Object, OneofObject, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use std::collections::BTreeMap;

/// Servers by their labels, as they are when the run is dispatched: the plan names them.
#[derive(InputObject)]
pub struct LabelledServersInput {
    /// Servers of which project.
    project_id: ID,
    /// With all of these labels; at most 100 servers may have them.
    labels: Vec<String>,
}

/// Some of a run's servers.
#[derive(OneofObject, Clone, Copy)]
pub enum ShareInput {
    /// So many.
    Hosts(u32),
    /// So many of a hundred.
    Percent(u32),
}

impl From<ShareInput> for Share {
    fn from(share: ShareInput) -> Self {
        match share {
            ShareInput::Hosts(hosts) => Self::Hosts(hosts),
            ShareInput::Percent(percent) => Self::Percent(percent),
        }
    }
}

/// A script to run without a request.
#[derive(InputObject)]
pub struct RunScriptInput {
    /// Which; its newest revision runs.
    script_id: ID,
    /// On which servers of one project, at most 100; or `labelled` says it.
    #[graphql(default)]
    server_ids: Vec<ID>,
    /// On the servers that have these labels, instead of `serverIds`.
    labelled: Option<LabelledServersInput>,
    /// On how many servers at once; on all of them without it.
    batch: Option<ShareInput>,
    /// If more servers than this fail or are not reached, no further batch is begun; with `batch` and without this, no
    /// server may.
    max_failures: Option<ShareInput>,
    /// Not before then, at most a year ahead; as soon as it can without it.
    run_at: Option<DateTime<Utc>>,
    /// Also outside of the project's maintenance windows; needs admin access to the project.
    #[graphql(default)]
    outside_windows: bool,
    /// The values for its variables, by name.
    #[graphql(secret)]
    variables: Option<Json<serde_json::Value>>,
}

/// A script to preview without a request.
#[derive(InputObject)]
pub struct PreviewScriptInput {
    /// Which; its newest revision is looked at.
    script_id: ID,
    /// On which servers of one project, at most 100; or `labelled` says it.
    #[graphql(default)]
    server_ids: Vec<ID>,
    /// On the servers that have these labels, instead of `serverIds`.
    labelled: Option<LabelledServersInput>,
    /// The values for its variables, by name.
    #[graphql(secret)]
    variables: Option<Json<serde_json::Value>>,
}

/// On which hosts to run again.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum RerunHosts {
    /// On all of them.
    All,
    /// On those of which it is not known that they came to the end of the script without a failure.
    NotOk,
}

/// A deployment that has ended, to run again.
#[derive(InputObject)]
pub struct RerunDeploymentInput {
    /// Which.
    deployment_id: ID,
    /// On which of its hosts.
    hosts: RerunHosts,
    /// How many reruns of it the person knows of, from 0: CONFLICT if there are more by now, so that of two people, or
    /// of two attempts by a program, one runs it.
    known_reruns: u32,
    /// Not before then, at most a year ahead; as soon as it can without it.
    run_at: Option<DateTime<Utc>>,
    /// Also outside of the project's maintenance windows; needs admin access to the project.
    #[graphql(default)]
    outside_windows: bool,
    /// For a run without a request, the values of the plan's secrets, by name: they were not kept. `PLAN_DRIFT` if they
    /// are others than before.
    #[graphql(secret)]
    secrets: Option<Json<BTreeMap<String, String>>>,
}

/// A deployment that has not begun, and when it may.
#[derive(InputObject)]
pub struct RescheduleDeploymentInput {
    /// Which.
    id: ID,
    /// Not before then, at most a year ahead; as soon as it can without it.
    run_at: Option<DateTime<Utc>>,
    /// Also outside of the project's maintenance windows; needs admin access to the project.
    #[graphql(default)]
    outside_windows: bool,
}

/// A project's maintenance windows, all of them.
#[derive(InputObject)]
pub struct SetMaintenanceWindowsInput {
    /// Of which project.
    project_id: ID,
    /// The windows, at most 20; with none of them, deployments begin at any time.
    windows: Vec<MaintenanceWindowInput>,
}

/// A deployment to pause.
#[derive(InputObject)]
pub struct PauseDeploymentInput {
    /// Which.
    id: ID,
}

/// A deployment to have go on.
#[derive(InputObject)]
pub struct ResumeDeploymentInput {
    /// Which.
    id: ID,
}

/// A deployment to stop.
#[derive(InputObject)]
pub struct CancelDeploymentInput {
    /// Which.
    id: ID,
}

payload! {
    /// The dispatched run.
    RunScriptPayload {
        /// The deployment.
        deployment: Deployment
    }
    /// The dispatched preview.
    PreviewScriptPayload {
        /// The preview: a deployment of the mode PREVIEW, which counts as none.
        deployment: Deployment
    }
    /// The dispatched run.
    RerunDeploymentPayload {
        /// The new deployment.
        deployment: Deployment
    }
    /// The deployment that waits.
    RescheduleDeploymentPayload {
        /// The deployment.
        deployment: Deployment
    }
    /// The project with its windows.
    SetMaintenanceWindowsPayload {
        /// The project.
        project: Project
    }
    /// The deployment that is to pause.
    PauseDeploymentPayload {
        /// The deployment.
        deployment: Deployment
    }
    /// The deployment that is to go on.
    ResumeDeploymentPayload {
        /// The deployment.
        deployment: Deployment
    }
    /// The deployment that is being stopped.
    CancelDeploymentPayload {
        /// The deployment.
        deployment: Deployment
    }
}

/// Running scripts, and stopping runs.
#[derive(Default)]
pub struct DeploymentMutation;

#[gated]
#[Object]
impl DeploymentMutation {
    /// Runs a script without a request; needs admin access to the servers' project.
    #[requires(ManageDeployments)]
    async fn run_script(&self, context: &Context<'_>, input: RunScriptInput) -> Result<RunScriptPayload> {
        let script = key_of::<Script>(&input.script_id)?;
        let on = on(&input.server_ids, input.labelled)?;
        let rollout = match (input.batch, input.max_failures) {
            (Some(batch), most) => {
                Ok(Some(Rollout { batch: batch.into(), failures_most: most.map_or(Share::Hosts(0), Into::into) }))
            }
            (None, None) => Ok(None),
            (None, Some(_)) => Err(AppError::field("maxFailures", UserErrorCode::Invalid, "Only with batches.")),
        };
        let schedule = Schedule { run_after: input.run_at, ignores_windows: input.outside_windows };
        let variables = input.variables.map_or(serde_json::Value::Null, |variables| variables.0);
        let dispatched = match (on, rollout) {
            (Ok(on), Ok(rollout)) => {
                let run = Run { script, on, schedule, rollout, variables };
                run_script::run_script(viewer(context)?, run).await
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        RunScriptPayload::of(dispatched)
    }

    /// Looks what a script would change, and changes nothing: its playbook runs in Ansible's check mode. Needs admin access to the
    /// servers' project.
    #[requires(ManageDeployments)]
    async fn preview_script(&self, context: &Context<'_>, input: PreviewScriptInput) -> Result<PreviewScriptPayload> {
        let script = key_of::<Script>(&input.script_id)?;
        let on = on(&input.server_ids, input.labelled)?;
        let variables = input.variables.map_or(serde_json::Value::Null, |variables| variables.0);
        let dispatched = match on {
            Ok(on) => {
                let run = Run { script, on, schedule: Schedule::default(), rollout: None, variables };
                preview_script::preview_script(viewer(context)?, run).await
            }
            Err(error) => Err(error),
        };
        PreviewScriptPayload::of(dispatched)
    }

    /// Runs a deployment that has ended again, by the very same plan, on all of its hosts or on those that did not come
    /// to their end. What was approved may be deployed again until it has succeeded, and needs write access to the
    /// project; a run without a request needs admin access.
    #[requires(ManageDeployments)]
    async fn rerun_deployment(
        &self,
        context: &Context<'_>,
        input: RerunDeploymentInput,
    ) -> Result<RerunDeploymentPayload> {
        let key = key_of::<Deployment>(&input.deployment_id)?;
        let rerun = Rerun {
            is_for_all: input.hosts == RerunHosts::All,
            known_reruns: input.known_reruns as usize,
            schedule: Schedule { run_after: input.run_at, ignores_windows: input.outside_windows },
            secrets: input.secrets.map(|secrets| secrets.0).unwrap_or_default(),
        };
        RerunDeploymentPayload::of(rerun_deployment::rerun_deployment(viewer(context)?, key, rerun).await)
    }

    /// Says anew when a deployment that has not begun may; needs what it took to dispatch it. Without a time it begins as
    /// soon as it can.
    #[requires(ManageDeployments)]
    async fn reschedule_deployment(
        &self,
        context: &Context<'_>,
        input: RescheduleDeploymentInput,
    ) -> Result<RescheduleDeploymentPayload> {
        let key = key_of::<Deployment>(&input.id)?;
        let schedule = Schedule { run_after: input.run_at, ignores_windows: input.outside_windows };
        let moved = reschedule_deployment::reschedule_deployment(viewer(context)?, key, schedule).await;
        RescheduleDeploymentPayload::of(moved)
    }

    /// Says when deployments on a project's servers may begin; needs admin access to it. What waits already waits for the
    /// new windows.
    #[requires(ManageServers)]
    async fn set_maintenance_windows(
        &self,
        context: &Context<'_>,
        input: SetMaintenanceWindowsInput,
    ) -> Result<SetMaintenanceWindowsPayload> {
        let key = key_of::<Project>(&input.project_id)?;
        let windows = input.windows.into_iter().map(Into::into).collect();
        let set = set_maintenance_windows::set_maintenance_windows(viewer(context)?, key, windows).await;
        SetMaintenanceWindowsPayload::of(set)
    }

    /// Has a deployment begin nothing new, neither a task nor a batch, until somebody has it go on; needs write access to
    /// its project.
    #[requires(ManageDeployments)]
    async fn pause_deployment(
        &self,
        context: &Context<'_>,
        input: PauseDeploymentInput,
    ) -> Result<PauseDeploymentPayload> {
        let key = key_of::<Deployment>(&input.id)?;
        PauseDeploymentPayload::of(pause_deployment::pause_deployment(viewer(context)?, key).await)
    }

    /// Has a paused deployment go on; needs write access to its project.
    #[requires(ManageDeployments)]
    async fn resume_deployment(
        &self,
        context: &Context<'_>,
        input: ResumeDeploymentInput,
    ) -> Result<ResumeDeploymentPayload> {
        let key = key_of::<Deployment>(&input.id)?;
        ResumeDeploymentPayload::of(resume_deployment::resume_deployment(viewer(context)?, key).await)
    }

    /// Stops a deployment; needs write access to its project.
    #[requires(ManageDeployments)]
    async fn cancel_deployment(
        &self,
        context: &Context<'_>,
        input: CancelDeploymentInput,
    ) -> Result<CancelDeploymentPayload> {
        let key = key_of::<Deployment>(&input.id)?;
        let identity = context.data::<Identity>()?;
        CancelDeploymentPayload::of(cancel_deployment::cancel_deployment(viewer(context)?, identity, key).await)
    }
}

/// On which servers; an id of anything else is an error, and saying both is the person's.
fn on(server_ids: &[ID], labelled: Option<LabelledServersInput>) -> Result<AppResult<On>> {
    let servers = server_ids.iter().map(|id| Ok(key_of::<Server>(id)?)).collect::<Result<Vec<_>>>()?;
    Ok(match labelled {
        None => Ok(On::Servers(servers)),
        Some(LabelledServersInput { project_id, labels }) if servers.is_empty() => {
            Ok(On::Labelled { project: key_of::<Project>(&project_id)?, labels })
        }
        Some(_) => Err(AppError::field("labelled", UserErrorCode::Invalid, "Either servers or labels.")),
    })
}
