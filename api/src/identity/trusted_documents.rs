//! The documents that an access token is confined to: given when it is created, and nothing else is carried out for it.

use super::Identity;
use super::store::trusted_documents as store;
use crate::platform::authority::CredentialKey;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppResult, Checks, UserError, UserErrorCode};
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::ids::AccessTokenId;
use crate::platform::known_rights::KEPT;
use crate::platform::viewer::Viewer;
use moka::sync::Cache;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many documents a token is confined to at most.
pub const MOST: usize = 200;
/// How much text is kept of what was asked for lately, in bytes.
const KEPT_BYTES: u64 = 4 * 1024 * 1024;
/// What a document counts as at least.
const LEAST_BYTES: usize = 1024;

/// Documents that access tokens asked for lately, by token and hash: what a token is confined to never changes.
pub struct Texts(Cache<(AccessTokenId, String), Arc<str>>);

impl Default for Texts {
    fn default() -> Self {
        let weight = |_: &(AccessTokenId, String), text: &Arc<str>| text.len().max(LEAST_BYTES).try_into();
        let texts = Cache::builder().max_capacity(KEPT_BYTES).time_to_live(KEPT);
        Self(texts.weigher(move |key, text| weight(key, text).unwrap_or(u32::MAX)).build())
    }
}

/// The text of the document with this hash, if the viewer acts by an access token that is confined to it.
///
/// # Errors
/// INTERNAL.
pub async fn own_document(identity: &Identity, viewer: &Viewer, sha256: &str) -> AppResult<Option<Arc<str>>> {
    let Some(CredentialKey::AccessToken(token)) = viewer.credential() else { return Ok(None) };
    let key = (token, sha256.to_owned());
    if let Some(text) = identity.texts.0.get(&key) {
        return Ok(Some(text));
    }
    let text = store::document_of(&viewer.reader(), token, sha256).await?.map(Arc::<str>::from);
    if let Some(text) = &text {
        identity.texts.0.insert(key, text.clone());
    }
    Ok(text)
}

/// The documents by their hashes, if each could be carried out.
///
/// # Errors
/// User errors on `documents`.
pub async fn checked(check: &DocumentCheck, documents: Vec<String>) -> AppResult<BTreeMap<String, String>> {
    let mut checks = Checks::default();
    checks.require((1..=MOST).contains(&documents.len()), "documents", format!("Between 1 and {MOST} documents."));
    checks.finish()?;
    let mut checks = Checks::default();
    let mut by_hash = BTreeMap::new();
    for (index, text) in documents.into_iter().enumerate() {
        if let Err(what) = check.check(&text).await {
            let message = format!("Document {}: {what}", index + 1);
            checks.add(UserError::on("documents", UserErrorCode::Invalid, message));
        }
        by_hash.insert(sha256_hex(&text), text);
    }
    checks.finish()?;
    Ok(by_hash)
}
