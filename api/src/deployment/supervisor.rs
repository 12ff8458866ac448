//! Takes up dispatched runs, so many at a time, and those of an earlier life of this server first of all.

use super::Engine;
use super::dispatch::JOB;
use super::hold::hold;
use crate::platform::crash;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::JobId;
use crate::platform::jobs::{self, Lease, Wanted};
use std::collections::HashMap;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout};

/// Longer than a database that answers lets anybody wait.
const PATIENCE: Duration = Duration::from_secs(15);

/// Takes up runs as they are dispatched. Ends only with the process.
pub async fn supervise(engine: Engine) {
    let mut waiter = engine.kernel.bus.subscribe(&jobs::topic(JOB));
    let mut taken_again = Some(Vec::new());
    let mut holders = Holders::default();
    loop {
        let asked = Instant::now();
        // A run that goes on already is followed whatever the limit: it was counted when it began.
        let wanted = Wanted {
            queued: holders.count() < engine.concurrent_runs,
            tenant_most: engine.concurrent_runs_of_tenant,
            held_but: taken_again.as_deref(),
        };
        match claim(&engine, wanted).await {
            Ok(Some(lease)) => {
                if let Some(jobs) = &mut taken_again {
                    jobs.push(lease.job);
                }
                holders.add(&engine, lease, asked).await;
            }
            Ok(None) => {
                // What this node held before is leased anew by now: from here on a lease of its own is a live one.
                taken_again = None;
                tokio::select! {
                    () = waiter.wait() => {}
                    () = holders.one_ended() => {}
                }
            }
            Err(error) => {
                tracing::error!(error = error.for_log(), "runs cannot be taken up; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Leases the next run. A database that is gone may never answer what it was asked: it is asked anew then, and what was
/// leased meanwhile all the same runs out and is found.
async fn claim(engine: &Engine, wanted: Wanted<'_>) -> AppResult<Option<Lease>> {
    let claimed = jobs::claim(&engine.kernel, JOB, engine.terms, wanted);
    let silent = |_| Err(AppError::Unavailable("the database does not answer"));
    let claimed = timeout(engine.terms.lease.max(PATIENCE), claimed).await.unwrap_or_else(silent)?;
    if claimed.is_some() {
        crash::at("run::leased");
    }
    Ok(claimed)
}

/// Those in this process who hold a run: one for each.
#[derive(Default)]
struct Holders {
    tasks: JoinSet<()>,
    by_job: HashMap<JobId, AbortHandle>,
}

impl Holders {
    fn count(&mut self) -> usize {
        self.by_job.retain(|_, task| !task.is_finished());
        self.by_job.len()
    }

    async fn add(&mut self, engine: &Engine, lease: Lease, asked: Instant) {
        // Who held it before has lost its lease, and may not have noticed yet.
        if let Some(earlier) = self.by_job.remove(&lease.job) {
            earlier.abort();
            while !earlier.is_finished() {
                self.tasks.join_next().await;
            }
        }
        let (job, engine) = (lease.job, engine.clone());
        let task = self.tasks.spawn(async move { hold(&engine, &lease, asked).await });
        self.by_job.insert(job, task);
    }

    /// Waits until one of them has ended.
    async fn one_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(Err(error)) if error.is_panic() => tracing::error!(%error, "the holder of a run fell over"),
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}
