//! Connections to either database, as many as Rookery has.

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};

/// Connections to the database.
pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// Does the same with the connections of either kind: a statement's types are those of its database.
macro_rules! on {
    ($pool:expr, $connections:ident => $body:expr) => {
        match &$pool {
            $crate::floor::pool::Pool::Postgres($connections) => $body,
            $crate::floor::pool::Pool::Sqlite($connections) => $body,
        }
    };
}
pub(super) use on;

impl Pool {
    /// Connects to `url`, which begins with `sqlite:` or `postgres:`.
    ///
    /// # Errors
    /// The driver's message.
    pub(super) async fn connect(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true);
            let pool = SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
            return Ok(Self::Sqlite(pool.connect_with(options).await?));
        }
        let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
        Ok(Self::Postgres(pool.connect(url).await?))
    }
}
