use crate::ids::{DeploymentId, TenantId};
use sea_orm::entity::prelude::*;

/// What a part of the archive holds, without its content: the same table as `deployment_event_archive`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_event_archive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment_id: DeploymentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    pub first_sequence: i64,
    pub last_sequence: i64,
    pub statuses: i32,
    pub progresses: i32,
    pub tasks: i32,
    pub lines: i32,
}

impl ActiveModelBehavior for ActiveModel {}
