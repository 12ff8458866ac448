use crate::ids::JobId;
use sea_orm::entity::prelude::*;

/// What a job that is not done needs for itself alone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_need")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub resource_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: JobId,
}

impl ActiveModelBehavior for ActiveModel {}
