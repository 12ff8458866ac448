//! Files that are written once and kept for good, below a directory that several servers may share. What writes one may
//! die, and so may its machine: a file is there as a whole or not at all, and once it was said to be there, it stays.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// So many files are read and written at once. A directory on another machine may stop answering, and what waits for it
/// holds a thread: those of everything else are not to run out.
const AT_ONCE: usize = 16;
/// Longer than this nobody waits for such a directory.
const PATIENCE: Duration = Duration::from_secs(20);

/// The files below a directory, cheap to clone.
#[derive(Debug, Clone)]
pub struct ArchiveFiles {
    directory: PathBuf,
    at_once: Arc<Semaphore>,
}

impl ArchiveFiles {
    /// Those below this directory.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Makes the directory if it is not there, and tries to write there what stays.
    ///
    /// # Errors
    /// What the system says if that cannot be done.
    pub fn ensure(&self) -> io::Result<()> {
        let missing = self.directory.ancestors().take_while(|above| !above.exists()).count();
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        for above in self.directory.ancestors().skip(1).take(missing) {
            sync(above)?;
        }
        let mut trial = NamedTempFile::new_in(&self.directory)?;
        trial.write_all(b"Is there room?\n")?;
        trial.as_file().sync_all()?;
        trial.close()?;
        sync(&self.directory)
    }

    /// Where a file is, by its name relative to the directory.
    #[must_use]
    pub fn path(&self, name: &Path) -> PathBuf {
        self.directory.join(name)
    }

    /// Writes a file with mode 0600, in folders with mode 0700. It is on the disk when this answers. One that is there
    /// already is replaced in one step.
    ///
    /// # Errors
    /// What the system says; the file may be there all the same.
    pub async fn write(&self, name: PathBuf, content: Vec<u8>) -> io::Result<()> {
        self.at_work(move |directory| write(directory, &name, &content)).await
    }

    /// The content of a file.
    ///
    /// # Errors
    /// What the system says.
    pub async fn read(&self, name: PathBuf) -> io::Result<Vec<u8>> {
        self.at_work(move |directory| fs::read(directory.join(name))).await
    }

    async fn at_work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (directory, at_once) = (self.directory.clone(), Arc::clone(&self.at_once));
        let worked = async move {
            let place = at_once.acquire_owned().await.map_err(io::Error::other)?;
            let working = spawn_blocking(move || {
                let worked = work(&directory);
                // Not before the thread is free again, even if nobody waits for it any more.
                drop(place);
                worked
            });
            working.await.map_err(io::Error::other)?
        };
        timeout(PATIENCE, worked).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// The directory itself is not made here: where it is gone, so is what was mounted there.
fn write(directory: &Path, name: &Path, content: &[u8]) -> io::Result<()> {
    let mut place = directory.to_owned();
    for folder in name.parent().into_iter().flatten() {
        let above = place.clone();
        place.push(folder);
        let made = DirBuilder::new().mode(0o700).create(&place);
        if let Err(error) = made
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(error);
        }
        // Also where it was there before: who made it may have died before this.
        sync(&above)?;
    }
    let mut file = NamedTempFile::new_in(&place)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(directory.join(name)).map_err(|error| error.error)?;
    sync(&place)
}

/// Has the disk keep which files there are in a directory.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_is_written_is_read_and_is_for_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let files = ArchiveFiles::new(dir.path().join("a/b"));
        files.ensure().unwrap();
        files.ensure().unwrap();
        assert_eq!(fs::read_dir(files.path(Path::new(""))).unwrap().count(), 0, "the trial leaves nothing");
        let name = PathBuf::from("tenant/deployment/000001.gz");
        for content in [b"one".to_vec(), b"another".to_vec()] {
            files.write(name.clone(), content.clone()).await.unwrap();
            assert_eq!(files.read(name.clone()).await.unwrap(), content);
        }
        assert_eq!(mode(&files.path(&name)), 0o600);
        let folders: Vec<_> = name.ancestors().skip(1).map(|folder| mode(&files.path(folder))).collect();
        assert_eq!(folders, [0o700; 3]);
        assert_eq!(fs::read_dir(files.path(Path::new("tenant/deployment"))).unwrap().count(), 1);
        let missing = files.read("tenant/deployment/000002.gz".into()).await;
        assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn a_directory_that_is_gone_is_not_made_again_to_be_written() {
        let dir = tempfile::tempdir().unwrap();
        let files = ArchiveFiles::new(dir.path().join("mounted"));
        let written = files.write("tenant/000001.gz".into(), b"one".to_vec()).await;
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(!dir.path().join("mounted").exists());
        fs::write(dir.path().join("file"), "").unwrap();
        assert!(ArchiveFiles::new(dir.path().join("file/below")).ensure().is_err());
    }
}
