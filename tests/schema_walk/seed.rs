//! Fills the world, through the same functions that the server's operations use.

use super::matrix::Matrix;
use super::world::{Label, Person, World, canary, global};
use crate::support::{Backend, Server, sha256_hex};
use rookery_api::deployment::runner::script_files::ScriptFile;
use rookery_api::fleet::create_project::NewProject;
use rookery_api::fleet::create_script::NewRevision;
use rookery_api::fleet::model::{ScriptVariable, VariableType};
use rookery_api::fleet::policy::{
    CreateProject, CreateScript, GrantProjectAccess, RegisterServer, TestProjectConnection, UpdateProjectSsh,
};
use rookery_api::fleet::register_server::NewServer;
use rookery_api::fleet::store::{self as fleet, AccessLevel, ConnectionTestStatus, ScriptKind, ServerStatus};
use rookery_api::fleet::store::{project, script, server};
use rookery_api::identity::create_access_token::NewAccessToken;
use rookery_api::identity::create_user::NewUser;
use rookery_api::identity::policy::{CreateAccessToken, CreateUser};
use rookery_api::identity::store::access_tokens::{access_token, insert_access_token};
use rookery_api::identity::store::{self as identity, PermissionLevel as Level, UserStatus, UserType, user};
use rookery_api::inventory::create_device::NewDevice;
use rookery_api::inventory::create_site::NewSite;
use rookery_api::inventory::policy::{CreateDevice, CreateSite};
use rookery_api::inventory::store::{self as inventory, DeviceStatus, DeviceType};
use rookery_api::platform::granted::{OPERATOR, Tx};
use rookery_api::platform::ids::{Key as _, ProjectId, TenantId, UserId};
use rookery_api::platform::kernel::Kernel;
use rookery_api::platform::viewer::Viewer;
use rookery_api::tenancy::create_tenant::NewTenant;
use rookery_api::tenancy::policy::CreateTenant;
use rookery_api::tenancy::store::{self as tenancy, MembershipRole as Role, TenantStatus, TenantType};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub const PASSWORD: &str = "the walker's password";
/// The line of the matrix of what nobody ever sees again.
pub const SECRET: &str = "Secret value of a request";
/// A public key, to be pinned and never met.
const HOST_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJbLxbCvHnEiLcVPzHwQO8iPbZJy0X2G4eLbVb3vXqXb";

struct Who {
    column: &'static str,
    level: Level,
    is_guest: bool,
    is_manager: bool,
    roles: &'static [(&'static str, Role)],
    access: Option<AccessLevel>,
}

const fn client(column: &'static str, is_guest: bool, roles: &'static [(&'static str, Role)]) -> Who {
    Who { column, level: Level::Client, is_guest, is_manager: false, roles, access: None }
}

const fn staff(column: &'static str, level: Level, access: Option<AccessLevel>) -> Who {
    Who { column, level, is_guest: false, is_manager: false, roles: &[], access }
}

const PEOPLE: [Who; 20] = [
    staff("susp", Level::Admin, None),
    client("ownB", false, &[("B", Role::Owner)]),
    client("viewA", false, &[("A", Role::Viewer)]),
    client("memA", false, &[("A", Role::Member)]),
    client("admA", false, &[("A", Role::Admin)]),
    client("ownA", false, &[("A", Role::Owner)]),
    client("guestA", true, &[("A", Role::Admin)]),
    client("both", false, &[("A", Role::Admin), ("B", Role::Viewer)]),
    client("halfA", false, &[("A", Role::Member), ("C", Role::Owner)]),
    staff("tech-", Level::Technician, None),
    staff("techR", Level::Technician, Some(AccessLevel::Read)),
    staff("techW", Level::Technician, Some(AccessLevel::Write)),
    staff("techA", Level::Technician, Some(AccessLevel::Admin)),
    Who { is_manager: true, ..staff("mgr", Level::Technician, None) },
    Who { is_guest: true, ..staff("gTech", Level::Technician, Some(AccessLevel::Admin)) },
    staff("sales-", Level::Billing, None),
    staff("salesR", Level::Billing, Some(AccessLevel::Read)),
    staff("salesX", Level::Billing, None),
    staff("admin", Level::Admin, None),
    Who { is_guest: true, ..staff("gAdmin", Level::Admin, None) },
];

/// The lines of the matrix that a person's account and address belong to.
pub fn lines_of_account(column: &str) -> (&'static str, &'static str) {
    let who = PEOPLE.iter().find(|who| who.column == column);
    match who.map(|who| (who.level, who.roles)) {
        // Their other tenant is suspended.
        Some((Level::Client, [("A", _), ("C", _)])) => ("Account of A's people", "Address of A's people"),
        Some((Level::Client, [_, _])) => ("Account in A and B", "Address in A and B"),
        Some((Level::Client, [("A", _)])) => ("Account of A's people", "Address of A's people"),
        Some((Level::Client, _)) => ("Account of B's people", "Address of B's people"),
        Some(_) | None => ("Account of staff", "Address of staff"),
    }
}

/// What is put together while the world is filled.
pub struct Seed<'k> {
    pub kernel: &'k Kernel,
    pub db: DatabaseConnection,
    pub users: HashMap<&'static str, UserId>,
    /// The access tokens that were revoked.
    pub ended: BTreeSet<String>,
    /// By hash, whose token is confined to a document.
    pub documents: HashMap<String, UserId>,
    pub named: HashMap<&'static str, String>,
    /// The lines of the matrix that requests belong to.
    pub classes: HashMap<Uuid, String>,
    pub script: Option<script::Model>,
    pub playbook: Option<script::Model>,
}

/// What a client has that requests are about.
pub struct Place {
    pub letter: &'static str,
    pub project: project::Model,
    pub server: server::Model,
}

/// Starts a server and fills it.
pub async fn world(backend: Backend) -> World {
    let (server, kernel) = World::start(backend).await;
    let db = server.database().await;
    let mut seed = Seed {
        kernel: &kernel,
        db,
        users: HashMap::new(),
        ended: BTreeSet::new(),
        documents: HashMap::new(),
        named: HashMap::new(),
        classes: HashMap::new(),
        script: None,
        playbook: None,
    };
    seed.people().await;
    seed.access_tokens().await;
    let tenants = seed.tenants().await;
    seed.script().await;
    for (letter, tenant) in [("A", tenants["A"]), ("B", tenants["B"]), ("operator", OPERATOR)] {
        let place = seed.place(letter, tenant).await;
        if letter == "A" {
            seed.grants(&place).await;
            seed.requests_of_a(&place).await;
            seed.request_without_reach(&place).await;
        } else if letter == "B" {
            seed.requests_of_b(&place).await;
        }
    }
    seed.queue().await;
    seed.usage().await;
    let notifications = seed.notifications().await;
    let matrix = Matrix::read();
    let people = sign_everybody_in(&server, &matrix, &seed.users).await;
    seed.suspend().await;
    let mut names: HashMap<TenantId, &'static str> =
        tenants.iter().map(|(letter, tenant)| (*tenant, *letter)).collect();
    names.insert(OPERATOR, "operator");
    let (ended, documents, named, classes) = (seed.ended, seed.documents, seed.named, seed.classes);
    let (rows, canaries) = (HashMap::new(), HashMap::new());
    let mut world = World { server, kernel, matrix, people, tenants: names, rows, ended, documents, named, canaries };
    super::register::register(&mut world, &classes, &notifications).await;
    world
}

async fn sign_everybody_in(server: &Server, matrix: &Matrix, users: &HashMap<&str, UserId>) -> Vec<Person> {
    let signing_in = matrix.columns.iter().enumerate().map(async |(column, name)| {
        let user = users.get(name.as_str()).copied();
        let client = match user {
            None => server.anonymous(),
            Some(user) => server.sign_in_with(&address(name, user), PASSWORD).await,
        };
        Person { column, user, client }
    });
    futures::future::join_all(signing_in).await
}

/// By what somebody signs in.
pub fn login(world: &World, column: &str) -> String {
    address(column, world.person(column).user.unwrap())
}

fn address(column: &str, user: UserId) -> String {
    format!("{}@example.com", canary(&Label::owned(lines_of_account(column).1, user)))
}

impl Seed<'_> {
    pub fn system(&self) -> Viewer {
        Viewer::system(self.kernel, "filling a world to walk through")
    }

    pub async fn on_behalf_of(&self, column: &str) -> Viewer {
        Viewer::on_behalf_of(self.kernel, self.users[column]).await.unwrap()
    }

    async fn people(&mut self) {
        let passwords = rookery_api::identity::passwords::Passwords::new(&self.kernel.source).unwrap();
        let hash = passwords.hash(&PASSWORD.into()).await.unwrap();
        let tx = self.system().begin().await.unwrap();
        let proof = tx.grant_root::<CreateUser>().unwrap();
        for who in &PEOPLE {
            let account = canary(&Label::of(lines_of_account(who.column).0));
            let username: String = who.column.replace('-', "0");
            let new = NewUser {
                name: format!("Person {}", who.column),
                email: format!("{username}@example.com"),
                username: Some(format!("{account}.{username}")),
                password_hash: Some(hash.clone()),
                user_type: if who.is_guest { UserType::GuestUser } else { UserType::RegularUser },
                level: who.level,
                is_manager: who.is_manager,
            };
            let row = identity::insert_user(&tx, &proof, new).await.unwrap();
            self.users.insert(who.column, row.id);
        }
        tx.commit().await.unwrap();
        for (column, user) in &self.users {
            // Whose address it is can be said only now.
            let row = user::ActiveModel { id: Set(*user), email: Set(address(column, *user)), ..Default::default() };
            row.update(&self.db).await.unwrap();
        }
        self.named.insert("user", global("User", &self.users["memA"].parts()));
        self.named.insert("staff", global("User", &self.users["tech-"].parts()));
    }

    /// Everybody's: one that can be used, and one that was, and is revoked.
    async fn access_tokens(&mut self) {
        for (column, user) in &self.users {
            let text = canary(&Label::owned("Access token", *user));
            let tx = self.on_behalf_of(column).await.begin().await.unwrap();
            let proof = tx.grant_root::<CreateAccessToken>().unwrap();
            for is_ended in [false, true] {
                // Each their own, so that it can be told whose is shown.
                let document = format!("query {} {{ viewer {{ level }} }}", text.to_lowercase());
                self.documents.insert(sha256_hex(&document), *user);
                let documents = is_ended.then(|| [(sha256_hex(&document), document)].into());
                let new = NewAccessToken { name: text.clone(), expires_at: None, is_read_only: is_ended, documents };
                let hash = format!("{column} {is_ended}");
                let row = insert_access_token(&tx, &proof, new, hash, text.clone()).await.unwrap();
                let id = global("AccessToken", &row.id.parts());
                if is_ended {
                    let at = Set(Some(tx.now()));
                    let ended = access_token::ActiveModel {
                        id: Set(row.id),
                        last_used_at: at.clone(),
                        revoked_at: at,
                        ..Default::default()
                    };
                    ended.update(tx.write(&proof)).await.unwrap();
                    self.ended.insert(id);
                } else if *column == "susp" {
                    self.named.insert("access token", id);
                }
            }
            tx.commit().await.unwrap();
        }
    }

    async fn tenants(&mut self) -> HashMap<&'static str, TenantId> {
        let tx = self.system().begin().await.unwrap();
        let proof = tx.grant_root::<CreateTenant>().unwrap();
        let mut tenants = HashMap::new();
        for (letter, status) in
            [("A", TenantStatus::Active), ("B", TenantStatus::Active), ("C", TenantStatus::Suspended)]
        {
            let name = canary(&Label::of(format!("Tenant {letter}")));
            let new = NewTenant { id: None, slug: name.clone(), name, r#type: TenantType::Standard, status };
            let row = tenancy::insert_tenant(&tx, &proof, new).await.unwrap();
            tenants.insert(letter, row.id);
        }
        for who in &PEOPLE {
            for (letter, role) in who.roles {
                let user = self.users[who.column];
                tenancy::insert_membership(&tx, &proof, tenants[letter], user, *role).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        tenants
    }

    async fn script(&mut self) {
        for (named, kind) in [("playbook", ScriptKind::Ansible), ("script", ScriptKind::Ssh)] {
            let row = self.add_script(named, kind).await;
            self.named.insert(named, global("Script", &row.id.parts()));
            self.playbook = self.script.replace(row);
        }
    }

    /// A script of this name.
    pub async fn add_script(&self, name: &str, kind: ScriptKind) -> script::Model {
        let admin = self.on_behalf_of("admin").await;
        let (script, text) = (canary(&Label::of("Script")), canary(&Label::of("Script's text")));
        let tx = admin.begin().await.unwrap();
        let proof = tx.grant_root::<CreateScript>().unwrap();
        let row = fleet::insert_script(&tx, &proof, name.to_owned(), script.clone(), kind, false).await;
        let row = row.unwrap();
        let variable = |name: &str, r#type, choices: &[&str]| ScriptVariable {
            name: name.to_owned(),
            r#type,
            label: Some(script.clone()),
            description: Some(script.clone()),
            required: false,
            default: Some(choices.first().map_or_else(|| script.clone(), |choice| (*choice).to_owned())),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        };
        let secret = ScriptVariable { default: None, ..variable("key", VariableType::Secret, &[]) };
        let choice = variable("mode", VariableType::Choice, &["fast", "safe"]);
        let variables = vec![variable("word", VariableType::String, &[]), choice, secret];
        let file = ScriptFile { path: "files/note".to_owned(), content: text.clone() };
        let files = if kind == ScriptKind::Ansible { vec![file] } else { Vec::new() };
        let revision = NewRevision { content: format!("echo {text}"), files, variables };
        fleet::insert_revision(&tx, &proof, row.id, 1, revision).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn place(&mut self, letter: &'static str, tenant: TenantId) -> Place {
        let text = |what: &str| canary(&Label::of(format!("{what} {letter}")));
        let tx = self.system().begin().await.unwrap();
        if letter != "operator" {
            self.inventory(&tx, letter, tenant).await;
            self.named.insert(if letter == "A" { "tenant A" } else { "tenant B" }, global("Tenant", &tenant.parts()));
        }
        let proof = tx.grant::<CreateProject>(tenant).await.unwrap();
        let new = NewProject {
            name: text("Project"),
            description: text("Project"),
            max_servers: 1_000,
            monthly_budget_cents: 50_000,
        };
        let project = fleet::insert_project(&tx, &proof, new).await.unwrap();
        let key = (project.tenant_id, project.id);
        let ssh = fleet::SealedSsh {
            user: Some(text("Project")),
            port: Some(22),
            private_key: Some(None),
            passphrase: Some(None),
        };
        fleet::update_project_ssh(&tx, &tx.grant::<UpdateProjectSsh>(key).await.unwrap(), ssh).await.unwrap();
        let tested = tx.grant::<TestProjectConnection>(key).await.unwrap();
        let status = ConnectionTestStatus::NoKey;
        let project = fleet::record_connection_test(&tx, &tested, status, text("Project")).await.unwrap();
        let proof = tx.grant::<RegisterServer>(key).await.unwrap();
        let new = NewServer {
            name: text("Server"),
            r#type: Some("cx21".to_owned()),
            // Nothing listens there.
            address: "127.0.77.1".to_owned(),
            private_address: Some(format!("{}.example", text("Server"))),
            ssh_port: Some(1),
            provider_id: Some(50_000),
            image: Some(text("Server")),
            location: Some(text("Server")),
            status: ServerStatus::Running,
            host_key: Some(HOST_KEY.to_owned()),
            labels: vec![text("Server").to_lowercase()],
        };
        let server = fleet::insert_server(&tx, &proof, new).await.unwrap();
        tx.commit().await.unwrap();
        // Its public half is shown, and is enough for that.
        let public = project::ActiveModel {
            tenant_id: Set(tenant),
            id: Set(project.id),
            ssh_public_key: Set(Some(text("Project"))),
            ..Default::default()
        };
        public.update(&self.db).await.unwrap();
        if letter == "A" {
            self.named.insert("project", global("Project", &key.parts()));
            self.named.insert("server", global("Server", &(server.tenant_id, server.id).parts()));
        }
        Place { letter, project, server }
    }

    async fn inventory(&mut self, tx: &Tx, letter: &'static str, tenant: TenantId) {
        let (site, device) = (Label::of(format!("Site {letter}")), Label::of(format!("Device {letter}")));
        let new = NewSite {
            name: canary(&site),
            address: Some(canary(&site)),
            latitude: Some(48.2),
            longitude: Some(16.4),
            timezone: "Europe/Vienna".to_owned(),
        };
        let site = inventory::insert_site(tx, &tx.grant::<CreateSite>(tenant).await.unwrap(), new).await.unwrap();
        let proof = tx.grant::<CreateDevice>((site.tenant_id, site.id)).await.unwrap();
        let new = NewDevice {
            name: canary(&device),
            serial_number: canary(&device),
            r#type: DeviceType::Sensor,
            status: DeviceStatus::Online,
            metadata: json!({ "note": canary(&device) }),
        };
        let device = inventory::insert_device(tx, &proof, new).await.unwrap();
        let (site, device) = ((site.tenant_id, site.id), (device.tenant_id, device.id));
        self.named.insert(if letter == "A" { "site" } else { "site B" }, global("Site", &site.parts()));
        if letter == "A" {
            self.named.insert("device", global("Device", &device.parts()));
        }
    }

    async fn grants(&self, place: &Place) {
        let tx = self.on_behalf_of("admin").await.begin().await.unwrap();
        let key: (TenantId, ProjectId) = (place.project.tenant_id, place.project.id);
        let proof = tx.grant::<GrantProjectAccess>(key).await.unwrap();
        for who in &PEOPLE {
            if let Some(level) = who.access {
                fleet::grant_access(&tx, &proof, self.users[who.column], level).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    async fn suspend(&self) {
        let user = self.users["susp"];
        let row = user::ActiveModel { id: Set(user), status: Set(UserStatus::Suspended), ..Default::default() };
        row.update(&self.db).await.unwrap();
    }
}
