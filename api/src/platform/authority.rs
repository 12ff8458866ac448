//! What a person may do, read from the database in one place.

use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::{AccessTokenId, ProjectId, SessionId, TenantId, UserId};
use crate::platform::permission::{Permission, Permissions};
use chrono::{DateTime, Utc};
use rookery_entity::fleet::{AccessLevel, project_access};
use rookery_entity::identity::{PermissionLevel, UserStatus, UserType, access_token, session, user};
use rookery_entity::tenancy::{MembershipRole, MembershipStatus, TenantStatus, membership, tenant};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

/// How a person's rights are kept while a transaction uses them. The row of their account guards all of them: who uses
/// them locks it shared, who changes any of them (the account, its sessions and access tokens, memberships, granted
/// access, the status of a tenant) locks it exclusively before. It is the first row that a transaction locks, and those of several people are
/// locked in order, so that nobody waits in a circle. SQLite has one writer anyway.
#[derive(Debug, Clone, Copy)]
pub(in crate::platform) enum Hold<'p> {
    /// Only read, outside a transaction.
    Nothing,
    /// Nobody changes them until the transaction ends.
    Own,
    /// As `Own`, and the transaction changes those of these people.
    OwnToChange(&'p [UserId]),
}

impl<'p> Hold<'p> {
    /// Whose rights are to change.
    pub(in crate::platform) const fn to_change(self) -> &'p [UserId] {
        match self {
            Self::Nothing | Self::Own => &[],
            Self::OwnToChange(people) => people,
        }
    }

    /// Locks the rows of the accounts, with that of who acts; the system has none.
    pub(in crate::platform) async fn take(self, db: &impl ConnectionTrait, own: Option<UserId>) -> AppResult<()> {
        let lock = match self {
            Self::Nothing => return Ok(()),
            Self::Own => LockType::Share,
            // Rows that name a person may still be inserted: nothing here changes a key.
            Self::OwnToChange(_) => LockType::NoKeyUpdate,
        };
        let people: Vec<UserId> = own.into_iter().chain(self.to_change().iter().copied()).collect();
        if people.is_empty() {
            return Ok(());
        }
        let query = user::Entity::find().select_only().column(user::Column::Id);
        let query = query.filter(user::Column::Id.is_in(people)).order_by_asc(user::Column::Id).lock(lock);
        query.into_tuple::<UserId>().all(db).await?;
        Ok(())
    }
}

/// By what a person shows who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKey {
    /// They have signed in.
    Session(SessionId),
    /// A program acts with their rights.
    AccessToken(AccessTokenId),
}

/// What a credential keeps its owner from; a session from nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Whether it lets them carry out no mutation.
    pub is_read_only: bool,
    /// Whether it lets them carry out only the documents that it was created with.
    pub is_confined: bool,
}

/// A signed-in person with everything that decides what they may do.
#[derive(Debug, Clone)]
pub struct Authority {
    /// Who.
    pub user: UserId,
    /// By which session or access token, unless a job acts on their behalf.
    pub credential: Option<CredentialKey>,
    /// Until when that lasts.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it keeps them from, whatever their rights are.
    pub limits: Limits,
    /// Their name.
    pub name: String,
    /// Their level.
    pub level: PermissionLevel,
    /// Whether they are a technical agent who reaches every project.
    pub is_manager: bool,
    /// Whether they may change anything at all.
    pub is_guest: bool,
    /// Active memberships in active tenants.
    pub memberships: Vec<(TenantId, MembershipRole)>,
    /// Projects granted to them.
    pub projects: Vec<(TenantId, ProjectId, AccessLevel)>,
    /// What their role allows.
    pub permissions: Permissions,
}

impl Authority {
    /// Reads it for a session or an access token, which must be neither revoked nor expired at `now`; the account must
    /// be active.
    ///
    /// # Errors
    /// UNAUTHENTICATED if any of that fails.
    pub(in crate::platform) async fn of_credential(
        db: &impl ConnectionTrait,
        key: CredentialKey,
        now: DateTime<Utc>,
        hold: Hold<'_>,
    ) -> AppResult<Self> {
        let mut credential = Credential::read(db, key).await?;
        if !matches!(hold, Hold::Nothing) {
            // Whose it is does not change, whether it lasts may have while the account's row was waited for.
            hold.take(db, Some(credential.user)).await?;
            credential = Credential::read(db, key).await?;
        }
        if credential.is_revoked || credential.expires_at <= now {
            return Err(AppError::Unauthenticated);
        }
        let mut authority = Self::read(db, credential.user).await?;
        authority.credential = Some(key);
        authority.expires_at = Some(credential.expires_at);
        authority.limits = credential.limits;
        Ok(authority)
    }

    /// Reads it for a person on whose behalf something is done.
    pub(in crate::platform) async fn of_user(
        db: &impl ConnectionTrait,
        user: UserId,
        hold: Hold<'_>,
    ) -> AppResult<Self> {
        hold.take(db, Some(user)).await?;
        Self::read(db, user).await
    }

    async fn read(db: &impl ConnectionTrait, user: UserId) -> AppResult<Self> {
        let row = user::Entity::find_by_id(user).one(db).await?;
        let row = row.filter(|row| row.status == UserStatus::Active).ok_or(AppError::Unauthenticated)?;
        let memberships = membership::Entity::find()
            .select_only()
            .column(membership::Column::TenantId)
            .column(membership::Column::Role)
            .join(
                JoinType::InnerJoin,
                membership::Entity::belongs_to(tenant::Entity)
                    .from(membership::Column::TenantId)
                    .to(tenant::Column::Id)
                    .into(),
            )
            .filter(membership::Column::UserId.eq(user))
            .filter(membership::Column::Status.eq(MembershipStatus::Active))
            .filter(tenant::Column::Status.eq(TenantStatus::Active))
            .into_tuple()
            .all(db)
            .await?;
        let projects = project_access::Entity::find()
            .select_only()
            .column(project_access::Column::TenantId)
            .column(project_access::Column::ProjectId)
            .column(project_access::Column::Level)
            .filter(project_access::Column::UserId.eq(user))
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self {
            user,
            credential: None,
            expires_at: None,
            limits: Limits::default(),
            name: row.name,
            level: row.level,
            is_manager: row.level == PermissionLevel::Technician && row.is_manager,
            is_guest: row.user_type == UserType::GuestUser,
            memberships,
            projects,
            permissions: permissions_of(row.level),
        })
    }

    /// Whether a program acts here by an access token, and nobody has signed in.
    #[must_use]
    pub const fn is_by_access_token(&self) -> bool {
        matches!(self.credential, Some(CredentialKey::AccessToken(_)))
    }

    /// Whether they are an administrator.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.level == PermissionLevel::Admin
    }

    /// Whether they work for the operator.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.level != PermissionLevel::Client
    }

    /// Whether every project is in their reach: administrators, and managers among the technical agents.
    #[must_use]
    pub fn reaches_all_projects(&self) -> bool {
        self.is_admin() || self.is_manager
    }

    /// Their role in `tenant`.
    #[must_use]
    pub fn role_in(&self, tenant: TenantId) -> Option<MembershipRole> {
        self.memberships.iter().find(|(id, _)| *id == tenant).map(|(_, role)| *role)
    }

    /// Whether they keep `tenant`: its owner or one of its administrators.
    #[must_use]
    pub fn keeps_tenant(&self, tenant: TenantId) -> bool {
        matches!(self.role_in(tenant), Some(MembershipRole::Owner | MembershipRole::Admin))
    }

    /// How far they reach into a project.
    #[must_use]
    pub fn access_to(&self, tenant: TenantId, project: ProjectId) -> Option<AccessLevel> {
        if self.reaches_all_projects() {
            return Some(AccessLevel::Admin);
        }
        let granted = self.projects.iter().find(|(owner, id, _)| (*owner, *id) == (tenant, project));
        let granted = granted.map(|(_, _, level)| *level);
        if self.is_staff() { granted } else { granted.or(self.role_in(tenant).map(|_| AccessLevel::Read)) }
    }

    /// Whether they hold `permission`.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }
}

/// What decides whether a session or an access token still counts.
struct Credential {
    user: UserId,
    expires_at: DateTime<Utc>,
    is_revoked: bool,
    limits: Limits,
}

impl Credential {
    async fn read(db: &impl ConnectionTrait, key: CredentialKey) -> AppResult<Self> {
        let found = match key {
            CredentialKey::Session(id) => session::Entity::find_by_id(id).one(db).await?.map(|row| Self {
                user: row.user_id,
                expires_at: row.expires_at,
                is_revoked: row.revoked_at.is_some(),
                limits: Limits::default(),
            }),
            CredentialKey::AccessToken(id) => access_token::Entity::find_by_id(id).one(db).await?.map(|row| Self {
                user: row.user_id,
                expires_at: row.expires_at,
                is_revoked: row.revoked_at.is_some(),
                limits: Limits { is_read_only: row.is_read_only, is_confined: row.is_confined },
            }),
        };
        found.ok_or(AppError::Unauthenticated)
    }
}

/// The permissions of a staff role. People of tenants have theirs from their memberships, row by row.
#[must_use]
pub fn permissions_of(level: PermissionLevel) -> Permissions {
    use Permission as P;
    match level {
        PermissionLevel::Admin => Permissions::of(&P::ALL),
        PermissionLevel::Technician => Permissions::of(&[
            P::ManageServers,
            P::ViewApprovedServers,
            P::ManageDeployments,
            P::DatabaseOperations,
            P::SystemUpdates,
            P::ServerMonitoring,
            P::ServerOperations,
            P::BackupOperations,
        ]),
        PermissionLevel::Billing => Permissions::of(&[
            P::CreateRequests,
            P::ViewOwnRequests,
            P::ViewApprovedServers,
            P::ManageSubscriptions,
            P::ClientManagement,
        ]),
        PermissionLevel::Client => Permissions::default(),
    }
}
