use super::HostResult;
use crate::ids::{DeploymentId, ProjectId, ScriptId, ScriptRevisionId, ServerId, ServerRunId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServerRunId,
    pub server_id: ServerId,
    pub project_id: ProjectId,
    pub deployment_id: DeploymentId,
    pub script_id: ScriptId,
    pub script_revision_id: ScriptRevisionId,
    pub outcome: HostResult,
    /// When its first task began there.
    pub started_at: Option<DateTimeUtc>,
    /// When its last task ended there, or was stopped.
    pub finished_at: Option<DateTimeUtc>,
    /// Milliseconds between them.
    pub duration_ms: Option<i64>,
    /// When the deployment ended.
    pub recorded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
