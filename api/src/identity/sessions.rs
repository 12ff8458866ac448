//! From what a request carries to its viewer.

use super::Identity;
use super::access_tokens;
use super::secret::PREFIX;
use super::store::{self, SessionKey};
use crate::platform::authority::CredentialKey;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;

/// What proves who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A bearer token: a session's, or an access token's secret.
    Token(String),
    /// The session cookie's secret.
    Cookie(String),
}

/// The viewer whom `credential` proves.
///
/// # Errors
/// UNAUTHENTICATED if the credential is wrong, or what it belongs to has ended.
pub async fn viewer_of(kernel: &Kernel, identity: &Identity, credential: &Credential) -> AppResult<Viewer> {
    if let Credential::Token(secret) = credential
        && secret.starts_with(PREFIX)
    {
        return access_tokens::viewer_of(kernel, identity, secret).await;
    }
    let system = Viewer::system(kernel, "finding the session of a credential");
    let reader = system.reader();
    let session = match credential {
        Credential::Token(token) => {
            let claims = identity.keys.verify(&identity.issuer, token).ok_or(AppError::Unauthenticated)?;
            store::session_by(&reader, SessionKey::Jti(&claims.jti)).await?
        }
        Credential::Cookie(secret) => store::session_by(&reader, SessionKey::SecretHash(&sha256_hex(secret))).await?,
    };
    let session = session.ok_or(AppError::Unauthenticated)?;
    Viewer::of_credential(kernel, CredentialKey::Session(session.id)).await
}
