//! Signs a person out: their session ends everywhere at once.

use super::policy::{RevokeSession, in_person};
use super::store;
use crate::platform::authority::CredentialKey;
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::user_topic;
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Ends the viewer's session.
///
/// # Errors
/// UNAUTHENTICATED without one; FORBIDDEN for a program that acts by an access token.
pub async fn sign_out(viewer: &Viewer) -> AppResult<()> {
    // Nobody is out already.
    let Some(person) = viewer.person() else { return Ok(()) };
    in_person(person)?;
    let Some(CredentialKey::Session(session)) = person.credential else { return Err(AppError::Unauthenticated) };
    let user = person.user;
    let tx = viewer.begin_changing(&[user]).await?;
    let proof = tx.grant::<RevokeSession>(session).await?;
    store::revoke_session(&tx, &proof).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "User", id: user.0 };
    tx.audit(&proof, subject, json!({})).await?;
    tx.wake(user_topic(user));
    tx.commit().await
}
