use super::{DeploymentEventKind, DeploymentStatus, TaskStatus};
use crate::ids::{DeploymentId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment_id: DeploymentId,
    /// From 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub kind: DeploymentEventKind,
    pub at: DateTimeUtc,
    pub status: Option<DeploymentStatus>,
    pub task_index: Option<i32>,
    pub task_name: Option<String>,
    pub task_status: Option<TaskStatus>,
    pub host: Option<String>,
    pub text: Option<String>,
    pub finished: Option<i32>,
    pub planned: Option<i32>,
    /// Whether the run pauses from here on; none where this says nothing of it.
    pub paused: Option<bool>,
}

impl ActiveModelBehavior for ActiveModel {}
