//! Private keys as people paste them.

use std::sync::Arc;

use russh::keys::ssh_key::LineEnding;
use russh::keys::{self, PrivateKey};
use secrecy::{ExposeSecret, SecretString};

/// A usable private key.
#[derive(Clone)]
pub struct SshKey(Arc<PrivateKey>);

/// Why a private key cannot be used. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SshKeyError {
    #[error("the private key is protected by a passphrase, and none is given")]
    PassphraseNeeded,
    #[error("the passphrase does not open the private key")]
    WrongPassphrase,
    #[error(
        "this is not a private key that can be used: paste the whole file, in the format of OpenSSH, PKCS#1, PKCS#8 or PuTTY"
    )]
    Unreadable,
}

impl std::fmt::Debug for SshKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("SshKey").finish_non_exhaustive()
    }
}

impl SshKey {
    /// Reads a private key, opening it with the passphrase where it is protected. Formats: OpenSSH, PKCS#1, PKCS#8, `PuTTY`.
    ///
    /// # Errors
    /// When it is not a key, or the passphrase is missing or wrong.
    pub fn parse(text: &SecretString, passphrase: Option<&SecretString>) -> Result<Self, SshKeyError> {
        let text = text.expose_secret().replace("\r\n", "\n");
        let passphrase = passphrase.map(ExposeSecret::expose_secret).filter(|phrase| !phrase.is_empty());
        match keys::decode_secret_key(text.trim(), passphrase) {
            Ok(key) if key.is_encrypted() => Err(SshKeyError::PassphraseNeeded),
            Ok(key) => Ok(Self(Arc::new(key))),
            Err(keys::Error::KeyIsEncrypted) => Err(SshKeyError::PassphraseNeeded),
            Err(_) if !looks_encrypted(&text) => Err(SshKeyError::Unreadable),
            Err(_) if passphrase.is_none() => Err(SshKeyError::PassphraseNeeded),
            Err(_) => Err(SshKeyError::WrongPassphrase),
        }
    }

    /// Its public half, as it belongs into `authorized_keys`.
    #[must_use]
    pub fn public_key_line(&self) -> String {
        self.0.public_key().to_openssh().unwrap_or_default()
    }

    /// The key without protection, in OpenSSH's format.
    pub(super) fn to_openssh(&self) -> Result<SecretString, SshKeyError> {
        let text = self.0.to_openssh(LineEnding::LF).map_err(|_| SshKeyError::Unreadable)?;
        Ok(SecretString::from(text.as_str()))
    }

    pub(super) fn inner(&self) -> Arc<PrivateKey> {
        Arc::clone(&self.0)
    }
}

fn looks_encrypted(text: &str) -> bool {
    text.contains("ENCRYPTED")
        || (text.contains("-----BEGIN OPENSSH PRIVATE KEY-----")
            && keys::PrivateKey::from_openssh(text.trim()).is_ok_and(|key| key.is_encrypted()))
        || (text.starts_with("PuTTY-User-Key-File-") && !text.contains("Encryption: none"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn generate(arguments: &[&str], passphrase: &str) -> (SecretString, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let output = Command::new("ssh-keygen")
            .args(arguments)
            .args(["-q", "-C", "", "-N", passphrase, "-f"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let public = std::fs::read_to_string(dir.path().join("key.pub")).unwrap();
        (std::fs::read_to_string(path).unwrap().into(), public.trim().to_owned())
    }

    #[test]
    fn opens_the_formats_people_have() {
        for (arguments, passphrase) in [
            (["-t", "ed25519"].as_slice(), ""),
            (&["-t", "ed25519"], "open sesame"),
            (&["-t", "ecdsa"], "open sesame"),
            (&["-t", "rsa", "-b", "2048"], ""),
            (&["-t", "rsa", "-b", "2048", "-m", "PEM"], ""),
            (&["-t", "rsa", "-b", "2048", "-m", "PEM"], "open sesame"),
            (&["-t", "rsa", "-b", "2048", "-m", "PKCS8"], "open sesame"),
        ] {
            let (private, public) = generate(arguments, passphrase);
            let key = SshKey::parse(&private, Some(&passphrase.into()))
                .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
            assert_eq!(key.public_key_line().trim(), public, "{arguments:?}");
            let plain = key.to_openssh().unwrap();
            assert_eq!(SshKey::parse(&plain, None).unwrap().public_key_line().trim(), public);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let (private, _) = generate(&["-t", "ed25519"], "open sesame");
        assert_eq!(SshKey::parse(&private, None).unwrap_err(), SshKeyError::PassphraseNeeded);
        assert_eq!(SshKey::parse(&private, Some(&"wrong".into())).unwrap_err(), SshKeyError::WrongPassphrase);
        for arguments in [["-t", "rsa", "-m", "PEM"], ["-t", "rsa", "-m", "PKCS8"]] {
            let (private, _) = generate(&arguments, "open sesame");
            assert_eq!(SshKey::parse(&private, None).unwrap_err(), SshKeyError::PassphraseNeeded, "{arguments:?}");
            assert_eq!(
                SshKey::parse(&private, Some(&"wrong".into())).unwrap_err(),
                SshKeyError::WrongPassphrase,
                "{arguments:?}"
            );
        }
        for text in ["", "hello", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"] {
            assert_eq!(SshKey::parse(&text.into(), None).unwrap_err(), SshKeyError::Unreadable, "{text}");
        }
    }
}
