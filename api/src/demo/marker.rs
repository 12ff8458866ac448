//! The mark in the database that it holds the demo. A demo's passwords are public, so neither may an ordinary server
//! serve them, nor a demo put them beside anybody's own accounts.

use super::store;
use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Refusal, RootAction, Verdict};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;

/// Noting that the database holds the demo.
pub(super) struct MarkDemo;

impl RootAction for MarkDemo {
    const NAME: &'static str = "demo.mark";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(Refusal::Forbidden("Only the server makes a demo."))
    }
}

/// Whether the database holds the demo already.
///
/// # Errors
/// INTERNAL.
pub(super) async fn is_marked(kernel: &Kernel) -> AppResult<bool> {
    store::is_marked(&Viewer::system(kernel, "looking whether this is a demo").reader()).await
}

/// Why a server may not be started on this database, as a `demo` or not; none where it may.
///
/// # Errors
/// INTERNAL.
pub async fn refusal(kernel: &Kernel, demo: bool) -> Result<Option<&'static str>, AppError> {
    let marked = is_marked(kernel).await?;
    if marked && !demo {
        return Ok(Some(
            "this database holds the demo, whose passwords are public: start it with --demo, or name another database",
        ));
    }
    if demo && !marked && store::has_users(&Viewer::system(kernel, "looking whether this is a demo").reader()).await? {
        return Ok(Some(
            "this database has accounts of its own, and the demo's passwords are public: start without --demo, or name \
             an empty database",
        ));
    }
    Ok(None)
}
