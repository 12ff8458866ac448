//! As whom the demo host lets people in: somebody who is not root, and cannot become root.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, chown, geteuid};

/// As whom, and how that is brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Account {
    /// As whoever runs the server.
    Own,
    /// As an account that exists for this sshd only: it runs without root, and in a mount namespace with an `/etc/passwd` of its own.
    Private,
    /// Where root may not make mount namespaces, as in most containers: sign in as root, and each session gives that up at once.
    GivenUp,
}

/// Name of the private account.
const PRIVATE_NAME: &str = "demo";

/// A directory that anybody may reach, for what an unprivileged sshd has to reach while the server's own data is closed to it.
const SHARED_PARENT: &str = "/var/tmp";

/// Tells sessions where they may leave things: the local service sample looks there.
const DIRECTORY_VARIABLE: &str = "DEMO_DIRECTORY";

/// What sessions find programs by.
pub(super) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

impl Account {
    /// What is possible here.
    pub(super) fn choose() -> Self {
        if !geteuid().is_root() {
            Self::Own
        } else if can_make_mount_namespace() {
            Self::Private
        } else {
            Self::GivenUp
        }
    }

    /// Whom to sign in as.
    pub(super) fn login(self) -> io::Result<String> {
        match self {
            Self::Own => user(User::from_uid(geteuid())).map(|user| user.name),
            Self::Private => Ok(PRIVATE_NAME.to_owned()),
            Self::GivenUp => Ok("root".to_owned()),
        }
    }

    /// Makes the directory of the host, below which its sessions live.
    pub(super) fn make_directory(self, state_dir: &Path) -> io::Result<PathBuf> {
        match self {
            Self::Own => {
                let dir = state_dir.join("host");
                fs::DirBuilder::new().mode(0o700).recursive(true).create(&dir)?;
                Ok(dir)
            }
            Self::Private | Self::GivenUp => {
                let dir = tempfile::Builder::new()
                    .prefix("rookery-demo-")
                    .permissions(fs::Permissions::from_mode(0o700))
                    .tempdir_in(SHARED_PARENT)?
                    .keep();
                self.give(&dir)?;
                Ok(dir)
            }
        }
    }

    /// Hands a file over to the sessions' user.
    pub(super) fn give(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Private | Self::GivenUp => {
                let (uid, gid) = nobody()?;
                Ok(chown(path, Some(uid), Some(gid))?)
            }
        }
    }

    /// Settings of sshd that only this way needs.
    pub(super) fn configuration(self, home: &Path) -> String {
        match self {
            Self::Own | Self::Private => {
                format!(
                    "PermitRootLogin no\nSubsystem sftp internal-sftp\nSetEnv {DIRECTORY_VARIABLE}={}/demo PATH={PATH}\n",
                    home.display()
                )
            }
            Self::GivenUp => {
                "PermitRootLogin forced-commands-only\nSubsystem sftp /usr/lib/openssh/sftp-server\n".to_owned()
            }
        }
    }

    /// The line of `authorized_keys` for this public key.
    pub(super) fn authorized_key(self, public_key: &str, home: &Path) -> io::Result<String> {
        match self {
            Self::Own | Self::Private => Ok(format!("restrict,pty {public_key}\n")),
            Self::GivenUp => {
                let (uid, gid) = nobody()?;
                let home = home.display();
                Ok(format!(
                    "restrict,command=\"cd '{home}' && exec setpriv --reuid={uid} --regid={gid} --clear-groups --no-new-privs --inh-caps=-all \
                     --bounding-set=-all -- /usr/bin/env -i HOME='{home}' {DIRECTORY_VARIABLE}='{home}/demo' PATH={PATH} LANG=C.UTF-8 /bin/sh -c \\\"$SSH_ORIGINAL_COMMAND\\\"\" {public_key}\n"
                ))
            }
        }
    }

    /// The command line that starts sshd this way. Processes started by it can never gain privileges, sudo or not.
    pub(super) fn command(self, dir: &Path, home: &Path, sshd: &[&str]) -> io::Result<Command> {
        let mut words: Vec<String> = Vec::new();
        match self {
            Self::Own => words.extend(["setpriv".into(), "--no-new-privs".into(), "--".into()]),
            Self::Private => {
                let (uid, gid) = nobody()?;
                let passwd = write_passwd(dir, home, uid, gid)?.display().to_string();
                let bind = "mount --bind \"$0\" /etc/passwd && exec \"$@\"".to_owned();
                words.extend(
                    ["unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c"].map(str::to_owned),
                );
                words.extend([bind, passwd]);
                words.extend([
                    "setpriv".into(),
                    format!("--reuid={uid}"),
                    format!("--regid={gid}"),
                    "--clear-groups".into(),
                    "--no-new-privs".into(),
                    "--inh-caps=-all".into(),
                    "--".into(),
                ]);
            }
            Self::GivenUp => make_privilege_separation_directory()?,
        }
        words.extend(sshd.iter().map(|word| (*word).to_owned()));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        Ok(command)
    }
}

/// A copy of `/etc/passwd` in which the first of this number is the private account.
fn write_passwd(dir: &Path, home: &Path, uid: Uid, gid: Gid) -> io::Result<PathBuf> {
    let path = dir.join("passwd");
    let others = fs::read_to_string("/etc/passwd")?;
    fs::write(&path, format!("{PRIVATE_NAME}:x:{uid}:{gid}:Demo host:{}:/bin/sh\n{others}", home.display()))?;
    // Whatever our umask: the account has to find itself there.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    Ok(path)
}

/// Where sshd started as root confines the part that talks to strangers. Debian makes it when the service starts.
fn make_privilege_separation_directory() -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o755).create("/run/sshd") {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn can_make_mount_namespace() -> bool {
    let tried = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "--", "mount", "--bind", "/etc/passwd", "/etc/passwd"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// The unprivileged user that every Linux has.
fn nobody() -> io::Result<(Uid, Gid)> {
    user(User::from_name("nobody")).map(|user| (user.uid, user.gid))
}

fn user(found: nix::Result<Option<User>>) -> io::Result<User> {
    found?.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the user is not in /etc/passwd"))
}
