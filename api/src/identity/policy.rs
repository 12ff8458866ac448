//! Who may do what to accounts and sessions.

use super::store::{session, user};
use crate::platform::authority::Authority;
use crate::platform::granted::{Action, Refusal, RootAction, Verdict};
use crate::platform::permission::Permission;

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

/// Creating accounts.
pub struct CreateUser;

impl RootAction for CreateUser {
    const NAME: &'static str = "user.create";
    const BY_SYSTEM: bool = true;

    fn permit(authority: &Authority) -> Verdict {
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
        if authority.may(Permission::ManageUsers) && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only administrators change accounts."))
        }
    }
}
