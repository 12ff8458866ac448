//! Typed identifiers: a project's id cannot be passed where a server's is meant.

use sea_orm::entity::prelude::Uuid;

/// A column that holds an id, or may hold one.
pub trait IdColumn: Copy {
    /// Of what.
    type Id;
    /// The id.
    fn id(self) -> Option<Self::Id>;
}

macro_rules! typed_id {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
        pub struct $name(pub Uuid);

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl IdColumn for $name {
            type Id = Self;
            fn id(self) -> Option<Self> {
                Some(self)
            }
        }

        impl IdColumn for Option<$name> {
            type Id = $name;
            fn id(self) -> Self {
                self
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }
    )+};
}

typed_id!(
    TenantId,
    UserId,
    SessionId,
    AccessTokenId,
    SiteId,
    DeviceId,
    ProjectId,
    ServerId,
    ScriptId,
    ScriptRevisionId,
    ServerRequestId,
    DeploymentId,
    ServerRunId,
    NotificationId,
    JobId,
    EventId,
    AuditEventId,
    FieldUsageId,
);
