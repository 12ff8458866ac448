//! The rows of Rookery's database: one file a table, one folder a domain.
//!
//! No GraphQL and no logic lives here. Only a domain's `store.rs` (and the kernel) imports this crate.
#![expect(missing_docs, reason = "columns bear the field's standard names; the GraphQL schema documents them")]

pub mod deployment;
pub mod fleet;
pub mod identity;
pub mod ids;
pub mod inventory;
pub mod notify;
pub mod platform;
pub mod provisioning;
pub mod tenancy;
pub mod usage;

/// An enum stored as its `snake_case` name, so that both databases read alike.
macro_rules! text_enum {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::EnumIter, sea_orm::DeriveActiveEnum,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
        pub enum $name { $($variant),+ }
    )+};
}
pub(crate) use text_enum;
