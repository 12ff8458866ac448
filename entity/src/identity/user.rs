use super::{PermissionLevel, UserStatus, UserType};
use crate::ids::UserId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub username: Option<String>,
    /// Argon2id, in PHC notation; none for who signs in elsewhere.
    pub password_hash: Option<String>,
    pub user_type: UserType,
    pub level: PermissionLevel,
    pub is_manager: bool,
    pub status: UserStatus,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
