//! The RSA keys that sign tokens and receipts: made once, sealed in the database, published by their public halves.

use super::policy::KeepSigningKeys;
use super::store;
use crate::platform::canonical::{self, sha256_hex};
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use crate::platform::known_rights::{KEPT, MOST};
use crate::platform::seal::Place;
use crate::platform::viewer::Viewer;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The claims of a user's token.
#[derive(Debug, Serialize, Deserialize)]
pub struct UserClaims {
    /// The issuer.
    pub iss: String,
    /// The person's id.
    pub sub: String,
    /// The session's id.
    pub jti: String,
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their login.
    pub preferred_username: String,
    /// `admin`, `technician`, `billing` or `client`.
    pub permission_level: String,
    /// The groups from which that level follows.
    pub groups: Vec<String>,
    /// Since when, in seconds since 1970.
    pub iat: i64,
    /// Until when, in seconds since 1970.
    pub exp: i64,
}

struct Signing {
    kid: String,
    key: EncodingKey,
}

/// The keys.
pub struct Keys {
    current: Signing,
    published: Vec<(String, DecodingKey, serde_json::Value)>,
    verified: Cache<[u8; 32], Verified>,
}

/// What a token said whose signature and issuer were right.
#[derive(Clone)]
struct Verified {
    jti: String,
    exp: i64,
}

/// The type of tokens.
const TOKEN: &str = "JWT";
const COLUMN: &str = "signing_key.private_key";

fn place(kid: &str) -> Place {
    let half = |text: &str| Uuid::from_u128(u128::from_str_radix(text, 16).unwrap_or_default());
    let digest = sha256_hex(kid);
    Place { column: COLUMN, row: [half(&digest[..32]), half(&digest[32..])] }
}

impl Keys {
    /// Loads the keys; makes one if none is current. Those that are retired sign nothing more, and stay published.
    ///
    /// # Errors
    /// INTERNAL, for instance when the master key is not the one that sealed them.
    pub async fn load(kernel: &Kernel) -> AppResult<Self> {
        let viewer = Viewer::system(kernel, "loading the signing keys");
        let tx = viewer.begin().await?;
        let proof = tx.grant_root::<KeepSigningKeys>()?;
        let mut rows = store::signing_keys(&tx, &proof).await?;
        if rows.iter().all(|row| row.retired_at.is_some()) {
            let (kid, private_key, public_jwk) = generate()?;
            let sealed = kernel.sealer.seal(place(&kid), &private_key)?;
            rows.insert(0, store::insert_signing_key(&tx, &proof, kid, sealed, public_jwk).await?);
        }
        tx.commit().await?;
        let newest = rows.iter().find(|row| row.retired_at.is_none());
        let newest = newest.ok_or_else(|| AppError::Internal("no signing key is current".into()))?;
        let private_key = kernel.sealer.open(place(&newest.kid), &newest.private_key)?;
        let current = Signing { kid: newest.kid.clone(), key: encoding_key(&private_key)? };
        let published = rows
            .into_iter()
            .map(|row| {
                let part = |name: &str| {
                    row.public_jwk.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
                };
                let key = DecodingKey::from_rsa_components(&part("n"), &part("e")).map_err(AppError::internal)?;
                Ok((row.kid, key, row.public_jwk))
            })
            .collect::<AppResult<Vec<_>>>()?;
        Ok(Self { current, published, verified: Cache::builder().max_capacity(MOST).time_to_live(KEPT).build() })
    }

    /// Signs the claims of a token with the current key.
    ///
    /// # Errors
    /// INTERNAL.
    pub fn sign(&self, claims: &impl Serialize) -> AppResult<String> {
        let payload = serde_json::to_vec(claims).map_err(AppError::internal)?;
        self.sign_as(TOKEN, &payload)
    }

    /// Signs `payload` as it is with the current key: a JWS in its compact form, of the type `typ`.
    ///
    /// # Errors
    /// INTERNAL.
    pub fn sign_as(&self, typ: &str, payload: &[u8]) -> AppResult<String> {
        let header = json!({ "alg": "RS256", "kid": self.current.kid, "typ": typ });
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(canonical::json(&header)), URL_SAFE_NO_PAD.encode(payload));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.current.key, Algorithm::RS256);
        Ok(format!("{signed}.{}", signature.map_err(AppError::internal)?))
    }

    /// The session of a token whose type, signature, issuer and time are right. That the first three are is kept, by the token's
    /// digest: it stays so for as long as these keys are.
    #[must_use]
    pub fn session(&self, issuer: &str, token: &str, now: DateTime<Utc>) -> Option<String> {
        let digest: [u8; 32] =
            Sha256::new().chain_update(issuer).chain_update([0]).chain_update(token).finalize().into();
        if let Some(known) = self.verified.get(&digest) {
            return (known.exp > now.timestamp()).then_some(known.jti);
        }
        let claims = self.verify(issuer, token)?;
        self.verified.insert(digest, Verified { jti: claims.jti.clone(), exp: claims.exp });
        Some(claims.jti)
    }

    /// The claims of a token whose type, signature, issuer and time are right.
    #[must_use]
    pub fn verify(&self, issuer: &str, token: &str) -> Option<UserClaims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // What the same key signed for another purpose is no token, whatever it says.
        let kid = header.kid.filter(|_| header.typ.as_deref() == Some(TOKEN))?;
        let (_, key, _) = self.published.iter().find(|(known, _, _)| *known == kid)?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        validation.set_issuer(&[issuer]);
        jsonwebtoken::decode(token, key, &validation).ok().map(|data| data.claims)
    }

    /// The published key set.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        json!({ "keys": self.published.iter().map(|(_, _, jwk)| jwk).collect::<Vec<_>>() })
    }
}

fn generate() -> AppResult<(String, Zeroizing<Vec<u8>>, serde_json::Value)> {
    let failed = |_| AppError::Internal("no RSA key could be made".into());
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let private_key = Zeroizing::new(pair.as_der().map_err(failed)?.as_ref().to_vec());
    let decoding = jsonwebtoken::jwk::Jwk::from_encoding_key(&encoding_key(&private_key)?, Algorithm::RS256);
    let jsonwebtoken::jwk::AlgorithmParameters::RSA(public) = decoding.map_err(AppError::internal)?.algorithm else {
        return Err(AppError::Internal("an RSA key has RSA parameters".into()));
    };
    // RFC 7638: the thumbprint of the required members in this order.
    let members = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, public.e, public.n);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
    let jwk = json!({ "alg": "RS256", "e": public.e, "kid": kid, "kty": "RSA", "n": public.n, "use": "sig" });
    Ok((kid, private_key, jwk))
}

fn encoding_key(pkcs8: &[u8]) -> AppResult<EncodingKey> {
    let pem = Zeroizing::new(format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(pkcs8).as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n")
    ));
    EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        let (kid, private_key, public) = generate().expect("a key");
        let part = |name: &str| public[name].as_str().expect("a text").to_owned();
        let key = DecodingKey::from_rsa_components(&part("n"), &part("e")).expect("a public key");
        let current = Signing { kid: kid.clone(), key: encoding_key(&private_key).expect("a private key") };
        Keys { current, published: vec![(kid, key, public)], verified: Cache::new(10) }
    }

    #[test]
    fn a_token_that_is_known_ends_with_its_time() {
        let (keys, now) = (keys(), jsonwebtoken::get_current_timestamp().cast_signed());
        let claims = json!({
            "iss": "here", "sub": "a", "jti": "session", "name": "", "email": "", "preferred_username": "",
            "permission_level": "client", "groups": [], "iat": now, "exp": now + 3_600,
        });
        let token = keys.sign(&claims).expect("a token");
        let session = |token: &str, after: i64| {
            keys.session("here", token, DateTime::from_timestamp(now + after, 0).expect("a time"))
        };
        for _ in 0..2 {
            assert_eq!(session(&token, 0).as_deref(), Some("session"));
        }
        assert_eq!(session(&token, 3_599).as_deref(), Some("session"));
        assert_eq!(session(&token, 3_600), None);
        // Not its last character, of which only two bits belong to the signature.
        let (start, signature) = token.rsplit_once('.').expect("three parts");
        let first = if signature.starts_with('A') { "B" } else { "A" };
        let changed = format!("{start}.{first}{}", &signature[1..]);
        let unsigned = token.rsplit_once('.').expect("three parts").0;
        for other in [changed.as_str(), unsigned, &format!("{token} "), ""] {
            assert_eq!(session(other, 0), None, "{other}");
        }
        let other = keys.sign_as("rookery-receipt+jwt", claims.to_string().as_bytes()).expect("a signature");
        assert_eq!(session(&other, 0), None, "it is signed for another purpose");
        assert_eq!(keys.session("elsewhere", &token, DateTime::from_timestamp(now, 0).expect("a time")), None);
    }
}
