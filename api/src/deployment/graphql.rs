//! Deployments in the API.

use super::dispatch::JOB;
use super::event_graphql::DeploymentProgress;
use super::event_graphql::{
    DeploymentEventConnection, DeploymentEventKind, DeploymentTask, event_page, progress_of, tasks_of,
};
use super::model::is_final;
use super::policy::{CancelDeployment, PauseDeployment, RerunDeployment, RescheduleDeployment, ResumeDeployment};
use super::preview_graphql::{DeploymentMode, PreviewCoverage, PreviewDiff, coverage_of};
use super::store::{self, deployment_host, deployment_run};
use crate::fleet::graphql::{Project, Server};
use crate::fleet::script_graphql::{Script, ScriptRevision};
use crate::identity::graphql::Actor;
use crate::platform::authority::Authority;
use crate::platform::error::AppError;
use crate::platform::granted::Action as _;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{about, key_of, linked};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::ids::{DeploymentId, GlobalId, Key as _, ServerRequestId, TenantId};
use crate::platform::jobs;
use crate::platform::paging::Window;
use crate::platform::scope::{Resource as _, everything, nothing};
use crate::provisioning::graphql::ServerRequest;
use crate::provisioning::plan_graphql::PlanObject;
use crate::{descriptor, listed, mirrored_enum};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::{ColumnTrait as _, Condition};

mirrored_enum! {
    /// How far a deployment has come.
    DeploymentStatus of store::DeploymentStatus {
        /// It waits for a runner.
        Pending,
        /// It runs.
        Running,
        /// Every target came to the end of the script.
        Completed,
        /// A target failed, or it was refused before it touched one.
        Failed,
        /// Somebody stopped it.
        Cancelled,
        /// What it did cannot be known: a person decides.
        Unknown,
    }
    /// How a host came out of a deployment.
    HostResult of store::HostResult {
        /// Its turn has not come.
        Pending,
        /// Tasks run there.
        Running,
        /// Nothing failed.
        Ok,
        /// A task failed.
        Failed,
        /// It could not be reached.
        Unreachable,
        /// Nobody knows.
        Unknown,
        /// The run was stopped before it came to its end there.
        Cancelled,
        /// Its turn never came: nothing was begun there.
        NotRun,
    }
}

descriptor! {
    /// A run of a script on servers.
    Deployment(deployment_run) {
        fields |row| {
            /// Whether it is done, or only looked at.
            mode: DeploymentMode = row.mode.into();
            /// How far it has come.
            status: DeploymentStatus = row.status.into();
            /// Tasks finished over tasks planned.
            progress: DeploymentProgress = progress_of(row);
            /// Of a preview that came to its end: how much of it was really checked. Null otherwise.
            coverage: Option<PreviewCoverage> = coverage_of(row);
            /// The operation that dispatched it, as a trace context of W3C, `00-TRACE-SPAN-FLAGS`: by its trace id the
            /// run is found among traces and in the log. Scripts see it as `TRACEPARENT`.
            trace_parent: Option<String> = row.trace_parent.clone();
            /// Why it did not complete.
            failure_message: Option<String> = row.failure_message.clone();
            /// When somebody asked for it to be stopped.
            cancel_requested_at: Option<DateTime<Utc>> = row.cancel_requested_at;
            /// Since when somebody wants it to pause: what goes on comes to its end, and nothing new begins.
            pause_requested_at: Option<DateTime<Utc>> = row.pause_requested_at;
            /// Since when it pauses. Meanwhile the time allowed stands still.
            paused_at: Option<DateTime<Utc>> = row.paused_at;
            /// Not before then, if somebody said so.
            run_after: Option<DateTime<Utc>> = row.run_after;
            /// Whether it may begin outside of its project's maintenance windows.
            outside_windows: bool = row.ignores_windows;
            /// When it was dispatched.
            created_at: DateTime<Utc> = row.created_at;
            /// When its runner began.
            started_at: Option<DateTime<Utc>> = row.started_at;
            /// When it ended.
            finished_at: Option<DateTime<Utc>> = row.finished_at;
            /// When the last of its events were moved to the archive, compressed; null while none was. They are read from
            /// there as they were before.
            events_archived_at: Option<DateTime<Utc>> = row.archived_at;
        }
        links {
            /// On servers of which project.
            project: Project = (tenant_id, project_id);
            /// For which request; null without one, and where the viewer does not see it.
            request: Option<ServerRequest> = (tenant_id, request_id);
            /// The deployment that was run again by this one.
            rerun_of: Option<Deployment> = (tenant_id, rerun_of);
            /// Which script; null where the viewer does not see scripts.
            script: Option<Script> = (script_id);
            /// Which of its revisions; null where the viewer does not see scripts.
            script_revision: Option<ScriptRevision> = (script_revision_id);
        }
        resolvers {
            /// Exactly what it does.
            fn plan(&self) -> Result<PlanObject> {
                Ok(PlanObject::kept(&self.0.plan)?)
            }
            /// Its hosts, by name.
            async fn hosts(&self, context: &Context<'_>) -> Result<Vec<DeploymentHost>> {
                let rows = store::hosts(&viewer(context)?.reader(), (self.0.tenant_id, self.0.id)).await?;
                Ok(rows.into_iter().map(DeploymentHost).collect())
            }
            /// Its tasks so far, in the order in which they began.
            async fn tasks(&self, context: &Context<'_>) -> Result<Vec<DeploymentTask>> {
                tasks_of(context, &self.0).await
            }
            /// What happened, in order: the same events that `deploymentProgress` delivers, with the same cursors.
            async fn events(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                #[graphql(desc = "Those of these kinds only.")] kind: Option<Vec<DeploymentEventKind>>,
            ) -> Result<DeploymentEventConnection> {
                let window = Window { first, after, last, before };
                event_page(context, &self.0, window, kind).await
            }
            /// Who started it.
            async fn started_by(&self, context: &Context<'_>) -> Result<Actor> {
                Actor::load(context, self.0.started_by).await
            }
            /// Of a preview: what it would change, by task and host, so far; at most 2,000 of them.
            async fn diffs(&self, context: &Context<'_>) -> Result<Vec<PreviewDiff>> {
                let rows = store::diffs(&viewer(context)?.reader(), (self.0.tenant_id, self.0.id)).await?;
                Ok(rows.into_iter().map(PreviewDiff).collect())
            }
            /// Its receipt: what was decided, what ran and how it came out, signed as a JWS with the server's key, for
            /// whoever has to believe it without asking Rookery. Made when the deployment ends, and the same for ever.
            /// Null before, for previews, and for what was dispatched by a version that made none.
            async fn receipt(&self, context: &Context<'_>) -> Result<Option<String>> {
                if !is_final(self.0.status) {
                    return Ok(None);
                }
                Ok(store::receipt(&viewer(context)?.reader(), (self.0.tenant_id, self.0.id)).await?)
            }
            /// For one that waits: the deployment that runs on one of its servers, or is to before it. On a server one runs at
            /// a time. Null where it waits for nothing but a free place.
            async fn waits_for(&self, context: &Context<'_>) -> Result<Option<Deployment>> {
                let viewer = viewer(context)?;
                if self.0.status != store::DeploymentStatus::Pending {
                    return Ok(None);
                }
                let Some(ahead) = jobs::waits_for(viewer.kernel(), JOB, self.0.id.0).await? else { return Ok(None) };
                Ok(store::by_id(&viewer.reader(), DeploymentId(ahead)).await?.map(Deployment))
            }
            /// For one that waits for a time or for a maintenance window: when it may begin at the earliest.
            async fn begins_at(&self, context: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
                if self.0.status != store::DeploymentStatus::Pending {
                    return Ok(None);
                }
                Ok(jobs::waits_until(viewer(context)?.kernel(), JOB, self.0.id.0).await?)
            }
            /// The deployments by which it was run again, oldest first.
            async fn reruns(&self, context: &Context<'_>) -> Result<Vec<DeploymentRerun>> {
                let rows = store::reruns(&viewer(context)?.reader(), (self.0.tenant_id, self.0.id)).await?;
                Ok(rows.iter().map(DeploymentRerun::from).collect())
            }
            /// Whether the viewer may have it run again.
            fn can_rerun(&self, context: &Context<'_>) -> Result<bool> {
                let person = viewer(context)?.person();
                Ok(person.is_some_and(|person| RerunDeployment::permit(person, &self.0).is_ok()))
            }
            /// Whether the viewer may say anew when it begins.
            fn can_reschedule(&self, context: &Context<'_>) -> Result<bool> {
                let person = viewer(context)?.person();
                Ok(person.is_some_and(|person| RescheduleDeployment::permit(person, &self.0).is_ok()))
            }
            /// Whether the viewer may pause it, or have it go on, now.
            fn can_pause(&self, context: &Context<'_>) -> Result<bool> {
                let may = |person| {
                    PauseDeployment::permit(person, &self.0).is_ok() || ResumeDeployment::permit(person, &self.0).is_ok()
                };
                Ok(viewer(context)?.person().is_some_and(may))
            }
            /// Whether the viewer may stop it now.
            fn can_cancel(&self, context: &Context<'_>) -> Result<bool> {
                let person = viewer(context)?.person();
                Ok(person.is_some_and(|person| CancelDeployment::permit(person, &self.0).is_ok()))
            }
        }
    }
}

/// A deployment by which another was run again.
#[derive(SimpleObject)]
pub struct DeploymentRerun {
    /// The deployment's global id.
    id: ID,
    /// How far it has come.
    status: DeploymentStatus,
    /// When it was dispatched.
    created_at: DateTime<Utc>,
}

impl From<&deployment_run::Model> for DeploymentRerun {
    fn from(row: &deployment_run::Model) -> Self {
        let id = GlobalId::encode(deployment_run::Entity::NAME, &(row.tenant_id, row.id).parts());
        Self { id: id.into(), status: row.status.into(), created_at: row.created_at }
    }
}

/// A host of a deployment, with its counts of tasks once it is done.
pub struct DeploymentHost(deployment_host::Model);

/// A host of a deployment, with its counts of tasks once it is done.
#[Object]
impl DeploymentHost {
    /// The server.
    async fn server(&self, context: &Context<'_>) -> Result<Option<Server>> {
        linked(context, Some((self.0.tenant_id, self.0.server_id))).await
    }
    /// Its name then.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Its name or address in the network then.
    async fn address(&self) -> &str {
        &self.0.address
    }
    /// How it came out.
    async fn result(&self) -> HostResult {
        self.0.result.into()
    }
    /// Tasks that are fine, those that changed something included.
    async fn ok(&self) -> i32 {
        self.0.ok
    }
    /// Tasks that changed something.
    async fn changed(&self) -> i32 {
        self.0.changed
    }
    /// Tasks that failed.
    async fn failed(&self) -> i32 {
        self.0.failed
    }
    /// Tasks that were not needed.
    async fn skipped(&self) -> i32 {
        self.0.skipped
    }
    /// Attempts that did not reach it.
    async fn unreachable(&self) -> i32 {
        self.0.unreachable
    }
    /// When its first task began there; null before, and where it is not known.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }
    /// When the last of its tasks that ended there did, so far; of a run that was stopped, when it was. Null before, and where
    /// nobody knows.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

listed! {
    Deployment(deployment_run) as DeploymentConnection, DeploymentEdge;
    where DeploymentWhere |viewer| {
        /// Of one of these modes; RUN alone unless said otherwise.
        mode: Vec<DeploymentMode> => |list| {
            deployment_run::Column::Mode.is_in(list.into_iter().map(store::DeploymentMode::from))
        };
        /// In one of these states.
        status: Vec<DeploymentStatus> => |list| {
            deployment_run::Column::Status.is_in(list.into_iter().map(store::DeploymentStatus::from))
        };
        /// On servers of this project.
        project_id: ID => |id| about::<Project>(&id, |(tenant, project)| {
            Condition::all()
                .add(deployment_run::Column::TenantId.eq(tenant))
                .add(deployment_run::Column::ProjectId.eq(project))
        });
        /// For this request.
        request_id: ID => |id| about::<ServerRequest>(&id, |(tenant, request)| {
            Condition::all()
                .add(deployment_run::Column::TenantId.eq(tenant))
                .add(deployment_run::Column::RequestId.eq(request))
        });
        /// Of this script.
        script_id: ID => |id| about::<Script>(&id, |script| {
            // Who does not see scripts learns nothing about them here either.
            let sees_scripts = viewer.person().is_some_and(Authority::is_staff);
            let of_script = Condition::all().add(deployment_run::Column::ScriptId.eq(script));
            if sees_scripts { of_script } else { nothing() }
        });
    }
    order DeploymentOrder by DeploymentOrderField {
        /// By when it was dispatched.
        CreatedAt = CreatedAt;
    }
    usually CreatedAt Desc
}

/// A request's deployments or previews, newest first.
pub(crate) async fn deployments_of(
    context: &Context<'_>,
    request: (TenantId, ServerRequestId),
    mode: store::DeploymentMode,
) -> Result<Vec<Deployment>> {
    let rows = store::of_request(&viewer(context)?.reader(), request, mode).await?;
    Ok(rows.into_iter().map(Deployment).collect())
}

/// Reading deployments.
#[derive(Default)]
pub struct DeploymentQuery;

#[gated]
#[Object]
impl DeploymentQuery {
    /// The deployments that the viewer sees; previews only if `where` asks for that mode.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn deployments(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<DeploymentWhere>,
        order_by: Option<DeploymentOrder>,
    ) -> Result<Read<DeploymentConnection>> {
        let window = Window { first, after, last, before };
        let all = r#where.as_ref().is_some_and(|filter| filter.mode.is_some());
        let deploys = Condition::all().add(deployment_run::Column::Mode.eq(store::DeploymentMode::Run));
        let base = if all { everything() } else { deploys };
        list::<Deployment>(context, base, window, r#where, order_by).await
    }

    /// One deployment; null if the viewer does not see it.
    #[signed_in]
    async fn deployment(&self, context: &Context<'_>, id: ID) -> Result<Option<Deployment>> {
        let Ok(key) = key_of::<Deployment>(&id) else { return Ok(None) };
        match viewer(context)?.reader().get::<deployment_run::Entity>(key).await {
            Ok(row) => Ok(Some(Deployment(row))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
