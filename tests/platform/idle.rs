//! What a server takes while nobody asks anything.

use crate::support::{Backend, Server, eventually};
use std::time::Duration;

on_both![an_idle_server_is_small];

async fn an_idle_server_is_small(backend: Backend) {
    /// Without optimisation, with the demo's data.
    const MOST: u64 = 128 * 1024 * 1024;
    const SOON: Duration = Duration::from_secs(60);
    let server = Server::demo(backend).await;
    // What the start needed besides, such as for hashing the demo's passwords, is given back soon after it, not at once.
    let what = format!("it takes at most {MOST} bytes");
    let resident = eventually(&what, SOON, async || Some(server.resident_bytes()).filter(|bytes| *bytes <= MOST)).await;
    assert!(resident >= 10_000_000, "that is no server: {resident} bytes");
}
