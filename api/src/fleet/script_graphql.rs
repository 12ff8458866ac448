//! Scripts in the API.

use super::Tools;
use super::create_script::{self, NewRevision, NewScript};
use super::model;
use super::store::{self, script, script_revision};
use super::update_script::{self, ScriptChange};
use crate::deployment::runner::script_files;
use crate::identity::graphql::Actor;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::AppError;
use crate::platform::graphql::connection::list;
use crate::platform::graphql::descriptor::{contains, key_of};
use crate::platform::graphql::loader::{Loaders, Yield};
use crate::platform::graphql::projection::Read;
use crate::platform::graphql::viewer;
use crate::platform::ids::ScriptId;
use crate::platform::paging::Window;
use crate::platform::scope::everything;
use crate::platform::viewer::Viewer;
use crate::{descriptor, listed, mirrored_enum, payload};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::TokioSpawner;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;
use sea_orm::ColumnTrait as _;
use std::collections::HashMap;
use std::sync::Arc;

mirrored_enum! {
    /// What runs a script.
    ScriptKind of store::ScriptKind {
        /// `ansible-playbook`: the script is a playbook.
        Ansible,
        /// A shell over SSH: the script is a list of commands.
        Ssh,
    }
    /// What a script's variable takes.
    VariableType of model::VariableType {
        /// Text of one line.
        String,
        /// A whole number.
        Integer,
        /// True or false.
        Boolean,
        /// One of the choices.
        Choice,
        /// Text that is sealed when given, and that nobody sees again.
        Secret,
    }
}

descriptor! {
    /// Something that can be run on servers: an Ansible playbook, or commands over SSH.
    Script(script) {
        fields |row| {
            /// Its name; unique.
            name: String = row.name.clone();
            /// What it does.
            description: String = row.description.clone();
            /// What runs it.
            kind: ScriptKind = row.kind.into();
            /// Whether it needs root on its targets.
            requires_root: bool = row.requires_root;
            /// When it was created.
            created_at: DateTime<Utc> = row.created_at;
            /// When it was last changed.
            updated_at: DateTime<Utc> = row.updated_at;
        }
        links {}
        resolvers {
            /// Its newest revision: what a new plan takes.
            async fn current_revision(&self, context: &Context<'_>) -> Result<ScriptRevision> {
                let loader = context.data::<Loaders>()?.table(|viewer| {
                    DataLoader::with_cache(NumberedRevisions(viewer), TokioSpawner::current(), Yield, HashMapCache::default())
                });
                let found = loader.load_one((self.0.id, self.0.current_revision)).await;
                let found = found.map_err(|error| AppError::Internal(error.for_log()))?;
                Ok(ScriptRevision(found.ok_or(AppError::NotFound)?))
            }
            /// All its revisions, newest first.
            async fn revisions(&self, context: &Context<'_>) -> Result<Vec<ScriptRevision>> {
                let rows = store::revisions_of(&viewer(context)?.reader(), self.0.id).await?;
                Ok(rows.into_iter().map(ScriptRevision).collect())
            }
        }
    }
}

struct NumberedRevisions(Viewer);

impl Loader<(ScriptId, i32)> for NumberedRevisions {
    type Value = script_revision::Model;
    type Error = Arc<AppError>;

    async fn load(
        &self,
        keys: &[(ScriptId, i32)],
    ) -> std::result::Result<HashMap<(ScriptId, i32), script_revision::Model>, Self::Error> {
        let rows = store::numbered_revisions(&self.0.reader(), keys).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| ((row.script_id, row.number), row)).collect())
    }
}

listed! {
    Script(script) as ScriptConnection, ScriptEdge;
    where ScriptWhere |_viewer| {
        /// With this in the name or the description.
        search: String => |text| contains(&[script::Column::Name, script::Column::Description], &text);
        /// Run by one of these.
        kind: Vec<ScriptKind> => |list| script::Column::Kind.is_in(list.into_iter().map(store::ScriptKind::from));
    }
    order ScriptOrder by ScriptOrderField {
        /// By name.
        Name = Name;
        /// By when it was created.
        CreatedAt = CreatedAt;
        /// By when it was last changed.
        UpdatedAt = UpdatedAt;
    }
    usually Name Asc
}

/// A variable that a script declares.
#[derive(SimpleObject)]
pub struct ScriptVariable {
    /// Its name in the script.
    name: String,
    /// What it takes.
    r#type: VariableType,
    /// What a form calls it.
    label: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Whether a value must be given.
    required: bool,
    /// The value where none is given, as text.
    default: Option<String>,
    /// For a choice: which.
    choices: Vec<String>,
}

impl From<model::ScriptVariable> for ScriptVariable {
    fn from(variable: model::ScriptVariable) -> Self {
        Self {
            name: variable.name,
            r#type: variable.r#type.into(),
            label: variable.label,
            description: variable.description,
            required: variable.required,
            default: variable.default,
            choices: variable.choices,
        }
    }
}

descriptor! {
    /// A script as it was at one time; never edited.
    ScriptRevision(script_revision) {
        fields |row| {
            /// Its number, from 1.
            number: i32 = row.number;
            /// The SHA-256 of the content, in hex: what a plan binds.
            digest: String = row.digest.clone();
            /// The playbook or the commands.
            #[requires(ManageDeployments)]
            content: String = row.content.clone();
            /// When it was written.
            created_at: DateTime<Utc> = row.created_at;
        }
        links {}
        resolvers {
            /// What lies beside a playbook, by path: its roles, its templates, and what its tasks include.
            #[requires(ManageDeployments)]
            fn files(&self) -> Result<Vec<ScriptFile>> {
                Ok(store::files_of(&self.0)?.into_iter().map(Into::into).collect())
            }
            /// What it declares.
            fn variables(&self) -> Result<Vec<ScriptVariable>> {
                Ok(store::declared(&self.0)?.into_iter().map(Into::into).collect())
            }
            /// Who wrote it; null for the samples.
            async fn author(&self, context: &Context<'_>) -> Result<Option<Actor>> {
                Actor::load_if(context, self.0.created_by).await
            }
        }
    }
}

/// A file beside a playbook.
#[derive(SimpleObject)]
pub struct ScriptFile {
    /// Where it lies, from the playbook's directory.
    path: String,
    /// The SHA-256 of its content, in hex: what a plan binds.
    digest: String,
    /// What is in it.
    content: String,
}

impl From<script_files::ScriptFile> for ScriptFile {
    fn from(file: script_files::ScriptFile) -> Self {
        Self { path: file.path, digest: sha256_hex(&file.content), content: file.content }
    }
}

/// A file beside a playbook.
#[derive(InputObject)]
pub struct ScriptFileInput {
    /// Where it lies, from the playbook's directory: below `files`, `roles`, `tasks`, `templates` or `vars`, in letters, digits
    /// and `._-`.
    path: String,
    /// What is in it, as text.
    content: String,
}

impl From<ScriptFileInput> for script_files::ScriptFile {
    fn from(input: ScriptFileInput) -> Self {
        Self { path: input.path, content: input.content }
    }
}

/// A variable that a script declares.
#[derive(InputObject)]
pub struct ScriptVariableInput {
    /// Its name in the script: letters, digits and underscores, at most 64.
    name: String,
    /// What it takes.
    r#type: VariableType,
    /// What a form calls it.
    label: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Whether a value must be given.
    #[graphql(default)]
    required: bool,
    /// The value where none is given, as text; not for a secret.
    default: Option<String>,
    /// For a choice: which.
    #[graphql(default)]
    choices: Vec<String>,
}

impl From<ScriptVariableInput> for model::ScriptVariable {
    fn from(input: ScriptVariableInput) -> Self {
        Self {
            name: input.name,
            r#type: input.r#type.into(),
            label: input.label,
            description: input.description,
            required: input.required,
            default: input.default,
            choices: input.choices,
        }
    }
}

/// A new script.
#[derive(InputObject)]
pub struct CreateScriptInput {
    /// Its name, 1 to 150 characters; unique.
    name: String,
    /// What it does, at most 1,000 characters.
    #[graphql(default)]
    description: String,
    /// What runs it.
    kind: ScriptKind,
    /// Whether it needs root on its targets: those that cannot give it are refused before the run.
    #[graphql(default)]
    requires_root: bool,
    /// The playbook or the commands, at most 256 KiB; checked for syntax.
    content: String,
    /// What lies beside a playbook, at most 100 files of 128 KiB in all; checked for syntax where the playbook names them.
    #[graphql(default)]
    files: Vec<ScriptFileInput>,
    /// What it declares, at most 50.
    #[graphql(default)]
    variables: Vec<ScriptVariableInput>,
}

/// A script's change; what is left out stays.
#[derive(InputObject)]
pub struct UpdateScriptInput {
    /// Which.
    id: ID,
    /// The number of the revision that was edited; CONFLICT if there is a newer one.
    base_revision: i32,
    /// Its name, 1 to 150 characters.
    name: Option<String>,
    /// What it does, at most 1,000 characters.
    description: Option<String>,
    /// Whether it needs root on its targets.
    requires_root: Option<bool>,
    /// The playbook or the commands; another content is another revision.
    content: Option<String>,
    /// What lies beside a playbook, all of it; other files are another revision.
    files: Option<Vec<ScriptFileInput>>,
    /// What it declares; another declaration is another revision.
    variables: Option<Vec<ScriptVariableInput>>,
}

payload! {
    /// The new script.
    CreateScriptPayload {
        /// The script.
        script: Script
    }
    /// The changed script.
    UpdateScriptPayload {
        /// The script.
        script: Script
    }
}

/// Reading scripts.
#[derive(Default)]
pub struct ScriptQuery;

#[gated]
#[Object]
impl ScriptQuery {
    /// The library of scripts; staff see it.
    #[signed_in]
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn scripts(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        r#where: Option<ScriptWhere>,
        order_by: Option<ScriptOrder>,
    ) -> Result<Read<ScriptConnection>> {
        let window = Window { first, after, last, before };
        list::<Script>(context, everything(), window, r#where, order_by).await
    }
}

/// Writing scripts.
#[derive(Default)]
pub struct ScriptMutation;

#[gated]
#[Object]
impl ScriptMutation {
    /// Adds a script to the library.
    #[requires(ManageDeployments)]
    async fn create_script(&self, context: &Context<'_>, input: CreateScriptInput) -> Result<CreateScriptPayload> {
        let new = NewScript {
            name: input.name.trim().to_owned(),
            description: input.description,
            kind: input.kind.into(),
            requires_root: input.requires_root,
            revision: NewRevision {
                content: input.content,
                files: input.files.into_iter().map(Into::into).collect(),
                variables: input.variables.into_iter().map(Into::into).collect(),
            },
        };
        let tools = context.data::<Tools>()?;
        CreateScriptPayload::of(create_script::create_script(viewer(context)?, tools, new).await)
    }

    /// Changes a script.
    #[requires(ManageDeployments)]
    async fn update_script(&self, context: &Context<'_>, input: UpdateScriptInput) -> Result<UpdateScriptPayload> {
        let id = key_of::<Script>(&input.id)?;
        let change = ScriptChange {
            base: input.base_revision,
            name: input.name.map(|name| name.trim().to_owned()),
            description: input.description,
            requires_root: input.requires_root,
            content: input.content,
            files: input.files.map(|list| list.into_iter().map(Into::into).collect()),
            variables: input.variables.map(|list| list.into_iter().map(Into::into).collect()),
        };
        let tools = context.data::<Tools>()?;
        UpdateScriptPayload::of(update_script::update_script(viewer(context)?, tools, id, change).await)
    }
}
