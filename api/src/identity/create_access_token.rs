//! Creates an access token for a program that acts with the viewer's rights.

use super::policy::CreateAccessToken;
use super::secret;
use super::store::access_tokens::{self as store, access_token};
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult, Checks};
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;

/// How long a token lasts at most.
pub const LONGEST: Duration = Duration::days(366);
/// How long it lasts if nobody said otherwise.
pub const USUAL: Duration = Duration::days(90);
/// How many tokens a person can use at once.
pub const MOST: u64 = 50;

/// A token to be.
pub struct NewAccessToken {
    /// What it is for.
    pub name: String,
    /// Until when it lasts; the usual time if nobody said.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it carries out no mutation.
    pub is_read_only: bool,
    /// The only documents that it carries out, by their hashes; any if none are named.
    pub documents: Option<BTreeMap<String, String>>,
}

/// Creates a token; the secret is told this once.
///
/// # Errors
/// User errors; FORBIDDEN for a program that acts by a token itself.
pub async fn create_access_token(
    viewer: &Viewer,
    new: NewAccessToken,
) -> AppResult<(access_token::Model, SecretString)> {
    let user = viewer.signed_in()?.user;
    let tx = viewer.begin_changing(&[user]).await?;
    let proof = tx.grant_root::<CreateAccessToken>()?;
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 100);
    let expires_at = new.expires_at.unwrap_or_else(|| tx.now() + USUAL);
    checks.require(expires_at > tx.now(), "expiresAt", "A time to come.");
    checks.require(expires_at <= tx.now() + LONGEST, "expiresAt", "At most 366 days from now.");
    checks.finish()?;
    if store::count_usable(&tx, user).await? >= MOST {
        return Err(AppError::conflict(format!("You have {MOST} access tokens. Revoke one that is not needed.")));
    }
    let hashes = new.documents.as_ref().map(|documents| documents.keys().cloned().collect::<Vec<_>>());
    let secret = secret::mint(&viewer.kernel().source);
    let start = secret::start(&secret).to_owned();
    let row = store::insert_access_token(&tx, &proof, new, sha256_hex(&secret), start).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "AccessToken", id: row.id.0 };
    let details = json!({
        "name": row.name,
        "expiresAt": row.expires_at,
        "readOnly": row.is_read_only,
        "documents": hashes,
    });
    tx.audit(&proof, subject, details).await?;
    tx.commit().await?;
    Ok((row, secret.into()))
}
