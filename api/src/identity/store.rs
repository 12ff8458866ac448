//! The queries of identity.

pub mod access_tokens;
pub mod trusted_documents;

use super::create_user::NewUser;
use super::model::type_at;
use super::policy::{CreateUser, KeepSigningKeys, OpenSession, RevokeSession, UpdateUser};
use super::update_user::UserChange;
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::granted::{Granted, GrantedRoot, Tx};
use crate::platform::ids::{SessionId, UserId};
use crate::platform::permission::Permission;
use crate::platform::scope::{Reader, Resource, Visible, everything};
use crate::resource;
use chrono::{DateTime, Utc};
use rookery_entity::identity::signing_key;
pub use rookery_entity::identity::{PermissionLevel, UserStatus, UserType, session, user};
use rookery_entity::tenancy::membership;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

resource!(user as "User", global: UserId);
resource!(session as "Session", global: SessionId);

impl Visible for user::Entity {
    /// Oneself; colleagues for staff, and everybody for who keeps accounts or clients; for people of tenants, those
    /// who belong to one of theirs.
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ManageUsers) || authority.may(Permission::ClientManagement) {
            return everything();
        }
        let seen = Condition::any().add(user::Column::Id.eq(authority.user));
        if authority.is_staff() {
            return seen.add(user::Column::Level.ne(PermissionLevel::Client));
        }
        let tenants = authority.memberships.iter().map(|(tenant, _)| *tenant);
        let fellows = Query::select()
            .column(membership::Column::UserId)
            .from(membership::Entity)
            .and_where(membership::Column::TenantId.is_in(tenants))
            .to_owned();
        seen.add(user::Column::Id.in_subquery(fellows))
    }
}

impl Visible for session::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ManageUsers) {
            return everything();
        }
        Condition::all().add(session::Column::UserId.eq(authority.user))
    }
}

/// The account with this username or address, whatever the case.
///
/// # Errors
/// INTERNAL.
pub async fn user_by_login(reader: &Reader<'_>, login: &str) -> AppResult<Option<user::Model>> {
    let login = login.trim().to_lowercase();
    let is = |column: user::Column| Expr::expr(Func::lower(Expr::col(column))).eq(login.as_str());
    let either = Condition::any().add(is(user::Column::Username)).add(is(user::Column::Email));
    reader.find::<user::Entity>().filter(either).one().await
}

/// The names of people, wherever they are shown as who did something.
///
/// # Errors
/// INTERNAL.
pub async fn names(reader: &Reader<'_>, users: &[UserId]) -> AppResult<Vec<(UserId, String)>> {
    let rows = reader.find::<user::Entity>().filter(user::Entity::by_keys(users)).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The active people who meet `condition`.
///
/// # Errors
/// INTERNAL.
pub async fn active_users(reader: &Reader<'_>, condition: Condition) -> AppResult<Vec<user::Model>> {
    reader.find::<user::Entity>().filter(user::Column::Status.eq(UserStatus::Active)).filter(condition).all().await
}

/// The session with this `jti` or this secret's hash.
///
/// # Errors
/// INTERNAL.
pub async fn session_by(reader: &Reader<'_>, by: SessionKey<'_>) -> AppResult<Option<session::Model>> {
    let condition = match by {
        SessionKey::Jti(jti) => session::Column::Jti.eq(jti),
        SessionKey::SecretHash(hash) => session::Column::SecretHash.eq(hash),
    };
    reader.find::<session::Entity>().filter(condition).one().await
}

/// By what a session is found.
#[derive(Debug, Clone, Copy)]
pub enum SessionKey<'k> {
    /// By its tokens' `jti`.
    Jti(&'k str),
    /// By the hash of its cookie's secret.
    SecretHash(&'k str),
}

/// Inserts a session.
///
/// # Errors
/// INTERNAL.
pub async fn insert_session(
    tx: &Tx,
    proof: &Granted<'_, OpenSession>,
    jti: String,
    secret_hash: String,
    expires_at: DateTime<Utc>,
) -> AppResult<session::Model> {
    let row = session::ActiveModel {
        id: Set(SessionId(tx.uuid())),
        user_id: Set(proof.id),
        jti: Set(jti),
        secret_hash: Set(secret_hash),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
    };
    Ok(row.insert(tx.write(proof)).await?)
}

/// Ends a session.
///
/// # Errors
/// INTERNAL.
pub async fn revoke_session(tx: &Tx, proof: &Granted<'_, RevokeSession>) -> AppResult<()> {
    let mut row: session::ActiveModel = (**proof).clone().into();
    row.revoked_at = Set(Some(tx.now()));
    row.update(tx.write(proof)).await?;
    Ok(())
}

/// The signing keys, newest first.
///
/// # Errors
/// INTERNAL.
pub async fn signing_keys(tx: &Tx, proof: &GrantedRoot<'_, KeepSigningKeys>) -> AppResult<Vec<signing_key::Model>> {
    Ok(signing_key::Entity::find().order_by_desc(signing_key::Column::CreatedAt).all(tx.write(proof)).await?)
}

/// Inserts a signing key.
///
/// # Errors
/// INTERNAL.
pub async fn insert_signing_key(
    tx: &Tx,
    proof: &GrantedRoot<'_, KeepSigningKeys>,
    kid: String,
    sealed: String,
    public_jwk: serde_json::Value,
) -> AppResult<signing_key::Model> {
    let row = signing_key::ActiveModel {
        kid: Set(kid),
        private_key: Set(sealed),
        public_jwk: Set(public_jwk),
        created_at: Set(tx.now()),
        retired_at: Set(None),
    };
    Ok(row.insert(tx.write(proof)).await?)
}

fn taken(error: DbErr) -> AppError {
    let Some(sea_orm::SqlErr::UniqueConstraintViolation(text)) = error.sql_err() else {
        return error.into();
    };
    let (field, message) = if text.contains("username") {
        ("username", "Another account has this username.")
    } else {
        ("email", "Another account has this address.")
    };
    AppError::field(field, UserErrorCode::Taken, message)
}

/// Inserts an account.
///
/// # Errors
/// TAKEN if its address or username is.
pub async fn insert_user(tx: &Tx, proof: &GrantedRoot<'_, CreateUser>, new: NewUser) -> AppResult<user::Model> {
    let row = user::ActiveModel {
        id: Set(UserId(tx.uuid())),
        name: Set(new.name),
        email: Set(new.email),
        username: Set(new.username),
        password_hash: Set(new.password_hash),
        user_type: Set(new.user_type),
        level: Set(new.level),
        is_manager: Set(new.is_manager),
        status: Set(UserStatus::Active),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.write(proof)).await.map_err(taken)
}

/// Changes an account. Suspending it ends its sessions and access tokens.
///
/// # Errors
/// INTERNAL.
pub async fn update_user(tx: &Tx, proof: &Granted<'_, UpdateUser>, change: UserChange) -> AppResult<user::Model> {
    let mut row: user::ActiveModel = (**proof).clone().into();
    if let Some(name) = change.name {
        row.name = Set(name);
    }
    if let Some(level) = change.level {
        row.level = Set(level);
        row.user_type = Set(type_at(proof.user_type, level));
    }
    if let Some(is_manager) = change.is_manager {
        row.is_manager = Set(is_manager);
    }
    if let Some(status) = change.status {
        row.status = Set(status);
        if status == UserStatus::Suspended {
            session::Entity::update_many()
                .col_expr(session::Column::RevokedAt, Expr::value(tx.now()))
                .filter(session::Column::UserId.eq(proof.id))
                .filter(session::Column::RevokedAt.is_null())
                .exec(tx.write(proof))
                .await?;
            access_tokens::revoke_all(tx, proof, proof.id).await?;
        }
    }
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.write(proof)).await?)
}
