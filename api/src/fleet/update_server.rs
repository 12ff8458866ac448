//! Changes a server.

use super::model::read_labels;
use super::policy::UpdateServer;
use super::register_server::{check_name_is_free, check_server, check_word};
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
    /// Its labels, all of them.
    pub labels: Option<Vec<String>>,
}

/// Changes a server. Another address or port means another host, whose key must be pinned anew.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_server(
    viewer: &Viewer,
    key: (TenantId, ServerId),
    mut change: ServerChange,
) -> AppResult<server::Model> {
    let mut checks = Checks::default();
    check_server(&mut checks, change.name.as_deref(), change.address.as_deref(), change.ssh_port.flatten());
    check_word(&mut checks, "type", change.r#type.as_ref().and_then(Option::as_deref));
    change.labels = change.labels.map(|labels| read_labels(&mut checks, labels));
    checks.finish()?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateServer>(key).await?;
    if let Some(name) = &change.name {
        let here = store::in_project((proof.tenant_id, proof.project_id));
        let mut others = tx.find::<server::Entity>().filter(here).all().await?;
        others.retain(|other| other.id != proof.id);
        check_name_is_free(&others, name)?;
    }
    let row = store::update_server(&tx, &proof, change).await?;
    tx.audit_row(&proof, json!({ "name": row.name, "address": row.address, "labels": row.labels })).await?;
    tx.commit().await?;
    Ok(row)
}
