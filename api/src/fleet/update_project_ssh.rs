//! Changes as whom, by which port and by which key a project's servers are reached.

use super::policy::UpdateProjectSsh;
use super::ssh::{self, SshSecrets, passphrase_place, private_key_place};
use super::store::{self, SealedSsh, project};
use crate::deployment::runner::ssh_key::SshKey;
use crate::fleet::model::sentence;
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::viewer::Viewer;
use secrecy::SecretString;
use serde_json::json;

/// What changes; `None` leaves it, `Some(None)` removes it.
#[derive(Default)]
pub struct SshChange {
    /// As whom to sign in.
    pub user: Option<String>,
    /// The usual port.
    pub port: Option<i32>,
    /// The private key, as a file holds it.
    pub private_key: Option<Option<SecretString>>,
    /// Its passphrase.
    pub passphrase: Option<Option<SecretString>>,
}

/// Changes a project's connection. The key must open with the passphrase, the new or the kept one.
///
/// # Errors
/// User errors; CONFLICT if somebody else changed the key meanwhile; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_project_ssh(
    viewer: &Viewer,
    key: (TenantId, ProjectId),
    change: SshChange,
) -> AppResult<project::Model> {
    let mut checks = Checks::default();
    if let Some(user) = &change.user {
        let fits = (1..=32).contains(&user.len())
            && user.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && user.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
        checks.require(fits, "user", "A POSIX user name of at most 32 characters.");
    }
    if let Some(port) = change.port {
        checks.require((1..=65_535).contains(&port), "port", "Between 1 and 65535.");
    }
    checks.finish()?;
    let kernel = viewer.kernel();
    let seen = (*viewer.begin().await?.grant::<UpdateProjectSsh>(key).await?).clone();
    let public_key = public_key(&change, ssh::open(kernel, &seen)?).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateProjectSsh>(key).await?;
    let sealed = |row: &project::Model| (row.ssh_private_key.clone(), row.ssh_passphrase.clone());
    if sealed(&proof) != sealed(&seen) {
        return Err(AppError::conflict("Somebody else changed the project's key meanwhile."));
    }
    let sealed_key = match (&change.private_key, public_key) {
        (Some(Some(text)), Some(public)) => Some(Some((ssh::seal(kernel, private_key_place(&proof), text)?, public))),
        (Some(_), _) => Some(None),
        (None, _) => None,
    };
    let sealed_passphrase = match &change.passphrase {
        Some(Some(text)) => Some(Some(ssh::seal(kernel, passphrase_place(&proof), text)?)),
        Some(None) => Some(None),
        None => None,
    };
    let details = json!({
        "user": change.user,
        "port": change.port,
        "privateKey": change.private_key.as_ref().map(|key| if key.is_some() { "replaced" } else { "removed" }),
    });
    let sealed =
        SealedSsh { user: change.user, port: change.port, private_key: sealed_key, passphrase: sealed_passphrase };
    let row = store::update_project_ssh(&tx, &proof, sealed).await?;
    tx.audit_row(&proof, details).await?;
    tx.commit().await?;
    Ok(row)
}

/// The public half of the key as it will be, which opens with the passphrase as it will be. Opening takes its time:
/// outside a transaction, which would hold others back, and off the async threads.
async fn public_key(change: &SshChange, kept: SshSecrets) -> AppResult<Option<String>> {
    let private_key = change.private_key.clone().unwrap_or(kept.private_key);
    let passphrase = change.passphrase.clone().unwrap_or(kept.passphrase);
    let Some(text) = private_key else { return Ok(None) };
    let parsed = tokio::task::spawn_blocking(move || SshKey::parse(&text, passphrase.as_ref()));
    let parsed = parsed.await.map_err(AppError::internal)?.map_err(|error| {
        let field = if change.private_key.is_some() { "privateKey" } else { "passphrase" };
        AppError::field(field, UserErrorCode::Invalid, sentence(&error.to_string()))
    })?;
    Ok(Some(parsed.public_key_line()))
}
