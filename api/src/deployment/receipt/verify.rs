//! Checks a receipt with nothing but a key set: no server, no network, no clock.

use super::{AUDIENCE, Log, Receipt, TYPE, VERSION};
use crate::deployment::log_digest;
use crate::platform::canonical;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// A receipt whose signature is right.
#[derive(Debug)]
pub struct Verified {
    /// What it says.
    pub receipt: Receipt,
    /// The key that signed it.
    pub kid: String,
}

/// The public keys of a server, as it publishes them.
pub struct KeySet(Vec<Jwk>);

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

/// A public key, by RFC 7517.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

impl KeySet {
    /// Reads a key set, by RFC 7517.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow its name.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let set: Jwks = serde_json::from_slice(bytes).map_err(|error| format!("is not a key set: {error}"))?;
        if set.keys.is_empty() { Err("has no keys".to_owned()) } else { Ok(Self(set.keys)) }
    }

    fn key(&self, kid: &str) -> Result<RsaPublicKeyComponents<Vec<u8>>, String> {
        let mut named = self.0.iter().filter(|key| key.kid.as_deref() == Some(kid));
        let key = match (named.next(), named.next()) {
            (Some(key), None) => key,
            (Some(_), Some(_)) => return Err(format!("there are two keys {kid} in the key set")),
            (None, _) => return Err(format!("the key {kid}, by which it says to be signed, is not in the key set")),
        };
        let fits = key.kty == "RSA"
            && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
            && key.r#use.as_deref().is_none_or(|purpose| purpose == "sig");
        let number = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        match (number(&key.n), number(&key.e)) {
            (Some(n), Some(e)) if fits => Ok(RsaPublicKeyComponents { n, e }),
            _ => Err(format!("the key {kid} of the key set is not one for RS256")),
        }
    }
}

/// Checks the bytes of a receipt's file.
///
/// # Errors
/// What is wrong with it, in words that follow "it is not proven:".
pub fn verify(file: &[u8], keys: &KeySet) -> Result<Verified, String> {
    let text = std::str::from_utf8(file).map_err(|_| "it is not text".to_owned())?;
    let stray = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
    if let Some(at) = text.find(stray) {
        return Err(format!("there is something at byte {at} that no receipt has; spaces and line breaks count"));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err("it does not have the three parts of a JWS".to_owned());
    };
    let signed = &text[..header.len() + 1 + payload.len()];
    let header: Header =
        serde_json::from_slice(&decoded(header)?).map_err(|_| "its header is not that of a receipt".to_owned())?;
    if header.typ != TYPE {
        return Err(format!("it is signed as {}, which is not a receipt", printable(&header.typ)));
    }
    if header.alg != "RS256" {
        return Err("it is not signed with RS256".to_owned());
    }
    let (key, signature) = (keys.key(&printable(&header.kid))?, decoded(signature)?);
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .map_err(|_| "its signature is not right: it was changed, or signed by somebody else".to_owned())?;
    let receipt = read(&decoded(payload)?)?;
    Ok(Verified { receipt, kid: header.kid })
}

/// From here on everything was signed: what is wrong now, the signer wrote.
fn read(payload: &[u8]) -> Result<Receipt, String> {
    let value: Value = serde_json::from_slice(payload).map_err(|_| "what was signed is not JSON".to_owned())?;
    if value["aud"] != AUDIENCE {
        return Err("what was signed is not meant as a receipt".to_owned());
    }
    if value["version"] != VERSION {
        return Err(format!("it has the layout {}, and this program knows {VERSION}", value["version"]));
    }
    let receipt: Receipt =
        serde_json::from_slice(payload).map_err(|error| format!("what was signed is not a receipt: {error}"))?;
    if canonical::json(&value).as_bytes() != payload {
        return Err("what was signed is not canonical JSON".to_owned());
    }
    Ok(receipt)
}

/// Without padding, without bits to spare: the same bytes are written in one way only.
fn decoded(part: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| "a part of it is not base64url as it must be".to_owned())
}

fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(100).collect()
}

/// Checks a log, one event a line, against the digest of a receipt.
///
/// # Errors
/// What is wrong with it, in words that follow its name.
pub fn check_log(log: &[u8], expected: &Log) -> Result<(), String> {
    let text = std::str::from_utf8(log).map_err(|_| "is not text".to_owned())?;
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    let (mut link, mut count) = (log_digest::EMPTY.to_owned(), 0_i64);
    for line in lines {
        link = log_digest::after(&link, line);
        count += 1;
    }
    if count != expected.events {
        return Err(format!("has {count} lines, and the receipt is about {} events", expected.events));
    }
    if Log::digest_of(&link) != expected.digest {
        return Err("is not the log of this deployment to the byte: its digest is another".to_owned());
    }
    Ok(())
}
