//! What goes on in the background as long as the server runs.

use crate::platform::kernel::Kernel;
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::task::JoinSet;

/// A worker that fell over is put up again after this.
const PAUSE: Duration = Duration::from_secs(1);

/// The workers that run.
#[derive(Default)]
pub(super) struct Workers(JoinSet<()>);

impl Workers {
    /// Starts one. It is not meant to end; if a defect ends it, it is started again.
    pub(super) fn start<F>(&mut self, name: &'static str, work: impl Fn(Kernel) -> F + Send + 'static, kernel: &Kernel)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let kernel = kernel.clone();
        self.0.spawn(async move {
            loop {
                let panicked = AssertUnwindSafe(work(kernel.clone())).catch_unwind().await.is_err();
                tracing::error!(worker = name, panicked, "a worker ended; starting it again");
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    /// Ends them all.
    pub(super) async fn stop(mut self) {
        self.0.shutdown().await;
    }
}
