//! The composition root: puts the parts together, starts them, and ends them in order.

mod data_dir;
mod workers;

use crate::config::{OtlpEndpoint, PublicUrl, Settings};
use crate::demo;
use crate::deployment::runner::confine;
use crate::deployment::runner::connector::Connector;
use crate::deployment::runner::demo_host::DemoHost;
use crate::deployment::runner::syntax_check::Programs;
use crate::deployment::{self, Engine};
use crate::fleet::{Tools, samples};
use crate::http::{self, Web};
use crate::identity::Identity;
use crate::identity::graphql::DemoMode;
use crate::platform::archive_files::ArchiveFiles;
use crate::platform::clock::Source;
use crate::platform::database::{Alone, Database};
use crate::platform::error::AppError;
use crate::platform::events::{self, Bus};
use crate::platform::feed::Feeds;
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::graphql::projection::Plans;
use crate::platform::housekeeping;
use crate::platform::kernel::{Kernel, Reads, Services};
use crate::platform::known_rights::KnownRights;
use crate::platform::seal::Sealer;
use crate::platform::trace::export::Tracer;
use crate::schema::catalogue::Catalogue;
use crate::schema::definitions::Definitions;
use crate::schema::{self, sdl};
use crate::tenancy::ensure_operator::ensure_operator;
use crate::usage::graphql::DeprecatedFields;
use crate::usage::recorder::{self, Recorder};
use async_graphql::SchemaBuilder;
use data_dir::DataDir;
use secrecy::{ExposeSecret as _, SecretString};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use workers::Workers;

/// Opens the database that the settings name.
///
/// # Errors
/// A sentence for the operator.
pub async fn connect(settings: &Settings) -> Result<Database, String> {
    data_dir::ensure(&settings.data_dir)?;
    let url = settings.database_url.expose_secret();
    Database::connect(url, settings.database_connections)
        .await
        .map_err(|error| format!("the database cannot be opened: {error}"))
}

/// Puts together what every operation needs, with the tables as this program expects them and the operator there.
///
/// # Errors
/// A sentence for the operator.
pub async fn kernel(settings: &Settings, operator_name: &str) -> Result<Kernel, String> {
    let database = connect(settings).await?;
    database.migrate().await.map_err(|error| format!("the database cannot be upgraded: {error}"))?;
    let source = Source::system();
    let dir = DataDir::new(&settings.data_dir);
    let master_key = settings.master_key.as_ref().map(SecretString::expose_secret);
    let sealer = Sealer::load(master_key, &dir.master_key(), &source)?;
    let node = dir.node(&source)?;
    let (bus, feeds) = (Bus::default(), Feeds::default());
    let (reads, plans, known_rights) = (Reads::default(), Plans::default(), KnownRights::default());
    let archive_files = settings.archive_directory.clone().map(ArchiveFiles::new);
    let kernel =
        Kernel::new(Services { database, source, sealer, bus, feeds, reads, plans, known_rights, node, archive_files });
    ensure_operator(&kernel, operator_name).await.map_err(failure("the operator's tenant cannot be made"))?;
    Ok(kernel)
}

/// Holds other servers back that start on the same database, until it is dropped.
///
/// # Errors
/// A sentence for the operator.
pub async fn alone(kernel: &Kernel) -> Result<Option<Alone>, String> {
    kernel.database.alone().await.map_err(|error| format!("the database does not answer: {error}"))
}

/// Loads what signs people in; the first time, makes it: [`alone`].
///
/// # Errors
/// A sentence for the operator.
pub async fn identity(settings: &Settings, kernel: &Kernel) -> Result<Identity, String> {
    Identity::start(kernel, settings.jwt_issuer.clone())
        .await
        .map_err(failure("the signing keys cannot be loaded; is the master key the one that sealed them?"))
}

/// A server that runs.
pub struct Running {
    /// Where it serves.
    pub address: SocketAddr,
    /// The address people use.
    pub public_url: PublicUrl,
    /// The database's kind, for who starts it.
    pub database: &'static str,
    kernel: Kernel,
    server: http::Server,
    workers: Workers,
    recorder: Recorder,
    tracer: Tracer,
    /// Ends with the server.
    _demo_host: Option<DemoHost>,
    _locks: data_dir::Locks,
}

/// Starts a server. As a demo it serves on loopback alone, and connects to nothing else.
///
/// # Errors
/// A sentence for the operator.
pub async fn start(settings: &Settings, demo: bool) -> Result<Running, String> {
    if demo && !settings.listen.ip().is_loopback() {
        return Err(format!(
            "the demo's passwords are public, so it serves on a loopback address only, and listen is {}",
            settings.listen
        ));
    }
    data_dir::ensure(&settings.data_dir)?;
    ensure_archive(settings)?;
    let locks = DataDir::new(&settings.data_dir).lock(settings.database_url.expose_secret())?;
    // Before anything begins that a failure here would have to end.
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| format!("{} cannot be served on: {error}", settings.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let operator_name = if demo { demo::OPERATOR_NAME } else { &settings.operator_name };
    let kernel = kernel(settings, operator_name).await?;
    let alone = alone(&kernel).await?;
    if let Some(refusal) =
        demo::marker::refusal(&kernel, demo).await.map_err(failure("the database does not answer"))?
    {
        return Err(refusal.to_owned());
    }
    let identity = identity(settings, &kernel).await?;
    let rookery =
        std::env::current_exe().map_err(|error| format!("this program's own file cannot be found: {error}"))?;
    let programs = Programs { rookery, ansible_playbook: settings.ansible_playbook.clone() };
    warn_of_what_is_missing(&programs);
    warn_of_unread_files(&kernel).await?;
    let tools = Tools { connector: Connector { loopback_only: demo }, programs };

    samples::ensure(&kernel).await.map_err(failure("the library of scripts cannot be filled"))?;
    let demo_host = if demo {
        let prepared = demo::prepare(&kernel, &identity, &settings.data_dir).await;
        Some(prepared.map_err(failure("the demo cannot be set up"))?)
    } else {
        None
    };
    drop(alone);
    let data_dir = settings.data_dir.canonicalize().map_err(|error| format!("the data directory: {error}"))?;
    let engine = Engine {
        kernel: kernel.clone(),
        tools: tools.clone(),
        identity: identity.clone(),
        data_dir,
        concurrent_runs: settings.concurrent_runs,
        terms: settings.terms,
        concurrent_runs_of_tenant: settings.concurrent_runs_of_tenant,
        run_limits: settings.run_limits,
    };

    let catalogue = catalogue()?;
    let recorder =
        Recorder::start(&kernel, catalogue.names()).await.map_err(failure("the database does not answer"))?;

    let mut workers = Workers::default();
    let supervised = engine.clone();
    workers.start("supervising runs", move |_| deployment::supervise(supervised.clone()), &kernel);
    workers.start("clearing up after runs", move |_| deployment::clear_up(engine.clone()), &kernel);
    if let Some(after) = settings.archive_after {
        workers.start("archiving events", move |kernel| deployment::archive_events(kernel, after), &kernel);
    }
    workers.start("giving memory back", workers::give_memory_back, &kernel);
    workers.start("numbering events", events::seal, &kernel);
    workers.start("housekeeping", housekeeping::keep, &kernel);
    let recording = recorder.clone();
    workers.start("writing down what is used", move |kernel| recorder::record(kernel, recording.clone()), &kernel);
    if kernel.database.is_postgres() {
        workers.start("listening for wake-ups", events::listen, &kernel);
    }

    let endpoint = settings.otlp_endpoint.as_ref().map(OtlpEndpoint::as_str);
    let tracer = Tracer::start(endpoint, &kernel.node)?;
    let public_url =
        settings.public_url.clone().unwrap_or_else(|| PublicUrl { is_secure: false, authority: address.to_string() });
    let deprecated = DeprecatedFields(Arc::new(catalogue.deprecated().clone()));
    let needed = Needed { identity: identity.clone(), tools, demo, deprecated, document_check: http::document_check() };
    let web = Web::new(http::Parts {
        kernel: kernel.clone(),
        identity,
        schema: needed.by(schema::builder()).finish(),
        settled: needed.by(schema::settled_builder()).finish(),
        catalogue,
        recorder: recorder.clone(),
        public_url: public_url.clone(),
        proxies: settings.trusted_proxies.clone(),
        allowance: settings.points,
        batch_limit: settings.batch_limit,
        introspection: settings.introspection,
        demo,
        metrics_token: settings.metrics_token.clone(),
        tracer: tracer.clone(),
    });
    let server = http::Server::start(listener, web);
    let database = if kernel.database.is_postgres() { "PostgreSQL" } else { "SQLite" };
    Ok(Running {
        address,
        public_url,
        database,
        kernel,
        server,
        workers,
        recorder,
        tracer,
        _demo_host: demo_host,
        _locks: locks,
    })
}

impl Running {
    /// Ends it: no new connections, a few seconds for requests that are under way, then sockets and workers. Runs of
    /// deployments are processes of their own and go on.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
        self.workers.stop().await;
        if let Err(error) = self.recorder.flush(&self.kernel).await {
            tracing::error!(error = error.for_log(), "the last uses of fields could not be written down");
        }
        self.tracer.shutdown().await;
        self.kernel.database.clone().close().await;
    }
}

/// What resolvers need besides who asks.
struct Needed {
    identity: Identity,
    tools: Tools,
    demo: bool,
    deprecated: DeprecatedFields,
    document_check: DocumentCheck,
}

impl Needed {
    /// Gives it to a schema.
    fn by<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
        let builder = builder.data(self.identity.clone()).data(self.tools.clone()).data(DemoMode(self.demo));
        builder.data(self.deprecated.clone()).data(self.document_check.clone())
    }
}

/// The fields of the schema, by number.
fn catalogue() -> Result<Catalogue, String> {
    let definitions = Definitions::read(&sdl()).map_err(|error| format!("the schema cannot be read: {error}"))?;
    Ok(Catalogue::of(&definitions))
}

/// Tries the directory of the archive, if there is to be one: weeks may pass before anything is written there.
fn ensure_archive(settings: &Settings) -> Result<(), String> {
    let Some(directory) = &settings.archive_directory else { return Ok(()) };
    ArchiveFiles::new(directory.clone())
        .ensure()
        .map_err(|error| format!("archive_directory: {} cannot be written to: {error}", directory.display()))
}

/// Of events that were put into files by a setting that is gone.
async fn warn_of_unread_files(kernel: &Kernel) -> Result<(), String> {
    if kernel.archive_files.is_none()
        && deployment::is_in_files(kernel).await.map_err(failure("the database does not answer"))?
    {
        tracing::warn!("old events are in files, and archive_directory is not set: nobody can read them");
    }
    Ok(())
}

/// Of what the server can do without, and better would not.
fn warn_of_what_is_missing(programs: &Programs) {
    if !programs.ansible_playbook.is_file() {
        tracing::warn!("ansible-playbook is not there: playbooks can be neither saved nor run");
    }
    if !confine::is_possible() {
        tracing::warn!(
            "this kernel has no Landlock: who writes scripts can read what this server can, its master key included"
        );
    }
}

fn failure(what: &str) -> impl FnOnce(AppError) -> String {
    move |error| format!("{what}: {}", error.for_log())
}
