use super::JobState;
use crate::ids::{JobId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub tenant_id: TenantId,
    pub kind: String,
    pub subject_id: Uuid,
    pub state: JobState,
    /// Raised with every lease: a holder of an older one writes nothing.
    pub fence: i64,
    /// The server that holds the lease.
    pub node: Option<String>,
    pub lease_expires_at: Option<DateTimeUtc>,
    pub run_at: DateTimeUtc,
    /// When it was first leased.
    pub taken_up_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
