//! The demo's own host: a private sshd on loopback, whose users cannot become root.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::demo_account::{self, Account};
use super::host_key::HostKey;
use super::process::ProcessIdentity;

/// The running demo host, started by this server or taken over from one that died. Ends with this value.
#[derive(Debug)]
pub struct DemoHost {
    /// Its port on 127.0.0.1; the same at every start, if it is free.
    pub port: u16,
    /// Whom to sign in as.
    pub user: String,
    /// The key that opens it.
    pub private_key: SecretString,
    /// Its host key, to pin.
    pub host_key: HostKey,
    /// The directory scripts may use on it. Sessions find it in `DEMO_DIRECTORY`, as the local service sample does.
    pub directory: PathBuf,
    process: ProcessIdentity,
    places: [PathBuf; 2],
}

/// Why there is no demo host.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum DemoHostError {
    #[error("the demo host needs {program}, which is not installed: apt-get install {package}")]
    Missing { program: &'static str, package: &'static str },
    #[error("the demo host's files cannot be written: {0}")]
    Write(#[from] io::Error),
    #[error("the demo host's sshd does not start: {0}")]
    Start(String),
}

/// Its address.
pub const ADDRESS: &str = "127.0.0.1";

const SSHD: &str = "/usr/sbin/sshd";
const START_PATIENCE: Duration = Duration::from_secs(10);
const ATTEMPTS: usize = 3;

/// What is remembered from one start of the server to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    account: Account,
    directory: PathBuf,
    port: u16,
    process: Option<ProcessIdentity>,
}

/// Where everything of the host lies.
struct Files {
    state: PathBuf,
    private_key: PathBuf,
    host_key: PathBuf,
    authorized_keys: PathBuf,
    configuration: PathBuf,
    log: PathBuf,
    home: PathBuf,
    places: [PathBuf; 2],
}

impl DemoHost {
    /// Starts the demo host, or takes over the one that an earlier server left running. Its keys and its place are kept below
    /// `DATA/demo-host`.
    pub async fn start(data_dir: &Path) -> Result<Self, DemoHostError> {
        Self::start_as(Account::choose(), data_dir).await
    }

    async fn start_as(account: Account, data_dir: &Path) -> Result<Self, DemoHostError> {
        if !Path::new(SSHD).exists() {
            return Err(DemoHostError::Missing { program: "sshd", package: "openssh-server" });
        }
        let state_dir = data_dir.join("demo-host");
        fs::DirBuilder::new().mode(0o700).recursive(true).create(&state_dir)?;
        let state_dir = state_dir.canonicalize()?;
        let mut state = remembered(&state_dir, account);
        let directory = match &state {
            Some(state) => state.directory.clone(),
            None => account.make_directory(&state_dir)?,
        };
        let files = Files::of(&state_dir, &directory);
        if let Some(process) = state.as_ref().and_then(|state| state.process.clone()).filter(ProcessIdentity::is_alive)
        {
            if let Some(port) = state.as_ref().map(|state| state.port).filter(|port| answers(*port)) {
                return files.host(account, port, process);
            }
            _ = process.signal(Signal::SIGTERM);
            state = state.map(|state| State { process: None, ..state });
        }
        write_keys(account, &files)?;
        let mut failure = String::new();
        for attempt in 0..ATTEMPTS {
            let wanted = state.as_ref().map_or(0, |state| if attempt == 0 { state.port } else { 0 });
            let port = free_port(wanted)?;
            match launch(account, &directory, &files, port).await {
                Ok(process) => {
                    let state = State { account, directory: directory.clone(), port, process: Some(process.clone()) };
                    write_file(&files.state, &serde_json::to_vec_pretty(&state).map_err(io::Error::from)?)?;
                    return files.host(account, port, process);
                }
                Err(DemoHostError::Start(reason)) => failure = reason,
                Err(error) => return Err(error),
            }
        }
        Err(DemoHostError::Start(failure))
    }

    /// Ends it. Sessions that are open stay until they are done.
    pub fn stop(&self) {
        if !self.process.signal(Signal::SIGTERM) {
            tracing::debug!("the demo host is gone already");
        }
    }

    /// Ends it and removes all that it kept, the work of its scripts included.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        self.stop();
        self.places.iter().try_for_each(|place| match fs::remove_dir_all(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
}

impl Drop for DemoHost {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Files {
    fn of(state_dir: &Path, directory: &Path) -> Self {
        Self {
            state: state_dir.join("state.json"),
            private_key: state_dir.join("user_key"),
            log: state_dir.join("sshd.log"),
            host_key: directory.join("host_key"),
            authorized_keys: directory.join("authorized_keys"),
            configuration: directory.join("sshd_config"),
            home: directory.join("home"),
            places: [directory.to_owned(), state_dir.to_owned()],
        }
    }

    fn host(&self, account: Account, port: u16, process: ProcessIdentity) -> Result<DemoHost, DemoHostError> {
        let public = fs::read_to_string(self.host_key.with_extension("pub"))?;
        Ok(DemoHost {
            port,
            user: account.login()?,
            private_key: fs::read_to_string(&self.private_key)?.into(),
            host_key: public.parse().map_err(io::Error::other)?,
            directory: self.home.join("demo"),
            process,
            places: self.places.clone(),
        })
    }
}

/// The state of the last start, if its directory is still what it was.
fn remembered(state_dir: &Path, account: Account) -> Option<State> {
    let state: State = serde_json::from_slice(&fs::read(state_dir.join("state.json")).ok()?).ok()?;
    let metadata = fs::symlink_metadata(&state.directory).ok()?;
    let is_closed = metadata.is_dir() && metadata.mode() & 0o777 == 0o700;
    (state.account == account && is_closed).then_some(state)
}

fn write_keys(account: Account, files: &Files) -> Result<(), DemoHostError> {
    for key in [&files.private_key, &files.host_key] {
        if !key.exists() {
            generate_key(key)?;
        }
    }
    fs::DirBuilder::new().mode(0o700).recursive(true).create(&files.home)?;
    account.give(&files.home)?;
    account.give(&files.host_key)?;
    let public = fs::read_to_string(files.private_key.with_extension("pub"))?;
    write_file(&files.authorized_keys, account.authorized_key(public.trim(), &files.home)?.as_bytes())?;
    Ok(account.give(&files.authorized_keys)?)
}

fn generate_key(path: &Path) -> Result<(), DemoHostError> {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "rookery-demo", "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .output();
    match made {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(DemoHostError::Start(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(DemoHostError::Missing { program: "ssh-keygen", package: "openssh-client" })
        }
        Err(error) => Err(error.into()),
    }
}

fn configuration(account: Account, files: &Files, port: u16) -> io::Result<String> {
    Ok(format!(
        "ListenAddress {ADDRESS}:{port}
HostKey {host_key}
PidFile none
AuthorizedKeysFile {authorized_keys}
AllowUsers {user}
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
# Its files lie in a directory that only their owner can enter; sshd would ask that of every directory above it too.
StrictModes no
DisableForwarding yes
PermitUserEnvironment no
PermitUserRC no
PrintMotd no
UseDNS no
# Ansible connects for every task, and tests run side by side.
MaxStartups 100
MaxSessions 100
LogLevel ERROR
{account}",
        host_key = files.host_key.display(),
        authorized_keys = files.authorized_keys.display(),
        user = account.login()?,
        account = account.configuration(&files.home),
    ))
}

async fn launch(
    account: Account,
    directory: &Path,
    files: &Files,
    port: u16,
) -> Result<ProcessIdentity, DemoHostError> {
    write_file(&files.configuration, configuration(account, files, port)?.as_bytes())?;
    account.give(&files.configuration)?;
    let log = log_file(&files.log)?;
    let log_too = log.try_clone()?;
    let configuration = files.configuration.display().to_string();
    let mut command = account.command(directory, &files.home, &[SSHD, "-D", "-e", "-f", &configuration])?;
    command
        .env_clear()
        .env("PATH", format!("{}:/usr/sbin:/sbin", demo_account::PATH))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(log_too);
    let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
    let deadline = Instant::now() + START_PATIENCE;
    while !answers(port) {
        if child.try_wait()?.is_some() || Instant::now() > deadline {
            child
                .start_kill()
                .or_else(|error| if error.kind() == io::ErrorKind::InvalidInput { Ok(()) } else { Err(error) })?;
            return Err(DemoHostError::Start(fs::read_to_string(&files.log)?.trim().to_owned()));
        }
        sleep(Duration::from_millis(20)).await;
    }
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    reap(child)?;
    ProcessIdentity::of(pid).ok_or_else(|| DemoHostError::Start("it ended at once".to_owned()))
}

fn reap(mut child: Box<dyn ChildWrapper>) -> io::Result<()> {
    let wait = move || {
        if let Err(error) = child.wait() {
            tracing::warn!(%error, "the end of the demo host was missed");
        }
    };
    std::thread::Builder::new().name("reap-demo-host".to_owned()).spawn(wait).map(drop)
}

/// Whether an sshd speaks on this port.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let greeting = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(200))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut greeting = [0; 4];
        stream.read_exact(&mut greeting)?;
        Ok(&greeting == b"SSH-")
    };
    greeting().unwrap_or(false)
}

/// The wanted port if nobody has it, or any other.
fn free_port(wanted: u16) -> io::Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    listener.local_addr().map(|address| address.port())
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    super::run_secrets::write_private(path, content)
}

fn log_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use nix::unistd::geteuid;

    use super::super::connector::{self, Connector, Destination};
    use super::super::remote_shell::output_of;
    use super::super::ssh_key::SshKey;
    use super::*;

    const LOOK: &str = "id -u; echo $DEMO_DIRECTORY; grep NoNewPrivs /proc/self/status; sudo -n id -u 2>/dev/null; mkdir -p $DEMO_DIRECTORY && echo made";

    async fn look_as(account: Account) -> (DemoHost, tempfile::TempDir, Vec<String>) {
        let data = tempfile::tempdir().unwrap();
        let host = DemoHost::start_as(account, data.path()).await.unwrap();
        let destination = Destination { address: ADDRESS.into(), port: host.port, user: host.user.clone() };
        let key = SshKey::parse(&host.private_key, None).unwrap();
        let session =
            Connector { loopback_only: true }.connect(&destination, &key, Some(&host.host_key)).await.unwrap();
        let said = output_of(&session, LOOK).await.unwrap();
        connector::close(&session).await;
        (host, data, said.lines().map(str::to_owned).collect())
    }

    #[tokio::test]
    async fn whoever_signs_in_is_not_root_and_cannot_become_root() {
        let accounts = if geteuid().is_root() { vec![Account::choose(), Account::GivenUp] } else { vec![Account::Own] };
        for account in accounts {
            let (host, _data, said) = look_as(account).await;
            let directory = host.directory.display().to_string();
            assert_ne!(said[0], "0", "{account:?}");
            assert_eq!(said[1..], [directory, "NoNewPrivs:\t1".to_owned(), "made".to_owned()], "{account:?}");
            assert!(host.directory.is_dir());
            host.remove().unwrap();
        }
    }

    #[tokio::test]
    async fn another_server_takes_over_what_is_running() {
        let (host, data, _) = look_as(Account::choose()).await;
        let adopted = DemoHost::start(data.path()).await.unwrap();
        assert_eq!((adopted.port, &adopted.host_key, &adopted.process), (host.port, &host.host_key, &host.process));
        adopted.stop();
        while host.process.is_alive() || answers(host.port) {
            sleep(Duration::from_millis(10)).await;
        }
        let again = DemoHost::start(data.path()).await.unwrap();
        assert_eq!((again.port, &again.host_key), (host.port, &host.host_key));
        assert_ne!(again.process, host.process);
        again.remove().unwrap();
    }
}
