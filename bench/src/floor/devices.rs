//! Devices with their sites and tenants: the first hundred, and a page anywhere in the list.

use super::ids::{Cursor, opened, owned};
use super::pool::on;
use super::problem::Problem;
use super::session::{Person, Sender};
use super::{Answer, Posted, Shared, ids};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

/// How long a page is.
const PAGE: usize = 100;

/// The rows of devices, before any condition.
pub(super) const SELECT: &str = "select d.tenant_id, d.id, d.name, d.status, d.site_id, s.name as site_name, \
    t.name as tenant_name from device d \
    join site s on s.tenant_id = d.tenant_id and s.id = d.site_id join tenant t on t.id = d.tenant_id where true";

/// A row of [`SELECT`].
#[derive(FromRow)]
pub(super) struct Row {
    pub(super) tenant_id: Uuid,
    id: Uuid,
    name: String,
    status: String,
    site_id: Uuid,
    site_name: String,
    tenant_name: String,
}

/// A device as it is answered.
#[derive(Serialize)]
pub(super) struct Device<'r> {
    id: String,
    name: &'r str,
    status: String,
    site: Site<'r>,
}

#[derive(Serialize)]
struct Site<'r> {
    id: String,
    name: &'r str,
    tenant: Tenant<'r>,
}

#[derive(Serialize)]
struct Tenant<'r> {
    id: String,
    name: &'r str,
}

impl<'r> From<&'r Row> for Device<'r> {
    fn from(row: &'r Row) -> Self {
        let tenant = Tenant { id: ids::global("Tenant", row.tenant_id), name: &row.tenant_name };
        Self {
            id: owned("Device", row.tenant_id, row.id),
            name: &row.name,
            status: row.status.to_ascii_uppercase(),
            site: Site { id: owned("Site", row.tenant_id, row.site_id), name: &row.site_name, tenant },
        }
    }
}

#[derive(Serialize)]
struct Data<D> {
    devices: D,
}

#[derive(Serialize)]
struct Nodes<'r> {
    nodes: Vec<Device<'r>>,
}

/// The first hundred devices that the sender sees.
pub(super) async fn list(State(floor): State<Shared>, Sender(person): Sender) -> Result<Vec<u8>, Problem> {
    let rows = read(&floor, &person, &[], None, PAGE).await?;
    let nodes = rows.iter().map(Device::from).collect();
    written(&Answer { data: Data { devices: Nodes { nodes } } })
}

/// Which page is asked for.
#[derive(Deserialize)]
pub(super) struct PageVariables {
    status: Vec<String>,
    after: Option<String>,
}

#[derive(Serialize)]
struct Page<'r> {
    nodes: Vec<Device<'r>>,
    #[serde(rename = "pageInfo")]
    page_info: PageInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// A hundred devices in certain states, by name, after a cursor.
pub(super) async fn page(
    State(floor): State<Shared>,
    Sender(person): Sender,
    Json(posted): Json<Posted<PageVariables>>,
) -> Result<Vec<u8>, Problem> {
    let PageVariables { status, after } = posted.variables;
    let status: Vec<String> = status.iter().map(|status| status.to_ascii_lowercase()).collect();
    let after = after.as_deref().map(opened).transpose()?;
    let cursor: Option<Cursor<'_>> =
        after.as_deref().map(serde_json::from_slice).transpose().map_err(|_| Problem::BadRequest)?;
    let mut rows = read(&floor, &person, &status, cursor.as_ref(), PAGE + 1).await?;
    let has_next_page = rows.len() > PAGE;
    rows.truncate(PAGE);
    let end_cursor = rows.last().map(|row| Cursor::of(&row.name, row.id).encode()).transpose()?;
    let nodes = rows.iter().map(Device::from).collect();
    written(&Answer { data: Data { devices: Page { nodes, page_info: PageInfo { has_next_page, end_cursor } } } })
}

async fn read(
    floor: &Shared,
    person: &Person,
    status: &[String],
    after: Option<&Cursor<'_>>,
    count: usize,
) -> Result<Vec<Row>, Problem> {
    if !person.is_staff() && person.tenants.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(count).map_err(|_| Problem::BadRequest)?;
    let rows = on!(floor.pool, pool => {
        let mut query = QueryBuilder::new(SELECT);
        if !person.is_staff() {
            query.push(" and d.tenant_id in (");
            let mut tenants = query.separated(", ");
            for tenant in &person.tenants {
                tenants.push_bind(*tenant);
            }
            query.push(")");
        }
        if !status.is_empty() {
            query.push(" and d.status in (");
            let mut wanted = query.separated(", ");
            for status in status {
                wanted.push_bind(status.clone());
            }
            query.push(")");
        }
        if let Some(cursor) = after {
            query.push(" and (d.name, d.id) > (").push_bind(cursor.value.text.to_owned());
            query.push(", ").push_bind(cursor.id).push(")");
        }
        // Bound, which lets PostgreSQL plan for each value: twice as fast here as the plan that it would keep.
        query.push(" order by d.name, d.id limit ").push_bind(count);
        query.build_query_as().fetch_all(pool).await
    });
    Ok(rows?)
}

/// An answer's text.
///
/// # Errors
/// None that could be met: what is written here has no map with other keys than texts.
pub(super) fn written(answer: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(answer).map_err(|_| Problem::BadRequest)
}
