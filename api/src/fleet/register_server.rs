//! Registers a server by its address.

use super::catalogue::Usage;
use super::model::read_labels;
use super::policy::RegisterServer;
use super::store::{self, ServerStatus, server};
use crate::platform::error::{AppError, AppResult, Checks, UserErrorCode};
use crate::platform::granted::Subject;
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A server to be.
pub struct NewServer {
    /// Its name; unique within the project.
    pub name: String,
    /// The provider's plan.
    pub r#type: Option<String>,
    /// Its name or address in the network.
    pub address: String,
    /// Its address in the private network.
    pub private_address: Option<String>,
    /// Its SSH port, where it differs from the project's.
    pub ssh_port: Option<i32>,
    /// Its number at the provider.
    pub provider_id: Option<i64>,
    /// From which image it was made.
    pub image: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// Whether it runs, as far as known.
    pub status: ServerStatus,
    /// Its host key, if that is known already.
    pub host_key: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
}

/// Registers a server.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND` for a project that the viewer does not see.
pub async fn register_server(
    viewer: &Viewer,
    project: (TenantId, ProjectId),
    mut new: NewServer,
) -> AppResult<server::Model> {
    let mut checks = Checks::default();
    check_server(&mut checks, Some(&new.name), Some(&new.address), new.ssh_port);
    for (field, text) in [("type", &new.r#type), ("image", &new.image), ("location", &new.location)] {
        check_word(&mut checks, field, text.as_deref());
    }
    new.labels = read_labels(&mut checks, new.labels);
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<RegisterServer>(project).await?;
    let others = tx.find::<server::Entity>().filter(store::in_project(project)).all().await?;
    if let Some(full) = Usage::of(&others).full(&proof) {
        return Err(AppError::user(UserErrorCode::NotAllowed, full));
    }
    check_name_is_free(&others, &new.name)?;
    let row = store::insert_server(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.tenant_id, type_name: "Server", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "address": row.address })).await?;
    tx.commit().await?;
    Ok(row)
}

/// Names that mean something else in an inventory: its groups.
const RESERVED: [&str; 3] = ["all", "ungrouped", "targets"];

/// Refuses a name that one of the project's `others` has, whatever the case: in a run it would be the same host.
pub(super) fn check_name_is_free(others: &[server::Model], name: &str) -> AppResult<()> {
    if others.iter().any(|other| other.name.eq_ignore_ascii_case(name)) {
        return Err(AppError::field("name", UserErrorCode::Taken, store::SERVER_NAME_TAKEN));
    }
    Ok(())
}

/// Checks the length of what is said about a server.
pub(super) fn check_word(checks: &mut Checks, field: &str, text: Option<&str>) {
    if let Some(text) = text {
        checks.length(text, field, 0, 100);
    }
}

/// Checks how a server is named and reached. Names become host names in an inventory, addresses arguments of a
/// connection: neither may look like anything else.
pub(super) fn check_server(checks: &mut Checks, name: Option<&str>, address: Option<&str>, port: Option<i32>) {
    if let Some(name) = name {
        let fits = (1..=63).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
        checks.require(
            fits,
            "name",
            "1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.",
        );
        let free = !RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved));
        checks.require(free, "name", "Ansible calls a group of servers so: choose another name.");
    }
    if let Some(address) = address {
        let is_name = (1..=253).contains(&address.len())
            && address.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        let fits = address.parse::<std::net::IpAddr>().is_ok() || is_name;
        checks.require(fits, "address", "An IP address or a host name.");
    }
    if let Some(port) = port {
        checks.require((1..=65_535).contains(&port), "sshPort", "Between 1 and 65535.");
    }
}

#[cfg(test)]
mod tests {
    use super::check_server;
    use crate::platform::error::Checks;

    fn accepts(name: Option<&str>, address: Option<&str>) -> bool {
        let mut checks = Checks::default();
        check_server(&mut checks, name, address, Some(22));
        checks.finish().is_ok()
    }

    #[test]
    fn hostile_names_and_addresses_are_refused() {
        for name in ["all", "Ungrouped", "targets"] {
            assert!(!accepts(Some(name), None) && accepts(None, Some(name)), "{name}");
        }
        for bad in ["", "-oProxyCommand=id", "a b", "a\nb", "a;b", "../x", "{{ x }}", "[::1]:22", "u@h"] {
            assert!(!accepts(Some(bad), None), "{bad:?}");
            assert!(!accepts(None, Some(bad)), "{bad:?}");
        }
        assert!(!accepts(None, Some("a.-b")));
        assert!(accepts(Some("web_01.x"), Some("web-01.example.com")));
        assert!(accepts(Some("web-01"), Some("2001:db8::1")));
    }
}
