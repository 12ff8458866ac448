use crate::ids::{DeploymentId, TenantId};
use sea_orm::entity::prelude::*;

/// Some of a deployment's events, that follow one another.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_event_archive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment_id: DeploymentId,
    /// From 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    pub first_sequence: i64,
    pub last_sequence: i64,
    /// How many of each kind there are.
    pub statuses: i32,
    pub progresses: i32,
    pub tasks: i32,
    pub lines: i32,
    /// Of `content`, in hexadecimal digits.
    pub sha256: String,
    /// A line of JSON for each event, compressed by gzip.
    pub content: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
