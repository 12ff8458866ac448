use super::{TenantStatus, TenantType};
use crate::ids::TenantId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub r#type: TenantType,
    pub status: TenantStatus,
    /// The company that runs Rookery: owns what is assigned to no client.
    pub is_operator: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
