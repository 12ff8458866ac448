//! What a database says of a row that it refused, the row's values included, stays out of the log.

use crate::support::{Backend, database};
use rookery_api::platform::error::AppError;
use sea_orm::ConnectionTrait as _;

on_both![the_values_of_a_refused_row_are_not_told];

async fn the_values_of_a_refused_row_are_not_told(backend: Backend) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rookery.db"), "").unwrap();
    let url = database::fresh(backend).await;
    let db = database::open(url.as_deref(), directory.path()).await;
    db.execute_unprepared("create table kept (name text unique check (length(name) > 7))").await.unwrap();
    db.execute_unprepared("insert into kept values ('another canary')").await.unwrap();
    for (value, what) in [("canary", "check"), ("another canary", "unique")] {
        let error = db.execute_unprepared(&format!("insert into kept values ('{value}')")).await.unwrap_err();
        if backend == Backend::Postgres {
            assert!(format!("{error:?}").contains(value), "PostgreSQL tells it: {error:?}");
        }
        let logged = AppError::from(error).for_log();
        assert!(logged.to_lowercase().contains(what) && !logged.contains("canary"), "{logged}");
    }
}
