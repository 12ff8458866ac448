//! The documents that an access token is confined to: given when it is created, and nothing else is carried out for it.

use super::store::trusted_documents as store;
use crate::platform::authority::CredentialKey;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppResult, Checks, UserError, UserErrorCode};
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::viewer::Viewer;
use std::collections::BTreeMap;

/// How many documents a token is confined to at most.
pub const MOST: usize = 200;

/// The text of the document with this hash, if the viewer acts by an access token that is confined to it.
///
/// # Errors
/// INTERNAL.
pub async fn own_document(viewer: &Viewer, sha256: &str) -> AppResult<Option<String>> {
    match viewer.credential() {
        Some(CredentialKey::AccessToken(token)) => store::document_of(&viewer.reader(), token, sha256).await,
        Some(CredentialKey::Session(_)) | None => Ok(None),
    }
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
