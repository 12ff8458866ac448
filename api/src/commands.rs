//! What the command line can do.

pub(crate) mod db;
pub(crate) mod receipt;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod user;

use rookery_api::config::{LogFormat, Settings};
use std::io::IsTerminal as _;
use tracing::Level;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

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

/// Begins to log, to standard error. Libraries tell no more than what the level `info` holds, whatever is asked for: below
/// that some write down what they carry, such as headers, messages and keys.
pub(crate) fn log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| Failure::usage(format!("log: {error}")))?;
    let is_coloured =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_coloured);
    let lines = match settings.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let ours_or_harmless = FilterFn::new(|metadata| is_ours(metadata.target()) || *metadata.level() <= Level::INFO);
    let logged = tracing_subscriber::registry().with(lines.with_filter(filter).with_filter(ours_or_harmless));
    logged.try_init().map_err(|error| Failure::from(format!("logging could not be set up: {error}")))
}

fn is_ours(target: &str) -> bool {
    target.split("::").next().is_some_and(|name| name == "rookery" || name == "rookery_api")
}
