//! The database: SQLite by default, PostgreSQL by `DATABASE_URL`.
//!
//! SQLite has one writer, so all writes share one connection and begin at once as writers; readers have a pool that
//! cannot write. On PostgreSQL both are the same pool.

use crate::platform::error::{AppResult, database_error};
use rookery_migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database as Connector, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use std::time::Duration;

/// Connections to the database.
#[derive(Clone)]
pub struct Database {
    write: DatabaseConnection,
    read: DatabaseConnection,
    url: String,
}

/// See [`Database::alone`].
pub struct Alone {
    _transaction: DatabaseTransaction,
}

/// Connections that are used for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What for: `read` or `write`, or `shared` where both use the same.
    pub name: &'static str,
    /// How many are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
    /// How many may be open.
    pub most: u32,
}

impl Pool {
    fn of(name: &'static str, open: u32, idle: usize, most: u32) -> Self {
        Self { name, open, idle: u32::try_from(idle).unwrap_or(u32::MAX), most }
    }
}

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Database {
    /// Connects to `url`, which begins with `sqlite:` or `postgres:`.
    ///
    /// # Errors
    /// The driver's message; it names the host but not the password.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = Connector::connect(sqlite(url, 1, false)).await?;
            let read = Connector::connect(sqlite(url, 4, true)).await?;
            return Ok(Self { write, read, url: url.to_owned() });
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .sqlx_logging(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(5));
        let pool = Connector::connect(options).await?;
        Ok(Self { write: pool.clone(), read: pool, url: url.to_owned() })
    }

    /// Applies the pending migrations; of several servers starting at once, one does.
    ///
    /// # Errors
    /// The first migration that failed, with the database's message.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        if self.is_postgres() {
            let transaction = self.write.begin().await?;
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

    /// For reading; on SQLite it cannot write.
    pub(in crate::platform) const fn read(&self) -> &DatabaseConnection {
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
        self.read.execute_unprepared("select 1").await.map(|_| ())
    }

    /// Its connections now.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        if self.is_postgres() {
            let pool = self.write.get_postgres_connection_pool();
            return vec![Pool::of("shared", pool.size(), pool.num_idle(), pool.options().get_max_connections())];
        }
        [("read", &self.read), ("write", &self.write)]
            .into_iter()
            .map(|(name, connection)| {
                let pool = connection.get_sqlite_connection_pool();
                Pool::of(name, pool.size(), pool.num_idle(), pool.options().get_max_connections())
            })
            .collect()
    }

    /// Closes all connections.
    pub async fn close(self) {
        for connection in [self.read, self.write] {
            if let Err(error) = connection.close().await {
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
            if read_only { options.pragma("query_only", "on") } else { options }
        });
    options
}
