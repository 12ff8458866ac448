//! The queries of the documents that access tokens are confined to.

use super::access_tokens::{access_token, of_user};
use crate::identity::policy::CreateAccessToken;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{GrantedRoot, Tx};
use crate::platform::ids::AccessTokenId;
use crate::platform::permission::Permission;
use crate::platform::scope::{Reader, Visible, everything};
pub use rookery_entity::identity::{access_token_document, trusted_document};
use sea_orm::sea_query::{OnConflict, Query, SelectStatement};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, Order};
use std::collections::{BTreeMap, HashMap};

/// How many rows are inserted by one statement.
const AT_ONCE: usize = 100;

impl Visible for access_token_document::Entity {
    /// Those of the tokens that are seen.
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ManageUsers) {
            return everything();
        }
        Condition::all().add(access_token_document::Column::AccessTokenId.in_subquery(tokens_of(authority)))
    }
}

impl Visible for trusted_document::Entity {
    /// Those of the tokens that are seen.
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ManageUsers) {
            return everything();
        }
        let own = Query::select()
            .column(access_token_document::Column::Sha256)
            .from(access_token_document::Entity)
            .and_where(access_token_document::Column::AccessTokenId.in_subquery(tokens_of(authority)))
            .to_owned();
        Condition::all().add(trusted_document::Column::Sha256.in_subquery(own))
    }
}

fn tokens_of(authority: &Authority) -> SelectStatement {
    Query::select()
        .column(access_token::Column::Id)
        .from(access_token::Entity)
        .cond_where(of_user(authority.user))
        .to_owned()
}

/// Confines a token to these documents, by their hashes.
///
/// # Errors
/// INTERNAL.
pub async fn confine(
    tx: &Tx,
    proof: &GrantedRoot<'_, CreateAccessToken>,
    token: AccessTokenId,
    documents: BTreeMap<String, String>,
) -> AppResult<()> {
    // In order, so that two that insert the same ones wait for each other in no circle.
    let documents: Vec<(String, String)> = documents.into_iter().collect();
    for some in documents.chunks(AT_ONCE) {
        let texts = some.iter().map(|(sha256, text)| trusted_document::ActiveModel {
            sha256: Set(sha256.clone()),
            text: Set(text.clone()),
            given_at: Set(tx.now()),
        });
        // Given anew, one that housekeeping is about to remove stays.
        let known = OnConflict::column(trusted_document::Column::Sha256)
            .update_column(trusted_document::Column::GivenAt)
            .to_owned();
        trusted_document::Entity::insert_many(texts).on_conflict(known).exec_without_returning(tx.write(proof)).await?;
        let links = some.iter().map(|(sha256, _)| access_token_document::ActiveModel {
            access_token_id: Set(token),
            sha256: Set(sha256.clone()),
        });
        access_token_document::Entity::insert_many(links).exec_without_returning(tx.write(proof)).await?;
    }
    Ok(())
}

/// The text of the document with this hash, if a token is confined to it.
///
/// # Errors
/// INTERNAL.
pub async fn document_of(reader: &Reader<'_>, token: AccessTokenId, sha256: &str) -> AppResult<Option<String>> {
    let link = reader
        .find::<access_token_document::Entity>()
        .filter(access_token_document::Column::AccessTokenId.eq(token))
        .filter(access_token_document::Column::Sha256.eq(sha256));
    if link.one().await?.is_none() {
        return Ok(None);
    }
    let document = reader.find::<trusted_document::Entity>().filter(trusted_document::Column::Sha256.eq(sha256));
    Ok(document.one().await?.map(|document| document.text))
}

/// The documents that these tokens are confined to, each token's in the order of their hashes.
///
/// # Errors
/// INTERNAL.
pub async fn documents_of(
    reader: &Reader<'_>,
    tokens: &[AccessTokenId],
) -> AppResult<HashMap<AccessTokenId, Vec<trusted_document::Model>>> {
    let links = reader
        .find::<access_token_document::Entity>()
        .filter(access_token_document::Column::AccessTokenId.is_in(tokens.iter().copied()))
        .order_by(access_token_document::Column::Sha256, Order::Asc);
    let links = links.all().await?;
    let named = Query::select()
        .column(access_token_document::Column::Sha256)
        .from(access_token_document::Entity)
        .and_where(access_token_document::Column::AccessTokenId.is_in(tokens.iter().copied()))
        .to_owned();
    let texts = reader.find::<trusted_document::Entity>().filter(trusted_document::Column::Sha256.in_subquery(named));
    let texts: HashMap<String, trusted_document::Model> =
        texts.all().await?.into_iter().map(|document| (document.sha256.clone(), document)).collect();
    let mut documents: HashMap<AccessTokenId, Vec<trusted_document::Model>> = HashMap::new();
    for link in links {
        documents.entry(link.access_token_id).or_default().extend(texts.get(&link.sha256).cloned());
    }
    Ok(documents)
}
