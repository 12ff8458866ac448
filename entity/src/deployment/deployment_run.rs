use super::{DeploymentMode, DeploymentStatus};
use crate::ids::{DeploymentId, ProjectId, ScriptId, ScriptRevisionId, ServerRequestId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeploymentId,
    pub project_id: ProjectId,
    pub request_id: Option<ServerRequestId>,
    /// Which deployment a person had run again.
    pub rerun_of: Option<DeploymentId>,
    pub script_id: ScriptId,
    pub script_revision_id: ScriptRevisionId,
    pub mode: DeploymentMode,
    pub status: DeploymentStatus,
    /// The plan that runs, in canonical JSON.
    pub plan: String,
    pub plan_digest: String,
    /// Values that are not secret, by name.
    pub variables: Json,
    /// The secret values, sealed together; bound to this row.
    pub secret_variables: Option<String>,
    pub started_by: UserId,
    pub tasks_finished: i32,
    pub tasks_planned: Option<i32>,
    /// The sequence of the newest event; 0 before the first.
    pub last_sequence: i64,
    /// The digest of all events up to that one; none for those from before there were any.
    pub log_digest: Option<String>,
    /// Up to which byte the runner's spool has become events.
    pub spool_offset: i64,
    /// The fencing token under which a runner was about to be started; none as long as surely none was.
    pub launch_fence: Option<i64>,
    /// The operation that dispatched it, as a W3C trace context; none for those from before there were any.
    pub trace_parent: Option<String>,
    /// Of a preview that came to its end: how much of it was really checked.
    pub coverage: Option<Json>,
    pub failure_message: Option<String>,
    pub cancel_requested_at: Option<DateTimeUtc>,
    /// When it may begin at the earliest, if somebody said so.
    pub run_after: Option<DateTimeUtc>,
    /// Whether it may begin outside of its project's maintenance windows.
    pub ignores_windows: bool,
    /// Since when somebody wants it to pause.
    pub pause_requested_at: Option<DateTimeUtc>,
    /// Since when it does.
    pub paused_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    /// Up to which of its events they are in the archive, from the first on.
    pub archived_through: i64,
    /// How many parts of the archive that takes.
    pub archived_parts: i32,
    /// When the last of them was written.
    pub archived_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
