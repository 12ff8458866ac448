//! The audit trail in the API, as the history of objects.

use super::store::{self, audit_event};
use crate::identity::graphql::Actor;
use crate::platform::graphql::viewer;
use crate::platform::ids::{GlobalId, TenantId};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Something that was done to an object.
pub struct HistoryEntry(audit_event::Model);

/// Something that was done to an object.
#[Object]
impl HistoryEntry {
    /// Its id; unique.
    async fn id(&self) -> ID {
        GlobalId::encode("AuditEvent", &[self.0.tenant_id.0, self.0.id.0]).into()
    }
    /// What, such as `server_request.approve`.
    async fn action(&self) -> &str {
        &self.0.action
    }
    /// By whom; null for the system itself.
    async fn actor(&self, context: &Context<'_>) -> Result<Option<Actor>> {
        Actor::load_if(context, self.0.actor_id).await
    }
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
    /// What they said about it.
    async fn note(&self) -> Option<&str> {
        self.0.details.get("note").and_then(|note| note.as_str()).filter(|note| !note.is_empty())
    }
}

/// What was done to one object, oldest first.
pub(crate) async fn history(context: &Context<'_>, tenant: TenantId, id: Uuid) -> Result<Vec<HistoryEntry>> {
    let rows = store::history_of(viewer(context)?.kernel(), tenant, id).await?;
    Ok(rows.into_iter().map(HistoryEntry).collect())
}
