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
    /// Of the content, wherever it is, in hexadecimal digits.
    pub sha256: String,
    /// A line of JSON for each event, compressed by gzip. Empty if it is in a file.
    pub content: Vec<u8>,
    /// Whether the content is in a file of the archive's directory.
    pub in_file: bool,
}

impl ActiveModelBehavior for ActiveModel {}
