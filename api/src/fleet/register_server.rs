//! Registers a server by its address.

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
}

/// Registers a server.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND` for a project that the viewer does not see.
pub async fn register_server(
    viewer: &Viewer,
    project: (TenantId, ProjectId),
    new: NewServer,
) -> AppResult<server::Model> {
    let mut checks = Checks::default();
    check_server(&mut checks, Some(&new.name), Some(&new.address), new.ssh_port);
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<RegisterServer>(project).await?;
    let count = tx.find::<server::Entity>().filter(store::in_project(project)).count().await?;
    if count >= u64::try_from(proof.max_servers).unwrap_or_default() {
        let message = format!("The project holds {count} of at most {} servers.", proof.max_servers);
        return Err(AppError::user(UserErrorCode::NotAllowed, message));
    }
    let row = store::insert_server(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.tenant_id, type_name: "Server", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "address": row.address })).await?;
    tx.commit().await?;
    Ok(row)
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
        for bad in ["", "-oProxyCommand=id", "a b", "a\nb", "a;b", "../x", "{{ x }}", "[::1]:22", "u@h"] {
            assert!(!accepts(Some(bad), None), "{bad:?}");
            assert!(!accepts(None, Some(bad)), "{bad:?}");
        }
        assert!(!accepts(None, Some("a.-b")));
        assert!(accepts(Some("web_01.x"), Some("web-01.example.com")));
        assert!(accepts(Some("web-01"), Some("2001:db8::1")));
    }
}
