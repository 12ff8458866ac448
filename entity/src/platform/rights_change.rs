use crate::ids::UserId;
use sea_orm::entity::prelude::*;

/// Somebody whose rights a transaction changed. Its place is the number of that transaction among all of those.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rights_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
