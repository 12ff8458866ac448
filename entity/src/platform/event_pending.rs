use crate::ids::EventId;
use sea_orm::entity::prelude::*;

/// Events that have no position yet: what the sealer has to do.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_pending")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
}

impl ActiveModelBehavior for ActiveModel {}
