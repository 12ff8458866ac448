//! Files a server request.

use super::form::{Form, file, secrets_place};
use super::policy::CreateServerRequest;
use super::recipients::{deciders, subject};
use super::store::{self, server_request};
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::error::AppResult;
use crate::platform::granted::Subject;
use crate::platform::ids::{ProjectId, ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;
use std::collections::BTreeMap;

/// Files a request, and tells who decides.
///
/// # Errors
/// User errors, by field; FORBIDDEN for who may not; `NOT_FOUND` for a project that the viewer does not see.
pub async fn create_server_request(
    viewer: &Viewer,
    project: (TenantId, ProjectId),
    form: Form,
) -> AppResult<server_request::Model> {
    viewer.begin().await?.grant::<CreateServerRequest>(project).await?;
    let id = ServerRequestId(viewer.kernel().source.uuid());
    let filed = file(&viewer.reader(), project, secrets_place(project.0, id), form, &BTreeMap::new()).await?;
    let told = deciders(viewer.kernel()).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<CreateServerRequest>(project).await?;
    let row = store::insert(&tx, &proof, id, filed).await?;
    let about = Subject { tenant: row.tenant_id, type_name: "ServerRequest", id: row.id.0 };
    tx.audit(&proof, about, json!({ "name": row.name })).await?;
    let message = Message {
        level: NotificationLevel::Info,
        title: format!("{} waits for a decision", row.name),
        body: format!("{} asks for a server in {}.", tx.viewer().signed_in()?.name, proof.name),
        subject: Some(subject(&row)),
    };
    notify(&tx, &proof, told, &message).await?;
    tx.commit().await?;
    Ok(row)
}
