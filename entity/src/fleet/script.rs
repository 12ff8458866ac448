use super::ScriptKind;
use crate::ids::ScriptId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScriptId,
    #[sea_orm(unique)]
    pub name: String,
    pub description: String,
    pub kind: ScriptKind,
    pub requires_root: bool,
    /// The number of the newest revision.
    pub current_revision: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
