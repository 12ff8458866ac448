//! What the command line can do.

pub(crate) mod db;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod user;

use rookery_api::config::{LogFormat, Settings};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Why a command did not do what it should.
pub(crate) struct Failure {
    /// The exit status: 1 if it failed, 2 if it was asked wrongly.
    pub(crate) code: u8,
    /// A sentence.
    pub(crate) message: String,
}

impl Failure {
    /// It was asked wrongly.
    pub(crate) fn usage(message: String) -> Self {
        Self { code: 2, message }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { code: 1, message }
    }
}

/// Begins to log, to standard error.
pub(crate) fn log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| Failure::usage(format!("log: {error}")))?;
    let is_coloured =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_coloured);
    match settings.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(|error| Failure::from(format!("logging could not be set up: {error}")))
}
