use super::ConnectionTestStatus;
use crate::ids::{ProjectId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "project")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProjectId,
    pub name: String,
    pub description: String,
    pub max_servers: i32,
    pub monthly_budget_cents: i32,
    pub ssh_user: String,
    pub ssh_port: i32,
    /// Sealed; bound to this row.
    pub ssh_private_key: Option<String>,
    /// Sealed; bound to this row.
    pub ssh_passphrase: Option<String>,
    pub ssh_public_key: Option<String>,
    pub ssh_tested_at: Option<DateTimeUtc>,
    pub ssh_test_status: Option<ConnectionTestStatus>,
    pub ssh_test_message: Option<String>,
    /// When deployments may begin; none is always.
    pub maintenance_windows: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
