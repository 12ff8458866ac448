//! The database: SQLite by default, PostgreSQL by `DATABASE_URL`.
//!
//! SQLite has one writer, so all writes share one connection and begin at once as writers; readers have a pool that
//! cannot write. On PostgreSQL there are two pools as well, of which one only reads.

mod readers;

pub use readers::Readers;

use crate::platform::error::{AppResult, database_error};
use rookery_migration::{Migrator, MigratorTrait as _};
use sea_orm::sqlx::Executor as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database as Connector, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use std::time::Duration;

/// Connections to the database.
#[derive(Clone)]
pub struct Database {
    write: DatabaseConnection,
    read: Readers,
    url: String,
}

/// See [`Database::alone`].
pub struct Alone {
    _transaction: DatabaseTransaction,
}

/// Connections that are used for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What for: `read` or `write`.
    pub name: &'static str,
    /// How many are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
    /// How many may be open.
    pub most: u32,
}

impl Pool {
    fn of(name: &'static str, (open, idle, most): (usize, usize, usize)) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self { name, open: count(open), idle: count(idle), most: count(most) }
    }
}

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A transaction on PostgreSQL in which its server says nothing for so long is ended: a server that stands still would keep
/// what it has locked from all others. Ours ask one question after the other.
const SILENCE: &str = "set idle_in_transaction_session_timeout = '20s'";
/// But for those that hold other servers back while something else is done.
const SILENT: &str = "set local idle_in_transaction_session_timeout = 0";

impl Database {
    /// Connects to `url`, which begins with `sqlite:` or `postgres:`; there with at most `max_connections`, of which the
    /// larger part reads.
    ///
    /// # Errors
    /// The driver's message; it names the host but not the password.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = Connector::connect(sqlite(url, 1, false)).await?;
            let read = Readers::Sqlite(Connector::connect(sqlite(url, 4, true)).await?);
            return Ok(Self { write, read, url: url.to_owned() });
        }
        // Migrations take two.
        let writers = (max_connections * 2 / 5).max(2);
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(writers)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .sqlx_logging(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(5))
            .map_sqlx_postgres_pool_opts(|options| {
                options.after_connect(|connection, _| {
                    Box::pin(async move { connection.execute(SILENCE).await.map(|_| ()) })
                })
            });
        let write = Connector::connect(options).await?;
        let read = Readers::connect(url, max_connections.saturating_sub(writers).max(1)).await?;
        Ok(Self { write, read, url: url.to_owned() })
    }

    /// Applies the pending migrations; of several servers starting at once, one does.
    ///
    /// # Errors
    /// The first migration that failed, with the database's message.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        if self.is_postgres() {
            let transaction = self.write.begin().await?;
            transaction.execute_unprepared(SILENT).await?;
            transaction.execute_unprepared("select pg_advisory_xact_lock(7267452)").await?;
            Migrator::up(&self.write, None).await?;
            return transaction.commit().await;
        }
        Migrator::up(&self.write, None).await
    }

    /// Holds other servers back that start on the same database, until it is dropped: what each makes at its first start,
    /// such as the signing key, is made once. A SQLite file has one server anyway.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn alone(&self) -> Result<Option<Alone>, DbErr> {
        if !self.is_postgres() {
            return Ok(None);
        }
        let transaction = self.write.begin().await?;
        transaction.execute_unprepared(SILENT).await?;
        transaction.execute_unprepared("select pg_advisory_xact_lock(7267454)").await?;
        Ok(Some(Alone { _transaction: transaction }))
    }

    /// The names of the migrations, and whether each was applied.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn migrations(&self) -> Result<Vec<(String, bool)>, DbErr> {
        let pending: Vec<String> = Migrator::get_pending_migrations(&self.write)
            .await?
            .into_iter()
            .map(|migration| migration.name().to_owned())
            .collect();
        Ok(Migrator::migrations()
            .into_iter()
            .map(|migration| (migration.name().to_owned(), !pending.iter().any(|name| name == migration.name())))
            .collect())
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Where it connects to: for a listener of its own.
    pub(in crate::platform) fn url(&self) -> &str {
        &self.url
    }

    /// For reading; it cannot write.
    pub(in crate::platform) const fn read(&self) -> &Readers {
        &self.read
    }

    /// Begins a transaction that writes.
    pub(in crate::platform) async fn begin(&self) -> AppResult<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (!self.is_postgres()).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// The driver's message.
    pub async fn ping(&self) -> Result<(), DbErr> {
        let statement = Statement::from_string(self.read.get_database_backend(), "select 1");
        self.read.query_one_raw(statement).await.map(|_| ())
    }

    /// Its connections now.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        let write = if self.is_postgres() {
            let pool = self.write.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = self.write.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        let write = (write.0 as usize, write.1, write.2 as usize);
        vec![Pool::of("read", self.read.counts()), Pool::of("write", write)]
    }

    /// Closes all connections.
    pub async fn close(self) {
        for closed in [self.read.close().await, self.write.close().await] {
            if let Err(error) = closed {
                tracing::warn!(error = database_error(&error), "closing the database");
            }
        }
    }
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |options| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            let options = options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // In WAL mode a power loss may cost the last commits unless each is synced: work recorded as done is done.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true);
            // As on a disk with no more room than that.
            fail::fail_point!("database::pages", |pages| {
                options.clone().pragma("max_page_count", pages.unwrap_or_default())
            });
            if read_only { options.pragma("query_only", "on") } else { options }
        });
    options
}
