//! The queries of access tokens.

use super::trusted_documents::confine;
use crate::identity::create_access_token::{NewAccessToken, USUAL};
use crate::identity::policy::{CreateAccessToken, NoteAccessTokenUse, RevokeAccessToken};
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Granted, GrantedRoot, Proof, Tx};
use crate::platform::ids::{AccessTokenId, UserId};
use crate::platform::permission::Permission;
use crate::platform::scope::{Reader, Visible, everything};
use crate::resource;
use chrono::{DateTime, Utc};
pub use rookery_entity::identity::access_token;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
};

resource!(access_token as "AccessToken", global: AccessTokenId);

impl Visible for access_token::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ManageUsers) { everything() } else { of_user(authority.user) }
    }
}

/// Those of one person.
#[must_use]
pub fn of_user(user: UserId) -> Condition {
    Condition::all().add(access_token::Column::UserId.eq(user))
}

/// Those that can be used at `now`.
#[must_use]
pub fn usable(now: DateTime<Utc>) -> Condition {
    Condition::all().add(access_token::Column::RevokedAt.is_null()).add(access_token::Column::ExpiresAt.gt(now))
}

/// The token whose secret has this hash.
///
/// # Errors
/// INTERNAL.
pub async fn access_token_by_hash(reader: &Reader<'_>, hash: &str) -> AppResult<Option<access_token::Model>> {
    reader.find::<access_token::Entity>().filter(access_token::Column::SecretHash.eq(hash)).one().await
}

/// How many tokens of `user` can be used.
///
/// # Errors
/// INTERNAL.
pub async fn count_usable(tx: &Tx, user: UserId) -> AppResult<u64> {
    tx.find::<access_token::Entity>().filter(of_user(user)).filter(usable(tx.now())).count().await
}

/// Inserts a token of the viewer's, with the documents to which it is confined.
///
/// # Errors
/// INTERNAL.
pub async fn insert_access_token(
    tx: &Tx,
    proof: &GrantedRoot<'_, CreateAccessToken>,
    new: NewAccessToken,
    secret_hash: String,
    secret_start: String,
) -> AppResult<access_token::Model> {
    let id = AccessTokenId(tx.uuid());
    let row = access_token::ActiveModel {
        id: Set(id),
        user_id: Set(tx.viewer().signed_in()?.user),
        name: Set(new.name),
        secret_hash: Set(secret_hash),
        secret_start: Set(secret_start),
        is_read_only: Set(new.is_read_only),
        is_confined: Set(new.documents.is_some()),
        created_at: Set(tx.now()),
        expires_at: Set(new.expires_at.unwrap_or_else(|| tx.now() + USUAL)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    let row = row.insert(tx.write(proof)).await?;
    if let Some(documents) = new.documents {
        confine(tx, proof, id, documents).await?;
    }
    Ok(row)
}

/// Ends a token.
///
/// # Errors
/// CONFLICT if it was revoked already.
pub async fn revoke_access_token(tx: &Tx, proof: &Granted<'_, RevokeAccessToken>) -> AppResult<access_token::Model> {
    if proof.revoked_at.is_some() {
        return Err(AppError::conflict("This access token was revoked already."));
    }
    let mut row: access_token::ActiveModel = (**proof).clone().into();
    row.revoked_at = Set(Some(tx.now()));
    Ok(row.update(tx.write(proof)).await?)
}

/// Ends all tokens of a person.
///
/// # Errors
/// INTERNAL.
pub async fn revoke_all(tx: &Tx, proof: &(impl Proof + ?Sized), user: UserId) -> AppResult<()> {
    access_token::Entity::update_many()
        .col_expr(access_token::Column::RevokedAt, Expr::value(tx.now()))
        .filter(of_user(user))
        .filter(access_token::Column::RevokedAt.is_null())
        .exec(tx.write(proof))
        .await?;
    Ok(())
}

/// Notes that a token is used now.
///
/// # Errors
/// INTERNAL.
pub async fn note_use(tx: &Tx, proof: &Granted<'_, NoteAccessTokenUse>) -> AppResult<()> {
    let mut row: access_token::ActiveModel = (**proof).clone().into();
    row.last_used_at = Set(Some(tx.now()));
    row.update(tx.write(proof)).await?;
    Ok(())
}
