//! Adds a script to the library.

use super::Tools;
use super::model::{ScriptVariable, check_declarations, sentence};
use super::policy::CreateScript;
use super::store::{self, ScriptKind, script};
use crate::deployment::runner::script_files::{ScriptFile, clash, is_path};
use crate::deployment::runner::spec;
use crate::deployment::runner::syntax_check::{SyntaxCheckError, SyntaxError, syntax_check};
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
    /// What lies beside a playbook.
    pub files: Vec<ScriptFile>,
    /// What it declares.
    pub variables: Vec<ScriptVariable>,
}

const CONTENT_MOST: usize = 256 * 1024;
const FILES_MOST: usize = 100;
/// One request has to hold them, with the playbook.
const FILES_CONTENT_MOST: usize = 128 * 1024;

/// Creates a script, after checking that it can be understood.
///
/// # Errors
/// User errors, those of the syntax check on `content`; FORBIDDEN for who may not.
pub async fn create_script(viewer: &Viewer, tools: &Tools, new: NewScript) -> AppResult<script::Model> {
    let mut checks = Checks::default();
    check_words(&mut checks, Some(&new.name), Some(&new.description));
    check_revision(&mut checks, new.kind, &new.revision);
    checks.finish()?;
    // Asked before the check runs a program, and again, bindingly, in the transaction that inserts.
    viewer.begin().await?.grant_root::<CreateScript>()?;
    check_syntax(tools, new.kind, &new.revision).await?;
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

pub(super) fn check_revision(checks: &mut Checks, kind: ScriptKind, revision: &NewRevision) {
    checks.require(!revision.content.trim().is_empty(), "content", "This is required.");
    checks.require(revision.content.len() <= CONTENT_MOST, "content", "At most 256 KiB.");
    check_declarations(checks, &revision.variables);
    check_files(checks, kind, &revision.files);
}

fn check_files(checks: &mut Checks, kind: ScriptKind, files: &[ScriptFile]) {
    let size: usize = files.iter().map(|file| file.content.len()).sum();
    checks.require(files.len() <= FILES_MOST, "files", "At most 100 files.");
    checks.require(size <= FILES_CONTENT_MOST, "files", "At most 128 KiB in all.");
    checks.require(kind == ScriptKind::Ansible || files.is_empty(), "files", "Only a playbook has files beside it.");
    for (index, file) in files.iter().enumerate() {
        let rule = "A path below files, roles, tasks, templates or vars, of letters, digits and ._-, such as \
                    roles/web/tasks/main.yml.";
        checks.require(is_path(&file.path), &format!("files.{index}.path"), rule);
    }
    if let Some(path) = clash(files.iter().map(|file| file.path.as_str())) {
        checks.require(false, "files", format!("{path} comes twice, or is a directory of another file."));
    }
}

/// Files by path: in whichever order they are given, they are the same.
#[must_use]
pub fn in_order(mut files: Vec<ScriptFile>) -> Vec<ScriptFile> {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Asks `ansible-playbook` or the shell whether they understand it.
pub(super) async fn check_syntax(tools: &Tools, kind: ScriptKind, new: &NewRevision) -> AppResult<()> {
    match syntax_check(&tools.programs, runner_kind(kind), &new.content, &new.files).await {
        Ok(()) => Ok(()),
        Err(SyntaxCheckError::Invalid(error)) => {
            let named = |file: &ScriptFile| Some(&file.path) == error.file.as_ref();
            let (field, error) = match new.files.iter().position(named) {
                Some(index) => (format!("files.{index}.content"), SyntaxError { file: None, ..error }),
                None => ("content".to_owned(), error),
            };
            Err(AppError::field(&field, UserErrorCode::Invalid, sentence(&error.to_string())))
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
