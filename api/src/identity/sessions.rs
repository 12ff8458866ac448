//! From what a request carries to its viewer.

use super::Identity;
use super::access_tokens;
use super::secret::{PREFIX, is_well_formed};
use super::store::access_tokens::access_token_by_hash;
use super::store::{self, SessionKey};
use crate::platform::authority::CredentialKey;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use crate::platform::known_rights::{KEPT, MOST};
use crate::platform::viewer::Viewer;
use moka::sync::Cache;

/// What proves who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A bearer token: a session's, or an access token's secret.
    Token(String),
    /// The session cookie's secret.
    Cookie(String),
}

/// By what a session or an access token is found; no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Clue {
    /// The `jti` of a session's token, whose signature was checked.
    Jti(String),
    /// The hash of a session cookie's secret.
    CookieHash(String),
    /// The hash of an access token's secret.
    AccessTokenHash(String),
}

/// What was found lately. Whether it has ended is asked apart: which one it is never changes.
pub struct Found(Cache<Clue, CredentialKey>);

impl Default for Found {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(KEPT).build())
    }
}

impl Found {
    /// The viewer to whom `clue` leads.
    async fn viewer(&self, kernel: &Kernel, clue: Clue) -> AppResult<Viewer> {
        if let Some(key) = self.0.get(&clue) {
            return Viewer::of_credential(kernel, key).await;
        }
        let key = find(kernel, &clue).await?.ok_or(AppError::Unauthenticated)?;
        let viewer = Viewer::of_credential(kernel, key).await?;
        self.0.insert(clue, key);
        Ok(viewer)
    }
}

/// The viewer whom `credential` proves.
///
/// # Errors
/// UNAUTHENTICATED if the credential is wrong, or what it belongs to has ended.
pub async fn viewer_of(kernel: &Kernel, identity: &Identity, credential: &Credential) -> AppResult<Viewer> {
    let clue = match credential {
        Credential::Token(secret) if secret.starts_with(PREFIX) => {
            // What cannot be one is not looked for.
            if !is_well_formed(secret) {
                return Err(AppError::Unauthenticated);
            }
            Clue::AccessTokenHash(sha256_hex(secret))
        }
        Credential::Token(token) => {
            let session = identity.keys.session(&identity.issuer, token, kernel.source.now());
            Clue::Jti(session.ok_or(AppError::Unauthenticated)?)
        }
        Credential::Cookie(secret) => Clue::CookieHash(sha256_hex(secret)),
    };
    let viewer = identity.found.viewer(kernel, clue).await?;
    if let Some(CredentialKey::AccessToken(token)) = viewer.credential() {
        access_tokens::note_use(kernel, &identity.uses, token);
    }
    Ok(viewer)
}

async fn find(kernel: &Kernel, clue: &Clue) -> AppResult<Option<CredentialKey>> {
    let system = Viewer::system(kernel, "finding whose credential it is");
    let reader = system.reader();
    let session = match clue {
        Clue::Jti(jti) => store::session_by(&reader, SessionKey::Jti(jti)).await?,
        Clue::CookieHash(hash) => store::session_by(&reader, SessionKey::SecretHash(hash)).await?,
        Clue::AccessTokenHash(hash) => {
            let token = access_token_by_hash(&reader, hash).await?;
            return Ok(token.map(|token| CredentialKey::AccessToken(token.id)));
        }
    };
    Ok(session.map(|session| CredentialKey::Session(session.id)))
}
