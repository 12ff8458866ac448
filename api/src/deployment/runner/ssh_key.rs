//! Private keys as people paste them.

use std::sync::Arc;

use russh::keys::ssh_key::LineEnding;
use russh::keys::{self, PrivateKey, ssh_key};
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
    #[error(
        "the private key ends too early: paste the whole file; if it is whole, it is one of the few ECDSA keys that cannot be read in this format: convert a copy with `ssh-keygen -p -m PKCS8 -f FILE` and paste that"
    )]
    TooShort,
    #[error(
        "the private key's protection takes too long to open: give a copy a new passphrase with `ssh-keygen -p -a 16 -f FILE`, or save it anew in PuTTYgen, and paste that"
    )]
    TooCostly,
}

/// The most rounds of bcrypt that a key may ask for, which are seconds of work; `ssh-keygen` uses 24 unless told otherwise.
const BCRYPT_ROUNDS_MOST: u32 = 256;
/// The most passes and KiB that a key of PuTTY may ask for; it uses some tens and 8,192 unless told otherwise.
const ARGON2_PASSES_MOST: u32 = 256;
const ARGON2_KIB_MOST: u32 = 65_536;

impl std::fmt::Debug for SshKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("SshKey").finish_non_exhaustive()
    }
}

impl SshKey {
    /// Reads a private key, opening it with the passphrase where it is protected, which may take a second: not for an
    /// async thread. Formats: OpenSSH, PKCS#1, PKCS#8, `PuTTY`.
    ///
    /// # Errors
    /// When it is not a key, the passphrase is missing or wrong, or opening it would take too long.
    pub fn parse(text: &SecretString, passphrase: Option<&SecretString>) -> Result<Self, SshKeyError> {
        let text = text.expose_secret().replace("\r\n", "\n");
        let passphrase = passphrase.map(ExposeSecret::expose_secret).filter(|phrase| !phrase.is_empty());
        // The file itself says how long opening it takes, and files come from outside.
        if is_too_costly(text.trim()) {
            return Err(SshKeyError::TooCostly);
        }
        match keys::decode_secret_key(text.trim(), passphrase) {
            Ok(key) if key.is_encrypted() => Err(SshKeyError::PassphraseNeeded),
            Ok(key) => Ok(Self(Arc::new(key))),
            Err(keys::Error::KeyIsEncrypted) => Err(SshKeyError::PassphraseNeeded),
            // OpenSSH leaves out leading zeros of a P-256 key's number, and the crate wants all 32 bytes: 1 of 256 keys.
            Err(keys::Error::SshKey(ssh_key::Error::Encoding(ssh_key::encoding::Error::Length))) => {
                Err(SshKeyError::TooShort)
            }
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

fn is_too_costly(text: &str) -> bool {
    if text.starts_with("PuTTY-User-Key-File-") {
        let asks = |name: &str, most: u32| {
            let values = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            values.map(str::trim).any(|value| value.parse::<u32>().is_ok_and(|value| value > most))
        };
        return asks("Argon2-Passes", ARGON2_PASSES_MOST) || asks("Argon2-Memory", ARGON2_KIB_MOST);
    }
    match keys::PrivateKey::from_openssh(text).as_ref().map(PrivateKey::kdf) {
        Ok(ssh_key::Kdf::Bcrypt { rounds, .. }) => *rounds > BCRYPT_ROUNDS_MOST,
        Ok(_) | Err(_) => false,
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
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    use aws_lc_rs::agreement;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

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
            (&["-t", "ecdsa", "-b", "384"], "open sesame"),
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
    fn a_key_that_cannot_be_read_can_be_converted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, short_ecdsa_key()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let keygen = |arguments: &[&str]| {
            let output = Command::new("ssh-keygen").args(arguments).arg("-f").arg(&path).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let read =
            |passphrase: &str| SshKey::parse(&std::fs::read_to_string(&path).unwrap().into(), Some(&passphrase.into()));
        let public = keygen(&["-y"]);
        assert_eq!(read("").unwrap_err(), SshKeyError::TooShort);
        keygen(&["-p", "-N", "open sesame"]);
        assert_eq!(read("open sesame").unwrap_err(), SshKeyError::TooShort);
        assert_eq!(read("wrong").unwrap_err(), SshKeyError::WrongPassphrase);
        keygen(&["-p", "-m", "PKCS8", "-P", "open sesame", "-N", "open sesame"]);
        assert_eq!(read("open sesame").unwrap().public_key_line().trim(), public.trim());
    }

    /// A P-256 key whose private number has 31 bytes, written as OpenSSH writes it.
    fn short_ecdsa_key() -> String {
        use ssh_key::encoding::Encode as _;

        let mut number = [7; 32];
        number[0] = 0;
        let key = agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, &number).unwrap();
        let point = key.compute_public_key().unwrap();
        let write = |parts: &[&[u8]]| {
            let mut out = Vec::new();
            for part in parts {
                part.encode(&mut out).unwrap();
            }
            out
        };
        let public = write(&[b"ecdsa-sha2-nistp256", b"nistp256", point.as_ref()]);
        let mut private = [[1; 4], [1; 4]].concat();
        private.extend_from_slice(&public);
        private.extend(write(&[&number[1..], b""]));
        private.extend(1..=u8::try_from(8 - private.len() % 8).unwrap());
        let mut all = b"openssh-key-v1\0".to_vec();
        all.extend(write(&[b"none", b"none", b""]));
        all.extend(1_u32.to_be_bytes());
        all.extend(write(&[&public, &private]));
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n", STANDARD.encode(all))
    }

    #[test]
    fn what_would_take_too_long_is_refused_at_once() {
        // Made with one round, then said to take four thousand million.
        let (private, _) = generate(&["-t", "ed25519", "-a", "1"], "open sesame");
        let body: String = private.expose_secret().lines().filter(|line| !line.starts_with('-')).collect();
        let mut bytes = STANDARD.decode(body).unwrap();
        // After the magic: cipher, name of the function, and its options, a salt of 16 bytes and the rounds.
        let salt = bytes.windows(8).position(|part| part == [0, 0, 0, 24, 0, 0, 0, 16]).unwrap() + 8;
        bytes[salt + 16..salt + 20].copy_from_slice(&u32::MAX.to_be_bytes());
        let lines =
            STANDARD.encode(bytes).as_bytes().chunks(70).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        let hostile = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----\n");
        let begun = std::time::Instant::now();
        let parsed = SshKey::parse(&hostile.into(), Some(&"open sesame".into()));
        assert_eq!(parsed.unwrap_err(), SshKeyError::TooCostly);
        let putty = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nArgon2-Memory: 4000000000\n";
        assert_eq!(SshKey::parse(&putty.into(), Some(&"x".into())).unwrap_err(), SshKeyError::TooCostly);
        assert!(begun.elapsed() < std::time::Duration::from_secs(1));
        assert!(SshKey::parse(&private, Some(&"open sesame".into())).is_ok());
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
        let cut_off = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
        assert_eq!(SshKey::parse(&cut_off.into(), None).unwrap_err(), SshKeyError::TooShort);
        for text in ["", "hello"] {
            assert_eq!(SshKey::parse(&text.into(), None).unwrap_err(), SshKeyError::Unreadable, "{text}");
        }
    }
}
