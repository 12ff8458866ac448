//! A server request with its deployment and the newest fifty events of that.

use super::devices::written;
use super::ids::{global, owned, parse};
use super::pool::on;
use super::problem::Problem;
use super::session::Sender;
use super::{Answer, Posted, Shared};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

/// Which request is asked for.
#[derive(Deserialize)]
pub(super) struct Variables {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'r> {
    server_request: Option<Request<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'r> {
    id: String,
    name: &'r str,
    status: String,
    priority: String,
    project: Named<'r>,
    requester: Named<'r>,
    latest_deployment: Deployment<'r>,
}

#[derive(Serialize)]
struct Named<'r> {
    id: String,
    name: &'r str,
}

#[derive(Serialize)]
struct Deployment<'r> {
    id: String,
    status: String,
    progress: Progress,
    events: Events<'r>,
}

#[derive(Serialize)]
struct Progress {
    finished: i32,
    planned: Option<i32>,
}

#[derive(Serialize)]
struct Events<'r> {
    nodes: Vec<Event<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'r> {
    sequence: i64,
    kind: String,
    at: String,
    host: Option<&'r str>,
    task_index: Option<i32>,
    text: Option<&'r str>,
}

/// One row for each of the events. Their sequence has no gaps: the last fifty are known by their numbers.
const SELECT: &str = r#"select r.name, r.status, r.priority, p.id as project_id, p.name as project_name,
        u.id as requester_id, u.name as requester_name, d.id as deployment_id, d.status as deployment_status,
        d.tasks_finished, d.tasks_planned, e.sequence, e.kind, e.at, e.host, e.task_index, e.text
    from server_request r
    join project p on p.tenant_id = r.tenant_id and p.id = r.project_id
    join "user" u on u.id = r.requester_id
    join deployment d on d.tenant_id = r.tenant_id and d.id = (
        select id from deployment where tenant_id = r.tenant_id and request_id = r.id
        order by created_at desc, id desc limit 1)
    join deployment_event e
        on e.tenant_id = d.tenant_id and e.deployment_id = d.id and e.sequence > d.last_sequence - 50
    where r.tenant_id = $1 and r.id = $2
    order by e.sequence"#;

#[derive(FromRow)]
struct Row {
    name: String,
    status: String,
    priority: String,
    project_id: Uuid,
    project_name: String,
    requester_id: Uuid,
    requester_name: String,
    deployment_id: Uuid,
    deployment_status: String,
    tasks_finished: i32,
    tasks_planned: Option<i32>,
    sequence: i64,
    kind: String,
    at: DateTime<Utc>,
    host: Option<String>,
    task_index: Option<i32>,
    text: Option<String>,
}

/// The request, if the sender sees it.
pub(super) async fn server_request(
    State(floor): State<Shared>,
    Sender(person): Sender,
    Json(posted): Json<Posted<Variables>>,
) -> Result<Vec<u8>, Problem> {
    let (tenant, id) = parse("ServerRequest", &posted.variables.id)?;
    let rows: Vec<Row> = if person.sees(tenant) {
        on!(floor.pool, pool => sqlx::query_as(SELECT).bind(tenant).bind(id).fetch_all(pool).await)?
    } else {
        Vec::new()
    };
    let request = rows.first().map(|row| Request {
        id: owned("ServerRequest", tenant, id),
        name: &row.name,
        status: row.status.to_ascii_uppercase(),
        priority: row.priority.to_ascii_uppercase(),
        project: Named { id: owned("Project", tenant, row.project_id), name: &row.project_name },
        requester: Named { id: global("User", row.requester_id), name: &row.requester_name },
        latest_deployment: Deployment {
            id: owned("Deployment", tenant, row.deployment_id),
            status: row.deployment_status.to_ascii_uppercase(),
            progress: Progress { finished: row.tasks_finished, planned: row.tasks_planned },
            events: Events { nodes: rows.iter().map(event).collect() },
        },
    });
    written(&Answer { data: Data { server_request: request } })
}

fn event(row: &Row) -> Event<'_> {
    Event {
        sequence: row.sequence,
        kind: row.kind.to_ascii_uppercase(),
        at: row.at.to_rfc3339(),
        host: row.host.as_deref(),
        task_index: row.task_index,
        text: row.text.as_deref(),
    }
}
