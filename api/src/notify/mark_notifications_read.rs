//! Marks the viewer's notifications as read.

use super::policy::MarkNotificationsRead;
use super::store;
use crate::platform::error::AppResult;
use crate::platform::ids::NotificationId;
use crate::platform::viewer::Viewer;

/// Marks those named, or all; answers how many are left unread.
///
/// # Errors
/// UNAUTHENTICATED.
pub async fn mark_notifications_read(viewer: &Viewer, ids: Option<Vec<NotificationId>>) -> AppResult<u64> {
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<MarkNotificationsRead>()?;
    store::mark_read(&tx, &proof, ids).await?;
    tx.commit().await?;
    store::unread(&viewer.reader()).await
}
