use super::{ExpectedUsage, Priority, RequestStatus, ServerType};
use crate::ids::{ProjectId, ScriptId, ServerId, ServerRequestId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServerRequestId,
    pub project_id: ProjectId,
    pub requester_id: UserId,
    pub name: String,
    pub server_type: ServerType,
    pub cpu: i32,
    pub memory_gb: i32,
    pub storage_gb: i32,
    pub operating_system: String,
    pub application_type: Option<String>,
    pub priority: Priority,
    pub expected_usage: ExpectedUsage,
    pub justification: String,
    pub script_id: Option<ScriptId>,
    pub target_server_id: Option<ServerId>,
    /// Values that are not secret, by name.
    pub variables: Json,
    /// The secret values, sealed together; bound to this row.
    pub secret_variables: Option<String>,
    pub status: RequestStatus,
    /// What was approved, in canonical JSON; none before.
    pub approved_plan: Option<String>,
    pub approved_digest: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub decision_note: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
