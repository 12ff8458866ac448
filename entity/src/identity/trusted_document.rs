use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_document")]
pub struct Model {
    /// Of the text, in hexadecimal digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    pub text: String,
    /// When a token was last created with it.
    pub given_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
