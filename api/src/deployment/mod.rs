//! Running scripts on servers, and telling what happens there.
//!
//! Owns `deployment`, `deployment_host`, `deployment_event` with its archive, `deployment_receipt`, `server_run`, the run
//! directories and the runners. Invariants: a run is dispatched once, by the transaction that makes it true; only the holder of its lease writes to it, each
//! time with the fencing token checked in the same transaction; its events are numbered without gaps; what cannot
//! be known is UNKNOWN, and nothing is ever run again by itself: a runner is started after its holder has noted so
//! under its token, in a directory of that token alone, and the next holder starts one only where it made sure that
//! the earlier never will. It never decides whether something may be deployed.

pub mod archive_events;
pub mod archived_part;
pub mod attempts;
pub mod cancel_deployment;
pub mod dispatch;
pub mod event_graphql;
pub mod event_log;
pub mod events;
pub mod follow;
pub mod graphql;
pub mod hold;
pub mod host_results;
pub mod launch;
pub mod log_digest;
pub mod model;
pub mod mutation_graphql;
pub mod orphans;
pub mod part_content;
pub mod pause_deployment;
pub mod plan;
pub mod policy;
pub mod preview;
pub mod preview_graphql;
pub mod preview_script;
pub mod progress_graphql;
pub mod receipt;
pub mod record;
pub mod rerun_deployment;
pub mod reschedule_deployment;
pub mod resume_deployment;
pub mod run_script;
pub mod run_statistics;
pub mod runner;
pub mod schedule;
pub mod server_run_graphql;
pub mod set_maintenance_windows;
pub mod store;
pub mod supervisor;

use crate::deployment::runner::spec::RunLimits;
use crate::fleet::Tools;
use crate::identity::Identity;
use crate::platform::jobs::Terms;
use crate::platform::kernel::Kernel;
use std::path::PathBuf;

/// What supervises runs.
#[derive(Clone)]
pub struct Engine {
    /// The kernel.
    pub kernel: Kernel,
    /// What reaches out of this process.
    pub tools: Tools,
    /// What signs receipts.
    pub identity: Identity,
    /// Where run directories and scripts are kept.
    pub data_dir: PathBuf,
    /// How many runs may go on at once on this server; the others wait.
    pub concurrent_runs: usize,
    /// For how long runs are held.
    pub terms: Terms,
    /// How many runs of one tenant may go on at once, on all servers of Rookery; the others wait.
    pub concurrent_runs_of_tenant: u32,
    /// How long scripts may run.
    pub run_limits: RunLimits,
}

pub use archive_events::{archive_events, is_in_files};
pub use orphans::clear_up;
pub use supervisor::supervise;
