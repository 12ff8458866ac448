//! Takes a new client on.

use super::policy::CreateTenant;
use super::store::{self, TenantStatus, TenantType, tenant};
use crate::platform::error::{AppResult, Checks};
use crate::platform::granted::Subject;
use crate::platform::ids::TenantId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A tenant to be.
pub struct NewTenant {
    /// Its id, if that is reserved.
    pub id: Option<TenantId>,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub r#type: TenantType,
    /// Its status.
    pub status: TenantStatus,
}

/// Creates a tenant.
///
/// # Errors
/// User errors on `name` and `slug`; FORBIDDEN for who may not.
pub async fn create_tenant(viewer: &Viewer, new: NewTenant) -> AppResult<tenant::Model> {
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 150);
    checks.require(is_slug(&new.slug), "slug", "Use 1 to 50 small letters, digits and single hyphens.");
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<CreateTenant>()?;
    let row = store::insert_tenant(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.id, type_name: "Tenant", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name, "slug": row.slug })).await?;
    tx.commit().await?;
    Ok(row)
}

fn is_slug(text: &str) -> bool {
    text.len() <= 50
        && text.split('-').all(|part| {
            !part.is_empty() && part.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::is_slug;

    #[test]
    fn slugs() {
        assert!(is_slug("acme-corp") && is_slug("a1"));
        for bad in ["", "-a", "a-", "a--b", "Acme", "ä", "a b", &"a".repeat(51)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
