//! The queries of the audit trail.

use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::ids::{AuditEventId, TenantId};
use crate::platform::kernel::Kernel;
use crate::platform::scope::{Visible, everything, nothing};
use crate::platform::viewer::Viewer;
use crate::resource;
pub use rookery_entity::platform::audit_event;
use sea_orm::{ColumnTrait as _, Condition, Order};
use uuid::Uuid;

resource!(audit_event as "AuditEvent", tenant: AuditEventId);

impl Visible for audit_event::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.is_admin() { everything() } else { nothing() }
    }
}

const MOST: u64 = 200;

/// What was done to one object, oldest first; of very much, the newest. The caller has shown the object: who sees it sees its history.
///
/// # Errors
/// INTERNAL.
pub async fn history_of(kernel: &Kernel, tenant: TenantId, id: Uuid) -> AppResult<Vec<audit_event::Model>> {
    let mut rows = Viewer::system(kernel, "the history of an object that the viewer sees")
        .reader()
        .find::<audit_event::Entity>()
        .filter(audit_event::Column::TenantId.eq(tenant))
        .filter(audit_event::Column::ResourceId.eq(id))
        .order_by(audit_event::Column::At, Order::Desc)
        .order_by(audit_event::Column::Id, Order::Desc)
        .limit(MOST)
        .all()
        .await?;
    rows.reverse();
    Ok(rows)
}
