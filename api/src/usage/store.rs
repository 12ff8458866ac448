//! The queries of the counts.

use super::client::Client;
use super::policy::RecordUsage;
use crate::platform::authority::Authority;
use crate::platform::error::AppResult;
use crate::platform::granted::{GrantedRoot, Tx};
use crate::platform::ids::FieldUsageId;
use crate::platform::permission::Permission;
use crate::platform::scope::{Reader, Visible, everything, nothing};
use crate::resource;
use chrono::{DateTime, Utc};
pub use rookery_entity::usage::field_usage;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, Order, QuerySelect as _};

resource!(field_usage as "FieldUsage", global: FieldUsageId);

/// How many rows one statement writes or reads.
const AT_ONCE: usize = 500;

impl Visible for field_usage::Entity {
    fn visible(authority: &Authority) -> Condition {
        if authority.may(Permission::ViewUsage) { everything() } else { nothing() }
    }
}

/// How often a client used a field, within some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Who.
    pub client: Client,
    /// Which: `Type.field`.
    pub field: String,
    /// How often.
    pub count: i64,
    /// When first.
    pub first_used_at: DateTime<Utc>,
    /// When last.
    pub last_used_at: DateTime<Utc>,
}

/// Adds to what is counted already.
///
/// # Errors
/// INTERNAL.
pub async fn add(tx: &Tx, proof: &GrantedRoot<'_, RecordUsage>, uses: &[Use]) -> AppResult<()> {
    use field_usage::Column;
    let count = Expr::col((field_usage::Entity, Column::Count)).add(Expr::col(("excluded", Column::Count)));
    // Several servers write, each a little after the fact.
    let last = Expr::cust(
        "case when excluded.last_used_at > field_usage.last_used_at then excluded.last_used_at \
         else field_usage.last_used_at end",
    );
    let sum = OnConflict::columns([Column::Client, Column::Version, Column::Field])
        .value(Column::Count, count)
        .value(Column::LastUsedAt, last)
        .to_owned();
    for some in uses.chunks(AT_ONCE) {
        let rows = some.iter().map(|used| field_usage::ActiveModel {
            id: Set(FieldUsageId(tx.uuid())),
            client: Set(used.client.name.clone()),
            version: Set(used.client.version.clone()),
            field: Set(used.field.clone()),
            count: Set(used.count),
            first_used_at: Set(used.first_used_at),
            last_used_at: Set(used.last_used_at),
        });
        let insert = field_usage::Entity::insert_many(rows).on_conflict(sum.clone());
        insert.exec_without_returning(tx.write(proof)).await?;
    }
    Ok(())
}

/// The versions of clients that are counted.
///
/// # Errors
/// INTERNAL.
pub async fn clients(tx: &Tx, proof: &GrantedRoot<'_, RecordUsage>) -> AppResult<Vec<Client>> {
    let pairs = field_usage::Entity::find()
        .select_only()
        .column(field_usage::Column::Client)
        .column(field_usage::Column::Version)
        .distinct()
        .into_tuple::<(String, String)>()
        .all(tx.write(proof))
        .await?;
    Ok(pairs.into_iter().map(|(name, version)| Client { name, version }).collect())
}

/// The next counts after this one, in the order of their ids; none at the end.
///
/// # Errors
/// INTERNAL.
pub async fn after(reader: &Reader<'_>, last: Option<FieldUsageId>) -> AppResult<Vec<field_usage::Model>> {
    let mut rows = reader.find::<field_usage::Entity>();
    if let Some(last) = last {
        rows = rows.filter(field_usage::Column::Id.gt(last));
    }
    rows.order_by(field_usage::Column::Id, Order::Asc).limit(AT_ONCE as u64).all().await
}
