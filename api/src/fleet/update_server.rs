//! Changes a server.

use super::policy::UpdateServer;
use super::register_server::check_server;
use super::store::{self, server};
use crate::platform::error::{AppResult, Checks};
use crate::platform::ids::{ServerId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// What changes; `None` leaves it.
#[derive(Default)]
pub struct ServerChange {
    /// Its name.
    pub name: Option<String>,
    /// The provider's plan; `Some(None)` removes it.
    pub r#type: Option<Option<String>>,
    /// Its name or address in the network.
    pub address: Option<String>,
    /// Its SSH port; `Some(None)` takes the project's.
    pub ssh_port: Option<Option<i32>>,
}

/// Changes a server. Another address or port means another host, whose key must be pinned anew.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_server(
    viewer: &Viewer,
    key: (TenantId, ServerId),
    change: ServerChange,
) -> AppResult<server::Model> {
    let mut checks = Checks::default();
    check_server(&mut checks, change.name.as_deref(), change.address.as_deref(), change.ssh_port.flatten());
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateServer>(key).await?;
    let row = store::update_server(&tx, &proof, change).await?;
    tx.audit_row(&proof, json!({ "name": row.name, "address": row.address })).await?;
    tx.commit().await?;
    Ok(row)
}
