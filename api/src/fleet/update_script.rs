//! Changes a script: what differs in content or declarations becomes a new revision.

use super::Tools;
use super::create_script::{NewRevision, check_revision, check_syntax, check_words, in_order};
use super::model::ScriptVariable;
use super::policy::UpdateScript;
use super::store::{self, script};
use crate::deployment::runner::script_files::ScriptFile;
use crate::platform::error::{AppError, AppResult, Checks};
use crate::platform::ids::ScriptId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
pub struct ScriptChange {
    /// The number of the revision that the author had before them.
    pub base: i32,
    /// Its name.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Whether it needs root on its targets.
    pub requires_root: Option<bool>,
    /// The playbook or the commands.
    pub content: Option<String>,
    /// What lies beside a playbook.
    pub files: Option<Vec<ScriptFile>>,
    /// What it declares.
    pub variables: Option<Vec<ScriptVariable>>,
}

/// Changes a script.
///
/// # Errors
/// CONFLICT if it is no longer at the base; user errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_script(
    viewer: &Viewer,
    tools: &Tools,
    id: ScriptId,
    change: ScriptChange,
) -> AppResult<script::Model> {
    let reader = viewer.reader();
    let seen = reader.get::<script::Entity>(id).await?;
    let current = store::current_revision(&reader, &seen).await?;
    let before = NewRevision {
        content: current.content.clone(),
        files: store::files_of(&current)?,
        variables: store::declared(&current)?,
    };
    let after = NewRevision {
        content: change.content.unwrap_or_else(|| before.content.clone()),
        files: change.files.unwrap_or_else(|| before.files.clone()),
        variables: change.variables.unwrap_or_else(|| before.variables.clone()),
    };
    let mut checks = Checks::default();
    check_words(&mut checks, change.name.as_deref(), change.description.as_deref());
    check_revision(&mut checks, seen.kind, &after);
    checks.finish()?;
    viewer.begin().await?.grant::<UpdateScript>(id).await?;
    if seen.current_revision != change.base {
        return Err(AppError::conflict("Somebody saved another revision meanwhile. Reload, then save again."));
    }
    let is_other = after.content != before.content || in_order(after.files.clone()) != before.files;
    let is_new = is_other || after.variables != before.variables;
    if is_other {
        check_syntax(tools, seen.kind, &after).await?;
    }
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateScript>(id).await?;
    let number = change.base + i32::from(is_new);
    let words = (
        change.name.unwrap_or_else(|| proof.name.clone()),
        change.description.unwrap_or_else(|| proof.description.clone()),
        change.requires_root.unwrap_or(proof.requires_root),
        number,
    );
    let row = store::update_script(&tx, &proof, change.base, words).await?;
    if is_new {
        store::insert_revision(&tx, &proof, id, number, after).await?;
    }
    tx.audit_row(&proof, json!({ "name": row.name, "revision": number })).await?;
    tx.commit().await?;
    Ok(row)
}
