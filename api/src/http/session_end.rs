//! Until when what was opened with a session may stay open.

use crate::platform::error::AppError;
use crate::platform::events::user_topic;
use crate::platform::viewer::Viewer;
use std::time::Duration;
use tokio::time::sleep;

/// Returns when the viewer's session has ended: revoked, expired, or its owner suspended. Never for nobody's.
pub(super) async fn ended(viewer: Viewer) {
    let Some(person) = viewer.person() else { return std::future::pending().await };
    let mut waiter = viewer.kernel().bus.subscribe(&user_topic(person.user));
    loop {
        match viewer.refreshed().await {
            Ok(_) => {}
            Err(AppError::Unauthenticated) => return,
            Err(error) => tracing::warn!(error = error.for_log(), "a session could not be checked"),
        }
        let left = person.expires_at.map(|end| end - viewer.kernel().source.now());
        let left = left.map_or(Duration::MAX, |left| left.to_std().unwrap_or_default());
        tokio::select! {
            () = waiter.wait() => {}
            () = sleep(left) => return,
        }
    }
}
