//! A project's key and passphrase, sealed in their row.

use super::store::project;
use crate::platform::error::AppResult;
use crate::platform::kernel::Kernel;
use crate::platform::seal::Place;
use secrecy::{ExposeSecret as _, SecretString};

/// Where a project's private key is kept.
#[must_use]
pub fn private_key_place(row: &project::Model) -> Place {
    Place { column: "project.ssh_private_key", row: [row.tenant_id.0, row.id.0] }
}

/// Where a project's passphrase is kept.
#[must_use]
pub fn passphrase_place(row: &project::Model) -> Place {
    Place { column: "project.ssh_passphrase", row: [row.tenant_id.0, row.id.0] }
}

/// By what a project's servers are reached.
pub struct SshSecrets {
    /// The private key, if there is one.
    pub private_key: Option<SecretString>,
    /// Its passphrase, if it has one.
    pub passphrase: Option<SecretString>,
}

/// Opens a project's secrets.
///
/// # Errors
/// INTERNAL, if they do not open.
pub fn open(kernel: &Kernel, row: &project::Model) -> AppResult<SshSecrets> {
    let private_key = row.ssh_private_key.as_deref();
    let passphrase = row.ssh_passphrase.as_deref();
    Ok(SshSecrets {
        private_key: private_key.map(|sealed| kernel.sealer.open_text(private_key_place(row), sealed)).transpose()?,
        passphrase: passphrase.map(|sealed| kernel.sealer.open_text(passphrase_place(row), sealed)).transpose()?,
    })
}

/// Seals a text for `place`.
///
/// # Errors
/// INTERNAL.
pub fn seal(kernel: &Kernel, place: Place, secret: &SecretString) -> AppResult<String> {
    kernel.sealer.seal(place, secret.expose_secret().as_bytes())
}
