//! Who may do what to notifications.

use crate::platform::authority::Authority;
use crate::platform::granted::{RootAction, Verdict};

/// Marking one's own notifications as read.
pub struct MarkNotificationsRead;

impl RootAction for MarkNotificationsRead {
    const NAME: &'static str = "notification.read";

    fn permit(_: &Authority) -> Verdict {
        Ok(())
    }
}
