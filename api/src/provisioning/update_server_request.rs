//! Changes a request that waits for a decision: by its requester, or by staff who complete it.

use super::form::{Form, file, open_secrets, secrets_place};
use super::policy::UpdateServerRequest;
use super::store::{self, server_request};
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::{ServerRequestId, TenantId};
use crate::platform::viewer::Viewer;
use serde_json::json;

/// Changes a request. `change` gets the form as it is, and answers it as it shall be.
///
/// # Errors
/// CONFLICT if it is no longer pending, or was changed meanwhile; user errors, by field; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn update_server_request(
    viewer: &Viewer,
    key: (TenantId, ServerRequestId),
    change: impl FnOnce(Form) -> AppResult<Form>,
) -> AppResult<server_request::Model> {
    let seen = (*viewer.begin().await?.grant::<UpdateServerRequest>(key).await?).clone();
    let before = Form::from(&seen);
    let script = before.script;
    let form = change(before)?;
    let place = secrets_place(key.0, key.1);
    let kept = if form.script == script {
        open_secrets(viewer.kernel(), place, seen.secret_variables.as_deref())?
    } else {
        // Another script is given its own secrets, even where the names are the same.
        std::collections::BTreeMap::new()
    };
    let filed = file(&viewer.reader(), (seen.tenant_id, seen.project_id), place, form, &kept).await?;
    let tx = viewer.begin().await?;
    let proof = tx.grant::<UpdateServerRequest>(key).await?;
    // The form is whole: writing it would undo what somebody else changed since it was read.
    if proof.updated_at != seen.updated_at {
        return Err(AppError::conflict(
            "Somebody else changed the request meanwhile. Look at it again, then change it.",
        ));
    }
    let row = store::update(&tx, &proof, filed).await?;
    tx.audit_row(&proof, json!({ "name": row.name })).await?;
    tx.commit().await?;
    Ok(row)
}
