//! What goes on in the background as long as the server runs.

use crate::platform::kernel::Kernel;
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::task::JoinSet;

/// A worker that fell over is put up again after this.
const PAUSE: Duration = Duration::from_secs(1);

/// How often memory is given back.
const GIVING_BACK: Duration = Duration::from_secs(2);
/// Larger than any block that the allocator keeps at hand; never touched, so it costs no memory itself.
const LARGE_BYTES: usize = 64 * 1024 * 1024;

/// Lets an idle server be small. The allocator gives freed memory back to the system when it next handles a large
/// block, which an idle server would never do: each hashed password would stay as 19 MiB.
pub(super) async fn give_memory_back(_: Kernel) {
    loop {
        tokio::time::sleep(GIVING_BACK).await;
        drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE_BYTES)));
    }
}

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
