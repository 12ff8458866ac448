use crate::ids::EventId;
use sea_orm::entity::prelude::*;

/// The order in which readers see events; assigned by one sealer, after the event was committed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_position")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub event_id: EventId,
    pub topic: String,
}

impl ActiveModelBehavior for ActiveModel {}
