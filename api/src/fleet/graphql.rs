//! Projects and servers in the API.

use super::catalogue::{Usage, monthly_price_cents};
use super::store::{self, project, project_access, server};
use super::windows_graphql::{MaintenanceOpening, MaintenanceWindow, opening_of, windows_of};
use crate::deployment::runner::host_key::HostKey;
use crate::deployment::server_run_graphql::{
    ServerRunConnection, ServerRunOrder, ServerRunStatistics, ServerRunWhere, runs_of, statistics_of,
};
use crate::identity::graphql::Actor;
use crate::platform::error::AppError;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{about, contains};
use crate::platform::graphql::loader::{Loaders, Yield};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::tenancy::graphql::Tenant;
use crate::{descriptor, listed, mirrored_enum};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::TokioSpawner;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::{ColumnTrait as _, Condition};
use std::collections::HashMap;
use std::sync::Arc;

mirrored_enum! {
    /// How far somebody reaches into a project: read < write < admin.
    AccessLevel of store::AccessLevel {
        /// See it.
        Read,
        /// Work on its servers.
        Write,
        /// Change it.
        Admin,
    }
    /// Whether a server runs, as far as known.
    ServerStatus of store::ServerStatus {
        /// It runs.
        Running,
        /// It does not.
        Stopped,
        /// Nobody has asked.
        Unknown,
    }
    /// What deployments made of a server.
    ServerDeploymentStatus of store::ServerDeploymentStatus {
        /// Nothing yet.
        None,
        /// A deployment waits.
        Pending,
        /// A deployment runs.
        Deploying,
        /// The last deployment was completed.
        Deployed,
        /// The last deployment failed, was cancelled, or its outcome is unknown.
        Failed,
    }
    /// How a connection test ended.
    ConnectionTestStatus of store::ConnectionTestStatus {
        /// Signed in.
        Ok,
        /// The server does not accept the user with this key.
        AuthenticationFailed,
        /// The server's key is not pinned yet: compare its fingerprint, then accept it.
        HostKeyUnknown,
        /// The server shows another key than the pinned one.
        HostKeyMismatch,
        /// Nobody answers there.
        Unreachable,
        /// This server may not connect there: a demo reaches loopback only.
        Refused,
        /// The project has no usable private key.
        NoKey,
    }
}

descriptor! {
    /// Servers that belong together: with a budget, one connection, and people who reach them.
    Project(project) {
        fields |row| {
            /// Its name; unique within the tenant.
            name: String = row.name.clone();
            /// What it is about.
            description: String = row.description.clone();
            /// How many servers it may hold.
            max_servers: i32 = row.max_servers;
            /// What its servers may cost a month, in euro cents.
            monthly_budget_cents: i32 = row.monthly_budget_cents;
            /// By what its servers are reached.
            #[requires(ManageServers)]
            ssh: SshSettings = SshSettings(row.clone());
            /// When deployments on its servers may begin, each week; at any time if there is none. What has begun goes on when
            /// a window ends.
            maintenance_windows: Vec<MaintenanceWindow> = windows_of(row);
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {
            /// Whose it is; the operator's, unless it is assigned to a client.
            tenant: Tenant = (tenant_id);
        }
        resolvers {
            /// How many servers it holds.
            async fn server_count(&self, context: &Context<'_>) -> Result<i32> {
                Ok(usage(context, &self.0).await?.count)
            }
            /// What its servers cost a month, in euro cents; those without a price count nothing.
            async fn monthly_cost_cents(&self, context: &Context<'_>) -> Result<i32> {
                Ok(usage(context, &self.0).await?.cents)
            }
            /// Whether its servers cost more than its budget.
            async fn over_budget(&self, context: &Context<'_>) -> Result<bool> {
                Ok(usage(context, &self.0).await?.cents > self.0.monthly_budget_cents)
            }
            /// Whether another server fits: by number and by budget.
            async fn can_add_server(&self, context: &Context<'_>) -> Result<bool> {
                Ok(usage(context, &self.0).await?.full(&self.0).is_none())
            }
            /// The maintenance window that is open, or else the next; null without windows.
            fn maintenance_opening(&self, context: &Context<'_>) -> Result<Option<MaintenanceOpening>> {
                let now = viewer(context)?.kernel().source.now();
                Ok(opening_of(&self.0, now)?)
            }
            /// Who was granted access.
            #[requires(ManageProjects)]
            async fn access(&self, context: &Context<'_>) -> Result<Vec<ProjectAccess>> {
                let rows = store::access_to_project(&viewer(context)?.reader(), self.0.tenant_id, self.0.id).await?;
                Ok(rows.into_iter().map(ProjectAccess).collect())
            }
            /// How far the viewer reaches into it.
            fn viewer_access(&self, context: &Context<'_>) -> Result<Option<AccessLevel>> {
                let viewer = viewer(context)?;
                Ok(viewer.person().and_then(|person| person.access_to(self.0.tenant_id, self.0.id)).map(Into::into))
            }
            /// Its servers.
            #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
            async fn servers(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                r#where: Option<ServerWhere>,
                order_by: Option<ServerOrder>,
            ) -> Result<Read<ServerConnection>> {
                let here = store::in_project((self.0.tenant_id, self.0.id));
                let window = Window { first, after, last, before };
                list::<Server>(context, here, window, r#where, order_by).await
            }
        }
    }
}

struct Usages(Viewer);

impl Loader<(TenantId, ProjectId)> for Usages {
    type Value = Usage;
    type Error = Arc<AppError>;

    async fn load(
        &self,
        keys: &[(TenantId, ProjectId)],
    ) -> std::result::Result<HashMap<(TenantId, ProjectId), Usage>, Self::Error> {
        let servers = store::servers_of_projects(&self.0.reader(), keys).await.map_err(Arc::new)?;
        let mut usages: HashMap<_, _> = keys.iter().map(|key| (*key, Usage::default())).collect();
        for server in servers {
            usages.entry((server.tenant_id, server.project_id)).or_default().add(&server);
        }
        Ok(usages)
    }
}

async fn usage(context: &Context<'_>, row: &project::Model) -> Result<Usage> {
    let loader = context.data::<Loaders>()?.table(|viewer| {
        DataLoader::with_cache(Usages(viewer), TokioSpawner::current(), Yield, HashMapCache::default())
    });
    let usage = loader.load_one((row.tenant_id, row.id)).await;
    Ok(usage.map_err(|error| AppError::Internal(error.for_log()))?.unwrap_or_default())
}

listed! {
    Project(project) as ProjectConnection, ProjectEdge;
    where ProjectWhere |_viewer| {
        /// With this in the name or the description.
        search: String => |text| contains(&[project::Column::Name, project::Column::Description], &text);
        /// Of this tenant.
        tenant_id: ID => |id| about::<Tenant>(&id, |key| Condition::all().add(project::Column::TenantId.eq(key)));
    }
    order ProjectOrder by ProjectOrderField {
        /// By name.
        Name = Name;
        /// By when it was created.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// By what a project's servers are reached. What is secret is only said to be there.
pub struct SshSettings(project::Model);

/// By what a project's servers are reached. What is secret is only said to be there.
#[Object]
impl SshSettings {
    /// As whom.
    async fn user(&self) -> &str {
        &self.0.ssh_user
    }
    /// By which TCP port, unless the server says otherwise.
    async fn port(&self) -> i32 {
        self.0.ssh_port
    }
    /// Whether there is a private key.
    async fn has_private_key(&self) -> bool {
        self.0.ssh_private_key.is_some()
    }
    /// Whether there is a passphrase.
    async fn has_passphrase(&self) -> bool {
        self.0.ssh_passphrase.is_some()
    }
    /// The key's public half, one line as in `authorized_keys`.
    async fn public_key(&self) -> Option<&str> {
        self.0.ssh_public_key.as_deref()
    }
    /// When it was last tested; null since the last change.
    async fn tested_at(&self) -> Option<DateTime<Utc>> {
        self.0.ssh_tested_at
    }
    /// How the last test ended.
    async fn test_status(&self) -> Option<ConnectionTestStatus> {
        self.0.ssh_test_status.map(Into::into)
    }
    /// How the last test ended, as a sentence.
    async fn test_message(&self) -> Option<&str> {
        self.0.ssh_test_message.as_deref()
    }
}

/// What was granted to somebody.
pub struct ProjectAccess(pub project_access::Model);

/// What was granted to somebody.
#[Object]
impl ProjectAccess {
    /// The project.
    async fn project(&self, context: &Context<'_>) -> Result<Project> {
        crate::platform::graphql::descriptor::linked(context, Some((self.0.tenant_id, self.0.project_id))).await
    }
    /// To whom.
    async fn user(&self, context: &Context<'_>) -> Result<Actor> {
        Actor::load(context, self.0.user_id).await
    }
    /// How far.
    async fn level(&self) -> AccessLevel {
        self.0.level.into()
    }
    /// By whom.
    async fn granted_by(&self, context: &Context<'_>) -> Result<Option<Actor>> {
        Actor::load_if(context, self.0.granted_by).await
    }
    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

descriptor! {
    /// A machine that scripts run on.
    Server(server) {
        fields |row| {
            /// Its name; unique within the project.
            name: String = row.name.clone();
            /// The provider's plan, such as `cx21`.
            r#type: Option<String> = row.r#type.clone();
            /// Its name or address in the network.
            address: String = row.address.clone();
            /// Its address in the private network.
            private_address: Option<String> = row.private_address.clone();
            /// Its SSH port, where it differs from the project's.
            ssh_port: Option<i32> = row.ssh_port;
            /// Its number at the provider.
            provider_id: Option<i64> = row.provider_id;
            /// From which image it was made.
            image: Option<String> = row.image.clone();
            /// Where it stands.
            location: Option<String> = row.location.clone();
            /// Whether it runs, as far as known.
            status: ServerStatus = row.status.into();
            /// What deployments made of it.
            deployment_status: ServerDeploymentStatus = row.deployment_status.into();
            /// What it costs a month, in euro cents; null for a plan without a price.
            monthly_price_cents: Option<i32> = monthly_price_cents(row.r#type.as_deref());
            /// The fingerprint of its pinned host key; without one nothing runs on it.
            host_key_fingerprint: Option<String> =
                row.host_key.as_deref().and_then(|line| line.parse::<HostKey>().ok()).map(|key| key.fingerprint());
            /// Its labels, in order: by them servers are found, and scripts run on many at once.
            labels: Vec<String> = store::labels_of(row);
            /// When it was registered.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {
            /// The project that holds it.
            project: Project = (tenant_id, project_id);
        }
        resolvers {
            /// How it came out of past deployments, the newest first unless ordered otherwise. Kept when their events are archived.
            #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
            async fn runs(
                &self,
                context: &Context<'_>,
                first: Option<i32>,
                after: Option<String>,
                last: Option<i32>,
                before: Option<String>,
                r#where: Option<ServerRunWhere>,
                order_by: Option<ServerRunOrder>,
            ) -> Result<Read<ServerRunConnection>> {
                let window = Window { first, after, last, before };
                runs_of(context, (self.0.tenant_id, self.0.id), window, r#where, order_by).await
            }
            /// What they come to: those whose deployments ended within some days.
            async fn run_statistics(
                &self,
                context: &Context<'_>,
                #[graphql(desc = "How many days back, from 1 to 3,650.", default = 90)] days: i32,
            ) -> Result<ServerRunStatistics> {
                statistics_of(context, (self.0.tenant_id, self.0.id), days).await
            }
        }
    }
}

listed! {
    Server(server) as ServerConnection, ServerEdge;
    where ServerWhere |_viewer| {
        /// With this in the name or the address.
        search: String => |text| contains(&[server::Column::Name, server::Column::Address], &text);
        /// In this project.
        project_id: ID => |id| about::<Project>(&id, store::in_project);
        /// In one of these states.
        status: Vec<ServerStatus> => |list| server::Column::Status.is_in(list.into_iter().map(store::ServerStatus::from));
        /// In one of these states of deployment.
        deployment_status: Vec<ServerDeploymentStatus> => |list| {
            server::Column::DeploymentStatus.is_in(list.into_iter().map(store::ServerDeploymentStatus::from))
        };
        /// With all of these labels.
        labels: Vec<String> => |labels| store::labelled(&labels);
    }
    order ServerOrder by ServerOrderField {
        /// By name.
        Name = Name;
        /// By when it was registered.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// Reading the fleet.
#[derive(Default)]
pub struct FleetQuery;

#[gated]
#[Object]
impl FleetQuery {
    /// The projects that the viewer reaches.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn projects(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<ProjectWhere>,
        order_by: Option<ProjectOrder>,
    ) -> Result<Read<ProjectConnection>> {
        let window = Window { first, after, last, before };
        list::<Project>(context, everything(), window, r#where, order_by).await
    }

    /// The labels of the servers that the viewer sees, each once, in order; at most 500.
    #[signed_in]
    async fn server_labels(&self, context: &Context<'_>) -> Result<Vec<String>> {
        Ok(store::known_labels(&viewer(context)?.reader()).await?)
    }

    /// The servers of the projects that the viewer reaches.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn servers(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<ServerWhere>,
        order_by: Option<ServerOrder>,
    ) -> Result<Read<ServerConnection>> {
        let window = Window { first, after, last, before };
        list::<Server>(context, everything(), window, r#where, order_by).await
    }
}
