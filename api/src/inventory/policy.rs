//! Who may do what to sites and devices: administrators and managing technical agents everywhere, a tenant's owner
//! and administrators in it. Everybody else who sees them reads.

use super::store::{device, site};
use crate::platform::authority::Authority;
use crate::platform::granted::{Action, Refusal, Verdict};
use crate::platform::ids::TenantId;
use crate::tenancy::store::tenant;

fn keeps_inventory(authority: &Authority, tenant: TenantId) -> Verdict {
    let may = authority.is_admin() || authority.is_manager || authority.keeps_tenant(tenant);
    if may && !authority.is_guest {
        Ok(())
    } else {
        Err(Refusal::Forbidden("Only a tenant's owner and administrators change its sites and devices."))
    }
}

macro_rules! inventory_action {
    ($($(#[$meta:meta])* $name:ident on $table:ident($tenant:ident) = $audit:literal;)+) => {$(
        $(#[$meta])*
        pub struct $name;

        impl Action for $name {
            type Table = $table::Entity;
            const NAME: &'static str = $audit;
            const BY_SYSTEM: bool = true;

            fn permit(authority: &Authority, row: &$table::Model) -> Verdict {
                keeps_inventory(authority, row.$tenant)
            }
        }
    )+};
}

inventory_action! {
    /// Opening a site of a tenant.
    CreateSite on tenant(id) = "site.create";
    /// Changing a site.
    UpdateSite on site(tenant_id) = "site.update";
    /// Putting a device at a site.
    CreateDevice on site(tenant_id) = "device.create";
    /// Changing a device.
    UpdateDevice on device(tenant_id) = "device.update";
    /// Moving a device to a site.
    ReceiveDevice on site(tenant_id) = "device.receive";
}
