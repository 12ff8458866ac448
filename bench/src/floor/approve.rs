//! The approval of a request, on PostgreSQL: in one transaction the rights read again, the plan made again and compared,
//! the conditional update, the audit row, and who is told, with their events and the wake-up of who numbers those.
//!
//! Left out: access tokens, guests and what else the policy refuses, messages for people, the declarations of a script's
//! variables (they are taken as they were filed), secret variables, and prices.

use super::devices::written;
use super::ids::parse;
use super::pool::Pool;
use super::problem::Problem;
use super::session::{Person, Sender};
use super::{Answer, Posted, Shared};
use crate::clock;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// The tenant that owns what concerns no client.
const OPERATOR: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);
/// The action's name in the audit trail and on events.
const ACTION: &str = "server_request.approve";

/// What is approved.
#[derive(Deserialize)]
pub(super) struct Variables {
    input: Input,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    id: String,
    plan_digest: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'r> {
    approve_server_request: Payload<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'r> {
    server_request: Approved<'r>,
    user_errors: [(); 0],
}

#[derive(Serialize)]
struct Approved<'r> {
    id: &'r str,
    name: &'r str,
    status: &'static str,
}

/// The rights of an administrator, held until the transaction ends.
const RIGHTS: &str = r#"select u.name from session s join "user" u on u.id = s.user_id
    where s.id = $1 and s.revoked_at is null and s.expires_at > $2 and u.status = 'active' and u.level = 'admin'
    for share of u"#;

const REQUEST: &str = "select r.name, r.status, r.requester_id, r.project_id, r.variables,
        c.id as script_id, c.name as script_name, c.kind, c.requires_root, v.number, v.digest,
        s.id as server_id, s.name as server_name, s.address, s.type as server_type,
        coalesce(s.ssh_port, p.ssh_port) as port, p.ssh_user
    from server_request r
    join project p on p.tenant_id = r.tenant_id and p.id = r.project_id
    join script c on c.id = r.script_id
    join script_revision v on v.script_id = c.id and v.number = c.current_revision
    join server s on s.tenant_id = r.tenant_id and s.id = r.target_server_id
    where r.tenant_id = $1 and r.id = $2
    for update of r";

#[derive(FromRow)]
struct Request {
    name: String,
    status: String,
    requester_id: Uuid,
    project_id: Uuid,
    variables: Value,
    script_id: Uuid,
    script_name: String,
    kind: String,
    requires_root: bool,
    number: i32,
    digest: String,
    server_id: Uuid,
    server_name: String,
    address: String,
    server_type: Option<String>,
    port: i32,
    ssh_user: String,
}

const DEPLOYERS: &str = r#"select u.id from "user" u where u.status = 'active' and u.level = 'technician' and (
    u.is_manager or u.id in (select user_id from project_access
        where tenant_id = $1 and project_id = $2 and level in ('write', 'admin')))"#;

const UPDATE: &str = "update server_request set status = 'approved', approved_plan = $3, approved_digest = $4,
        decided_by = $5, decided_at = $6, updated_at = $6
    where tenant_id = $1 and id = $2 and status = 'pending'";

const AUDIT: &str = "insert into audit_event
        (tenant_id, id, actor_id, action, resource_type, resource_id, details, at)
    values ($1, $2, $3, $4, 'ServerRequest', $5, $6, $7)";

/// Who is told, in three tables by one statement.
const TELL: &str = "with told as (
        select * from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as told (person, notification, event)
    ), notifications as (
        insert into notification (user_id, id, level, title, body, subject, created_at)
        select person, notification, 'success', $4, $5, $6, $7 from told
    ), events as (
        insert into event (id, tenant_id, topic, kind, subject_id, at)
        select event, $8, 'user:' || person, $9, notification, $7 from told returning id
    )
    insert into event_pending (event_id) select id from events";

/// Approves a request as it was planned for who read it.
pub(super) async fn approve(
    State(floor): State<Shared>,
    Sender(person): Sender,
    Json(posted): Json<Posted<Variables>>,
) -> Result<Vec<u8>, Problem> {
    let Pool::Postgres(pool) = &floor.pool else { return Err(Problem::BadRequest) };
    let input = posted.variables.input;
    let (tenant, id) = parse("ServerRequest", &input.id)?;
    let now = clock::now();
    let mut transaction = pool.begin().await?;
    let own: Option<(String,)> =
        sqlx::query_as(RIGHTS).bind(person.session).bind(now).fetch_optional(&mut *transaction).await?;
    let (own,) = own.ok_or(Problem::Unauthenticated)?;
    let request: Option<Request> =
        sqlx::query_as(REQUEST).bind(tenant).bind(id).fetch_optional(&mut *transaction).await?;
    let request = request.ok_or(Problem::Conflict)?;
    let plan = plan(&request).to_string();
    let digest = format!("sha256:{}", hex(&Sha256::digest(&plan)));
    if digest != input.plan_digest || request.status != "pending" || request.requester_id == person.user {
        return Err(Problem::Conflict);
    }
    let update = sqlx::query(UPDATE).bind(tenant).bind(id).bind(plan).bind(&digest).bind(person.user).bind(now);
    if update.execute(&mut *transaction).await?.rows_affected() != 1 {
        return Err(Problem::Conflict);
    }
    let audit = sqlx::query(AUDIT).bind(tenant).bind(clock::uuid()).bind(person.user).bind(ACTION);
    let details = json!({ "planDigest": digest, "note": null });
    audit.bind(id).bind(details).bind(now).execute(&mut *transaction).await?;
    let words = Words { own: &own, subject: &input.id, now };
    tell(&mut transaction, &person, tenant, &request, &words).await?;
    sqlx::query("select pg_notify('rookery', 'sealer')").execute(&mut *transaction).await?;
    transaction.commit().await?;
    let approved = Approved { id: &input.id, name: &request.name, status: "APPROVED" };
    let payload = Payload { server_request: approved, user_errors: [] };
    written(&Answer { data: Data { approve_server_request: payload } })
}

fn plan(request: &Request) -> Value {
    json!({
        "version": 1,
        "script": {
            "id": request.script_id,
            "name": request.script_name,
            "kind": request.kind,
            "revision": request.number,
            "digest": request.digest,
            "requires_root": request.requires_root,
        },
        "targets": [{
            "id": request.server_id,
            "name": request.server_name,
            "address": request.address,
            "port": request.port,
            "user": request.ssh_user,
            "type": request.server_type,
        }],
        "variables": request.variables,
        "secrets": {},
        "monthly_price_cents": null,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        use std::fmt::Write as _;
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What people are told.
struct Words<'w> {
    own: &'w str,
    subject: &'w str,
    now: DateTime<Utc>,
}

async fn tell(
    transaction: &mut PgConnection,
    person: &Person,
    tenant: Uuid,
    request: &Request,
    words: &Words<'_>,
) -> Result<(), Problem> {
    let deployers = sqlx::query_scalar(DEPLOYERS).bind(tenant).bind(request.project_id);
    let mut people: Vec<Uuid> = deployers.fetch_all(&mut *transaction).await?;
    people.push(request.requester_id);
    people.retain(|told| *told != person.user);
    people.sort_unstable();
    people.dedup();
    let ids = || people.iter().map(|_| clock::uuid()).collect::<Vec<Uuid>>();
    sqlx::query(TELL)
        .bind(&people)
        .bind(ids())
        .bind(ids())
        .bind(format!("{} was approved", request.name))
        .bind(format!("{} approved it. It can be deployed now.", words.own))
        .bind(words.subject)
        .bind(words.now)
        .bind(OPERATOR)
        .bind(ACTION)
        .execute(transaction)
        .await?;
    Ok(())
}
