//! Whose socket it is.

use super::super::Web;
use super::super::credential::bearer;
use super::protocol::Close;
use super::socket::Handshake;
use crate::identity::sessions::viewer_of;
use crate::platform::error::AppError;
use crate::platform::viewer::Viewer;
use serde_json::{Map, Value};

/// Who opens the socket: by the payload's `authorization`, else by what the handshake carried, else nobody.
///
/// # Errors
/// [`Close::Forbidden`] for a credential that proves nobody.
pub(super) async fn authenticate(
    web: &Web,
    handshake: &Handshake,
    payload: Option<&Map<String, Value>>,
) -> Result<Viewer, Close> {
    let named = payload
        .and_then(|payload| payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")))
        .map(|(_, value)| value);
    let credential = match named {
        Some(Value::Null) | None => handshake.credential.clone(),
        Some(value) => Some(value.as_str().and_then(bearer).ok_or(Close::Forbidden)?),
    };
    let Some(credential) = credential else {
        return Ok(Viewer::anonymous(&web.kernel));
    };
    viewer_of(&web.kernel, &web.identity, &credential).await.map_err(|error| {
        if !matches!(error, AppError::Unauthenticated) {
            tracing::error!(error = error.for_log(), "a socket's credential could not be checked");
        }
        Close::Forbidden
    })
}
