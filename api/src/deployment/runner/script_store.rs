//! Scripts by their content: what was approved is what runs, whatever happens to files elsewhere.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::redact;

/// Scripts, each in a file named by the SHA-256 of its content, written once.
#[derive(Clone, Debug)]
pub struct ScriptStore {
    dir: PathBuf,
}

/// Why a script cannot be had.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ScriptStoreError {
    #[error("the script's stored copy is missing or unreadable")]
    Missing(#[source] io::Error),
    #[error("the script's stored copy is not what its digest says: it was changed on the disk")]
    Changed,
}

/// SHA-256 of a script's content, in hexadecimal.
#[must_use]
pub fn digest(content: &str) -> String {
    redact::hex(&Sha256::digest(content.as_bytes()))
}

impl ScriptStore {
    /// The store below a data directory: `DATA/scripts`.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self { dir: data_dir.join("scripts") }
    }

    /// Keeps a script and answers its digest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, content: &str) -> io::Result<String> {
        let digest = digest(content);
        fs::create_dir_all(&self.dir)?;
        // In one step and never over an existing file; two writers of the same content agree anyway.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(content.as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(self.dir.join(&digest)) {
            Ok(_) => Ok(digest),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(digest),
            Err(error) => Err(error.error),
        }
    }

    /// A script by its digest, checked against it.
    pub fn get(&self, expected: &str) -> Result<String, ScriptStoreError> {
        let is_digest = expected.len() == 64 && expected.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_digest {
            return Err(ScriptStoreError::Missing(io::ErrorKind::InvalidInput.into()));
        }
        verified(&self.dir.join(expected), expected)
    }
}

/// The content of a file, if it is the one with this digest.
pub(super) fn verified(path: &Path, expected: &str) -> Result<String, ScriptStoreError> {
    let content = fs::read_to_string(path).map_err(ScriptStoreError::Missing)?;
    if digest(&content) == expected { Ok(content) } else { Err(ScriptStoreError::Changed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_put_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let store = ScriptStore::new(dir.path());
        let digest = store.put("- hosts: all\n").unwrap();
        assert_eq!(store.put("- hosts: all\n").unwrap(), digest);
        assert_eq!(store.get(&digest).unwrap(), "- hosts: all\n");
        for other in ["", "../../etc/passwd", &"0".repeat(64)] {
            assert!(matches!(store.get(other), Err(ScriptStoreError::Missing(_))), "{other}");
        }
        let path = dir.path().join("scripts").join(&digest);
        fs::write(&path, "- hosts: others\n").unwrap();
        assert!(matches!(store.get(&digest), Err(ScriptStoreError::Changed)));
    }
}
