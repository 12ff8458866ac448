//! Reading what lies in a run's directory. A playbook that runs on this machine can write there, and may have put a link, a
//! pipe or a device in the place of a file of ours: those are never opened, and nothing is waited for.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nix::fcntl::OFlag;

/// Opens a file for reading, if it is one.
///
/// # Errors
/// When it cannot be opened, or is no regular file: [`io::ErrorKind::InvalidInput`].
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let file = match File::options().read(true).custom_flags(flags).open(path) {
        // A link.
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32) => Err(planted()),
        result => result,
    }?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(planted()) }
}

/// The content of a file that is no longer than `limit`.
///
/// # Errors
/// As [`open`], and [`io::ErrorKind::FileTooLarge`].
pub(super) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content) }
}

fn planted() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "something else is in the place of a file of the run")
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("file"), "content").unwrap();
        assert_eq!(read(&at("file"), 7).unwrap(), b"content");
        assert_eq!(read(&at("file"), 6).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        symlink(at("file"), at("link")).unwrap();
        symlink("/dev/zero", at("zero")).unwrap();
        mkfifo(&at("pipe"), Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        std::fs::create_dir(at("directory")).unwrap();
        for name in ["link", "zero", "pipe", "directory"] {
            assert_eq!(read(&at(name), 10).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        assert_eq!(read(&at("none"), 10).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
