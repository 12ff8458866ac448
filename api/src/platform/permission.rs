//! Permissions: the words in which fields say what they need.

/// What a role may do. Which rows it may do it to is decided by scopes and policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Permission {
    /// Register servers and keep their connections.
    ManageServers,
    /// See requests once they are approved, and what became of them.
    ViewApprovedServers,
    /// Write scripts, deploy what was approved, cancel runs.
    ManageDeployments,
    /// Work on databases.
    DatabaseOperations,
    /// Plan and run system updates.
    SystemUpdates,
    /// Watch servers.
    ServerMonitoring,
    /// Start, stop and restart servers.
    ServerOperations,
    /// Make and watch backups.
    BackupOperations,
    /// File server requests.
    CreateRequests,
    /// See one's own requests.
    ViewOwnRequests,
    /// Keep client subscriptions.
    ManageSubscriptions,
    /// Look after clients.
    ClientManagement,
    /// Decide on server requests.
    ApproveRequests,
    /// Keep accounts.
    ManageUsers,
    /// Keep projects, their access and their connections.
    ManageProjects,
    /// Keep tenants.
    ManageTenants,
    /// See which clients use which fields of the API.
    ViewUsage,
}

impl Permission {
    /// All of them, in the order in which they are declared.
    pub const ALL: [Self; 17] = [
        Self::ManageServers,
        Self::ViewApprovedServers,
        Self::ManageDeployments,
        Self::DatabaseOperations,
        Self::SystemUpdates,
        Self::ServerMonitoring,
        Self::ServerOperations,
        Self::BackupOperations,
        Self::CreateRequests,
        Self::ViewOwnRequests,
        Self::ManageSubscriptions,
        Self::ClientManagement,
        Self::ApproveRequests,
        Self::ManageUsers,
        Self::ManageProjects,
        Self::ManageTenants,
        Self::ViewUsage,
    ];
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// A set of these.
    #[must_use]
    pub fn of(permissions: &[Permission]) -> Self {
        Self(permissions.iter().fold(0, |bits, permission| bits | 1 << (*permission as u32)))
    }

    /// Whether it holds `permission`.
    #[must_use]
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << (permission as u32)) != 0
    }

    /// Its members, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }
}
