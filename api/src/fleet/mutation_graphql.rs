//! Keeping projects and servers in the API.

use super::Tools;
use super::catalogue;
use super::create_project::{self, NewProject};
use super::grant_project_access;
use super::graphql::{AccessLevel, ConnectionTestStatus, Project, Server};
use super::register_server::{self, NewServer};
use super::revoke_project_access;
use super::store;
use super::test_project_connection::{self, Tested};
use super::update_project::{self, ProjectChange};
use super::update_project_ssh::{self, SshChange};
use super::update_server::{self, ServerChange};
use crate::identity::graphql::User;
use crate::payload;
use crate::platform::granted::OPERATOR;
use crate::platform::graphql::descriptor::key_of;
use crate::platform::graphql::errors::payload as split;
use crate::platform::graphql::{UserErrorObject, viewer};
use crate::tenancy::graphql::Tenant;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use rookery_macros::gated;
use secrecy::SecretString;

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
    /// Its labels, such as `web` or `env:prod`; at most 20.
    #[graphql(default)]
    labels: Vec<String>,
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
    /// Its labels, all of them.
    labels: Option<Vec<String>>,
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
        let revoked = revoke_project_access::revoke_project_access(viewer(context)?, key, user);
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
            labels: input.labels,
        };
        RegisterServerPayload::of(register_server::register_server(viewer(context)?, project, new).await)
    }

    /// Changes a server; needs write access to its project.
    #[requires(ManageServers)]
    async fn update_server(&self, context: &Context<'_>, input: UpdateServerInput) -> Result<UpdateServerPayload> {
        let key = key_of::<Server>(&input.id)?;
        let change = ServerChange {
            name: input.name.map(|name| name.trim().to_owned()),
            r#type: given(input.r#type).map(|plan| plan.filter(|plan| !plan.is_empty())),
            address: input.address.map(|address| address.trim().to_owned()),
            ssh_port: given(input.ssh_port),
            labels: input.labels,
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
