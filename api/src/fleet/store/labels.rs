//! The queries of servers' labels.

use super::within_reach;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{Proof, Tx};
use crate::platform::scope::{Reader, Visible, nothing};
use rookery_entity::fleet::{server, server_label};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

impl Visible for server_label::Entity {
    fn visible(authority: &Authority) -> Condition {
        within_reach(authority, server_label::Column::TenantId, server_label::Column::ProjectId)
    }
}

/// With more labels than a server can have, none is found.
const LABELS_MOST: usize = crate::fleet::model::LABELS_MOST;

/// Servers with all of these labels.
#[must_use]
pub fn labelled(labels: &[String]) -> Condition {
    if labels.len() > LABELS_MOST {
        return nothing();
    }
    labels.iter().fold(Condition::all(), |all, label| {
        let there = Query::select()
            .expr(Expr::value(1))
            .from(server_label::Entity)
            .and_where(
                Expr::col(server_label::Column::TenantId.as_column_ref())
                    .equals(server::Column::TenantId.as_column_ref()),
            )
            .and_where(
                Expr::col(server_label::Column::ServerId.as_column_ref()).equals(server::Column::Id.as_column_ref()),
            )
            .and_where(server_label::Column::Label.eq(label.trim().to_lowercase()))
            .to_owned();
        all.add(Expr::exists(there))
    })
}

/// A server's labels, in order.
#[must_use]
pub fn labels_of(row: &server::Model) -> Vec<String> {
    let list = row.labels.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|label| label.as_str().map(str::to_owned)).collect()
}

/// The labels of the servers that the viewer sees, each once, in order; at most 500.
///
/// # Errors
/// INTERNAL.
pub async fn known_labels(reader: &Reader<'_>) -> AppResult<Vec<String>> {
    reader.find::<server_label::Entity>().limit(500).values(server_label::Column::Label).await
}

/// Replaces the labels of a server whose row has them by now.
pub(super) async fn save(
    tx: &Tx,
    proof: &(impl Proof + ?Sized),
    server: &server::Model,
    labels: Vec<String>,
) -> AppResult<()> {
    server_label::Entity::delete_many()
        .filter(server_label::Column::TenantId.eq(server.tenant_id))
        .filter(server_label::Column::ServerId.eq(server.id))
        .exec(tx.write(proof))
        .await?;
    let rows: Vec<_> = labels
        .into_iter()
        .map(|label| server_label::ActiveModel {
            tenant_id: Set(server.tenant_id),
            server_id: Set(server.id),
            label: Set(label),
            project_id: Set(server.project_id),
        })
        .collect();
    if !rows.is_empty() {
        server_label::Entity::insert_many(rows).exec(tx.write(proof)).await?;
    }
    Ok(())
}
