//! Settings: each has a default and a sentence, and a value that makes no sense stops the start.
//!
//! The environment wins over `rookery.toml`, which wins over the default. What may hold a password is never an argument,
//! since arguments are visible to everybody on the machine.

use crate::deployment::runner::spec::RunLimits;
use crate::platform::jobs::Terms;
use crate::platform::meter::Allowance;
use clap::{Args, ValueEnum};
use config::{Config, File, FileFormat};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

mod limits;
mod otlp_endpoint;
mod proxies;
mod public_url;

use limits::{RawPoints, RawRunLimits};
pub use otlp_endpoint::OtlpEndpoint;
pub use proxies::Proxies;
pub use public_url::PublicUrl;

/// The file in the working directory.
pub const FILE: &str = "rookery.toml";

const LISTEN: &str = "127.0.0.1:4000";
const DATA_DIR: &str = "./.rookery";
const ISSUER: &str = "hivematrix.core";
const LOG: &str = "info,memory_serve=warn,sea_orm_migration=warn,sqlx=warn";
const OPERATOR: &str = "Operator";
const CONNECTIONS: u32 = 10;
const CONCURRENT_RUNS: u32 = 8;
const CONCURRENT_RUNS_OF_TENANT: u32 = 6;
const LEASE_SECONDS: u32 = 30;
const HANDOVER_SECONDS: u32 = 300;
const ARCHIVE_AFTER_DAYS: u32 = 90;
const BATCH_MOST: u32 = 10;
const METRICS_TOKEN_LEAST: usize = 16;
const BUNDLED_PLAYBOOK: &str = ".tools/ansible/bin/ansible-playbook";

/// What `--help` says of the settings that are not arguments.
pub const HELP: &str = "\
Settings come from the environment, else from rookery.toml in the working directory, else they have their default.
Those that are not options above, because they may hold a secret or are rarely needed:

  DATABASE_URL              postgres://USER:PASSWORD@HOST/DATABASE, or sqlite:PATH
                            [rookery.toml: database_url] [default: rookery.db in the data directory]
  ROOKERY_MASTER_KEY        the key that seals secrets in the database, 64 hexadecimal digits
                            [default: the file master.key in the data directory, made at first start]
  ROOKERY_METRICS_TOKEN     what a collector of metrics sends as its bearer token to /metrics, 16 characters or more
                            [rookery.toml: metrics_token] [default: none, and no metrics]

and in rookery.toml alone:

  database_connections      connections to PostgreSQL at most [default: 10]
  operator_name             the name of the company that runs Rookery, taken at first start [default: Operator]
  jwt.issuer                the issuer of tokens [default: hivematrix.core]
  archive_after_days        days after the end of a deployment until its events are compressed, at most 36500; 0 never does
                            [default: 90]
  archive_directory         the directory for files with those events, the same for all servers on a database
                            [default: none, and they stay in the database]
  batch_limit               operations that a GraphQL request may carry as a list, at most 10; 0 takes no lists
                            [default: 0]
  run_limits.playbook_seconds  how long a playbook may run, up to a day [default: 1800]
  run_limits.command_seconds   how long SSH commands may [default: 300]
  points.session            what a session or token may ask for within a minute, in points [default: 60000]
  points.tenant             what all people of a tenant may together [default: 200000]
  points.address            what those who have not signed in may, by address [default: 60000]";

/// Settings that are arguments too.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
#[expect(clippy::doc_markdown, reason = "--help shows these, and backticks would be noise there")]
pub struct Flags {
    /// Address and port to serve on [rookery.toml: listen] [default: 127.0.0.1:4000]
    #[arg(long, global = true, env = "ROOKERY_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The directory for everything kept on disk [rookery.toml: data_dir] [default: ./.rookery]
    #[arg(long, global = true, env = "ROOKERY_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<String>,
    /// The address people use; with https, cookies are marked Secure [rookery.toml: public_url] [default: http:// and the
    /// address served on]
    #[arg(long, global = true, env = "ROOKERY_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The reverse proxies that say in X-Forwarded-For who the client is: addresses and networks, separated by commas
    /// [rookery.toml: trusted_proxies] [default: none]
    #[arg(long, global = true, env = "ROOKERY_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,
    /// Who may ask for the schema by introspection: everyone, signed_in or nobody [rookery.toml: introspection] [default:
    /// everyone]
    #[arg(long, global = true, env = "ROOKERY_INTROSPECTION", value_name = "WHO")]
    pub introspection: Option<String>,
    /// The program that runs playbooks [rookery.toml: ansible_playbook] [default: .tools/ansible/bin/ansible-playbook if
    /// there, else from PATH]
    #[arg(long, global = true, env = "ROOKERY_ANSIBLE_PLAYBOOK", value_name = "PROGRAM")]
    pub ansible_playbook: Option<String>,
    /// How many deployments run at once on this server; the others wait [rookery.toml: concurrent_runs] [default: 8]
    #[arg(long, global = true, env = "ROOKERY_CONCURRENT_RUNS", value_name = "COUNT")]
    pub concurrent_runs: Option<String>,
    /// How many deployments of one tenant run at once, on all servers that share the database; the others wait
    /// [rookery.toml: concurrent_runs_of_tenant] [default: 6]
    #[arg(long, global = true, env = "ROOKERY_CONCURRENT_RUNS_OF_TENANT", value_name = "COUNT")]
    pub concurrent_runs_of_tenant: Option<String>,
    /// How long this server's hold on a run lasts without being renewed [rookery.toml: lease_seconds] [default: 30]
    #[arg(long, global = true, env = "ROOKERY_LEASE_SECONDS", value_name = "SECONDS")]
    pub lease_seconds: Option<String>,
    /// How long after such a hold has run out another server takes the run over [rookery.toml: handover_seconds] [default:
    /// 300]
    #[arg(long, global = true, env = "ROOKERY_HANDOVER_SECONDS", value_name = "SECONDS")]
    pub handover_seconds: Option<String>,
    /// The OpenTelemetry collector to which traces are sent by OTLP over HTTP, without /v1/traces
    /// [rookery.toml: otlp_endpoint] [default: OTEL_EXPORTER_OTLP_ENDPOINT, else none]
    #[arg(long, global = true, env = "ROOKERY_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// text to read, json to collect [rookery.toml: log_format] [default: text]
    #[arg(long, global = true, env = "ROOKERY_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// What is logged, as tracing's filter directives, such as debug or info,rookery_api::http=warn [rookery.toml: log]
    /// [default: info]
    #[arg(long, global = true, env = "ROOKERY_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// To read.
    Text,
    /// To collect.
    Json,
}

/// Who may ask for the schema by introspection. Access tokens that are confined to documents may if theirs do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Introspection {
    /// Whoever asks.
    Everyone,
    /// Who has signed in, and access tokens.
    SignedIn,
    /// None of them.
    Nobody,
}

/// What an installation decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to serve.
    pub listen: SocketAddr,
    /// Where everything on disk is kept; absolute.
    pub data_dir: PathBuf,
    /// Where the database is; may hold a password.
    pub database_url: SecretString,
    /// Connections to PostgreSQL at most.
    pub database_connections: u32,
    /// The address people use, unless it is the one that is served on.
    pub public_url: Option<PublicUrl>,
    /// The key that seals secrets, unless it is in its file.
    pub master_key: Option<SecretString>,
    /// The reverse proxies whose word is taken.
    pub trusted_proxies: Proxies,
    /// Who may ask for the schema.
    pub introspection: Introspection,
    /// The program that runs playbooks.
    pub ansible_playbook: PathBuf,
    /// How many deployments run at once on this server.
    pub concurrent_runs: usize,
    /// For how long runs are held.
    pub terms: Terms,
    /// How long after the end of a deployment its events are archived; none for never.
    pub archive_after: Option<chrono::Duration>,
    /// Where archived events are kept in files, absolute; none to keep them in the database.
    pub archive_directory: Option<PathBuf>,
    /// How many deployments of one tenant run at once, on all servers.
    pub concurrent_runs_of_tenant: u32,
    /// The issuer of tokens.
    pub jwt_issuer: String,
    /// How many operations a request may carry as a list.
    pub batch_limit: usize,
    /// How much may be asked within a minute.
    pub points: Allowance,
    /// How long scripts may run.
    pub run_limits: RunLimits,
    /// The operator's name, at first start.
    pub operator_name: String,
    /// What who collects metrics must know; none for no metrics.
    pub metrics_token: Option<SecretString>,
    /// The collector of traces.
    pub otlp_endpoint: Option<OtlpEndpoint>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    listen: Option<String>,
    data_dir: Option<String>,
    database_url: Option<String>,
    database_connections: Option<u32>,
    public_url: Option<String>,
    trusted_proxies: Option<String>,
    introspection: Option<String>,
    ansible_playbook: Option<String>,
    concurrent_runs: Option<u32>,
    concurrent_runs_of_tenant: Option<u32>,
    lease_seconds: Option<u32>,
    handover_seconds: Option<u32>,
    operator_name: Option<String>,
    metrics_token: Option<String>,
    otlp_endpoint: Option<String>,
    log_format: Option<String>,
    log: Option<String>,
    jwt: Option<RawJwt>,
    archive_after_days: Option<u32>,
    archive_directory: Option<String>,
    batch_limit: Option<u32>,
    points: Option<RawPoints>,
    run_limits: Option<RawRunLimits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJwt {
    issuer: Option<String>,
}

/// What comes from the environment alone.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// `DATABASE_URL`.
    pub database_url: Option<String>,
    /// `ROOKERY_MASTER_KEY`.
    pub master_key: Option<SecretString>,
    /// `ROOKERY_METRICS_TOKEN`.
    pub metrics_token: Option<SecretString>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, which is no secret, but OpenTelemetry's own variable for all programs.
    pub otlp_endpoint: Option<String>,
}

impl Secrets {
    /// Reads them.
    #[must_use]
    pub fn from_environment() -> Self {
        let value = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            database_url: value("DATABASE_URL"),
            master_key: value("ROOKERY_MASTER_KEY").map(SecretString::from),
            metrics_token: value("ROOKERY_METRICS_TOKEN").map(SecretString::from),
            otlp_endpoint: value("OTEL_EXPORTER_OTLP_ENDPOINT"),
        }
    }
}

impl Settings {
    /// Puts the settings together from the arguments (which clap has already merged with the environment), the
    /// environment's secrets and `file`, which need not exist.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong and why.
    pub fn load(flags: &Flags, secrets: &Secrets, file: &Path) -> Result<Self, String> {
        let raw = read(flags, secrets.database_url.as_ref(), file)?;
        let listen = raw.listen.as_deref().unwrap_or(LISTEN);
        let listen = listen
            .parse()
            .map_err(|_| format!("listen: {listen:?} is not an address with a port, such as {LISTEN}"))?;
        let data_dir = absolute("data_dir", raw.data_dir.as_deref().unwrap_or(DATA_DIR))?;
        let database_url = raw.database_url.map_or_else(|| Ok(sqlite_in(&data_dir)), |url| check_database(&url))?;
        let database_connections = raw.database_connections.unwrap_or(CONNECTIONS);
        if !(5..=1_000).contains(&database_connections) {
            return Err("database_connections: between 5 and 1000, please".into());
        }
        let concurrent_runs = raw.concurrent_runs.unwrap_or(CONCURRENT_RUNS);
        if !(1..=1_000).contains(&concurrent_runs) {
            return Err("concurrent_runs: between 1 and 1000, please".into());
        }
        let concurrent_runs_of_tenant = raw.concurrent_runs_of_tenant.unwrap_or(CONCURRENT_RUNS_OF_TENANT);
        if !(1..=1_000).contains(&concurrent_runs_of_tenant) {
            return Err("concurrent_runs_of_tenant: between 1 and 1000, please".into());
        }
        let lease_seconds = raw.lease_seconds.unwrap_or(LEASE_SECONDS);
        if !(1..=600).contains(&lease_seconds) {
            return Err("lease_seconds: between 1 and 600, please".into());
        }
        let handover_seconds = raw.handover_seconds.unwrap_or(HANDOVER_SECONDS);
        if !(1..=86_400).contains(&handover_seconds) {
            return Err("handover_seconds: between 1 and 86400, please".into());
        }
        let archive_after_days = raw.archive_after_days.unwrap_or(ARCHIVE_AFTER_DAYS);
        if archive_after_days > 36_500 {
            return Err("archive_after_days: between 0 and 36500, please".into());
        }
        let archive_directory = raw.archive_directory.as_deref().map(|path| absolute("archive_directory", path));
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let public_url = raw.public_url.as_deref().map(PublicUrl::parse).transpose()?;
        let log_format = raw.log_format.as_deref().unwrap_or("text");
        let log_format = LogFormat::from_str(log_format, false)
            .map_err(|_| format!("log_format: {log_format:?} is neither text nor json"))?;
        let introspection = raw.introspection.as_deref().unwrap_or("everyone");
        let introspection = Introspection::from_str(introspection, false)
            .map_err(|_| format!("introspection: {introspection:?} is neither everyone nor signed_in nor nobody"))?;
        let log = raw.log.unwrap_or_else(|| LOG.to_owned());
        tracing_subscriber::EnvFilter::try_new(&log).map_err(|error| format!("log: {error}"))?;
        let operator_name = raw.operator_name.unwrap_or_else(|| OPERATOR.to_owned());
        if operator_name.trim().is_empty() || operator_name.chars().count() > 150 {
            return Err("operator_name: between 1 and 150 characters, please".into());
        }
        let metrics_token = secrets.metrics_token.clone().or(raw.metrics_token.map(SecretString::from));
        if let Some(token) = &metrics_token {
            check_metrics_token(token)?;
        }
        let otlp_endpoint = raw.otlp_endpoint.or_else(|| secrets.otlp_endpoint.clone());
        let jwt_issuer = raw.jwt.and_then(|jwt| jwt.issuer).unwrap_or_else(|| ISSUER.to_owned());
        if jwt_issuer.is_empty() {
            return Err("jwt.issuer: must not be empty".into());
        }
        let batch_limit = raw.batch_limit.unwrap_or(0);
        if batch_limit > BATCH_MOST {
            return Err(format!("batch_limit: between 0 and {BATCH_MOST}, please"));
        }
        Ok(Self {
            listen,
            data_dir,
            database_url: database_url.into(),
            database_connections,
            public_url,
            trusted_proxies: Proxies::parse(raw.trusted_proxies.as_deref().unwrap_or_default())?,
            introspection,
            master_key: secrets.master_key.clone(),
            ansible_playbook: find_playbook(raw.ansible_playbook.as_deref())?,
            concurrent_runs: usize::try_from(concurrent_runs).map_err(|error| error.to_string())?,
            terms: Terms { lease: seconds(lease_seconds), handover: seconds(handover_seconds) },
            archive_after: (archive_after_days > 0).then(|| chrono::Duration::days(archive_after_days.into())),
            archive_directory: archive_directory.transpose()?,
            concurrent_runs_of_tenant,
            jwt_issuer,
            batch_limit: usize::try_from(batch_limit).map_err(|error| error.to_string())?,
            points: raw.points.unwrap_or_default().checked()?,
            run_limits: raw.run_limits.unwrap_or_default().checked()?,
            operator_name,
            metrics_token,
            otlp_endpoint: otlp_endpoint.as_deref().map(OtlpEndpoint::parse).transpose()?,
            log_format,
            log,
        })
    }
}

fn read(flags: &Flags, database_url: Option<&String>, file: &Path) -> Result<Raw, String> {
    let overrides = [
        ("listen", flags.listen.as_ref()),
        ("data_dir", flags.data_dir.as_ref()),
        ("database_url", database_url),
        ("public_url", flags.public_url.as_ref()),
        ("trusted_proxies", flags.trusted_proxies.as_ref()),
        ("introspection", flags.introspection.as_ref()),
        ("ansible_playbook", flags.ansible_playbook.as_ref()),
        ("concurrent_runs", flags.concurrent_runs.as_ref()),
        ("concurrent_runs_of_tenant", flags.concurrent_runs_of_tenant.as_ref()),
        ("lease_seconds", flags.lease_seconds.as_ref()),
        ("handover_seconds", flags.handover_seconds.as_ref()),
        ("otlp_endpoint", flags.otlp_endpoint.as_ref()),
        ("log_format", flags.log_format.as_ref()),
        ("log", flags.log.as_ref()),
    ];
    let mut builder = Config::builder().add_source(File::from(file).format(FileFormat::Toml).required(false));
    for (name, value) in overrides {
        builder = builder.set_override_option(name, value.cloned()).map_err(|error| format!("{name}: {error}"))?;
    }
    builder.build().and_then(Config::try_deserialize).map_err(|error| format!("{}: {}", file.display(), said(&error)))
}

/// What is wrong with the file. Of a syntax error only the place: the parser shows the line, and that may hold a password.
fn said(error: &config::ConfigError) -> String {
    let config::ConfigError::FileParse { cause, .. } = error else { return error.to_string() };
    let text = cause.to_string();
    let place = text.lines().next().unwrap_or_default();
    let place = place.split_once(" at ").map_or(String::new(), |(_, place)| format!(" at {place}"));
    format!("this is not TOML{place}")
}

fn absolute(name: &str, path: &str) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{name}: {path:?}: {error}"))
}

fn sqlite_in(data_dir: &Path) -> String {
    let path = data_dir.join("rookery.db").to_string_lossy().replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{path}?mode=rwc")
}

/// Passes on what the database layer can open. A refusal repeats nothing of the value: it may hold a password.
fn check_database(url: &str) -> Result<String, String> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(url.to_owned());
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Err("database_url: must begin with postgres:// or sqlite:".into());
    };
    let path = path.trim_start_matches("//");
    if path.is_empty() || path.contains(":memory:") || path.contains("mode=memory") {
        return Err("database_url: sqlite: needs the path of a file".into());
    }
    Ok(url.to_owned())
}

/// A refusal repeats nothing of the token.
fn check_metrics_token(token: &SecretString) -> Result<(), String> {
    let token = token.expose_secret();
    if token.len() < METRICS_TOKEN_LEAST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!(
            "metrics_token: at least {METRICS_TOKEN_LEAST} letters, digits and signs, please, without spaces"
        ));
    }
    Ok(())
}

fn find_playbook(chosen: Option<&str>) -> Result<PathBuf, String> {
    if let Some(chosen) = chosen {
        let path = absolute("ansible_playbook", chosen)?;
        if path.is_file() {
            return Ok(path);
        }
        let named = (!chosen.contains('/')).then(|| in_path(chosen)).flatten();
        return named.ok_or_else(|| format!("ansible_playbook: there is no program {chosen:?}"));
    }
    let bundled = absolute("ansible_playbook", BUNDLED_PLAYBOOK)?;
    if bundled.is_file() {
        return Ok(bundled);
    }
    // Without one, everything else works; what needs it says so.
    Ok(in_path("ansible-playbook").unwrap_or_else(|| PathBuf::from("ansible-playbook")))
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests;
