//! The secrets of a run: files that exist only while it lasts.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::redact::{Redactor, TooManySecrets};

const DIRECTORY: &str = "secrets";
const VALUES: &str = "values.json";

/// Where the private key lies.
pub(super) fn key_path(dir: &Path) -> PathBuf {
    dir.join(DIRECTORY).join("key")
}

/// Where Ansible's variables lie, secret ones included.
pub(super) fn vars_path(dir: &Path) -> PathBuf {
    dir.join(DIRECTORY).join("vars.yml")
}

/// Writes the private key and the values of the secret variables.
pub(super) fn write(dir: &Path, key: &SecretString, variables: &BTreeMap<String, SecretString>) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(dir.join(DIRECTORY))?;
    write_private(&key_path(dir), key.expose_secret().as_bytes())?;
    let values: BTreeMap<&str, &str> =
        variables.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    let text = Zeroizing::new(serde_json::to_vec(&values)?);
    write_private(&dir.join(DIRECTORY).join(VALUES), &text)
}

/// Creates a file that only its owner can read.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)
}

/// Where Ansible keeps its temporary files, such as the content of a file it is about to copy.
pub(super) const HOME: &str = "home";

/// Removes the secrets of a run, if there are any left.
pub(super) fn remove(dir: &Path) -> io::Result<()> {
    [DIRECTORY, HOME].into_iter().try_for_each(|name| match fs::remove_dir_all(dir.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    })
}

/// The secrets of a run, as its runner reads them.
pub(super) struct RunSecrets {
    /// The private key, unprotected.
    pub(super) key: SecretString,
    /// The secret variables.
    pub(super) variables: BTreeMap<String, SecretString>,
}

impl RunSecrets {
    pub(super) fn load(dir: &Path) -> io::Result<Self> {
        let text = Zeroizing::new(fs::read(dir.join(DIRECTORY).join(VALUES))?);
        let values: BTreeMap<String, String> = serde_json::from_slice(&text)?;
        Ok(Self {
            key: fs::read_to_string(key_path(dir))?.into(),
            variables: values.into_iter().map(|(name, value)| (name, value.into())).collect(),
        })
    }

    pub(super) fn redactor(&self) -> Result<Redactor, TooManySecrets> {
        Redactor::new(self.variables.values().chain([&self.key]).map(ExposeSecret::expose_secret))
    }
}

/// Removes the secrets when the run ends, however it ends.
pub(super) struct RemoveOnDrop(PathBuf);

impl RemoveOnDrop {
    pub(super) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::error!(%error, dir = %self.0.display(), "the secrets of a run could not be removed");
        }
    }
}
