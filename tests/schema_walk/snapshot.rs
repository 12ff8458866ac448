//! All that the database holds, to see whether anything changed.

use super::world::World;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use std::collections::BTreeMap;

/// Tables in which the server's own work goes on: numbering events, and counting what is used.
const RESTLESS: [&str; 3] = ["event_pending", "event_position", "field_usage"];

pub struct Snapshots {
    db: DatabaseConnection,
    query: String,
}

/// What each table holds.
pub type Snapshot = BTreeMap<String, String>;

impl Snapshots {
    pub async fn of(world: &World) -> Self {
        let db = world.server.database().await;
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        let list = if is_postgres {
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        let mut parts = Vec::new();
        for table in texts(&db, list).await {
            if RESTLESS.contains(&table.as_str()) {
                continue;
            }
            let content = if is_postgres {
                format!("SELECT string_agg(t::text, '|' ORDER BY t::text) FROM \"{table}\" t")
            } else {
                let columns = texts(&db, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let row: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT group_concat({}, '|') FROM \"{table}\"", row.join("||','||"))
            };
            parts.push(format!("SELECT '{table}' AS name, coalesce(({content}), '') AS content"));
        }
        Self { db, query: parts.join(" UNION ALL ") }
    }

    pub async fn take(&self) -> Snapshot {
        let statement = Statement::from_string(self.db.get_database_backend(), &self.query);
        let rows = self.db.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| (row.try_get("", "name").unwrap(), row.try_get("", "content").unwrap())).collect()
    }
}

async fn texts(db: &DatabaseConnection, query: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

/// The tables that differ.
pub fn difference(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let tables = before.keys().filter(|table| before[*table] != after[*table]);
    tables.map(|table| format!("{table}: {} characters, then {}", before[table].len(), after[table].len())).collect()
}
