//! What identity deals with.

use super::store::{PermissionLevel, UserType};

/// How long a session and its token last, in seconds.
pub const SESSION_SECONDS: i64 = 3_600;

/// The word for a level in tokens.
#[must_use]
pub const fn level_claim(level: PermissionLevel) -> &'static str {
    match level {
        PermissionLevel::Admin => "admin",
        PermissionLevel::Technician => "technician",
        PermissionLevel::Billing => "billing",
        PermissionLevel::Client => "client",
    }
}

/// What kind of account one of this kind is at another level: administrators keep the installation, and only they.
#[must_use]
pub const fn type_at(before: UserType, level: PermissionLevel) -> UserType {
    match (before, level) {
        (UserType::GuestUser | UserType::ServiceAccount, _) => before,
        (_, PermissionLevel::Admin) => UserType::SystemAdmin,
        (UserType::SystemAdmin, PermissionLevel::Technician | PermissionLevel::Billing | PermissionLevel::Client) => {
            UserType::RegularUser
        }
        (UserType::TenantAdmin | UserType::RegularUser, _) => before,
    }
}

/// The groups from which other services derive that level.
#[must_use]
pub fn groups_claim(level: PermissionLevel) -> Vec<&'static str> {
    match level {
        PermissionLevel::Admin => vec!["admins"],
        PermissionLevel::Technician => vec!["technicians"],
        PermissionLevel::Billing => vec!["billing"],
        PermissionLevel::Client => Vec::new(),
    }
}

/// Whether `text` could be an address that mail is sent to. The mail server has the last word.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
        })
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn emails() {
        assert!(is_email("a@b.co") && is_email("admin@system.local"));
        for bad in ["", "a", "@b.co", "a@", "a@b", "a@b@c.de", "a b@c.de", "a@.de"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
