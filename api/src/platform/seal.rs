//! Sealing of secrets at rest: AES-256-GCM-SIV, bound to the place where the secret is kept, so that a sealed value
//! copied to another row or column does not open.

use crate::platform::clock::Source;
use crate::platform::error::{AppError, AppResult};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: &str = "v1.";

/// Opens and closes sealed values.
#[derive(Clone)]
pub struct Sealer {
    cipher: Aes256GcmSiv,
    source: Source,
}

/// Where a sealed value belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// `table.column`.
    pub column: &'static str,
    /// The keys of the row, tenant first.
    pub row: [Uuid; 2],
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        [self.column.as_bytes(), b"\0", self.row[0].as_bytes(), self.row[1].as_bytes()].concat()
    }
}

impl Sealer {
    /// Takes the key from `setting` (64 hex digits) if given, else from the file, which is made at first start with
    /// mode 0600.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn load(setting: Option<&str>, file: &Path, source: &Source) -> Result<Self, String> {
        let text = Zeroizing::new(match setting {
            Some(text) => text.to_owned(),
            None => read_or_create(file, source)?,
        });
        let key = decode_hex(text.trim())
            .ok_or_else(|| "the master key must be 64 hexadecimal digits (32 bytes)".to_owned())?;
        let cipher =
            Aes256GcmSiv::new_from_slice(key.as_slice()).map_err(|_| "the master key must be 32 bytes".to_owned())?;
        Ok(Self { cipher, source: source.clone() })
    }

    /// Seals `secret` for `place`.
    ///
    /// # Errors
    /// INTERNAL, if the cipher fails.
    pub fn seal(&self, place: Place, secret: &[u8]) -> AppResult<String> {
        let nonce: [u8; 12] = self.source.bytes();
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: secret, aad: &place.bytes() })
            .map_err(|_| AppError::Internal("sealing failed".into()))?;
        Ok(format!("{VERSION}{}", STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// A mark of `secret` that is always the same in the same place, and tells nothing but that: by it a plan shows
    /// that a secret was changed, without showing the secret.
    ///
    /// # Errors
    /// INTERNAL, if the cipher fails.
    pub fn mark(&self, place: Place, secret: &[u8]) -> AppResult<String> {
        // A fixed nonce is what this cipher (RFC 8452) is made to withstand: equal inputs show as equal, no more.
        let sealed = self
            .cipher
            .encrypt(&Nonce::from([0; 12]), Payload { msg: secret, aad: &place.bytes() })
            .map_err(|_| AppError::Internal("marking failed".into()))?;
        let mut digest = crate::platform::canonical::sha256_hex(sealed);
        digest.truncate(32);
        Ok(digest)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// INTERNAL, if it was sealed for another place, with another key, or was changed.
    pub fn open(&self, place: Place, sealed: &str) -> AppResult<Zeroizing<Vec<u8>>> {
        let wrong = || AppError::Internal(format!("a sealed value of {} does not open", place.column));
        let bytes = sealed.strip_prefix(VERSION).and_then(|text| STANDARD.decode(text).ok()).ok_or_else(wrong)?;
        let (nonce, body) = bytes.split_first_chunk::<12>().ok_or_else(wrong)?;
        self.cipher
            .decrypt(&Nonce::from(*nonce), Payload { msg: body, aad: &place.bytes() })
            .map(Zeroizing::new)
            .map_err(|_| wrong())
    }

    /// Opens a text.
    ///
    /// # Errors
    /// As [`Sealer::open`].
    pub fn open_text(&self, place: Place, sealed: &str) -> AppResult<SecretString> {
        let bytes = self.open(place, sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| AppError::Internal("a sealed text is not UTF-8".into()))?;
        Ok(SecretString::from(text))
    }
}

fn read_or_create(file: &Path, source: &Source) -> Result<String, String> {
    let problem = |error: std::io::Error| format!("the master key {}: {error}", file.display());
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = source.bytes();
            let text = crate::platform::canonical::hex(&key);
            let mut out =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(problem)?;
            writeln!(out, "{text}").and_then(|()| out.sync_all()).map_err(problem)?;
            Ok(text)
        }
        Err(error) => Err(problem(error)),
    }
}

fn decode_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..32).map(|index| u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()).collect();
    bytes.map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place() -> Result<(), String> {
        let key = "ab".repeat(32);
        let sealer = Sealer::load(Some(&key), Path::new("unused"), &Source::system())?;
        let place = Place { column: "project.ssh_private_key", row: [Uuid::from_u128(1), Uuid::from_u128(2)] };
        let closed = sealer.seal(place, b"secret").map_err(|error| error.for_log())?;
        assert!(!closed.contains("secret"));
        assert_eq!(sealer.open(place, &closed).map_err(|error| error.for_log())?.as_slice(), b"secret");
        for other in
            [Place { column: "project.ssh_passphrase", ..place }, Place { row: [place.row[1], place.row[0]], ..place }]
        {
            assert!(sealer.open(other, &closed).is_err());
        }
        assert!(Sealer::load(Some("short"), Path::new("unused"), &Source::system()).is_err());
        Ok(())
    }
}
