//! What a field needs, as a guard and as a directive in the SDL. `#[gated]` writes both from one declaration.
use crate::platform::error::{AppError, AppResult};
use crate::platform::permission::Permission;
use crate::platform::viewer::Viewer;
use async_graphql::{Context, Enum, Guard, Result, TypeDirective};

/// A permission that a field needs.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "Permission", remote = "Permission")]
pub enum GqlPermission {
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

/// Anybody may ask for this field, signed in or not.
#[TypeDirective(location = "FieldDefinition")]
pub fn public() {}

/// The field is for who is signed in; what they see of it depends on their reach.
#[TypeDirective(location = "FieldDefinition")]
pub fn signedIn() {}

/// The field is for who holds this permission.
#[TypeDirective(location = "FieldDefinition")]
pub fn requires(permission: GqlPermission) {}

/// The guard of `#[signed_in]`; it knows its field's name.
pub struct SignedIn(pub &'static str);

impl Guard for SignedIn {
    async fn check(&self, context: &Context<'_>) -> Result<()> {
        if crate::platform::sabotage::disabled(&format!("guard:{}", self.0)) {
            return Ok(());
        }
        context.data::<Viewer>()?.signed_in()?;
        Ok(())
    }
}

/// The guard of `#[requires(..)]`; it knows its field's name.
pub struct Requires(pub Permission, pub &'static str);

impl Requires {
    /// Lets those pass who may read the field.
    ///
    /// # Errors
    /// UNAUTHENTICATED or FORBIDDEN for others.
    pub fn admits(&self, viewer: &Viewer) -> AppResult<()> {
        if crate::platform::sabotage::disabled(&format!("guard:{}", self.1)) || viewer.signed_in()?.may(self.0) {
            return Ok(());
        }
        Err(AppError::Forbidden("Your role does not include this."))
    }
}

impl Guard for Requires {
    async fn check(&self, context: &Context<'_>) -> Result<()> {
        Ok(self.admits(context.data::<Viewer>()?)?)
    }
}
