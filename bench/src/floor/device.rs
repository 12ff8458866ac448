//! One device by its global id.

use super::devices::{Device, Row, SELECT, written};
use super::pool::on;
use super::problem::Problem;
use super::session::Sender;
use super::{Answer, Posted, Shared, ids};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

/// Which object is asked for.
#[derive(Deserialize)]
pub(super) struct Variables {
    id: String,
}

#[derive(Serialize)]
struct Data<'r> {
    node: Option<Device<'r>>,
}

/// The device, if the sender sees it.
pub(super) async fn node(
    State(floor): State<Shared>,
    Sender(person): Sender,
    Json(posted): Json<Posted<Variables>>,
) -> Result<Vec<u8>, Problem> {
    let (tenant, id) = ids::parse("Device", &posted.variables.id)?;
    let row: Option<Row> = if person.sees(tenant) {
        on!(floor.pool, pool => {
            let mut query = QueryBuilder::new(SELECT);
            query.push(" and d.tenant_id = ").push_bind(tenant).push(" and d.id = ").push_bind(id);
            query.build_query_as().fetch_optional(pool).await
        })?
    } else {
        None
    };
    written(&Answer { data: Data { node: row.as_ref().map(Device::from) } })
}
