use crate::ids::FieldUsageId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "field_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FieldUsageId,
    /// How the client called itself; empty for one that did not.
    pub client: String,
    /// Its version; empty for one that gave none.
    pub version: String,
    /// `Type.field`.
    pub field: String,
    pub count: i64,
    pub first_used_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
