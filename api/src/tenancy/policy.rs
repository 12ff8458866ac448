//! Who may do what to tenants.

use super::store::tenant;
use crate::platform::authority::Authority;
use crate::platform::granted::{Action, Refusal, RootAction, Verdict};
use crate::platform::permission::Permission;

/// Taking a new client on.
pub struct CreateTenant;

impl RootAction for CreateTenant {
    const NAME: &'static str = "tenant.create";
    const BY_SYSTEM: bool = true;

    fn permit(authority: &Authority) -> Verdict {
        if authority.may(Permission::ManageTenants) && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only administrators create tenants."))
        }
    }
}

/// Changing a tenant's own data.
pub struct UpdateTenant;

impl Action for UpdateTenant {
    type Table = tenant::Entity;
    const NAME: &'static str = "tenant.update";

    fn permit(authority: &Authority, row: &tenant::Model) -> Verdict {
        if authority.is_guest {
            return Err(Refusal::Forbidden("Guests only read."));
        }
        if authority.may(Permission::ManageTenants) || authority.keeps_tenant(row.id) {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only a tenant's owner and administrators change it."))
        }
    }
}

/// Changing what a tenant is to the operator: its type and status.
pub struct ClassifyTenant;

impl Action for ClassifyTenant {
    type Table = tenant::Entity;
    const NAME: &'static str = "tenant.classify";

    fn permit(authority: &Authority, _: &tenant::Model) -> Verdict {
        if authority.may(Permission::ManageTenants) {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only the operator changes a tenant's type and status."))
        }
    }
}
