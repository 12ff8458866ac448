//! Connections that only read.
//!
//! On PostgreSQL they have a pool of their own, apart from that of the driver: this asks the server after every query
//! whether it is still there, which costs as much as finding a row. Here a query that fails because its connection was
//! lost is asked once more on a new one, which for reading is the same.

use super::ACQUIRE_TIMEOUT;
use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType,
};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
};
use sea_query_sqlx::SqlxValues;
use std::sync::Arc;
use std::time::Duration;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;

/// A connection that was idle for longer is asked whether it lives before it is used.
const TRUSTED: Duration = Duration::from_secs(5);
/// A connection serves no longer, so that its server's memory for it is given back.
const LIFETIME: Duration = Duration::from_mins(30);

/// Connections for reading. What would write is refused, by the database as well.
#[derive(Clone)]
pub enum Readers {
    /// To a file.
    Sqlite(DatabaseConnection),
    /// To a server.
    Postgres(Pool<Connector>),
}

/// Connects to PostgreSQL for a pool.
pub struct Connector(PgConnectOptions);

/// A connection of the pool.
pub struct Connection {
    inner: PgConnection,
    /// Whether a query is under way: one that was given up leaves its answer behind.
    is_busy: bool,
}

impl Manager for Connector {
    type Type = Connection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Connection, sqlx::Error> {
        Ok(Connection { inner: self.0.connect().await?, is_busy: false })
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if connection.is_busy || metrics.age() > LIFETIME {
            return Err(RecycleError::message("it is not used again"));
        }
        if metrics.last_used() > TRUSTED {
            connection.inner.ping().await?;
        }
        Ok(())
    }
}

impl Connection {
    async fn fetch(&mut self, statement: &Statement) -> Result<Vec<PgRow>, sqlx::Error> {
        self.is_busy = true;
        let values = statement.values.clone().unwrap_or_else(|| sea_orm::Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values));
        let outcome = quietly(async { self.inner.fetch_all(query).await }).await;
        self.is_busy = outcome.as_ref().is_err_and(is_lost);
        outcome
    }
}

/// The driver enters the current span twice for each row, which for a hundred rows takes longer than reading them; it says
/// nothing there. `reading` must not begin before it is waited for: what is current then is what it enters.
fn quietly<F: Future>(reading: F) -> impl Future<Output = F::Output> {
    reading.with_subscriber(Dispatch::none())
}

/// Whether the connection is of no more use.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        // 57P01 to 57P03: the server shuts down, has crashed, or starts; class 08: the connection failed.
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| code.starts_with("57P0") || code.starts_with("08"))
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

impl Readers {
    /// At most `most` connections to the PostgreSQL at `url`; the first is made at once.
    ///
    /// # Errors
    /// The driver's message.
    pub(super) async fn connect(url: &str, most: u32) -> Result<Self, DbErr> {
        let connecting = |error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
        let options: PgConnectOptions = url.parse().map_err(connecting)?;
        let options = options.disable_statement_logging().options([("default_transaction_read_only", "on")]);
        let pool = Pool::builder(Connector(options))
            .max_size(most as usize)
            // The one used last has what it needs at hand.
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(ACQUIRE_TIMEOUT))
            .create_timeout(Some(ACQUIRE_TIMEOUT))
            .recycle_timeout(Some(ACQUIRE_TIMEOUT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        drop(connection(&pool).await?);
        Ok(Self::Postgres(pool))
    }

    /// How many are open, how many of them nobody uses, and how many may be open.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        match self {
            Self::Sqlite(connection) => {
                let pool = connection.get_sqlite_connection_pool();
                (pool.size() as usize, pool.num_idle(), pool.options().get_max_connections() as usize)
            }
            Self::Postgres(pool) => {
                let status = pool.status();
                (status.size, status.available, status.max_size)
            }
        }
    }

    /// Closes all of them.
    pub(super) async fn close(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(pool) => {
                let idle = pool.retain(|_, _| false).removed;
                pool.close();
                for connection in idle {
                    connection.inner.close().await.map_err(failed)?;
                }
                Ok(())
            }
        }
    }
}

async fn connection(pool: &Pool<Connector>) -> Result<Object<Connector>, DbErr> {
    pool.get().await.map_err(|error| match error {
        PoolError::Timeout(TimeoutType::Wait) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
        other => DbErr::Custom(other.to_string()),
    })
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

async fn query(pool: &Pool<Connector>, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
    let mut held = connection(pool).await?;
    let mut outcome = held.fetch(statement).await;
    if outcome.as_ref().is_err_and(is_lost) && Object::metrics(&held).recycle_count > 0 {
        drop(held);
        // What happened to this one has happened to the others that wait.
        pool.retain(|_, _| false);
        held = connection(pool).await?;
        outcome = held.fetch(statement).await;
    }
    Ok(outcome.map_err(failed)?.into_iter().map(QueryResult::from).collect())
}

fn refused() -> DbErr {
    DbErr::Custom("connections for reading do not write".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Readers {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(connection) => quietly(connection.query_one_raw(statement)).await,
            Self::Postgres(pool) => Ok(query(pool, &statement).await?.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(connection) => quietly(connection.query_all_raw(statement)).await,
            Self::Postgres(pool) => query(pool, &statement).await,
        }
    }
}
