//! People, how they prove who they are, and the tokens that say so elsewhere.
//!
//! Owns `user`, `session`, `access_token` with its documents, and `signing_key`. Invariants: a password is kept as
//! Argon2id only; revoking a session or an access token, or suspending its owner, counts at once, and on other servers
//! within a second; who acts by an access token gets no other way in: no account, session or access token; the cookie's
//! secret and the tokens' `jti` are unrelated; an unknown account and a wrong password differ neither in answer nor in
//! time. It never decides what a person may do to another domain's rows.

pub mod access_token_graphql;
pub mod access_tokens;
pub mod create_access_token;
pub mod create_user;
pub mod graphql;
pub mod keys;
pub mod model;
pub mod passwords;
pub mod policy;
pub mod revoke_access_token;
pub mod secret;
pub mod sessions;
pub mod sign_in;
pub mod sign_out;
pub mod store;
pub mod throttle;
pub mod trusted_documents;
pub mod update_user;

use crate::platform::kernel::Kernel;
use std::sync::Arc;

/// What identity keeps in memory.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

/// See [`Identity`].
pub struct Inner {
    /// Keys that sign tokens.
    pub keys: keys::Keys,
    /// Password hashing.
    pub passwords: passwords::Passwords,
    /// Failed attempts.
    pub throttle: throttle::Throttle,
    /// Uses of access tokens that were noted.
    pub uses: access_tokens::Uses,
    /// Whose credentials were found lately.
    pub found: sessions::Found,
    /// Documents that access tokens asked for lately.
    pub texts: trusted_documents::Texts,
    /// The tokens' issuer.
    pub issuer: String,
}

impl Identity {
    /// Loads the signing key, or makes the first one.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn start(kernel: &Kernel, issuer: String) -> crate::platform::error::AppResult<Self> {
        let keys = keys::Keys::load(kernel).await?;
        let passwords = passwords::Passwords::new(&kernel.source)?;
        let (throttle, uses) = (throttle::Throttle::default(), access_tokens::Uses::default());
        let (found, texts) = (sessions::Found::default(), trusted_documents::Texts::default());
        Ok(Self { inner: Arc::new(Inner { keys, passwords, throttle, uses, found, texts, issuer }) })
    }
}

impl std::ops::Deref for Identity {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}
