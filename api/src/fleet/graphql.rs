//! Projects and servers in the API.

use super::Tools;
use super::catalogue::{self, monthly_price_cents};
use super::create_project::{self, NewProject};
use super::grant_project_access;
use super::register_server::{self, NewServer};
use super::store::{self, project, project_access, server};
use super::test_project_connection::{self, Tested};
use super::update_project::{self, ProjectChange};
use super::update_project_ssh::{self, SshChange};
use super::update_server::{self, ServerChange};
use crate::deployment::runner::host_key::HostKey;
use crate::identity::graphql::{Actor, User};
use crate::platform::error::AppError;
use crate::platform::granted::OPERATOR;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{about, contains, key_of};
use crate::platform::graphql::errors::payload as split;
use crate::platform::graphql::loader::{Loaders, Yield};
use crate::platform::graphql::{UserErrorObject, viewer};
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::tenancy::graphql::Tenant;
use crate::{descriptor, listed, mirrored_enum, payload};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::TokioSpawner;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::{ColumnTrait as _, Condition};
use secrecy::SecretString;
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
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links |row| {
            /// Whose it is; the operator's, unless it is assigned to a client.
            tenant: Tenant = row.tenant_id;
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
                let usage = usage(context, &self.0).await?;
                Ok(usage.count < self.0.max_servers && usage.cents <= self.0.monthly_budget_cents)
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
            ) -> Result<ServerConnection> {
                let here = store::in_project((self.0.tenant_id, self.0.id));
                let window = Window { first, after, last, before };
                Ok(ServerConnection(list::<Server>(context, here, window, r#where, order_by).await?))
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Usage {
    count: i32,
    cents: i32,
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
            let usage = usages.entry((server.tenant_id, server.project_id)).or_default();
            usage.count += 1;
            usage.cents += monthly_price_cents(server.r#type.as_deref()).unwrap_or_default();
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
        crate::platform::graphql::descriptor::linked(context, (self.0.tenant_id, self.0.project_id)).await
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
            /// When it was registered.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links |row| {
            /// The project that holds it.
            project: Project = (row.tenant_id, row.project_id);
        }
        resolvers {}
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
    }
    order ServerOrder by ServerOrderField {
        /// By name.
        Name = Name;
        /// By when it was registered.
        CreatedAt = CreatedAt;
    }
    usually Name Asc
}

/// A new project.
#[derive(InputObject)]
pub struct CreateProjectInput {
    /// Whose it will be; the operator's when left out.
    tenant_id: Option<ID>,
    /// Its name, 1 to 150 characters; unique within the tenant.
    name: String,
    /// What it is about, at most 1,000 characters.
    #[graphql(default)]
    description: String,
    /// How many servers it may hold, at most 10,000.
    #[graphql(default_with = "catalogue::MAX_SERVERS")]
    max_servers: i32,
    /// What its servers may cost a month, in euro cents.
    #[graphql(default_with = "catalogue::MONTHLY_BUDGET_CENTS")]
    monthly_budget_cents: i32,
}

/// A project's change; what is left out stays.
#[derive(InputObject)]
pub struct UpdateProjectInput {
    /// Which.
    id: ID,
    /// Its name, 1 to 150 characters.
    name: Option<String>,
    /// What it is about, at most 1,000 characters.
    description: Option<String>,
    /// How many servers it may hold, at most 10,000.
    max_servers: Option<i32>,
    /// What its servers may cost a month, in euro cents.
    monthly_budget_cents: Option<i32>,
}

/// A connection's change; what is left out stays, null removes.
#[derive(InputObject)]
pub struct UpdateProjectSshInput {
    /// Of which project.
    project_id: ID,
    /// As whom to sign in.
    user: Option<String>,
    /// The usual TCP port.
    port: Option<i32>,
    /// The private key, as a file holds it: OpenSSH, PKCS#1, PKCS#8 or PuTTY.
    #[graphql(secret)]
    private_key: MaybeUndefined<String>,
    /// Its passphrase.
    #[graphql(secret)]
    passphrase: MaybeUndefined<String>,
}

/// Access for somebody.
#[derive(InputObject)]
pub struct GrantProjectAccessInput {
    /// To which project.
    project_id: ID,
    /// For whom; staff only.
    user_id: ID,
    /// How far.
    level: AccessLevel,
}

/// Access no longer.
#[derive(InputObject)]
pub struct RevokeProjectAccessInput {
    /// To which project.
    project_id: ID,
    /// For whom.
    user_id: ID,
}

/// A server to register.
#[derive(InputObject)]
pub struct RegisterServerInput {
    /// In which project.
    project_id: ID,
    /// Its name: letters, digits, dots, hyphens and underscores, at most 63; unique within the project.
    name: String,
    /// Its name or address in the network.
    address: String,
    /// The provider's plan; the price follows from it.
    r#type: Option<String>,
    /// Its SSH port, where it differs from the project's.
    ssh_port: Option<i32>,
    /// From which image it was made.
    image: Option<String>,
    /// Where it stands.
    location: Option<String>,
}

/// A server's change; what is left out stays, null removes.
#[derive(InputObject)]
pub struct UpdateServerInput {
    /// Which.
    id: ID,
    /// Its name.
    name: Option<String>,
    /// Its name or address in the network; another one forgets the pinned host key.
    address: Option<String>,
    /// The provider's plan.
    r#type: MaybeUndefined<String>,
    /// Its SSH port; another one forgets the pinned host key.
    ssh_port: MaybeUndefined<i32>,
}

/// What to test.
#[derive(InputObject)]
pub struct TestProjectConnectionInput {
    /// Which project.
    project_id: ID,
    /// One of its servers; all when left out.
    server_id: Option<ID>,
    /// The fingerprint that a person has compared with the server's own: pins the key that the server shows, if it is
    /// this one. For one server only.
    accept_fingerprint: Option<String>,
}

/// How one server answered.
pub struct ConnectionTestResult(Tested);

/// How one server answered.
#[Object]
impl ConnectionTestResult {
    /// Which.
    async fn server(&self) -> Server {
        Server(self.0.server.clone())
    }
    /// How.
    async fn status(&self) -> ConnectionTestStatus {
        self.0.status.into()
    }
    /// The fingerprint of the key that it showed, or of the pinned one.
    async fn fingerprint(&self) -> Option<&str> {
        self.0.fingerprint.as_deref()
    }
    /// How, as a sentence.
    async fn message(&self) -> &str {
        &self.0.message
    }
    /// How long it took, in milliseconds.
    async fn duration_ms(&self) -> u64 {
        self.0.duration_ms
    }
}

/// How the test went.
#[derive(SimpleObject)]
pub struct TestProjectConnectionPayload {
    /// The project, with its last test.
    project: Option<Project>,
    /// Each server's answer.
    results: Vec<ConnectionTestResult>,
    /// What was wrong; empty when it was done.
    user_errors: Vec<UserErrorObject>,
}

payload! {
    /// The new project.
    CreateProjectPayload {
        /// The project.
        project: Project
    }
    /// The changed project.
    UpdateProjectPayload {
        /// The project.
        project: Project
    }
    /// The project with its changed connection.
    UpdateProjectSshPayload {
        /// The project.
        project: Project
    }
    /// The project with its changed access.
    GrantProjectAccessPayload {
        /// The project.
        project: Project
    }
    /// The project with its changed access.
    RevokeProjectAccessPayload {
        /// The project.
        project: Project
    }
    /// The registered server.
    RegisterServerPayload {
        /// The server.
        server: Server
    }
    /// The changed server.
    UpdateServerPayload {
        /// The server.
        server: Server
    }
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
    ) -> Result<ProjectConnection> {
        let window = Window { first, after, last, before };
        Ok(ProjectConnection(list::<Project>(context, everything(), window, r#where, order_by).await?))
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
    ) -> Result<ServerConnection> {
        let window = Window { first, after, last, before };
        Ok(ServerConnection(list::<Server>(context, everything(), window, r#where, order_by).await?))
    }
}

/// Keeping the fleet.
#[derive(Default)]
pub struct FleetMutation;

#[gated]
#[Object]
impl FleetMutation {
    /// Opens a project.
    #[requires(ManageProjects)]
    async fn create_project(&self, context: &Context<'_>, input: CreateProjectInput) -> Result<CreateProjectPayload> {
        let tenant = input.tenant_id.map_or(Ok(OPERATOR), |id| key_of::<Tenant>(&id))?;
        let new = NewProject {
            name: input.name.trim().to_owned(),
            description: input.description,
            max_servers: input.max_servers,
            monthly_budget_cents: input.monthly_budget_cents,
        };
        CreateProjectPayload::of(create_project::create_project(viewer(context)?, tenant, new).await)
    }

    /// Changes a project; needs admin access to it.
    #[requires(ManageServers)]
    async fn update_project(&self, context: &Context<'_>, input: UpdateProjectInput) -> Result<UpdateProjectPayload> {
        let key = key_of::<Project>(&input.id)?;
        let change = ProjectChange {
            name: input.name.map(|name| name.trim().to_owned()),
            description: input.description,
            max_servers: input.max_servers,
            monthly_budget_cents: input.monthly_budget_cents,
        };
        UpdateProjectPayload::of(update_project::update_project(viewer(context)?, key, change).await)
    }

    /// Changes by what a project's servers are reached; needs admin access to it.
    #[requires(ManageServers)]
    async fn update_project_ssh(
        &self,
        context: &Context<'_>,
        input: UpdateProjectSshInput,
    ) -> Result<UpdateProjectSshPayload> {
        let key = key_of::<Project>(&input.project_id)?;
        let change = SshChange {
            user: input.user,
            port: input.port,
            private_key: secret(input.private_key),
            passphrase: secret(input.passphrase),
        };
        UpdateProjectSshPayload::of(update_project_ssh::update_project_ssh(viewer(context)?, key, change).await)
    }

    /// Grants access to a project, or changes what was granted.
    #[requires(ManageProjects)]
    async fn grant_project_access(
        &self,
        context: &Context<'_>,
        input: GrantProjectAccessInput,
    ) -> Result<GrantProjectAccessPayload> {
        let (key, user) = (key_of::<Project>(&input.project_id)?, key_of::<User>(&input.user_id)?);
        let granted = grant_project_access::grant_project_access(viewer(context)?, key, user, input.level.into());
        GrantProjectAccessPayload::of(granted.await)
    }

    /// Revokes access to a project.
    #[requires(ManageProjects)]
    async fn revoke_project_access(
        &self,
        context: &Context<'_>,
        input: RevokeProjectAccessInput,
    ) -> Result<RevokeProjectAccessPayload> {
        let (key, user) = (key_of::<Project>(&input.project_id)?, key_of::<User>(&input.user_id)?);
        let revoked = grant_project_access::revoke_project_access(viewer(context)?, key, user);
        RevokeProjectAccessPayload::of(revoked.await)
    }

    /// Registers a server; needs write access to the project.
    #[requires(ManageServers)]
    async fn register_server(
        &self,
        context: &Context<'_>,
        input: RegisterServerInput,
    ) -> Result<RegisterServerPayload> {
        let project = key_of::<Project>(&input.project_id)?;
        let new = NewServer {
            name: input.name.trim().to_owned(),
            r#type: input.r#type.filter(|plan| !plan.is_empty()),
            address: input.address.trim().to_owned(),
            private_address: None,
            ssh_port: input.ssh_port,
            provider_id: None,
            image: input.image,
            location: input.location,
            status: store::ServerStatus::Unknown,
            host_key: None,
        };
        RegisterServerPayload::of(register_server::register_server(viewer(context)?, project, new).await)
    }

    /// Changes a server; needs write access to its project.
    #[requires(ManageServers)]
    async fn update_server(&self, context: &Context<'_>, input: UpdateServerInput) -> Result<UpdateServerPayload> {
        let key = key_of::<Server>(&input.id)?;
        let change = ServerChange {
            name: input.name.map(|name| name.trim().to_owned()),
            r#type: given(input.r#type),
            address: input.address.map(|address| address.trim().to_owned()),
            ssh_port: given(input.ssh_port),
        };
        UpdateServerPayload::of(update_server::update_server(viewer(context)?, key, change).await)
    }

    /// Tests whether a project's servers can be reached by its key; needs write access to it.
    #[requires(ManageServers)]
    async fn test_project_connection(
        &self,
        context: &Context<'_>,
        input: TestProjectConnectionInput,
    ) -> Result<TestProjectConnectionPayload> {
        let key = key_of::<Project>(&input.project_id)?;
        let only = input.server_id.map(|id| key_of::<Server>(&id)).transpose()?;
        let tools = context.data::<Tools>()?;
        let accept = input.accept_fingerprint.as_deref();
        let tested = test_project_connection::test_project_connection(viewer(context)?, tools, key, only, accept);
        let (tested, user_errors) = split(tested.await)?;
        let (project, results) = tested.unzip();
        Ok(TestProjectConnectionPayload {
            project: project.map(Project),
            results: results.unwrap_or_default().into_iter().map(ConnectionTestResult).collect(),
            user_errors,
        })
    }
}

fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// An empty text removes like null: a form cannot send anything else.
fn secret(value: MaybeUndefined<String>) -> Option<Option<SecretString>> {
    given(value).map(|text| text.filter(|text| !text.is_empty()).map(SecretString::from))
}
