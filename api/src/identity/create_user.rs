//! Creates an account.

use super::Identity;
use super::model::is_email;
use super::policy::CreateUser;
use super::store::{self, PermissionLevel, UserType, user};
use crate::platform::error::{AppResult, Checks, UserError, UserErrorCode};
use crate::platform::granted::{OPERATOR, Subject};
use crate::platform::viewer::Viewer;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

/// An account to be.
pub struct NewUser {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Another login.
    pub username: Option<String>,
    /// Their password's hash.
    pub password_hash: Option<String>,
    /// What kind of account it is.
    pub user_type: UserType,
    /// Their level.
    pub level: PermissionLevel,
    /// For technical agents: whether they reach every project.
    pub is_manager: bool,
}

/// The shortest password.
const PASSWORD_LEAST: usize = 10;

/// Creates an account with a password.
///
/// # Errors
/// User errors; FORBIDDEN for who may not.
pub async fn create_user(
    viewer: &Viewer,
    identity: &Identity,
    mut new: NewUser,
    password: &SecretString,
) -> AppResult<user::Model> {
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 150);
    checks.require(is_email(&new.email), "email", "An address such as ann@example.com.");
    if let Some(username) = &new.username {
        let fits = (3..=50).contains(&username.len())
            && username.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
        checks.require(fits, "username", "3 to 50 letters, digits, dots, hyphens and underscores.");
    }
    if password.expose_secret().chars().count() < PASSWORD_LEAST {
        checks.add(UserError::on("password", UserErrorCode::Invalid, "At least 10 characters."));
    }
    checks.require(password.expose_secret().len() <= 1_000, "password", "At most 1,000 bytes.");
    checks.require(
        !new.is_manager || new.level == PermissionLevel::Technician,
        "isManager",
        "Only technical agents are managers.",
    );
    checks.finish()?;
    // Asked before the costly hash, and again, bindingly, in the transaction that inserts.
    viewer.begin().await?.grant_root::<CreateUser>()?;
    new.password_hash = Some(identity.passwords.hash(password).await?);
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<CreateUser>()?;
    let row = store::insert_user(&tx, &proof, new).await?;
    let subject = Subject { tenant: OPERATOR, type_name: "User", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "email": row.email })).await?;
    tx.commit().await?;
    Ok(row)
}
