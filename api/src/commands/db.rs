//! `rookery db`: the tables.

use super::Failure;
use clap::Subcommand;
use rookery_api::app;
use rookery_api::config::Settings;

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// Create or upgrade the tables
    Up,
    /// Show which changes were applied; exits with 1 if some were not
    Status,
}

pub(crate) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let database = app::connect(&settings).await?;
    if matches!(command, Command::Up) {
        database.migrate().await.map_err(|error| format!("the tables could not be upgraded: {error}"))?;
    }
    let migrations = database.migrations().await.map_err(|error| format!("the database does not answer: {error}"))?;
    database.close().await;
    for (name, is_applied) in &migrations {
        println!("{} {name}", if *is_applied { "applied" } else { "pending" });
    }
    match migrations.iter().filter(|(_, is_applied)| !is_applied).count() {
        0 => Ok(()),
        pending => Err(Failure::from(format!("{pending} of {} changes are pending: rookery db up", migrations.len()))),
    }
}
