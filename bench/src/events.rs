//! Writes a deployment's events at a steady rate, as Rookery's own writer does: whatever has come up since the last look
//! is one transaction, which locks the deployment's row, numbers the events, writes the row back and wakes who follows.
//! Left out is the check of the lease, which a run has and this does not.

use crate::{Failure, clock};
use serde::Serialize;
use sqlx::{Connection as _, PgConnection, QueryBuilder};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use uuid::Uuid;

/// How long Rookery waits when nothing has come up.
const GLANCE: Duration = Duration::from_millis(100);
/// How many events it takes at once.
const BATCH: u64 = 500;

/// How it is started.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Whose deployment
    #[arg(long)]
    tenant: Uuid,
    /// Which
    #[arg(long)]
    deployment: Uuid,
    /// Events a second
    #[arg(long)]
    rate: u32,
    /// For so many seconds
    #[arg(long)]
    seconds: u32,
}

#[derive(Serialize)]
struct Written {
    events: u64,
    transactions: u64,
    seconds: f64,
    last: i64,
}

/// Writes the events into the database that `DATABASE_URL` names, and tells how many.
///
/// # Errors
/// If the database does not take them.
pub(crate) async fn write(options: Options) -> Result<(), Failure> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL names the database")?;
    let mut database = PgConnection::connect(&url).await?;
    let whole = u64::from(options.rate) * u64::from(options.seconds);
    let begun = Instant::now();
    let mut written = Written { events: 0, transactions: 0, seconds: 0.0, last: 0 };
    while written.events < whole {
        let due = (begun.elapsed().as_millis() * u128::from(options.rate) / 1_000).min(whole.into());
        let due = u64::try_from(due)?.saturating_sub(written.events).min(BATCH);
        if due == 0 {
            sleep(GLANCE).await;
            continue;
        }
        written.last = record(&mut database, &options, due).await?;
        written.events += due;
        written.transactions += 1;
    }
    written.seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::to_string(&written)?);
    Ok(())
}

const LOCK: &str = "select last_sequence from deployment where tenant_id = $1 and id = $2 for update";
const SAVE: &str = "update deployment set last_sequence = $3, spool_offset = $3 where tenant_id = $1 and id = $2";

/// Answers the number of the last event.
async fn record(database: &mut PgConnection, options: &Options, count: u64) -> Result<i64, Failure> {
    let (tenant, deployment) = (options.tenant, options.deployment);
    let mut transaction = database.begin().await?;
    let lock = sqlx::query_scalar(LOCK).bind(tenant).bind(deployment);
    let before: i64 = lock.fetch_one(&mut *transaction).await?;
    let last = before + i64::try_from(count)?;
    let mut insert = QueryBuilder::new(
        "insert into deployment_event (tenant_id, deployment_id, sequence, kind, at, task_index, host, text) ",
    );
    let at = clock::now();
    insert.push_values(before + 1..=last, |mut row, sequence| {
        row.push_bind(tenant).push_bind(deployment).push_bind(sequence).push_bind("line").push_bind(at);
        row.push_bind(1).push_bind("web-1").push_bind(format!("line {sequence} of what the host has to say"));
    });
    insert.build().execute(&mut *transaction).await?;
    sqlx::query(SAVE).bind(tenant).bind(deployment).bind(last).execute(&mut *transaction).await?;
    let wake = sqlx::query("select pg_notify('rookery', $1)").bind(format!("deployment:{deployment}"));
    wake.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(last)
}
