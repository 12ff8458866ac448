//! Which of the jobs that wait is next: none while another has what it needs, and tenant by tenant.

use crate::platform::error::AppResult;
use crate::platform::granted::Tx;
use crate::platform::kernel::Kernel;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait as _, Statement, Value};
use uuid::Uuid;

/// The jobs `ahead` that stand in the way of `job`: they are worked on, or wait and are before it.
const IN_THE_WAY: &str = "select 1 from job_need mine \
     join job_need others on others.resource_id = mine.resource_id and others.job_id <> mine.job_id \
     join job ahead on ahead.id = others.job_id \
     where mine.job_id = job.id and (ahead.state = 'leased' or (ahead.state = 'queued' \
     and (ahead.run_at < job.run_at or (ahead.run_at = job.run_at and ahead.id < job.id))))";

/// Whether nothing that a job needs is another's.
pub(super) fn nothing_in_the_way() -> Expr {
    Expr::cust(format!("not exists ({IN_THE_WAY})"))
}

/// Whether fewer than so many of a job's tenant are worked on.
pub(super) fn tenant_has_room(most: u32) -> Expr {
    Expr::cust(format!("({WORKED_ON}) < {most}"))
}

const WORKED_ON: &str = "select count(*) from job own where own.kind = job.kind and own.tenant_id = job.tenant_id \
     and own.state = 'leased'";

/// How many jobs of a job's tenant are worked on.
pub(super) fn jobs_of_tenant() -> Expr {
    Expr::cust(format!("({WORKED_ON})"))
}

/// When a job of a job's tenant was last taken up; before any time for one that never had a turn.
pub(super) fn last_turn_of_tenant() -> Expr {
    let last = "select max(own.taken_up_at) from job own where own.kind = job.kind and own.tenant_id = job.tenant_id";
    // Nulls are first in one database and last in the other.
    Expr::cust(format!("coalesce(({last}), '1970-01-01 00:00:00+00:00')"))
}

/// Lets nobody else take up jobs of this kind until the transaction ends: of two that need the same, the later might be
/// found free while the earlier is being taken.
pub(super) async fn one_at_a_time(tx: &Tx, kind: &str) -> AppResult<()> {
    if tx.viewer().kernel().database.is_postgres() {
        let sql = "select pg_advisory_xact_lock(hashtext($1))";
        let statement =
            Statement::from_sql_and_values(tx.db().get_database_backend(), sql, [super::topic(kind).into()]);
        tx.db().execute_raw(statement).await?;
    }
    Ok(())
}

/// The subject of the first job in the way of the one about `subject`, as long as that waits.
pub(super) async fn in_the_way(kernel: &Kernel, kind: &str, subject: Uuid) -> AppResult<Option<Uuid>> {
    let database = kernel.database.read();
    let (first, second) = if kernel.database.is_postgres() { ("$1", "$2") } else { ("?", "?") };
    let ahead = IN_THE_WAY.replacen("select 1", "select ahead.subject_id", 1);
    let from = ahead.replacen("where", "join job on job.id = mine.job_id where", 1);
    let sql = format!(
        "{from} and job.kind = {first} and job.subject_id = {second} and job.state = 'queued' \
         order by ahead.state, ahead.run_at, ahead.id limit 1"
    );
    let values: [Value; 2] = [kind.into(), subject.into()];
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
    let row = database.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get::<Uuid>("", "subject_id")).transpose()?)
}
