//! Leased, fenced jobs: everything that has effects outside the database.
//!
//! A lease names the node that holds it and carries a fencing token. Every write of a holder checks the token in
//! its own transaction, so that one who was asleep while the lease went on writes nothing. Nothing is started again
//! by itself: what a lost holder left behind is handed out as [`Found::Abandoned`], to be judged.
//!
//! Leases of several servers are compared with one clock, the database's.

mod queue;

use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Proof, Refusal, RootAction, Tx, Verdict};
use crate::platform::ids::{JobId, TenantId};
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use chrono::{DateTime, Utc};
use rookery_entity::platform::{JobState, job, job_need};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
};
use std::time::Duration;
use uuid::Uuid;

/// For how long jobs are held.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How long a lease lasts unless it is renewed.
    pub lease: Duration,
    /// A node takes its own jobs again as soon as their leases have run out; another node's only so long afterwards. What
    /// such a job did can only be judged where it was done, and a server that is restarted, upgraded or cut off from the
    /// database for a while comes back within minutes.
    pub handover: Duration,
}

/// The topic that wakes the workers of a kind of job.
#[must_use]
pub fn topic(kind: &str) -> String {
    format!("job:{kind}")
}

/// How a job came to be leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was waiting.
    Queued,
    /// This node held it before, and was restarted or could not renew its lease in time.
    Resumed,
    /// Another node held it, and did not come back within [`Terms::handover`] of its lease's end.
    Abandoned,
}

/// A lease on a job.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The tenant of its subject.
    pub tenant: TenantId,
    /// What it is about.
    pub subject: Uuid,
    /// The fencing token.
    pub fence: i64,
    /// How it came to be leased.
    pub found: Found,
    /// When it was, by the clock that all servers share.
    pub since: DateTime<Utc>,
    kind: String,
    node: String,
}

struct HoldJob;

impl RootAction for HoldJob {
    const NAME: &'static str = "job.hold";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority) -> Verdict {
        Err(Refusal::Forbidden("Only the server works on jobs."))
    }
}

/// Adds a job in the transaction that made it necessary. It is worked on `not_before` that time if one is given, while no
/// other has one of the resources that it `needs`, and after those that wanted one of them before.
///
/// # Errors
/// INTERNAL; CONFLICT if there is one of this kind about this subject already.
pub async fn enqueue(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    kind: &str,
    tenant: TenantId,
    subject: Uuid,
    needs: &[Uuid],
    not_before: Option<DateTime<Utc>>,
) -> AppResult<()> {
    let id = JobId(tx.uuid());
    let job = job::ActiveModel {
        id: Set(id),
        tenant_id: Set(tenant),
        kind: Set(kind.to_owned()),
        subject_id: Set(subject),
        state: Set(JobState::Queued),
        fence: Set(0),
        node: Set(None),
        lease_expires_at: Set(None),
        run_at: Set(due(tx, not_before).await?),
        taken_up_at: Set(None),
        created_at: Set(tx.now()),
        finished_at: Set(None),
    };
    job.insert(tx.write(proof)).await.map_err(|error| match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => AppError::conflict("This is already under way."),
        _ => error.into(),
    })?;
    if !needs.is_empty() {
        let need = |resource: &Uuid| job_need::ActiveModel { resource_id: Set(*resource), job_id: Set(id) };
        job_need::Entity::insert_many(needs.iter().map(need)).exec(tx.write(proof)).await?;
    }
    tx.wake(topic(kind));
    Ok(())
}

/// Has the job about `subject` wait until `not_before`, or for its turn alone, if it still waits; whether it did.
///
/// # Errors
/// INTERNAL.
pub async fn reschedule(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    kind: &str,
    subject: Uuid,
    not_before: Option<DateTime<Utc>>,
) -> AppResult<bool> {
    let moved = job::Entity::update_many()
        .col_expr(job::Column::RunAt, Expr::value(due(tx, not_before).await?))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::State.eq(JobState::Queued))
        .exec(tx.write(proof))
        .await?;
    tx.wake(topic(kind));
    Ok(moved.rows_affected > 0)
}

/// When the job about `subject` may be worked on at the earliest, as long as it waits for that.
///
/// # Errors
/// INTERNAL.
pub async fn waits_until(kernel: &Kernel, kind: &str, subject: Uuid) -> AppResult<Option<DateTime<Utc>>> {
    let waiting = job::Entity::find()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::State.eq(JobState::Queued))
        .one(kernel.database.read())
        .await?;
    Ok(waiting.map(|job| job.run_at).filter(|due| *due > kernel.source.now()))
}

/// Never before the present: among those that are due, who came first is first.
async fn due(tx: &Tx, not_before: Option<DateTime<Utc>>) -> AppResult<DateTime<Utc>> {
    let now = now(tx).await?;
    Ok(not_before.map_or(now, |time| time.max(now)))
}

/// Which jobs to take up, besides those whose leases have run out.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Those that wait.
    pub queued: bool,
    /// Of those, none of a tenant of which so many are worked on already, on whichever node.
    pub tenant_most: u32,
    /// After a restart, those that this node held before it, but for these that it has taken again since.
    pub held_but: Option<&'w [JobId]>,
}

impl Wanted<'_> {
    fn condition(self, node: &str, now: DateTime<Utc>, handover: Duration) -> Condition {
        let leased = || Condition::all().add(job::Column::State.eq(JobState::Leased));
        let handed_over = chrono::Duration::from_std(handover).map_or(now, |handover| now - handover);
        let mut wanted = Condition::any()
            .add(leased().add(job::Column::LeaseExpiresAt.lte(handed_over)))
            .add(leased().add(job::Column::Node.eq(node)).add(job::Column::LeaseExpiresAt.lte(now)));
        if self.queued {
            let waiting = job::Column::State.eq(JobState::Queued);
            let due = Condition::all().add(waiting).add(job::Column::RunAt.lte(now));
            wanted = wanted.add(due.add(queue::nothing_in_the_way()).add(queue::tenant_has_room(self.tenant_most)));
        }
        if let Some(taken_again) = self.held_but {
            let not_yet = job::Column::Id.is_not_in(taken_again.iter().copied());
            wanted = wanted.add(leased().add(job::Column::Node.eq(node)).add(not_yet));
        }
        wanted
    }
}

/// Leases the next job of `kind`.
///
/// # Errors
/// INTERNAL.
pub async fn claim(kernel: &Kernel, kind: &str, terms: Terms, wanted: Wanted<'_>) -> AppResult<Option<Lease>> {
    let viewer = Viewer::system(kernel, "taking up jobs");
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<HoldJob>()?;
    queue::one_at_a_time(&tx, kind).await?;
    let now = now(&tx).await?;
    let mut query = job::Entity::find()
        .filter(job::Column::Kind.eq(kind))
        .filter(wanted.condition(&kernel.node, now, terms.handover))
        // Leases first that are to be taken over, then tenant by tenant.
        .order_by_asc(job::Column::State)
        .order_by_asc(queue::jobs_of_tenant())
        .order_by_asc(queue::last_turn_of_tenant())
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .limit(1);
    if kernel.database.is_postgres() {
        use sea_orm::sea_query::{LockBehavior, LockType};
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(row) = query.one(tx.write(&proof)).await? else {
        return Ok(None);
    };
    let found = match (row.state, row.node.as_deref()) {
        (JobState::Queued, _) => Found::Queued,
        (_, Some(node)) if node == kernel.node => Found::Resumed,
        (JobState::Leased | JobState::Done, _) => Found::Abandoned,
    };
    let lease = lease(&tx, &proof, row, found, now, terms.lease).await?;
    tx.commit().await?;
    Ok(Some(lease))
}

/// Leases the job about `subject` if it still waits, whatever it waits for.
///
/// # Errors
/// INTERNAL.
pub async fn claim_waiting(kernel: &Kernel, kind: &str, subject: Uuid, term: Duration) -> AppResult<Option<Lease>> {
    let viewer = Viewer::system(kernel, "taking up a job that waits");
    let tx = viewer.begin().await?;
    let proof = tx.grant_root::<HoldJob>()?;
    let query = job::Entity::find()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::State.eq(JobState::Queued))
        .lock_exclusive();
    let Some(row) = query.one(tx.write(&proof)).await? else {
        return Ok(None);
    };
    let now = now(&tx).await?;
    let lease = lease(&tx, &proof, row, Found::Queued, now, term).await?;
    tx.commit().await?;
    Ok(Some(lease))
}

/// The subject of the job that the one about `subject` waits for: the one that has, or wanted before, something that it
/// needs.
///
/// # Errors
/// INTERNAL.
pub async fn waits_for(kernel: &Kernel, kind: &str, subject: Uuid) -> AppResult<Option<Uuid>> {
    queue::in_the_way(kernel, kind, subject).await
}

async fn lease(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    row: job::Model,
    found: Found,
    now: DateTime<Utc>,
    term: Duration,
) -> AppResult<Lease> {
    let kernel = tx.viewer().kernel();
    let lease = Lease {
        job: row.id,
        kind: row.kind.clone(),
        tenant: row.tenant_id,
        subject: row.subject_id,
        fence: row.fence + 1,
        found,
        since: now,
        node: kernel.node.clone(),
    };
    let taken_up_at = row.taken_up_at.unwrap_or(now);
    let mut row: job::ActiveModel = row.into();
    row.taken_up_at = Set(Some(taken_up_at));
    row.state = Set(JobState::Leased);
    row.fence = Set(lease.fence);
    row.node = Set(Some(lease.node.clone()));
    row.lease_expires_at = Set(Some(expiry(now, term)));
    row.update(tx.write(proof)).await?;
    Ok(lease)
}

/// The present, by the clock that all servers share: PostgreSQL's, or our own where the server is alone on its file.
async fn now(tx: &Tx) -> AppResult<DateTime<Utc>> {
    if !tx.viewer().kernel().database.is_postgres() {
        return Ok(tx.now());
    }
    let statement = Statement::from_string(tx.db().get_database_backend(), "select clock_timestamp() as present");
    let row = tx.db().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| AppError::Internal("the database does not tell the time".into()))?;
    Ok(row.try_get("", "present")?)
}

fn expiry(now: DateTime<Utc>, term: Duration) -> DateTime<Utc> {
    chrono::Duration::from_std(term).map_or(now, |term| now + term)
}

impl Lease {
    fn held(&self) -> Condition {
        Condition::all()
            .add(job::Column::Id.eq(self.job))
            .add(job::Column::State.eq(JobState::Leased))
            .add(job::Column::Fence.eq(self.fence))
            .add(job::Column::Node.eq(self.node.as_str()))
    }

    /// Holds on to it for another `term`.
    ///
    /// # Errors
    /// [`AppError::LeaseLost`] if somebody else has it by now.
    pub async fn renew(&self, kernel: &Kernel, term: Duration) -> AppResult<()> {
        let viewer = Viewer::system(kernel, "renewing a lease");
        let tx = viewer.begin().await?;
        let proof = tx.grant_root::<HoldJob>()?;
        let now = now(&tx).await?;
        let renewed = job::Entity::update_many()
            .col_expr(job::Column::LeaseExpiresAt, Expr::value(expiry(now, term)))
            .filter(self.held())
            .filter(job::Column::LeaseExpiresAt.gt(now))
            .exec(tx.write(&proof))
            .await?;
        if renewed.rows_affected == 0 {
            return Err(AppError::LeaseLost);
        }
        tx.commit().await
    }

    /// Ends the job in the transaction that made it done.
    ///
    /// # Errors
    /// [`AppError::LeaseLost`] if somebody else has it by now.
    pub async fn finish(&self, tx: &Tx, proof: &(impl Proof + ?Sized)) -> AppResult<()> {
        let done = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Done))
            .col_expr(job::Column::FinishedAt, Expr::value(tx.now()))
            .filter(self.held())
            .exec(tx.write(proof))
            .await?;
        if done.rows_affected == 0 {
            return Err(AppError::LeaseLost);
        }
        job_need::Entity::delete_many().filter(job_need::Column::JobId.eq(self.job)).exec(tx.write(proof)).await?;
        // Somebody may have waited for this.
        tx.wake(topic(&self.kind));
        Ok(())
    }

    /// Gives the job back, with which nothing was begun: it waits until then.
    ///
    /// # Errors
    /// [`AppError::LeaseLost`] if somebody else has it by now.
    pub async fn postpone(&self, kernel: &Kernel, until: DateTime<Utc>) -> AppResult<()> {
        let viewer = Viewer::system(kernel, "giving a job back");
        let tx = viewer.begin().await?;
        let proof = tx.grant_root::<HoldJob>()?;
        let given_back = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Queued))
            .col_expr(job::Column::RunAt, Expr::value(until))
            .col_expr(job::Column::LeaseExpiresAt, Expr::value(None::<DateTime<Utc>>))
            .filter(self.held())
            .exec(tx.write(&proof))
            .await?;
        if given_back.rows_affected == 0 {
            return Err(AppError::LeaseLost);
        }
        // Somebody may have waited for this.
        tx.wake(topic(&self.kind));
        tx.commit().await
    }

    /// Fails unless the lease is still held, and keeps it so until the transaction ends.
    pub(in crate::platform) async fn check(&self, tx: &Tx) -> AppResult<()> {
        let held = job::Entity::find().filter(self.held()).lock_exclusive().one(tx.db()).await?;
        let expires_at = held.and_then(|job| job.lease_expires_at).ok_or(AppError::LeaseLost)?;
        // Asked once the row is locked: the wait for it may have been the lease's last.
        if expires_at > now(tx).await? { Ok(()) } else { Err(AppError::LeaseLost) }
    }
}
