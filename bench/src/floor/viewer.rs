//! Who asks, what they may do, and where they belong.

use super::devices::written;
use super::pool::on;
use super::problem::Problem;
use super::session::Sender;
use super::{Answer, Shared, ids};
use axum::extract::State;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct Data<'r> {
    viewer: Viewer<'r>,
}

#[derive(Serialize)]
struct Viewer<'r> {
    user: User<'r>,
    level: String,
    /// People of tenants have theirs from their memberships: none of an operator's staff is measured here.
    permissions: [&'static str; 0],
    memberships: Vec<Membership<'r>>,
}

#[derive(Serialize)]
struct User<'r> {
    id: String,
    name: &'r str,
}

#[derive(Serialize)]
struct Membership<'r> {
    role: String,
    tenant: Tenant<'r>,
}

#[derive(Serialize)]
struct Tenant<'r> {
    id: String,
    name: &'r str,
}

/// The places of a person, in the tenants that are theirs to see.
const MEMBERSHIPS: &str = r#"select u.name, m.role, t.id, t.name from "user" u
    join membership m on m.user_id = u.id and m.status = 'active'
    join tenant t on t.id = m.tenant_id and t.status = 'active'
    where u.id = $1 order by m.created_at, m.tenant_id"#;

/// The sender.
pub(super) async fn viewer(State(floor): State<Shared>, Sender(person): Sender) -> Result<Vec<u8>, Problem> {
    if person.is_staff() {
        return Err(Problem::BadRequest);
    }
    let rows: Vec<(String, String, Uuid, String)> =
        on!(floor.pool, pool => sqlx::query_as(MEMBERSHIPS).bind(person.user).fetch_all(pool).await)?;
    let name = rows.first().map_or(person.name.as_str(), |row| &row.0);
    let memberships = rows.iter().map(|(_, role, tenant, name)| Membership {
        role: role.to_ascii_uppercase(),
        tenant: Tenant { id: ids::global("Tenant", *tenant), name },
    });
    written(&Answer {
        data: Data {
            viewer: Viewer {
                user: User { id: ids::global("User", person.user), name },
                level: person.level.to_ascii_uppercase(),
                permissions: [],
                memberships: memberships.collect(),
            },
        },
    })
}
