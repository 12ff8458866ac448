//! A running `rookery`, in a directory of its own.

use super::{Backend, Client, database, eventually, executable, janitor, pause_blocking};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rookery_api::app;
use rookery_api::config::{Introspection, LogFormat, Proxies, Settings};
use rookery_api::deployment::runner::spec::RunLimits;
use rookery_api::platform::jobs::Terms;
use rookery_api::platform::kernel::Kernel;
use rookery_api::platform::meter::Allowance;
use sea_orm::DatabaseConnection;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// The passwords of the demo's people; everybody else's is the tenants' one.
const PASSWORDS: [(&str, &str); 4] =
    [("admin", "admin123"), ("tech_agent", "tech123"), ("sales_agent", "sales123"), ("sohila", "sohila123")];
const TENANTS_PASSWORD: &str = "demo-password";

/// What a server is started with.
#[derive(Clone)]
pub struct Options {
    /// With the demo's data and its host.
    pub demo: bool,
    /// Where its data is; none for SQLite in its own directory.
    pub database: Option<String>,
    /// Further settings.
    pub environment: Vec<(&'static str, String)>,
    /// Those that are in `rookery.toml` alone.
    pub file: String,
    /// Where archived events are kept in files; none for the database.
    pub archive_directory: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        // Tests ask for more within a minute than anybody does; those of the limits say so.
        let file = "points = { session = 1000000000, tenant = 1000000000, address = 1000000000 }".to_owned();
        Self { demo: true, database: None, environment: Vec::new(), file, archive_directory: None }
    }
}

impl Options {
    /// What is in `rookery.toml`.
    fn in_file(&self) -> String {
        let directory = self.archive_directory.as_ref();
        let archive = directory.map_or(String::new(), |path| format!("archive_directory = '{}'\n", path.display()));
        // Before tables, of which it would be a member.
        archive + &self.file
    }
}

/// A server. It ends with this value.
pub struct Server {
    /// Where it serves, such as `127.0.0.1:4000`.
    pub address: String,
    child: Child,
    root: tempfile::TempDir,
    options: Options,
    tokens: Mutex<HashMap<String, String>>,
}

impl Server {
    /// A demo that several tests look at, and that none changes for the others: what a test files there is its own.
    pub async fn shared(backend: Backend) -> &'static Self {
        static SQLITE: OnceCell<Server> = OnceCell::const_new();
        static POSTGRES: OnceCell<Server> = OnceCell::const_new();
        let cell = match backend {
            Backend::Sqlite => &SQLITE,
            Backend::Postgres => &POSTGRES,
        };
        cell.get_or_init(|| Self::demo(backend)).await
    }

    /// A demo of one's own.
    pub async fn demo(backend: Backend) -> Self {
        Self::demo_with(backend, Vec::new()).await
    }

    /// A demo of one's own, with further settings.
    pub async fn demo_with(backend: Backend, environment: Vec<(&'static str, String)>) -> Self {
        let database = database::fresh(backend).await;
        Self::start(Options { database, environment, ..Options::default() }).await
    }

    /// Replicas on one PostgreSQL. They share what seals secrets; each has a data directory of its own. The demo's host is
    /// that of whoever started last.
    pub async fn two() -> (Self, Self) {
        Self::two_with(Vec::new()).await
    }

    /// As [`Server::two`], with further settings of both.
    pub async fn two_with(mut environment: Vec<(&'static str, String)>) -> (Self, Self) {
        let database = database::fresh(Backend::Postgres).await;
        environment.push(("ROOKERY_MASTER_KEY", "5e".repeat(32)));
        let options = Options { database, environment, ..Options::default() };
        (Self::start(options.clone()).await, Self::start(options).await)
    }

    /// Starts a server and waits until it answers.
    pub async fn start(options: Options) -> Self {
        let root = tempfile::Builder::new().prefix("rookery-test-").tempdir().unwrap();
        fs::write(root.path().join("rookery.toml"), options.in_file()).unwrap();
        let child = launch(&executable(), root.path(), &options);
        janitor::mind(child.id(), root.path());
        let address = String::new();
        let mut server = Self { address, child, root, options, tokens: Mutex::default() };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        self.address = eventually("the server is ready", START_PATIENCE, async || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended at once, with {status}:\n{}", self.log());
            }
            let address = announced(&self.log())?;
            let health = http.get(format!("http://{address}/health")).send().await;
            health.is_ok_and(|response| response.status() == 200).then_some(address)
        })
        .await;
        let took = begun.elapsed();
        assert!(took < START_PATIENCE, "ready only after {took:?}");
    }

    /// Where everything on disk is.
    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// How much memory it holds.
    pub fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.root.path().join("log")).unwrap_or_default()).into_owned()
    }

    /// A client that nobody is signed in to.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// A client signed in as one of the demo's people.
    pub async fn sign_in(&self, login: &str) -> Client {
        let known = self.tokens.lock().unwrap().get(login).cloned();
        if let Some(token) = known {
            return Client::new(&self.address, Some(token));
        }
        let client = self.new_session(login).await;
        let token = client.token().expect("signed in").to_owned();
        self.tokens.lock().unwrap().insert(login.to_owned(), token);
        client
    }

    /// As [`Server::sign_in`], with a session of its own.
    pub async fn new_session(&self, login: &str) -> Client {
        self.sign_in_with(login, password(login)).await
    }

    /// A client signed in by a password.
    pub async fn sign_in_with(&self, login: &str, password: &str) -> Client {
        let input = serde_json::json!({ "login": login, "password": password });
        let payload = self.anonymous().mutate("signIn", input, "token").await.done();
        Client::new(&self.address, Some(payload["token"].as_str().unwrap().to_owned()))
    }

    /// A connection to its data, beside it.
    pub async fn database(&self) -> DatabaseConnection {
        database::open(self.options.database.as_deref(), &self.data()).await
    }

    /// The door to its data that the server itself uses, beside it.
    pub async fn kernel(&self) -> Kernel {
        let file = format!("sqlite://{}/rookery.db?mode=rwc", self.data().display());
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            data_dir: self.data(),
            database_url: self.options.database.clone().unwrap_or(file).into(),
            database_connections: 4,
            concurrent_runs: 8,
            terms: Terms { lease: Duration::from_secs(30), handover: Duration::from_mins(5) },
            concurrent_runs_of_tenant: 6,
            run_limits: RunLimits::default(),
            public_url: None,
            trusted_proxies: Proxies::default(),
            introspection: Introspection::Everyone,
            master_key: None,
            ansible_playbook: super::ansible_playbook(),
            archive_after: None,
            archive_directory: self.options.archive_directory.clone(),
            jwt_issuer: "hivematrix.core".to_owned(),
            batch_limit: 0,
            points: Allowance { session: 1_000, tenant: 1_000, address: 1_000 },
            operator_name: "Operator".to_owned(),
            metrics_token: None,
            otlp_endpoint: None,
            log_format: LogFormat::Text,
            log: String::new(),
        };
        app::kernel(&settings, "Operator").await.unwrap()
    }

    /// Everything that its database holds.
    pub fn dump(&self) -> Vec<u8> {
        database::dump(self.options.database.as_deref(), &self.data())
    }

    /// Its database's address, if that is not in its own directory.
    pub fn database_url(&self) -> Option<&str> {
        self.options.database.as_deref()
    }

    /// The directory that scripts may use on the demo's host.
    pub fn host_directory(&self) -> PathBuf {
        host_root(&self.data()).expect("the demo has a host").join("home/demo")
    }

    /// The deployments that the demo's host was told of.
    pub fn ledger(&self) -> Vec<String> {
        let text = fs::read_to_string(self.host_directory().join("ledger.txt")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Ends it as nothing can prepare for.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        janitor::forget(self.child.id(), self.root.path());
    }

    /// Waits until it has died by itself.
    pub async fn until_dead(&mut self) {
        eventually("the server dies", START_PATIENCE, async || self.child.try_wait().unwrap()).await;
        janitor::forget(self.child.id(), self.root.path());
    }

    /// Stops it where it stands, as a machine that is out of breath does, or lets it go on.
    pub fn freeze(&self, is_frozen: bool) {
        signal(&self.child, if is_frozen { Signal::SIGSTOP } else { Signal::SIGCONT });
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        signal(&self.child, Signal::SIGTERM);
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                janitor::forget(self.child.id(), self.root.path());
                return status;
            }
            assert!(begun.elapsed() < STOP_PATIENCE, "the server does not end:\n{}", self.log());
            pause_blocking();
        }
    }

    /// Starts it again, on the same data.
    pub async fn restart(&mut self) {
        self.restart_from(&executable()).await;
    }

    /// Ends it and starts it again, with one more variable in its environment.
    pub async fn restart_with(&mut self, name: &'static str, value: &str) {
        self.stop();
        self.set(name, value);
        self.restart().await;
    }

    /// Ends it and starts it again, with another directory for archived events, or with none.
    pub async fn restart_archiving_to(&mut self, directory: Option<&Path>) {
        self.stop();
        self.options.archive_directory = directory.map(Path::to_owned);
        fs::write(self.root.path().join("rookery.toml"), self.options.in_file()).unwrap();
        self.restart().await;
    }

    /// Changes a variable in the environment of its next start.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.options.environment.retain(|(known, _)| *known != name);
        self.options.environment.push((name, value.to_owned()));
    }

    /// As [`Server::restart`], from another copy of the program.
    pub async fn restart_from(&mut self, program: &Path) {
        self.child = launch(program, self.root.path(), &self.options);
        janitor::mind(self.child.id(), self.root.path());
        self.wait_until_ready().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the server's last lines:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        }
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            signal(&self.child, Signal::SIGCONT);
            signal(&self.child, Signal::SIGTERM);
            let begun = Instant::now();
            while self.child.try_wait().is_ok_and(|status| status.is_none()) {
                if begun.elapsed() > STOP_PATIENCE {
                    _ = self.child.kill();
                }
                pause_blocking();
            }
            janitor::forget(self.child.id(), self.root.path());
        }
        end_runners(&self.data());
        end_host(&self.data());
    }
}

/// The password of one of the demo's people.
pub fn password(login: &str) -> &'static str {
    PASSWORDS.iter().find(|(known, _)| *known == login).map_or(TENANTS_PASSWORD, |(_, password)| password)
}

/// The command line, with no settings but those of the tests.
pub fn command(root: &Path, database: Option<&str>) -> Command {
    command_of(&executable(), root, database)
}

fn command_of(program: &Path, root: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("ROOKERY_")) {
            command.env_remove(name);
        }
    }
    command
        .current_dir(root)
        .env_remove("DATABASE_URL")
        .env("ROOKERY_LISTEN", "127.0.0.1:0")
        .env("ROOKERY_DATA_DIR", root.join("data"))
        .env("ROOKERY_ANSIBLE_PLAYBOOK", super::ansible_playbook())
        .stdin(Stdio::null());
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    command
}

fn launch(program: &Path, root: &Path, options: &Options) -> Child {
    let log = File::create(root.join("log")).unwrap();
    let mut command = command_of(program, root, options.database.as_deref());
    command.arg("serve").envs(options.environment.iter().map(|(name, value)| (name, value)));
    if options.demo {
        command.arg("--demo");
    }
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// The address in the announcement of a server that was told to take any port.
fn announced(log: &str) -> Option<String> {
    let (_, rest) = log.split_once("http://127.0.0.1:")?;
    let port: u16 = rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()?;
    (port != 0).then(|| format!("127.0.0.1:{port}"))
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    // It may end by itself at the same moment.
    _ = kill(pid, signal);
}

fn host_state(data: &Path) -> Option<serde_json::Value> {
    serde_json::from_slice(&fs::read(data.join("demo-host/state.json")).ok()?).ok()
}

fn host_root(data: &Path) -> Option<PathBuf> {
    Some(host_state(data)?["directory"].as_str()?.into())
}

/// Ends the demo's host, which outlives a server that was killed, and removes what it keeps elsewhere.
fn end_host(data: &Path) {
    let Some(state) = host_state(data) else { return };
    let pid = state["process"]["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
    let directory = state["directory"].as_str().unwrap_or_default();
    if let Some(pid) = pid {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if !directory.is_empty() && arguments.contains(directory) {
            _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }
    if directory.starts_with("/var/tmp/rookery-demo-") {
        _ = fs::remove_dir_all(directory);
    }
}

/// Ends runs that a failed test left: their processes work in their run's directory.
fn end_runners(data: &Path) {
    let runs = data.join("runs");
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let inside = fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&runs));
        let pid = process.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(pid) = pid.filter(|_| inside) {
            _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}
