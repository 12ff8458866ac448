//! The world that is walked: who asks, what there is, and which row belongs to which line of the matrix.

use super::matrix::Matrix;
use crate::support::server::Options;
use crate::support::{Backend, Client, Server, database};
use rookery_api::platform::ids::{GlobalId, TenantId, UserId};
use rookery_api::platform::kernel::Kernel;
use rookery_api::platform::viewer::Viewer;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub struct World {
    pub server: Server,
    pub kernel: Kernel,
    pub matrix: Matrix,
    pub people: Vec<Person>,
    pub tenants: HashMap<TenantId, &'static str>,
    /// By global id.
    pub rows: HashMap<String, Row>,
    /// The ids of access tokens that were revoked.
    pub ended: BTreeSet<String>,
    /// By hash, whose token is confined to a document.
    pub documents: HashMap<String, UserId>,
    /// The ids of what is acted upon, by what for.
    pub named: HashMap<&'static str, String>,
    /// What each canary's word stands for.
    pub canaries: HashMap<String, Label>,
}

/// A column of the matrix.
pub struct Person {
    pub column: usize,
    pub user: Option<UserId>,
    pub client: Client,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub type_name: String,
    pub label: Label,
}

/// A line of the matrix, and for what is somebody's own, whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub class: String,
    pub owner: Option<UserId>,
}

impl Label {
    pub fn of(class: impl Into<String>) -> Self {
        Self { class: class.into(), owner: None }
    }

    pub fn owned(class: impl Into<String>, owner: UserId) -> Self {
        Self { class: class.into(), owner: Some(owner) }
    }
}

impl World {
    /// A server without a demo, and the door to its data that the server itself uses.
    pub async fn start(backend: Backend) -> (Server, Kernel) {
        let url = database::fresh(backend).await;
        // In a build for it, the one guard or scope that is switched off.
        let sabotage = std::env::var("ROOKERY_SABOTAGE").ok().map(|name| ("ROOKERY_SABOTAGE", name));
        let environment = sabotage.into_iter().collect();
        let options = Options { demo: false, database: url, environment, ..Options::default() };
        let server = Server::start(options).await;
        let kernel = server.kernel().await;
        (server, kernel)
    }

    pub fn system(&self) -> Viewer {
        Viewer::system(&self.kernel, "looking at what a test made")
    }

    pub fn person(&self, column: &str) -> &Person {
        let column = self.matrix.column(column);
        self.people.iter().find(|person| person.column == column).unwrap()
    }

    pub fn name(&self, person: &Person) -> &str {
        &self.matrix.columns[person.column]
    }

    pub fn id(&self, what: &str) -> &str {
        self.named.get(what).unwrap_or_else(|| panic!("nothing is named {what}"))
    }

    pub fn sees(&self, person: &Person, label: &Label) -> bool {
        let own = person.user.is_some() && label.owner == person.user && self.is_in(person);
        self.matrix.sees(&label.class, person.column, own)
    }

    /// Whether they are signed in, with an account in use.
    pub fn is_in(&self, person: &Person) -> bool {
        !["nobody", "susp"].contains(&self.name(person))
    }

    /// The ids of a type's rows that somebody sees, or does not see.
    pub fn ids(&self, person: &Person, type_name: &str, seen: bool) -> BTreeSet<&str> {
        let of_type = self.rows.iter().filter(|(_, row)| row.type_name == type_name);
        of_type.filter(|(_, row)| self.sees(person, &row.label) == seen).map(|(id, _)| id.as_str()).collect()
    }

    /// The id of an access token of somebody's that can be used.
    pub fn token_of(&self, person: &Person) -> &str {
        let own = |row: &Row| row.type_name == "AccessToken" && row.label.owner == person.user;
        let mut tokens = self.rows.iter().filter(|(id, row)| own(row) && !self.ended.contains(*id));
        tokens.next().map(|(id, _)| id.as_str()).expect("everybody has one")
    }

    /// Whether somebody sees anything of a kind: a type, or a line of the matrix that is no type's.
    pub fn sees_any(&self, person: &Person, part_of: &str) -> bool {
        match part_of {
            "everybody" => self.name(person) != "susp",
            "signed in" => self.is_in(person),
            "Membership" => ["Membership A", "Membership B", "Membership C"]
                .iter()
                .any(|class| self.sees(person, &Label::of(*class))),
            "Access to a project" => {
                let granted = ["techR", "techW", "techA", "gTech", "salesR"];
                granted.contains(&self.name(person)) || self.sees(person, &Label::of(part_of))
            }
            "API usage" => self.sees(person, &Label::of(part_of)),
            type_name => !self.ids(person, type_name, true).is_empty(),
        }
    }

    /// The canaries in a text that somebody may not see.
    pub fn leaks(&self, person: &Person, text: &str) -> BTreeSet<String> {
        let text = text.to_lowercase();
        let words = text.split(CANARY).skip(1).step_by(2);
        let hidden = words.filter(|word| {
            let label = self.canaries.get(*word);
            label.is_some_and(|label| !self.sees(person, label))
        });
        hidden.map(str::to_owned).collect()
    }

    /// The line of the matrix that a tenant's row belongs to.
    pub fn of_tenant(&self, what: &str, tenant: TenantId) -> Label {
        Label::of(format!("{what} {}", self.tenants.get(&tenant).copied().unwrap_or("of nobody")))
    }
}

/// What encloses a canary's word: letters and digits only, so that it fits into every field.
pub const CANARY: &str = "zqz";

/// The text that shows up wherever a row of this label leaks.
pub fn canary(label: &Label) -> String {
    let word: String = label.class.chars().filter(char::is_ascii_alphanumeric).collect();
    let owner = label.owner.map(|owner| owner.0.simple().to_string()[20..].to_owned()).unwrap_or_default();
    format!("{CANARY}{}{owner}{CANARY}", word.to_lowercase())
}

pub fn global(type_name: &str, keys: &[Uuid]) -> String {
    GlobalId::encode(type_name, keys)
}
