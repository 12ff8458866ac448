//! The database schema of Rookery: one file a change, each saying why.
//!
//! A change is portable SQL, with a few type names that the two databases spell differently (see [`run`]).

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m0001_people;
mod m0002_tenancy;
mod m0003_inventory;
mod m0004_fleet;
mod m0005_provisioning;
mod m0006_deployment;
mod m0007_kernel;
mod m0008_launches;
mod m0009_demo_marker;
mod m0010_trace_parent;
mod m0011_field_usage;
mod m0012_access_tokens;
mod m0013_trusted_documents;
mod m0014_event_subject;
mod m0015_rights_changes;
mod m0016_event_archive;
mod m0017_receipts;
mod m0018_previews;
mod m0019_reruns;
mod m0020_server_labels;
mod m0021_pauses;
mod m0022_queue;
mod m0023_server_runs;
mod m0024_maintenance_windows;
mod m0025_archive_files;
mod m0026_script_files;

/// Applies the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_tenancy::Migration),
            Box::new(m0003_inventory::Migration),
            Box::new(m0004_fleet::Migration),
            Box::new(m0005_provisioning::Migration),
            Box::new(m0006_deployment::Migration),
            Box::new(m0007_kernel::Migration),
            Box::new(m0008_launches::Migration),
            Box::new(m0009_demo_marker::Migration),
            Box::new(m0010_trace_parent::Migration),
            Box::new(m0011_field_usage::Migration),
            Box::new(m0012_access_tokens::Migration),
            Box::new(m0013_trusted_documents::Migration),
            Box::new(m0014_event_subject::Migration),
            Box::new(m0015_rights_changes::Migration),
            Box::new(m0016_event_archive::Migration),
            Box::new(m0017_receipts::Migration),
            Box::new(m0018_previews::Migration),
            Box::new(m0019_reruns::Migration),
            Box::new(m0020_server_labels::Migration),
            Box::new(m0021_pauses::Migration),
            Box::new(m0022_queue::Migration),
            Box::new(m0023_server_runs::Migration),
            Box::new(m0024_maintenance_windows::Migration),
            Box::new(m0025_archive_files::Migration),
            Box::new(m0026_script_files::Migration),
        ]
    }
}

/// Runs `statements` after putting in the database's own names for `{uuid}`, `{time}`, `{json}`, `{float}` and `{bytes}`.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let names = if postgres {
        [
            ("{uuid}", "uuid"),
            ("{time}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{float}", "double precision"),
            ("{bytes}", "bytea"),
        ]
    } else {
        [("{uuid}", "blob"), ("{time}", "text"), ("{json}", "text"), ("{float}", "real"), ("{bytes}", "blob")]
    };
    for statement in statements {
        let mut sql = (*statement).to_owned();
        for (token, name) in names {
            sql = sql.replace(token, name);
        }
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// A migration that is a list of statements; going back is restoring a backup, as the operating guide says.
macro_rules! migration {
    ($name:literal, $statements:expr) => {
        #[derive(Debug)]
        pub(crate) struct Migration;

        impl sea_orm_migration::MigrationName for Migration {
            fn name(&self) -> &'static str {
                $name
            }
        }

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::sea_orm::DbErr> {
                crate::run(manager, $statements).await
            }
        }
    };
}
pub(crate) use migration;
