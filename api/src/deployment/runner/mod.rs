//! Running scripts on other machines, as processes: no database and no GraphQL here.
//!
//! Owns: the run directory and everything in it, the detached runner process, its spool, the one place that opens
//! SSH connections, and the demo's own sshd.
//!
//! A run is a directory. The server prepares it ([`prepare`]), starts `rookery runner DIR` in a process session of its own
//! ([`attach`]), and reads what happened from `DIR/spool.jsonl` ([`spool`]). It holds no pipe to the runner, so that either
//! may die without taking the other's knowledge along.
//!
//! Invariants:
//! - A directory is run at most once: its spool is created exclusively.
//! - A spool that ends in `finished` tells the outcome, and by then the run's secrets are gone from the disk.
//! - A dead runner without `finished` is `UNKNOWN`, after [`attach::sweep`] has ended what it left running.
//! - Everything written to the spool passed the [`redact::Redactor`].
//! - What a script runs on this machine sees its own directory and the system's programs: [`confine`].
//! - No connection is made to a host whose key is not pinned, and in demo mode to none that is not loopback.
//!
//! Never: a secret in an argument, in the environment or in the log; a host key accepted on first sight; a retry.

mod ansible_command;
mod ansible_files;
mod ansible_run;
pub mod attach;
mod clock;
mod commands;
pub mod confine;
pub mod connector;
mod demo_account;
pub mod demo_host;
pub mod host_key;
mod own_file;
pub mod plan_tasks;
pub mod preflight;
pub mod prepare;
pub mod process;
mod progress;
pub mod record;
pub mod redact;
mod remote_shell;
mod rollout;
pub mod run;
mod run_secrets;
pub mod script_files;
pub mod script_store;
pub mod spec;
pub mod spool;
mod ssh_command;
pub mod ssh_key;
mod stop;
pub mod syntax_check;
