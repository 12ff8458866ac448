use crate::ids::{ProjectId, ServerId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server_label")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub server_id: ServerId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub label: String,
    /// The server's, which never changes.
    pub project_id: ProjectId,
}

impl ActiveModelBehavior for ActiveModel {}
