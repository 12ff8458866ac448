//! When an access token was last used.

use super::policy::NoteAccessTokenUse;
use super::store::access_tokens as store;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::AccessTokenId;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use std::time::Duration;

/// To this it is known when a token was last used.
pub const PRECISION: TimeDelta = TimeDelta::minutes(1);
/// Longer than that, so that what is remembered is forgotten only when it tells nothing more.
const REMEMBERED_FOR: Duration = Duration::from_mins(2);
const REMEMBERED: u64 = 100_000;

/// When tokens' use was noted, as far as this server knows.
#[derive(Clone)]
pub struct Uses(Cache<AccessTokenId, DateTime<Utc>>);

impl Default for Uses {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build())
    }
}

/// Notes that a token is used now, unless that was done within the last minute. Nobody waits for it.
pub(super) fn note_use(kernel: &Kernel, uses: &Uses, token: AccessTokenId) {
    let now = kernel.source.now();
    if !uses.0.entry(token).or_insert_with_if(|| now, |noted| now - *noted >= PRECISION).is_fresh() {
        return;
    }
    let (system, uses) = (Viewer::system(kernel, "noting when access tokens are used"), uses.clone());
    tokio::spawn(async move {
        match note(&system, token).await {
            // Another server may have done it a while ago.
            Ok(noted) => uses.0.insert(token, noted),
            // It may be gone by now.
            Err(AppError::NotFound) => {}
            Err(error) => tracing::warn!(error = error.for_log(), "the use of an access token could not be noted"),
        }
    });
}

/// Notes a use, unless one was noted within the last minute; answers when one was.
async fn note(system: &Viewer, token: AccessTokenId) -> AppResult<DateTime<Utc>> {
    let tx = system.begin().await?;
    let proof = tx.grant::<NoteAccessTokenUse>(token).await?;
    if let Some(noted) = proof.last_used_at.filter(|noted| tx.now() - *noted < PRECISION) {
        return Ok(noted);
    }
    store::note_use(&tx, &proof).await?;
    let now = tx.now();
    tx.commit().await?;
    Ok(now)
}
