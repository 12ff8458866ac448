//! The one place where this program opens SSH connections.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use russh::client::{self, Handle};
use russh::keys::{Algorithm, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate};
use russh::{Disconnect, Preferred};
use secrecy::SecretString;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::host_key::HostKey;
use super::spec::{RunTarget, loopback_address};
use super::ssh_key::SshKey;

/// How long a connection may take, from resolving the name to being signed in.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens SSH connections, to those it may.
#[derive(Clone, Copy, Debug)]
pub struct Connector {
    /// Demo mode: refuse whatever is not loopback, before any socket.
    pub loopback_only: bool,
}

/// Where to connect and as whom.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Name or address.
    pub address: String,
    /// Port.
    pub port: u16,
    /// User.
    pub user: String,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ConnectError {
    #[error("demo mode refuses {0}: it is not a loopback address")]
    Refused(String),
    #[error("{address} cannot be reached: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("the host key of {address} is not known yet: {}", seen.fingerprint())]
    HostKeyUnknown { address: String, seen: HostKey },
    #[error("the host key of {address} is {}, not {} as known: somebody may be listening in, or the server was reinstalled", seen.fingerprint(), pinned.fingerprint())]
    HostKeyMismatch { address: String, seen: HostKey, pinned: HostKey },
    #[error("{address} does not accept user {user} with this key")]
    AuthenticationFailed { address: String, user: String },
}

/// How a connection test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; they are those of the API")]
pub enum ConnectionTestStatus {
    Ok,
    AuthenticationFailed,
    HostKeyUnknown { fingerprint: String, public_key_line: String },
    HostKeyMismatch { fingerprint: String, public_key_line: String },
    Unreachable,
    Refused,
    NoKey,
}

/// A connection test.
#[derive(Clone, Debug)]
pub struct ConnectionTest {
    /// How it ended.
    pub status: ConnectionTestStatus,
    /// The same for people.
    pub message: String,
    /// How long it took.
    pub duration: Duration,
}

/// An authenticated connection.
pub(super) type Session = Handle<PinnedHost>;

impl From<&RunTarget> for Destination {
    fn from(target: &RunTarget) -> Self {
        Self { address: target.address.clone(), port: target.port, user: target.user.clone() }
    }
}

impl Connector {
    /// Connects, checks the host key and signs in, to see whether that works. Without a pinned host key it ends before signing in,
    /// with the key that the host showed.
    pub async fn test_connection(
        &self,
        destination: &Destination,
        private_key: Option<&SecretString>,
        passphrase: Option<&SecretString>,
        pinned: Option<&HostKey>,
    ) -> ConnectionTest {
        let begun = Instant::now();
        let (status, message) = match private_key.map(|text| SshKey::parse(text, passphrase)) {
            None => (ConnectionTestStatus::NoKey, "The project has no private key.".to_owned()),
            Some(Err(error)) => (ConnectionTestStatus::NoKey, sentence(&error)),
            Some(Ok(key)) => match self.connect(destination, &key, pinned).await {
                Ok(session) => {
                    close(&session).await;
                    (ConnectionTestStatus::Ok, format!("Signed in to {} as {}.", destination.address, destination.user))
                }
                Err(error) => (status_of(&error), sentence(&error)),
            },
        };
        ConnectionTest { status, message, duration: begun.elapsed() }
    }

    /// A connection to the destination, whose host key is the pinned one and who accepted the key.
    pub(super) async fn connect(
        &self,
        destination: &Destination,
        key: &SshKey,
        pinned: Option<&HostKey>,
    ) -> Result<Session, ConnectError> {
        match timeout(CONNECT_TIMEOUT, self.connect_in_time(destination, key, pinned)).await {
            Ok(result) => result,
            Err(_) => Err(unreachable(destination, &format!("no answer within {} seconds", CONNECT_TIMEOUT.as_secs()))),
        }
    }

    async fn connect_in_time(
        &self,
        destination: &Destination,
        key: &SshKey,
        pinned: Option<&HostKey>,
    ) -> Result<Session, ConnectError> {
        let stream = self.open_socket(destination).await?;
        let seen = Arc::new(Mutex::new(None));
        let handler = PinnedHost { pinned: pinned.cloned(), seen: Arc::clone(&seen) };
        let session = match client::connect_stream(Arc::new(configuration(pinned)), stream, handler).await {
            Ok(session) => session,
            Err(error) => return Err(handshake_error(destination, &error, pinned, &seen)),
        };
        sign_in(session, destination, key).await
    }

    /// Resolves first and connects to the very address that was checked, so that a name cannot mean something else the second time.
    async fn open_socket(&self, destination: &Destination) -> Result<TcpStream, ConnectError> {
        let addresses = self.resolve(destination).await?;
        let mut reason = "the name has no address".to_owned();
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "cannot disable Nagle's algorithm");
                    }
                    return Ok(stream);
                }
                Err(error) => reason = io_reason(&error),
            }
        }
        Err(unreachable(destination, &reason))
    }

    async fn resolve(&self, destination: &Destination) -> Result<Vec<SocketAddr>, ConnectError> {
        if let Some(address) = loopback_address(&destination.address) {
            return Ok(vec![SocketAddr::new(address, destination.port)]);
        }
        if self.loopback_only {
            return Err(ConnectError::Refused(destination.address.clone()));
        }
        if let Ok(address) = destination.address.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, destination.port)]);
        }
        match lookup_host((destination.address.as_str(), destination.port)).await {
            Ok(addresses) => Ok(addresses.collect()),
            Err(_) => Err(unreachable(destination, "the name cannot be resolved")),
        }
    }
}

/// Says goodbye; whether the other side hears it does not matter.
pub(super) async fn close(session: &Session) {
    if let Err(error) = session.disconnect(Disconnect::ByApplication, "", "").await {
        tracing::debug!(%error, "connection is gone before it was closed");
    }
}

/// An error as a sentence for people.
pub(super) fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}

fn status_of(error: &ConnectError) -> ConnectionTestStatus {
    match error {
        ConnectError::Refused(_) => ConnectionTestStatus::Refused,
        ConnectError::Unreachable { .. } => ConnectionTestStatus::Unreachable,
        ConnectError::AuthenticationFailed { .. } => ConnectionTestStatus::AuthenticationFailed,
        ConnectError::HostKeyUnknown { seen, .. } => {
            ConnectionTestStatus::HostKeyUnknown { fingerprint: seen.fingerprint(), public_key_line: seen.line() }
        }
        ConnectError::HostKeyMismatch { seen, .. } => {
            ConnectionTestStatus::HostKeyMismatch { fingerprint: seen.fingerprint(), public_key_line: seen.line() }
        }
    }
}

fn configuration(pinned: Option<&HostKey>) -> client::Config {
    // Without a pinned key: what a current OpenSSH would accept, SHA-1 signatures excluded.
    let any: Vec<Algorithm> =
        Preferred::DEFAULT.key.iter().filter(|key| !matches!(key, Algorithm::Rsa { hash: None })).cloned().collect();
    let key = pinned.map_or(any, HostKey::algorithms);
    client::Config {
        preferred: Preferred { key: Cow::Owned(key), ..Preferred::DEFAULT },
        keepalive_interval: Some(Duration::from_secs(15)),
        keepalive_max: 3,
        ..client::Config::default()
    }
}

async fn sign_in(mut session: Session, destination: &Destination, key: &SshKey) -> Result<Session, ConnectError> {
    let failed =
        || ConnectError::AuthenticationFailed { address: destination.address.clone(), user: destination.user.clone() };
    let lost = |_| unreachable(destination, "the connection broke while signing in");
    let hash = session.best_supported_rsa_hash().await.map_err(lost)?.flatten();
    let key = PrivateKeyWithHashAlg::new(key.inner(), hash);
    match session.authenticate_publickey(destination.user.clone(), key).await {
        Ok(result) if result.success() => Ok(session),
        // A server that has seen enough refused keys hangs up.
        Ok(_) | Err(russh::Error::Disconnect) => Err(failed()),
        Err(error) => Err(lost(error)),
    }
}

fn handshake_error(
    destination: &Destination,
    error: &russh::Error,
    pinned: Option<&HostKey>,
    seen: &Mutex<Option<HostKey>>,
) -> ConnectError {
    let address = destination.address.clone();
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match (error, pinned, seen) {
        (_, None, Some(seen)) => ConnectError::HostKeyUnknown { address, seen },
        (_, Some(pinned), Some(seen)) if *pinned != seen => {
            ConnectError::HostKeyMismatch { address, seen, pinned: pinned.clone() }
        }
        (russh::Error::IO(error), _, _) => unreachable(destination, &io_reason(error)),
        (russh::Error::NoCommonAlgo { .. }, _, _) => {
            unreachable(destination, "it offers no host key or cipher of the kind expected")
        }
        _ => unreachable(destination, "it does not speak SSH as expected"),
    }
}

fn unreachable(destination: &Destination, reason: &str) -> ConnectError {
    ConnectError::Unreachable {
        address: format!("{} port {}", destination.address, destination.port),
        reason: reason.to_owned(),
    }
}

fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "the connection is refused, nothing listens there".to_owned(),
        std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::UnexpectedEof => {
            "the connection was closed by the other side".to_owned()
        }
        kind => kind.to_string(),
    }
}

/// Accepts the pinned host key and no other. Remembers what it saw.
pub(super) struct PinnedHost {
    pinned: Option<HostKey>,
    seen: Arc<Mutex<Option<HostKey>>>,
}

impl PinnedHost {
    fn check(&self, key: &PublicKey) -> bool {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(HostKey::new(key));
        self.pinned.as_ref().is_some_and(|pinned| pinned.is(key))
    }
}

impl client::Handler for PinnedHost {
    type Error = russh::Error;

    async fn check_server_key(&mut self, server_public_key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        match server_public_key {
            PublicKeyOrCertificate::PublicKey { key, .. } => Ok(self.check(key)),
            // None was asked for, and no authority is trusted.
            PublicKeyOrCertificate::Certificate(_) => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(address: &str, port: u16) -> Destination {
        Destination { address: address.into(), port, user: "demo".into() }
    }

    #[tokio::test]
    async fn demo_mode_refuses_before_any_socket() {
        let connector = Connector { loopback_only: true };
        for address in ["168.119.249.64", "192.0.2.7", "example.com", "0.0.0.0", "::"] {
            let resolved = connector.resolve(&destination(address, 22)).await;
            assert_eq!(resolved.unwrap_err(), ConnectError::Refused(address.into()));
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_unreachable() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let result = Connector { loopback_only: true }.open_socket(&destination("127.0.0.1", port)).await;
        assert!(result.unwrap_err().to_string().contains("nothing listens there"));
    }
}
