//! From an access token's secret to its viewer, and when it was last used.

use super::Identity;
use super::policy::NoteAccessTokenUse;
use super::secret::is_well_formed;
use super::store::access_tokens as store;
use super::store::access_tokens::access_token;
use crate::platform::authority::CredentialKey;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::AccessTokenId;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use moka::sync::Cache;
use std::time::Duration;

/// To this it is known when a token was last used.
pub const PRECISION: Duration = Duration::from_mins(1);
const REMEMBERED: u64 = 100_000;

/// Which tokens' use was noted within the last minute, by this server.
pub struct Uses(Cache<AccessTokenId, ()>);

impl Default for Uses {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_live(PRECISION).build())
    }
}

/// Whose token has this secret.
///
/// # Errors
/// UNAUTHENTICATED if there is none, it has ended, or its owner is suspended.
pub async fn viewer_of(kernel: &Kernel, identity: &Identity, secret: &str) -> AppResult<Viewer> {
    // What cannot be one is not looked for.
    if !is_well_formed(secret) {
        return Err(AppError::Unauthenticated);
    }
    let system = Viewer::system(kernel, "finding the access token of a credential");
    let found = store::access_token_by_hash(&system.reader(), &sha256_hex(secret)).await?;
    let token = found.ok_or(AppError::Unauthenticated)?;
    let viewer = Viewer::of_credential(kernel, CredentialKey::AccessToken(token.id)).await?;
    note_use(system, &identity.uses, &token);
    Ok(viewer)
}

/// Notes that a token is used now, unless that was done within the last minute. Nobody waits for it.
fn note_use(system: Viewer, uses: &Uses, token: &access_token::Model) {
    let age = token.last_used_at.map(|at| system.kernel().source.now() - at);
    if age.is_some_and(|age| age.to_std().is_ok_and(|age| age < PRECISION)) {
        return;
    }
    if !uses.0.entry(token.id).or_insert(()).is_fresh() {
        return;
    }
    let id = token.id;
    tokio::spawn(async move {
        let noted = async {
            let tx = system.begin().await?;
            let proof = tx.grant::<NoteAccessTokenUse>(id).await?;
            store::note_use(&tx, &proof).await?;
            tx.commit().await
        };
        match noted.await {
            // It may be gone by now.
            Ok(()) | Err(AppError::NotFound) => {}
            Err(error) => tracing::warn!(error = error.for_log(), "the use of an access token could not be noted"),
        }
    });
}
