//! Host keys: pinned, never accepted on first sight.

use std::fmt;
use std::str::FromStr;

use russh::keys::{Algorithm, HashAlg, PublicKey};
use serde::{Deserialize, Serialize};

/// The public key of a host.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostKey(PublicKey);

/// This is no OpenSSH public key.
#[derive(Debug, thiserror::Error)]
#[error("this is not a public key in OpenSSH's format")]
pub struct HostKeyError;

impl HostKey {
    pub(super) fn new(key: &PublicKey) -> Self {
        Self(PublicKey::new(key.key_data().clone(), ""))
    }

    /// `SHA256:…`, as ssh-keygen shows it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// `ssh-ed25519 AAAA…`, without a comment: the form to store and to pin.
    #[must_use]
    pub fn line(&self) -> String {
        self.to_string()
    }

    /// The signature algorithms by which a host can prove that it holds this key. Asking for others would let a host answer with
    /// another of its keys, which would look like a mismatch.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        match self.0.algorithm() {
            Algorithm::Rsa { .. } => {
                [HashAlg::Sha512, HashAlg::Sha256].into_iter().map(|hash| Algorithm::Rsa { hash: Some(hash) }).collect()
            }
            other => vec![other],
        }
    }

    pub(super) fn is(&self, key: &PublicKey) -> bool {
        self.0.key_data() == key.key_data()
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.0.to_openssh().map_err(|_| fmt::Error)?;
        formatter.write_str(line.trim_end())
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HostKey({})", self.fingerprint())
    }
}

impl FromStr for HostKey {
    type Err = HostKeyError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        PublicKey::from_openssh(line.trim()).map(|key| Self::new(&key)).map_err(|_| HostKeyError)
    }
}

impl TryFrom<String> for HostKey {
    type Error = HostKeyError;

    fn try_from(line: String) -> Result<Self, Self::Error> {
        line.parse()
    }
}

impl From<HostKey> for String {
    fn from(key: HostKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHZZdOLN2gXq2LBzfQFo6Ad+N7JTMPyvZ0uvP5CkEpd";

    #[test]
    fn forgets_the_comment_and_nothing_else() {
        let key: HostKey = format!("{LINE} root@somewhere\n").parse().unwrap();
        assert_eq!(key.line(), LINE);
        assert_eq!(key, LINE.parse().unwrap());
        assert!(key.fingerprint().starts_with("SHA256:"));
        assert_eq!(serde_json::to_string(&key).unwrap(), format!("\"{LINE}\""));
    }

    #[test]
    fn refuses_what_is_no_key() {
        for text in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 AAAA",
            "127.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHZZdOLN2gXq2LBzfQFo6Ad+N7JTMPyvZ0uvP5CkEpd",
        ] {
            assert!(text.parse::<HostKey>().is_err(), "{text}");
        }
    }
}
