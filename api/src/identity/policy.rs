//! Who may do what to accounts, sessions and access tokens.

use super::store::access_tokens::access_token;
use super::store::{session, user};
use crate::platform::authority::Authority;
use crate::platform::granted::{Action, Refusal, RootAction, Verdict};
use crate::platform::permission::Permission;

/// For what would outlive an access token that leaked: only people who have signed in do it.
///
/// # Errors
/// The refusal.
pub fn in_person(authority: &Authority) -> Verdict {
    if authority.is_by_access_token() {
        return Err(Refusal::Forbidden(
            "An access token keeps no accounts, sessions or access tokens: sign in for this.",
        ));
    }
    Ok(())
}

/// Making and retiring signing keys.
pub struct KeepSigningKeys;

impl RootAction for KeepSigningKeys {
    const NAME: &'static str = "signing_key.keep";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(Refusal::Forbidden("Only the server keeps its signing keys."))
    }
}

/// Opening a session for who proved who they are: done by the server, which has seen the proof.
pub struct OpenSession;

impl Action for OpenSession {
    type Table = user::Entity;
    const NAME: &'static str = "session.open";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority, _: &user::Model) -> Verdict {
        Err(Refusal::Forbidden("Sessions are opened by signing in."))
    }
}

/// Ending a session.
pub struct RevokeSession;

impl Action for RevokeSession {
    type Table = session::Entity;
    const NAME: &'static str = "session.revoke";

    fn permit(authority: &Authority, row: &session::Model) -> Verdict {
        if row.user_id == authority.user || authority.may(Permission::ManageUsers) {
            Ok(())
        } else {
            Err(Refusal::Forbidden("A session is ended by its owner."))
        }
    }
}

/// Creating an access token of one's own.
pub struct CreateAccessToken;

impl RootAction for CreateAccessToken {
    const NAME: &'static str = "access_token.create";

    fn permit(authority: &Authority) -> Verdict {
        in_person(authority)
    }
}

/// Ending an access token.
pub struct RevokeAccessToken;

impl Action for RevokeAccessToken {
    type Table = access_token::Entity;
    const NAME: &'static str = "access_token.revoke";

    fn permit(authority: &Authority, row: &access_token::Model) -> Verdict {
        in_person(authority)?;
        if row.user_id == authority.user || (authority.may(Permission::ManageUsers) && !authority.is_guest) {
            Ok(())
        } else {
            Err(Refusal::Forbidden("An access token is revoked by its owner, or by an administrator."))
        }
    }
}

/// Noting that an access token is used.
pub struct NoteAccessTokenUse;

impl Action for NoteAccessTokenUse {
    type Table = access_token::Entity;
    const NAME: &'static str = "access_token.note_use";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority, _: &access_token::Model) -> Verdict {
        Err(Refusal::Forbidden("Only the server notes when an access token is used."))
    }
}

/// Creating accounts.
pub struct CreateUser;

impl RootAction for CreateUser {
    const NAME: &'static str = "user.create";
    const BY_SYSTEM: bool = true;

    fn permit(authority: &Authority) -> Verdict {
        in_person(authority)?;
        if authority.may(Permission::ManageUsers) && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only administrators create accounts."))
        }
    }
}

/// Changing an account.
pub struct UpdateUser;

impl Action for UpdateUser {
    type Table = user::Entity;
    const NAME: &'static str = "user.update";

    fn permit(authority: &Authority, _: &user::Model) -> Verdict {
        in_person(authority)?;
        if authority.may(Permission::ManageUsers) && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only administrators change accounts."))
        }
    }
}
