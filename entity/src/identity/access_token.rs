use crate::ids::{AccessTokenId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessTokenId,
    pub user_id: UserId,
    pub name: String,
    /// SHA-256 of the secret, which nobody sees a second time.
    #[sea_orm(unique)]
    pub secret_hash: String,
    /// How the secret begins, for its owner to know it again.
    pub secret_start: String,
    pub is_read_only: bool,
    /// Whether only the documents named at its creation are carried out for it.
    pub is_confined: bool,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// To the minute.
    pub last_used_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
