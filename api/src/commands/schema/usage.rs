//! `rookery schema usage`: which clients use which fields, for `rookery schema check --usage`.

use super::super::Failure;
use chrono::{DateTime, Utc};
use rookery_api::app;
use rookery_api::config::Settings;
use rookery_api::platform::viewer::Viewer;
use rookery_api::usage::store;
use serde::Serialize;
use std::io::Write as _;

/// A line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    client: String,
    version: String,
    field: String,
    count: i64,
    first_used_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
}

pub(crate) async fn run(settings: Settings) -> Result<(), Failure> {
    let kernel = app::kernel(&settings, &settings.operator_name).await?;
    let system = Viewer::system(&kernel, "printing which fields are used");
    let reader = system.reader();
    let mut output = std::io::BufWriter::new(std::io::stdout());
    let mut last = None;
    loop {
        let rows = store::after(&reader, last).await.map_err(|error| error.for_log())?;
        let Some(end) = rows.last() else { break };
        last = Some(end.id);
        for row in rows {
            let line = Line {
                client: row.client,
                version: row.version,
                field: row.field,
                count: row.count,
                first_used_at: row.first_used_at,
                last_used_at: row.last_used_at,
            };
            let line = serde_json::to_string(&line).map_err(|error| error.to_string())?;
            writeln!(output, "{line}").map_err(|error| not_written(&error))?;
        }
    }
    output.flush().map_err(|error| not_written(&error))?;
    kernel.database.clone().close().await;
    Ok(())
}

fn not_written(error: &std::io::Error) -> Failure {
    Failure::from(format!("the uses could not be written: {error}"))
}
