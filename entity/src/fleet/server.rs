use super::{ServerDeploymentStatus, ServerStatus};
use crate::ids::{ProjectId, ServerId, TenantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "server")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServerId,
    pub project_id: ProjectId,
    pub name: String,
    /// The provider's plan, such as `cx21`; the price follows from it.
    pub r#type: Option<String>,
    pub address: String,
    pub private_address: Option<String>,
    pub ssh_port: Option<i32>,
    pub provider_id: Option<i64>,
    pub image: Option<String>,
    pub location: Option<String>,
    pub status: ServerStatus,
    pub deployment_status: ServerDeploymentStatus,
    /// The pinned host key, one line as in `known_hosts` without the host.
    pub host_key: Option<String>,
    /// Its labels, in order: the same that `server_label` has, for whoever reads this row.
    pub labels: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
