//! The command line.

mod commands;

use clap::{Parser, Subcommand};
use commands::{Failure, db, receipt, schema, serve, user};
use rookery_api::config::{self, Flags, Secrets, Settings};
use rookery_api::deployment::runner;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The control plane of a managed-service provider: requests, approvals and deployments, watched live.
#[derive(Parser)]
#[command(name = "rookery", version, after_help = config::HELP, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    settings: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the app
    Serve {
        /// Fill an empty database with demo people and servers, and refuse every target that is not loopback. Serves on
        /// a loopback address only, since the demo's passwords are public
        #[arg(long)]
        demo: bool,
    },
    /// The GraphQL schema
    #[command(subcommand)]
    Schema(schema::Command),
    /// The database's tables
    #[command(subcommand)]
    Db(db::Command),
    /// Receipts of deployments
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Accounts
    #[command(subcommand)]
    User(user::Command),
    /// Carry out one prepared run; the server starts this
    #[command(hide = true)]
    Runner {
        /// The run's directory
        dir: PathBuf,
    },
    /// Become a program that sees one directory only; the server starts this
    #[command(hide = true)]
    Confined {
        /// The directory
        dir: PathBuf,
        /// The program
        program: PathBuf,
        /// Its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Whatever is made on disk is for this user alone.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    // Several parts could bring a provider of their own along: this one is it.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("rookery: TLS could not be set up");
        return ExitCode::FAILURE;
    }
    #[cfg(feature = "failpoints")]
    let _failpoints = fail::FailScenario::setup();
    let outcome = match cli.command {
        // It starts a runtime of its own, and its exit status is its own.
        Command::Runner { dir } => return runner::run::run(&dir),
        // Before any thread is started, since those would stay free.
        Command::Confined { dir, program, arguments } => {
            return runner::confine::become_confined(&dir, &program, &arguments);
        }
        Command::Schema(command) => schema::run(&command, || with(&cli.settings, schema::usage::run)),
        Command::Receipt(command) => receipt::run(&command),
        Command::Serve { demo } => with(&cli.settings, |settings| serve::run(settings, demo)),
        Command::Db(command) => with(&cli.settings, |settings| db::run(settings, command)),
        Command::User(command) => with(&cli.settings, |settings| user::run(settings, command)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, message }) => {
            eprintln!("rookery: {message}");
            ExitCode::from(code)
        }
    }
}

/// Loads the settings, begins to log, and runs a command to its end.
fn with<F>(flags: &Flags, command: impl FnOnce(Settings) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let settings =
        Settings::load(flags, &Secrets::from_environment(), Path::new(config::FILE)).map_err(Failure::usage)?;
    commands::log(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::from(format!("no threads could be started: {error}")))?;
    runtime.block_on(command(settings))
}
