//! Signs a person in: opens a session, and mints its token and its cookie's secret.

use super::Identity;
use super::keys::UserClaims;
use super::model::{SESSION_SECONDS, groups_claim, level_claim};
use super::policy::{OpenSession, in_person};
use super::store::{self, UserStatus, user};
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde_json::json;
use std::net::IpAddr;

/// A person who is signed in now.
pub struct SignedIn {
    /// Who.
    pub user: user::Model,
    /// For the `Authorization` header.
    pub token: String,
    /// For the cookie.
    pub cookie_secret: String,
}

/// Signs in by username or address, and password.
///
/// # Errors
/// `WRONG_CREDENTIALS`, the same for an unknown account, a wrong password and a suspended account; THROTTLED;
/// UNAVAILABLE when too many sign in at once; FORBIDDEN for a program that acts by an access token.
pub async fn sign_in(
    viewer: &Viewer,
    identity: &Identity,
    login: &str,
    password: &SecretString,
    from: Option<IpAddr>,
) -> AppResult<SignedIn> {
    if let Some(person) = viewer.person() {
        in_person(person)?;
    }
    let kernel = viewer.kernel();
    identity.throttle.begin(login, from)?;
    let system = Viewer::system(kernel, "signing somebody in");
    let verified = verified(&system, identity, login, password).await;
    // A try that was not made, because too many were waiting or a part is broken, is nobody's failure.
    let verified = verified.inspect_err(|_| identity.throttle.not_made(login, from))?;
    let Some(user) = verified else {
        return Err(AppError::user(UserErrorCode::WrongCredentials, "No account has this name and password."));
    };
    identity.throttle.succeeded(login, from);

    let jti = URL_SAFE_NO_PAD.encode(kernel.source.bytes::<32>());
    let cookie_secret = URL_SAFE_NO_PAD.encode(kernel.source.bytes::<32>());
    let tx = system.begin().await?;
    let proof = tx.grant::<OpenSession>(user.id).await?;
    let expires_at = tx.now() + chrono::Duration::seconds(SESSION_SECONDS);
    let session = store::insert_session(&tx, &proof, jti.clone(), sha256_hex(&cookie_secret), expires_at).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "User", id: user.id.0 };
    tx.audit(&proof, subject, json!({ "from": from.map(|address| address.to_string()) })).await?;
    tx.commit().await?;

    let token = identity.keys.sign(&UserClaims {
        iss: identity.issuer.clone(),
        sub: user.id.to_string(),
        jti,
        name: user.name.clone(),
        email: user.email.clone(),
        preferred_username: user.username.clone().unwrap_or_else(|| user.email.clone()),
        permission_level: level_claim(user.level).to_owned(),
        groups: groups_claim(user.level).into_iter().map(str::to_owned).collect(),
        iat: session.created_at.timestamp(),
        exp: session.expires_at.timestamp(),
    })?;
    Ok(SignedIn { user, token, cookie_secret })
}

/// Whose login and password these are.
async fn verified(
    system: &Viewer,
    identity: &Identity,
    login: &str,
    password: &SecretString,
) -> AppResult<Option<user::Model>> {
    let user = store::user_by_login(&system.reader(), login).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = identity.passwords.verify(password, hash).await?;
    Ok(user.filter(|user| right && user.status == UserStatus::Active))
}
