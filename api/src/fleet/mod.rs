//! Projects, who reaches them, their servers, and the scripts that run there.
//!
//! Owns `project`, `project_access`, `server`, `script` and `script_revision`. Invariants: keys and passphrases are
//! sealed, bound to their row, and leave the database only towards a runner or a connection test; a host key is
//! pinned by a person, per server, and forgotten when the server's address changes; a script's revision is never
//! edited. It runs nothing on a server: that is the deployments' business.

pub mod catalogue;
pub mod create_project;
pub mod create_script;
pub mod grant_project_access;
pub mod graphql;
pub mod model;
pub mod mutation_graphql;
pub mod policy;
pub mod register_server;
pub mod revoke_project_access;
pub mod samples;
pub mod script_graphql;
pub mod ssh;
pub mod store;
pub mod test_project_connection;
pub mod update_project;
pub mod update_project_ssh;
pub mod update_script;
pub mod update_server;
pub mod windows;
pub mod windows_graphql;

use crate::deployment::runner::connector::Connector;
use crate::deployment::runner::syntax_check::Programs;

/// What reaches out of this process, and how far.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Opens SSH connections.
    pub connector: Connector,
    /// What checks and runs scripts.
    pub programs: Programs,
}
