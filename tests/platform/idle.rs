//! What a server takes while nobody asks anything.

use crate::support::{Backend, Server};

on_both![an_idle_server_is_small];

async fn an_idle_server_is_small(backend: Backend) {
    /// Without optimisation, with the demo's data.
    const MOST: u64 = 128 * 1024 * 1024;
    let server = Server::demo(backend).await;
    let resident = server.resident_bytes();
    assert!((10_000_000..=MOST).contains(&resident), "{} MiB", resident / 1024 / 1024);
}
