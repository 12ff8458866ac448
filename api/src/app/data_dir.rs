//! The directory for everything kept on disk.

use crate::platform::clock::Source;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// What makes this the only server on its data, until it is dropped or the process ends.
pub(super) type Locks = Vec<File>;

/// The places in it.
pub(super) struct DataDir<'d>(&'d Path);

/// Makes the directory if it is not there; what others can look into is refused.
pub(super) fn ensure(dir: &Path) -> Result<(), String> {
    let problem = |error: io::Error| format!("the data directory {}: {error}", dir.display());
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(problem)?;
    let mode = fs::metadata(dir).map_err(problem)?.permissions().mode();
    if mode & 0o077 != 0 {
        let dir = dir.display();
        return Err(format!("the data directory {dir} is open to other users of this machine: chmod 700 {dir}"));
    }
    Ok(())
}

impl<'d> DataDir<'d> {
    pub(super) const fn new(dir: &'d Path) -> Self {
        Self(dir)
    }

    pub(super) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// This server's name among its replicas, made at first start.
    pub(super) fn node(&self, source: &Source) -> Result<String, String> {
        let file = self.0.join("node");
        let problem = |error: io::Error| format!("{}: {error}", file.display());
        match fs::read_to_string(&file) {
            Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            Ok(_) => Err(format!("{}: is empty; delete it, and this server gets a new name", file.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let node = source.uuid().to_string();
                let mut out =
                    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(problem)?;
                writeln!(out, "{node}").and_then(|()| out.sync_all()).map_err(problem)?;
                Ok(node)
            }
            Err(error) => Err(problem(error)),
        }
    }

    /// Takes the directory for this process, and the database's file where it is one: SQLite wakes nobody in another
    /// process, so one server at a time owns it.
    pub(super) fn lock(&self, database_url: &str) -> Result<Locks, String> {
        let mut locks = vec![lock(&self.0.join("rookery.lock"))?];
        if let Some(file) = database_url.strip_prefix("sqlite:") {
            let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
            if !Path::new(file).starts_with(self.0) {
                locks.push(lock(Path::new(&format!("{file}.lock")))?);
            }
        }
        Ok(locks)
    }
}

fn lock(path: &Path) -> Result<File, String> {
    let problem = |error: io::Error| format!("{}: {error}", path.display());
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(problem)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another Rookery server is running on this data ({} is locked)", path.display()))
        }
        Err(TryLockError::Error(error)) => Err(problem(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_a_directory_and_a_name_that_stays() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let place = dir.path().join("a/b");
        ensure(&place).expect("made");
        let dir = DataDir::new(&place);
        let url = format!("sqlite://{}/rookery.db?mode=rwc", place.display());
        let first = dir.lock(&url).expect("free");
        assert!(dir.lock(&url).is_err_and(|error| error.contains("another Rookery server")));
        drop(first);
        assert!(dir.lock(&url).is_ok());
        let name = dir.node(&Source::system());
        assert!(name.is_ok() && name == dir.node(&Source::system()));
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("changed");
        assert!(ensure(&place).is_err_and(|error| error.contains("chmod 700")));
    }
}
