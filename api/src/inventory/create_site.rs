//! Opens a site of a tenant.

use super::policy::CreateSite;
use super::store::{self, site};
use crate::platform::error::{AppResult, Checks};
use crate::platform::granted::Subject;
use crate::platform::ids::TenantId;
use crate::platform::viewer::Viewer;
use serde_json::json;

/// A site to be.
pub struct NewSite {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// An IANA time zone name.
    pub timezone: String,
}

/// Creates a site.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND` for a tenant that the viewer does not see.
pub async fn create_site(viewer: &Viewer, tenant: TenantId, new: NewSite) -> AppResult<site::Model> {
    let mut checks = Checks::default();
    checks.length(&new.name, "name", 1, 150);
    check_place(&mut checks, new.address.as_deref(), (new.latitude, new.longitude), Some(&new.timezone));
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CreateSite>(tenant).await?;
    let row = store::insert_site(&tx, &proof, new).await?;
    let subject = Subject { tenant: row.tenant_id, type_name: "Site", id: row.id.0 };
    tx.audit(&proof, subject, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}

/// Checks what describes a place.
pub(super) fn check_place(
    checks: &mut Checks,
    address: Option<&str>,
    (latitude, longitude): (Option<f64>, Option<f64>),
    timezone: Option<&str>,
) {
    if let Some(address) = address {
        checks.length(address, "address", 0, 255);
    }
    checks.require(
        latitude.is_some() == longitude.is_some(),
        "latitude",
        "Give both latitude and longitude, or neither.",
    );
    if let Some(latitude) = latitude {
        checks.require((-90.0..=90.0).contains(&latitude), "latitude", "Between -90 and 90 degrees.");
    }
    if let Some(longitude) = longitude {
        checks.require((-180.0..=180.0).contains(&longitude), "longitude", "Between -180 and 180 degrees.");
    }
    if let Some(timezone) = timezone {
        checks.require(
            chrono_tz::Tz::from_str_insensitive(timezone).is_ok(),
            "timezone",
            "An IANA time zone name, such as Europe/Vienna.",
        );
    }
}
