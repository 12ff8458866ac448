//! Running scripts on servers, and telling what happens there.
//!
//! Owns `deployment`, `deployment_host` and `deployment_event`, the run directories and the runners. Invariants: a
//! run is dispatched once, by the transaction that makes it true; only the holder of its lease writes to it, each
//! time with the fencing token checked in the same transaction; its events are numbered without gaps; what cannot
//! be known is UNKNOWN, and nothing is ever run again by itself. It never decides whether something may be deployed.

pub mod cancel_deployment;
pub mod dispatch;
pub mod event_graphql;
pub mod events;
pub mod graphql;
pub mod launch;
pub mod model;
pub mod plan;
pub mod policy;
pub mod record;
pub mod run_script;
pub mod runner;
pub mod store;
pub mod supervisor;

use crate::fleet::Tools;
use crate::platform::kernel::Kernel;
use std::path::PathBuf;

/// What supervises runs.
#[derive(Clone)]
pub struct Engine {
    /// The kernel.
    pub kernel: Kernel,
    /// What reaches out of this process.
    pub tools: Tools,
    /// Where run directories and scripts are kept.
    pub data_dir: PathBuf,
}

pub use supervisor::supervise;
