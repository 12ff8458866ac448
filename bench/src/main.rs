//! What Rookery is measured with, run by `make bench`: hand-written handlers to compare it to, clients that hold many
//! sockets, and the writer of a deployment's events.

mod clock;
mod events;
mod floor;
mod sockets;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever goes wrong ends the program, with its message.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "rookery-bench", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the hand-written handlers on the data of the database that `DATABASE_URL` names
    Floor(floor::Options),
    /// Hold sockets; the tokens of who opens them come on the standard input
    Sockets(sockets::Options),
    /// Write a deployment's events into the database that `DATABASE_URL` names
    Events(events::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Floor(options) => floor::serve(options).await,
        Command::Sockets(options) => sockets::run(options).await,
        Command::Events(options) => events::write(options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rookery-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
