//! The demo: people, tenants, projects and servers to look at, and one host on loopback that really is there.
//!
//! Most of its servers have public addresses. They are data: in a demo every target that is not loopback is refused,
//! where connections are made and again where a run is launched.

pub mod marker;
mod people;
mod places;
mod store;

use crate::deployment::runner::demo_host::{self, DemoHost};
use crate::deployment::runner::ssh_key::SshKey;
use crate::fleet::create_project::NewProject;
use crate::fleet::policy::{
    CreateProject, GrantProjectAccess, PinHostKey, RegisterServer, UpdateProjectSsh, UpdateServer,
};
use crate::fleet::register_server::NewServer;
use crate::fleet::ssh::{private_key_place, seal};
use crate::fleet::store::{self as fleet, AccessLevel, SealedSsh, ServerStatus, project, server};
use crate::fleet::update_server::ServerChange;
use crate::fleet::{catalogue, samples};
use crate::identity::Identity;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{OPERATOR, Tx};
use crate::platform::ids::{ProjectId, UserId};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use crate::tenancy::store::MembershipRole as Role;
use sea_orm::ColumnTrait as _;
use std::collections::HashMap;

/// The accounts that the sign-in page and the command line name: login and password.
pub const ACCOUNTS: [(&str, &str, &str); 5] = [
    ("admin", "admin123", "administrator"),
    ("tech_agent", "tech123", "technical agent"),
    ("sales_agent", "sales123", "sales agent"),
    ("sohila", "sohila123", "technical agent, Nova HR only"),
    ("admin@acme.example.com", "demo-password", "owner of Acme Corporation"),
];

/// The project of the host that is really there.
const LOCAL: &str = "Local demo";

/// A demo server: project, name, plan, address, private address, number at the provider.
type DemoServer = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, i64);

/// The labels of a demo server: what its name says it is for, and how seriously it is meant.
fn labels_of(name: &str) -> Vec<String> {
    let role = name.rsplit('-').nth(1).unwrap_or(name);
    let stage = if role == "staging" { "env:staging" } else { "env:prod" };
    vec![stage.to_owned(), role.to_owned()]
}

const PROJECTS: [(&str, &str); 4] = [
    ("Nova HR", "The HR platform: web, API, database and backup."),
    ("Frappe ERP", "Resource planning on Frappe."),
    ("Django Projects", "Web applications on Django."),
    (LOCAL, "A host on this machine, to try deployments on."),
];

const SERVERS: [DemoServer; 15] = [
    ("Nova HR", "nova-hr-web-01", "cx21", "168.119.249.64", Some("10.0.0.10"), 50_001),
    ("Nova HR", "nova-hr-api-01", "cx31", "168.119.249.65", Some("10.0.0.11"), 50_002),
    ("Nova HR", "nova-hr-db-01", "cx41", "168.119.249.66", Some("10.0.0.12"), 50_003),
    ("Nova HR", "nova-hr-backup-01", "cx21", "168.119.249.67", Some("10.0.0.13"), 50_004),
    ("Frappe ERP", "frappe-erp-web-01", "cx21", "192.0.2.10", None, 50_005),
    ("Frappe ERP", "frappe-erp-app-01", "cx31", "192.0.2.11", None, 50_006),
    ("Frappe ERP", "frappe-erp-db-01", "cx41", "192.0.2.12", None, 50_007),
    ("Frappe ERP", "frappe-erp-cache-01", "cx11", "192.0.2.13", None, 50_008),
    ("Frappe ERP", "frappe-erp-worker-01", "cx21", "192.0.2.14", None, 50_009),
    ("Frappe ERP", "frappe-erp-backup-01", "cx21", "192.0.2.15", None, 50_010),
    ("Django Projects", "django-web-01", "cx21", "192.0.2.20", None, 50_011),
    ("Django Projects", "django-api-01", "cx21", "192.0.2.21", None, 50_012),
    ("Django Projects", "django-db-01", "cx31", "192.0.2.22", None, 50_013),
    ("Django Projects", "django-worker-01", "cx11", "192.0.2.23", None, 50_014),
    ("Django Projects", "django-staging-01", "cx11", "192.0.2.24", None, 50_015),
];

/// Who reaches which project.
const ACCESS: [(&str, &str, AccessLevel); 6] = [
    ("tech_agent", "Nova HR", AccessLevel::Write),
    ("tech_agent", "Frappe ERP", AccessLevel::Read),
    ("tech_agent", LOCAL, AccessLevel::Write),
    ("sales_agent", "Nova HR", AccessLevel::Read),
    ("sales_agent", LOCAL, AccessLevel::Read),
    ("sohila", "Nova HR", AccessLevel::Write),
];

/// Fills an empty database with the demo's data, and starts its host. A demo that is there already stays; the caller
/// has asked [`marker::refusal`].
///
/// # Errors
/// INTERNAL; UNAVAILABLE if the host cannot be started.
pub async fn prepare(kernel: &Kernel, identity: &Identity, data_dir: &std::path::Path) -> AppResult<DemoHost> {
    let system = Viewer::system(kernel, "filling the demo");
    if !marker::is_marked(kernel).await? {
        let passwords = people::hash_passwords(identity).await?;
        let tx = system.begin().await?;
        let users = people::fill(&tx, &passwords).await?;
        places::fill(&tx, &users).await?;
        fill_fleet(&tx, &users).await?;
        store::mark(&tx, &tx.grant_root::<marker::MarkDemo>()?).await?;
        tx.commit().await?;
    }
    let host = DemoHost::start(data_dir).await.map_err(|error| {
        tracing::error!(error = %error, "the demo's own host cannot be started");
        AppError::Unavailable("The demo's own host cannot be started.")
    })?;
    connect(kernel, &host).await?;
    Ok(host)
}

async fn fill_fleet(tx: &Tx, users: &HashMap<&'static str, UserId>) -> AppResult<()> {
    let owner = tx.grant::<CreateProject>(OPERATOR).await?;
    let mut projects: HashMap<&str, ProjectId> = HashMap::new();
    for (name, description) in PROJECTS {
        let new = NewProject {
            name: name.to_owned(),
            description: description.to_owned(),
            max_servers: catalogue::MAX_SERVERS,
            monthly_budget_cents: catalogue::MONTHLY_BUDGET_CENTS,
        };
        projects.insert(name, fleet::insert_project(tx, &owner, new).await?.id);
    }
    let project = |name: &str| projects.get(name).map(|id| (OPERATOR, *id)).ok_or(AppError::NotFound);
    for (in_project, name, plan, address, private_address, provider_id) in SERVERS {
        let proof = tx.grant::<RegisterServer>(project(in_project)?).await?;
        let new = NewServer {
            name: name.to_owned(),
            r#type: Some(plan.to_owned()),
            address: address.to_owned(),
            private_address: private_address.map(str::to_owned),
            ssh_port: None,
            provider_id: Some(provider_id),
            image: Some("ubuntu-22.04".to_owned()),
            location: Some("nbg1".to_owned()),
            status: ServerStatus::Running,
            host_key: None,
            labels: labels_of(name),
        };
        fleet::insert_server(tx, &proof, new).await?;
    }
    for (login, name, level) in ACCESS {
        let proof = tx.grant::<GrantProjectAccess>(project(name)?).await?;
        let user = users.get(login).copied().ok_or(AppError::NotFound)?;
        fleet::grant_access(tx, &proof, user, level).await?;
    }
    samples::insert(tx, &[samples::LOCAL_SERVICE]).await
}

/// Connects the project of the local host with the host as it runs now. Its keys and its port are the same at every
/// start, as far as they can be.
async fn connect(kernel: &Kernel, host: &DemoHost) -> AppResult<()> {
    const NAME: &str = "local-demo-01";
    let system = Viewer::system(kernel, "connecting the demo's own host");
    let tx = system.begin().await?;
    let local = tx.find::<project::Entity>().filter(project::Column::Name.eq(LOCAL)).one().await?;
    let local = local.ok_or(AppError::NotFound)?;
    let key = (local.tenant_id, local.id);
    let found = tx.find::<server::Entity>().filter(fleet::in_project(key)).one().await?;
    let (port, line) = (i32::from(host.port), host.host_key.line());
    match found {
        None => {
            let proof = tx.grant::<RegisterServer>(key).await?;
            let new = NewServer {
                name: NAME.to_owned(),
                r#type: None,
                address: demo_host::ADDRESS.to_owned(),
                private_address: None,
                ssh_port: Some(port),
                provider_id: None,
                image: None,
                location: Some("this machine".to_owned()),
                status: ServerStatus::Running,
                host_key: Some(line),
                labels: Vec::new(),
            };
            fleet::insert_server(&tx, &proof, new).await?;
        }
        Some(server) if server.ssh_port != Some(port) || server.host_key.as_deref() != Some(line.as_str()) => {
            let key = (server.tenant_id, server.id);
            let change = ServerChange { ssh_port: Some(Some(port)), ..ServerChange::default() };
            fleet::update_server(&tx, &tx.grant::<UpdateServer>(key).await?, change).await?;
            fleet::pin_host_key(&tx, &tx.grant::<PinHostKey>(key).await?, line).await?;
        }
        Some(_) => {}
    }
    let public = SshKey::parse(&host.private_key, None).map_err(AppError::internal)?.public_key_line();
    // Another server on the same database may have had a host of its own.
    if local.ssh_public_key.as_deref() != Some(public.as_str()) || local.ssh_user != host.user {
        let proof = tx.grant::<UpdateProjectSsh>(key).await?;
        let sealed = seal(kernel, private_key_place(&local), &host.private_key)?;
        let change = SealedSsh {
            user: Some(host.user.clone()),
            port: Some(port),
            private_key: Some(Some((sealed, public))),
            passphrase: Some(None),
        };
        fleet::update_project_ssh(&tx, &proof, change).await?;
    }
    tx.commit().await
}

/// The operator's name in a demo.
pub const OPERATOR_NAME: &str = "Dynamic Servers";
