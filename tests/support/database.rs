//! Databases of our own, and looks into them that no client has.

use super::Backend;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names the superuser's address of a throwaway PostgreSQL.
const SETTING: &str = "ROOKERY_TEST_POSTGRES";

/// The address of a database that nobody else uses. For SQLite none: a server makes its own.
pub async fn fresh(backend: Backend) -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if backend == Backend::Sqlite {
        return None;
    }
    let server = std::env::var(SETTING).unwrap_or_else(|_| {
        panic!("{SETTING} is not set: scripts/test starts a PostgreSQL for the tests and sets it to its address")
    });
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let connection = Database::connect(&server).await.expect("the tests' PostgreSQL answers");
    // A process id may come again, on the same server.
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        connection.execute_unprepared(&statement).await.unwrap();
    }
    connection.close().await.unwrap();
    let (before, _) = server.rsplit_once('/').expect("an address with a database");
    Some(format!("{before}/{name}"))
}

/// A connection to a server's data, beside the server.
pub async fn open(url: Option<&str>, data: &Path) -> DatabaseConnection {
    let sqlite = format!("sqlite://{}/rookery.db?mode=rw", data.display());
    Database::connect(url.unwrap_or(&sqlite)).await.unwrap()
}

/// Carries out one statement.
pub async fn execute(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Puts tables out of reach, or back: a query on one that is away fails.
pub async fn put_away(db: &DatabaseConnection, tables: &[&str], is_away: bool) {
    for table in tables {
        let away = format!("away_{}", table.trim_matches('"'));
        let (from, to) = if is_away { (*table, away.as_str()) } else { (away.as_str(), *table) };
        execute(db, &format!("ALTER TABLE {from} RENAME TO {to}")).await;
    }
}

/// Everything that the database holds, as bytes: SQLite's files, or a dump by PostgreSQL's own tool.
pub fn dump(url: Option<&str>, data: &Path) -> Vec<u8> {
    let Some(url) = url else {
        let files = ["rookery.db", "rookery.db-wal"].map(|name| std::fs::read(data.join(name)).unwrap_or_default());
        assert!(!files[0].is_empty(), "there is no database file");
        return files.concat();
    };
    // postgres://USER:PASSWORD@HOST/DATABASE; the password is not an argument, which everybody could see.
    let (user, rest) = url.trim_start_matches("postgres://").split_once(':').expect("an address with a password");
    let (password, place) = rest.split_once('@').expect("an address with a host");
    let output = std::process::Command::new(tool("pg_dump"))
        .args(["--dbname", &format!("postgres://{user}@{place}"), "--inserts"])
        .env("PGPASSWORD", password)
        .output()
        .expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A program of the newest PostgreSQL that Debian installed, otherwise the one in PATH.
fn tool(name: &str) -> std::path::PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin").join(name)))
    });
    newest.filter(|(_, path)| path.is_file()).max().map_or_else(|| name.into(), |(_, path)| path)
}
