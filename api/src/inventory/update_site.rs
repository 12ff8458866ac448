//! Changes a site.

use super::create_site::check_place;
use super::policy::UpdateSite;
use super::store::{self, site};
use crate::platform::error::{AppResult, Checks};
use crate::platform::ids::{SiteId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct SiteChange {
    /// Its name.
    pub name: Option<String>,
    /// Its postal address; `Some(None)` removes it.
    pub address: Option<Option<String>>,
    /// Degrees north and east, together; `Some((None, None))` removes them.
    pub position: Option<(Option<f64>, Option<f64>)>,
    /// An IANA time zone name.
    pub timezone: Option<String>,
}

/// Changes a site.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_site(viewer: &Viewer, key: (TenantId, SiteId), change: SiteChange) -> AppResult<site::Model> {
    let mut checks = Checks::default();
    if let Some(name) = &change.name {
        checks.length(name, "name", 1, 150);
    }
    let address = change.address.as_ref().and_then(Option::as_deref);
    check_place(&mut checks, address, change.position.unwrap_or_default(), change.timezone.as_deref());
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateSite>(key).await?;
    let row = store::update_site(&tx, &proof, change).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}
