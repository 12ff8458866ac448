//! `rookery serve`.

use super::Failure;
use rookery_api::app::{self, Running};
use rookery_api::config::Settings;
use rookery_api::demo;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(crate) async fn run(settings: Settings, demo: bool) -> Result<(), Failure> {
    let mut interrupt = catch(SignalKind::interrupt())?;
    let mut terminate = catch(SignalKind::terminate())?;
    let running = app::start(&settings, demo).await?;
    announce(&settings, &running, demo);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("ending");
    tokio::select! {
        () = running.shutdown() => Ok(()),
        _ = interrupt.recv() => Err(Failure::from("ended at once, on the second request".to_owned())),
    }
}

fn catch(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::from(format!("signals cannot be caught: {error}")))
}

fn announce(settings: &Settings, running: &Running, demo: bool) {
    let url = &running.public_url;
    println!("Rookery {} serves {url}", env!("CARGO_PKG_VERSION"));
    println!("  data       {} ({})", settings.data_dir.display(), running.database);
    println!("  GraphiQL   {url}/graphiql");
    if demo {
        println!("  sign in as");
        for (login, password, role) in demo::ACCOUNTS {
            println!("    {login:<24} {password:<14} {role}");
        }
    }
    println!("Ctrl-C ends it.");
}
