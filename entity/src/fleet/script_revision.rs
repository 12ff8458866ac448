use crate::ids::{ScriptId, ScriptRevisionId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScriptRevisionId,
    pub script_id: ScriptId,
    pub number: i32,
    pub content: String,
    /// What lies beside a playbook: objects with `path` and `content`, by path.
    pub files: Json,
    pub variables: Json,
    /// SHA-256 of the content, in hex.
    pub digest: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
