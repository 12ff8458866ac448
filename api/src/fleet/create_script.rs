//! Adds a script to the library.

use super::Tools;
use super::model::{ScriptVariable, check_declarations, sentence};
use super::policy::CreateScript;
use super::store::{self, ScriptKind, script};
use crate::deployment::runner::spec;
use crate::deployment::runner::syntax_check::{SyntaxCheckError, syntax_check};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A script to be.
pub struct NewScript {
    /// Its name; unique.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What runs it.
    pub kind: ScriptKind,
    /// Whether it needs root on its targets.
    pub requires_root: bool,
    /// Its first revision.
    pub revision: NewRevision,
}

/// A revision to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// The playbook or the commands.
    pub content: String,
    /// What it declares.
    pub variables: Vec<ScriptVariable>,
}

const CONTENT_MOST: usize = 256 * 1024;

/// Creates a script, after checking that it can be understood.
///
/// # Errors
/// User errors, those of the syntax check on `content`; FORBIDDEN for who may not.
pub async fn create_script(viewer: &Viewer, tools: &Tools, new: NewScript) -> AppResult<script::Model> {
    let mut checks = Checks::default();
    check_words(&mut checks, Some(&new.name), Some(&new.description));
    check_revision(&mut checks, &new.revision);
    checks.finish()?;
    // Asked before the check runs a program, and again, bindingly, in the transaction that inserts.
    viewer.begin().await?.grant_root::<CreateScript>()?;
    check_syntax(tools, new.kind, &new.revision.content).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<CreateScript>()?;
    let row = store::insert_script(&tx, &proof, new.name, new.description, new.kind, new.requires_root).await?;
    let revision = store::insert_revision(&tx, &proof, row.id, 1, new.revision).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "Script", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "digest": revision.digest })).await?;
    tx.commit().await?;
    Ok(row)
}

pub(super) fn check_words(checks: &mut Checks, name: Option<&str>, description: Option<&str>) {
    if let Some(name) = name {
        checks.length(name, "name", 1, 150);
    }
    if let Some(description) = description {
        checks.length(description, "description", 0, 1_000);
    }
}

pub(super) fn check_revision(checks: &mut Checks, revision: &NewRevision) {
    checks.require(!revision.content.trim().is_empty(), "content", "This is required.");
    checks.require(revision.content.len() <= CONTENT_MOST, "content", "At most 256 KiB.");
    check_declarations(checks, &revision.variables);
}

/// Asks `ansible-playbook` or the shell whether they understand it.
pub(super) async fn check_syntax(tools: &Tools, kind: ScriptKind, content: &str) -> AppResult<()> {
    match syntax_check(&tools.programs, runner_kind(kind), content).await {
        Ok(()) => Ok(()),
        Err(SyntaxCheckError::Invalid(error)) => {
            Err(AppError::field("content", UserErrorCode::Invalid, sentence(&error.to_string())))
        }
        Err(SyntaxCheckError::Ansible(error)) => {
            tracing::error!(error = %error, "the syntax check could not run");
            Err(AppError::Unavailable("Scripts cannot be checked now: ansible-playbook does not work on the server."))
        }
        Err(SyntaxCheckError::Write(error)) => Err(AppError::internal(error)),
    }
}

/// The runner's word for a kind of script.
#[must_use]
pub const fn runner_kind(kind: ScriptKind) -> spec::ScriptKind {
    match kind {
        ScriptKind::Ansible => spec::ScriptKind::Ansible,
        ScriptKind::Ssh => spec::ScriptKind::Ssh,
    }
}
