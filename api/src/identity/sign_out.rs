//! Signs a person out: their session ends everywhere at once.

use super::policy::RevokeSession;
use super::store;
use crate::platform::error::{AppError, AppResult};
use crate::platform::events::user_topic;
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Ends the viewer's session.
///
/// # Errors
/// UNAUTHENTICATED without one.
pub async fn sign_out(viewer: &Viewer) -> AppResult<()> {
    // Nobody is out already.
    let Some(person) = viewer.person() else { return Ok(()) };
    let session = person.session.ok_or(AppError::Unauthenticated)?;
    let user = person.user;
    let tx = viewer.begin_changing(&[user]).await?;
    let proof = tx.grant::<RevokeSession>(session).await?;
    store::revoke_session(&tx, &proof).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "User", id: user.0 };
    tx.audit(&proof, subject, json!({})).await?;
    tx.wake(user_topic(user));
    tx.commit().await
}
