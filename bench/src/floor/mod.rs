//! The floor: for each measured operation the smallest handler that somebody would write by hand.
//!
//! It does what the operation cannot do without: it verifies the same bearer token, holds the same verdict on its
//! session, confines itself to the same rows, asks the database once, and writes the same data. It reads no GraphQL:
//! each operation has a route, which takes the body that Rookery takes and of it only the variables.

mod approve;
mod device;
mod devices;
mod ids;
mod pool;
mod problem;
mod request;
mod session;
mod viewer;

use crate::Failure;
use axum::Router;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use pool::Pool;
use serde::{Deserialize, Serialize};
use session::Sessions;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// How it is started.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where to serve
    #[arg(long)]
    listen: SocketAddr,
    /// Connections to the database at most
    #[arg(long)]
    connections: u32,
    /// The issuer of tokens
    #[arg(long, default_value = "hivematrix.core")]
    issuer: String,
}

/// What every handler has at hand.
pub(crate) struct Floor {
    pool: Pool,
    sessions: Sessions,
}

type Shared = Arc<Floor>;

/// What is posted, of which the floor reads the variables only.
#[derive(Deserialize)]
struct Posted<V> {
    variables: V,
}

/// What is answered.
#[derive(Serialize)]
struct Answer<D> {
    data: D,
}

/// Serves until the process is ended.
///
/// # Errors
/// If the database cannot be read, or the address not be served on.
pub(crate) async fn serve(options: Options) -> Result<(), Failure> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL names the database")?;
    let pool = Pool::connect(&url, options.connections).await?;
    let sessions = Sessions::load(&pool, &options.issuer).await?;
    let router = Router::new()
        .route("/devices", post(devices::list))
        .route("/devices-page", post(devices::page))
        .route("/device", post(device::node))
        .route("/viewer", post(viewer::viewer))
        .route("/request", post(request::server_request))
        .route("/approve", post(approve::approve))
        .with_state(Arc::new(Floor { pool, sessions }));
    let listener = TcpListener::bind(options.listen).await?.tap_io(|stream| {
        // As Rookery does; without it an answer merely waits longer.
        if let Err(error) = stream.set_nodelay(true) {
            eprintln!("rookery-bench: {error}");
        }
    });
    println!("ready");
    Ok(axum::serve(listener, router).await?)
}
