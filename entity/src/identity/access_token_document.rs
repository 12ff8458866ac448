use crate::ids::AccessTokenId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub access_token_id: AccessTokenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
}

impl ActiveModelBehavior for ActiveModel {}
