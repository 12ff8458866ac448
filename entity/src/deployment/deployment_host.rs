use super::HostResult;
use crate::ids::{DeploymentId, ServerId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_host")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment_id: DeploymentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub server_id: ServerId,
    pub name: String,
    pub address: String,
    pub result: HostResult,
    pub ok: i32,
    pub changed: i32,
    pub failed: i32,
    pub skipped: i32,
    pub unreachable: i32,
    /// When its first task began there.
    pub started_at: Option<DateTimeUtc>,
    /// When the last of its tasks that ended there did, or was stopped.
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
