//! Server requests in the API.

use super::form::{open_secrets, secrets_place};
use super::plan::plan_of;
use super::plan_graphql::PlanObject;
use super::policy::{
    ApproveServerRequest, CancelServerRequest, DeployServerRequest, PreviewServerRequest, RejectServerRequest,
    UpdateServerRequest,
};
use super::store::{self, server_request};
use crate::audit::graphql::{HistoryEntry, history};
use crate::deployment::graphql::{Deployment, deployments_of};
use crate::deployment::store::DeploymentMode;
use crate::fleet::graphql::{Project, Server};
use crate::fleet::script_graphql::Script;
use crate::fleet::store::within_reach;
use crate::identity::graphql::Actor;
use crate::platform::authority::Authority;
use crate::platform::error::AppError;
use crate::platform::granted::{Action, Refusal};
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{about, contains, key_of};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::{descriptor, listed, mirrored_enum};
use async_graphql::{Context, Enum, ID, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::{ColumnTrait as _, Condition};

mirrored_enum! {
    /// How far a request has come.
    RequestStatus of store::RequestStatus {
        /// It waits for a decision.
        Pending,
        /// It can be deployed.
        Approved,
        /// It was turned down.
        Rejected,
        /// Its deployment is under way.
        Deploying,
        /// Its deployment was completed.
        Deployed,
        /// Its deployment failed, was cancelled, or its outcome is unknown.
        Failed,
        /// Its requester withdrew it.
        Cancelled,
    }
    /// How urgent something is.
    Priority of store::Priority {
        /// It can wait.
        Low,
        /// In its turn.
        Medium,
        /// Before others.
        High,
        /// At once.
        Urgent,
    }
    /// What a server is for.
    ServerType of store::ServerType {
        /// Web sites.
        Web,
        /// Databases.
        Database,
        /// Applications.
        Application,
        /// Caches.
        Cache,
        /// Files.
        File,
        /// Backups.
        Backup,
        /// Development.
        Development,
        /// Testing.
        Testing,
    }
    /// How much a server will be used.
    ExpectedUsage of store::ExpectedUsage {
        /// Little.
        Low,
        /// Ordinarily.
        Medium,
        /// Much.
        High,
        /// All the time.
        VeryHigh,
    }
}

descriptor! {
    /// Somebody's request for a server: what they need, what would be done, and what was decided.
    ServerRequest(server_request) {
        fields |row| {
            /// The server's name.
            name: String = row.name.clone();
            /// What it is for.
            server_type: ServerType = row.server_type.into();
            /// Processors.
            cpu: i32 = row.cpu;
            /// Memory in gigabytes.
            memory_gb: i32 = row.memory_gb;
            /// Storage in gigabytes.
            storage_gb: i32 = row.storage_gb;
            /// The operating system.
            operating_system: String = row.operating_system.clone();
            /// What will run there.
            application_type: Option<String> = row.application_type.clone();
            /// How urgent it is.
            priority: Priority = row.priority.into();
            /// How much it will be used.
            expected_usage: ExpectedUsage = row.expected_usage.into();
            /// Why it is needed.
            justification: String = row.justification.clone();
            /// The values for the script, by name; secret ones are never shown.
            variables: Json<serde_json::Value> = Json(row.variables.clone());
            /// How far it has come.
            status: RequestStatus = row.status.into();
            /// When it was decided.
            decided_at: Option<DateTime<Utc>> = row.decided_at;
            /// What the decider said.
            decision_note: Option<String> = row.decision_note.clone();
            /// When it was filed.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {
            /// For which project; null where the viewer no longer reaches it.
            project: Option<Project> = (tenant_id, project_id);
            /// What to run, if that was named; null also where the viewer does not see scripts.
            script: Option<Script> = (script_id);
            /// On which server, if that was named.
            target_server: Option<Server> = (tenant_id, target_server_id);
        }
        resolvers {
            /// The names of the secret values that were given; the values themselves are never shown.
            fn secret_variables(&self, context: &Context<'_>) -> Result<Vec<String>> {
                let kernel = viewer(context)?.kernel();
                let place = secrets_place(self.0.tenant_id, self.0.id);
                let secrets = open_secrets(kernel, place, self.0.secret_variables.as_deref())?;
                Ok(secrets.into_keys().collect())
            }
            /// Who filed it.
            async fn requester(&self, context: &Context<'_>) -> Result<Actor> {
                Actor::load(context, self.0.requester_id).await
            }
            /// Who decided on it.
            async fn decided_by(&self, context: &Context<'_>) -> Result<Option<Actor>> {
                Actor::load_if(context, self.0.decided_by).await
            }
            /// What would be done if it were deployed as things are now.
            async fn plan(&self, context: &Context<'_>) -> Result<PlanObject> {
                let kernel = viewer(context)?.kernel();
                let system = Viewer::system(kernel, "the plan of a request that the viewer sees");
                Ok(plan_of(kernel, &system.reader(), &self.0).await?.try_into()?)
            }
            /// What was approved.
            fn approved_plan(&self) -> Result<Option<PlanObject>> {
                Ok(self.0.approved_plan.as_deref().map(PlanObject::kept).transpose()?)
            }
            /// What was done to it, oldest first.
            async fn history(&self, context: &Context<'_>) -> Result<Vec<HistoryEntry>> {
                history(context, self.0.tenant_id, self.0.id.0).await
            }
            /// Its deployments, newest first.
            async fn deployments(&self, context: &Context<'_>) -> Result<Vec<Deployment>> {
                deployments_of(context, (self.0.tenant_id, self.0.id), DeploymentMode::Run).await
            }
            /// Its previews, newest first: runs that looked what it would change. None of them is a deployment.
            async fn previews(&self, context: &Context<'_>) -> Result<Vec<Deployment>> {
                deployments_of(context, (self.0.tenant_id, self.0.id), DeploymentMode::Preview).await
            }
            /// Its newest deployment.
            async fn latest_deployment(&self, context: &Context<'_>) -> Result<Option<Deployment>> {
                Ok(deployments_of(context, (self.0.tenant_id, self.0.id), DeploymentMode::Run).await?.into_iter().next())
            }
            /// What the viewer may do to it now, and if not, why.
            fn actions(&self, context: &Context<'_>) -> Result<Vec<RequestAction>> {
                let person = viewer(context)?.signed_in()?;
                Ok(vec![
                    action::<UpdateServerRequest>(RequestActionName::Edit, person, &self.0),
                    action::<CancelServerRequest>(RequestActionName::Cancel, person, &self.0),
                    action::<ApproveServerRequest>(RequestActionName::Approve, person, &self.0),
                    action::<RejectServerRequest>(RequestActionName::Reject, person, &self.0),
                    action::<PreviewServerRequest>(RequestActionName::Preview, person, &self.0),
                    action::<DeployServerRequest>(RequestActionName::Deploy, person, &self.0),
                ])
            }
        }
    }
}

/// Something that can be done to a request.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum RequestActionName {
    /// Change what it says.
    Edit,
    /// Withdraw it.
    Cancel,
    /// Approve it.
    Approve,
    /// Reject it.
    Reject,
    /// Look what it would change.
    Preview,
    /// Deploy it.
    Deploy,
}

/// Whether the viewer may do something to a request now.
#[derive(SimpleObject)]
pub struct RequestAction {
    /// What.
    name: RequestActionName,
    /// Whether they may.
    allowed: bool,
    /// Why not.
    reason: Option<String>,
}

fn action<A>(name: RequestActionName, person: &Authority, row: &server_request::Model) -> RequestAction
where
    A: Action<Table = server_request::Entity>,
{
    let reason = A::permit(person, row).err().map(|refusal| match refusal {
        Refusal::Forbidden(why) | Refusal::Person(_, why) => why.to_owned(),
    });
    RequestAction { name, allowed: reason.is_none(), reason }
}

listed! {
    ServerRequest(server_request) as ServerRequestConnection, ServerRequestEdge;
    where ServerRequestWhere |viewer| {
        /// With this in the name or the justification.
        search: String => |text| contains(&[server_request::Column::Name, server_request::Column::Justification], &text);
        /// In one of these states.
        status: Vec<RequestStatus> => |list| {
            server_request::Column::Status.is_in(list.into_iter().map(store::RequestStatus::from))
        };
        /// Of one of these priorities.
        priority: Vec<Priority> => |list| server_request::Column::Priority.is_in(list.into_iter().map(store::Priority::from));
        /// For this project.
        project_id: ID => |id| about::<Project>(&id, |(tenant, project)| {
            // Of a project that the viewer does not see they learn nothing here either, not even by their own requests.
            let near = viewer.person().map_or_else(everything, |person| {
                within_reach(person, server_request::Column::TenantId, server_request::Column::ProjectId)
            });
            Condition::all()
                .add(near)
                .add(server_request::Column::TenantId.eq(tenant))
                .add(server_request::Column::ProjectId.eq(project))
        });
        /// Filed by the viewer, or by others.
        mine: bool => |mine| {
            let own = viewer.person().map(|person| server_request::Column::RequesterId.eq(person.user));
            let own = own.map_or_else(crate::platform::scope::nothing, |own| Condition::all().add(own));
            if mine { own } else { own.not() }
        };
    }
    order ServerRequestOrder by ServerRequestOrderField {
        /// By when it was filed.
        CreatedAt = CreatedAt;
        /// By when it was last changed.
        UpdatedAt = UpdatedAt;
        /// By name.
        Name = Name;
    }
    usually CreatedAt Desc
}

/// Reading requests.
#[derive(Default)]
pub struct ProvisioningQuery;

#[gated]
#[Object]
impl ProvisioningQuery {
    /// The requests that the viewer sees.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn server_requests(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<ServerRequestWhere>,
        order_by: Option<ServerRequestOrder>,
    ) -> Result<Read<ServerRequestConnection>> {
        let window = Window { first, after, last, before };
        list::<ServerRequest>(context, everything(), window, r#where, order_by).await
    }

    /// One request; null if the viewer does not see it.
    #[signed_in]
    async fn server_request(&self, context: &Context<'_>, id: ID) -> Result<Option<ServerRequest>> {
        let Ok(key) = key_of::<ServerRequest>(&id) else { return Ok(None) };
        match viewer(context)?.reader().get::<server_request::Entity>(key).await {
            Ok(row) => Ok(Some(ServerRequest(row))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
