//! Who may do what to projects, servers and scripts.

use super::store::{AccessLevel, project, script, server};
use crate::platform::authority::Authority;
use crate::platform::granted::{Action, Refusal, RootAction, Verdict};
use crate::platform::ids::{ProjectId, TenantId};
use crate::platform::permission::Permission;
use crate::tenancy::store::tenant;

/// Which projects somebody reaches.
pub enum Reach {
    /// All.
    Everything,
    /// Those granted.
    Projects(Vec<ProjectId>),
    /// Those of these tenants.
    Tenants(Vec<TenantId>),
}

/// Which projects `authority` reaches: administrators and managers all, other staff what was granted to them, people
/// of tenants those of their tenants.
#[must_use]
pub fn reach(authority: &Authority) -> Reach {
    if authority.reaches_all_projects() {
        Reach::Everything
    } else if authority.is_staff() {
        Reach::Projects(authority.projects.iter().map(|(_, project, _)| *project).collect())
    } else {
        Reach::Tenants(authority.memberships.iter().map(|(tenant, _)| *tenant).collect())
    }
}

fn needs(
    authority: &Authority,
    permission: Permission,
    (tenant, project): (TenantId, ProjectId),
    level: AccessLevel,
    refusal: &'static str,
) -> Verdict {
    let reaches = authority.access_to(tenant, project).is_some_and(|own| own >= level);
    if authority.may(permission) && reaches && !authority.is_guest { Ok(()) } else { Err(Refusal::Forbidden(refusal)) }
}

macro_rules! project_action {
    ($($(#[$meta:meta])* $name:ident on $table:ident($project:ident) = $audit:literal, $permission:ident, $level:ident, $refusal:literal;)+) => {$(
        $(#[$meta])*
        pub struct $name;

        impl Action for $name {
            type Table = $table::Entity;
            const NAME: &'static str = $audit;
            const BY_SYSTEM: bool = true;

            fn permit(authority: &Authority, row: &$table::Model) -> Verdict {
                needs(authority, Permission::$permission, (row.tenant_id, row.$project), AccessLevel::$level, $refusal)
            }
        }
    )+};
}

project_action! {
    /// Changing a project's own data.
    UpdateProject on project(id) = "project.update", ManageServers, Admin,
        "Only administrators, managers and who has admin access to the project change it.";
    /// Changing by which key and user its servers are reached.
    UpdateProjectSsh on project(id) = "project.update_ssh", ManageServers, Admin,
        "Only administrators, managers and who has admin access to the project change its connection.";
    /// Granting and revoking access to it.
    GrantProjectAccess on project(id) = "project.grant_access", ManageProjects, Read,
        "Only administrators grant access to projects.";
    /// Testing its connection.
    TestProjectConnection on project(id) = "project.test_connection", ManageServers, Write,
        "Testing a connection needs write access to the project.";
    /// Saying when deployments on its servers may begin.
    SetMaintenanceWindows on project(id) = "project.set_maintenance_windows", ManageServers, Admin,
        "Only administrators, managers and who has admin access to the project change its maintenance windows.";
    /// Registering a server in it.
    RegisterServer on project(id) = "server.register", ManageServers, Write,
        "Registering a server needs write access to the project.";
    /// Changing a server.
    UpdateServer on server(project_id) = "server.update", ManageServers, Write,
        "Changing a server needs write access to its project.";
    /// Pinning a server's host key.
    PinHostKey on server(project_id) = "server.pin_host_key", ManageServers, Write,
        "Pinning a host key needs write access to the project.";
}

/// Opening a project for a tenant.
pub struct CreateProject;

impl Action for CreateProject {
    type Table = tenant::Entity;
    const NAME: &'static str = "project.create";
    const BY_SYSTEM: bool = true;

    fn permit(authority: &Authority, _: &tenant::Model) -> Verdict {
        if authority.may(Permission::ManageProjects) && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Only administrators create projects."))
        }
    }
}

fn writes_scripts(authority: &Authority) -> Verdict {
    if authority.may(Permission::ManageDeployments) && !authority.is_guest {
        Ok(())
    } else {
        Err(Refusal::Forbidden("Only administrators and technical agents write scripts."))
    }
}

/// Adding a script to the library.
pub struct CreateScript;

impl RootAction for CreateScript {
    const NAME: &'static str = "script.create";
    const BY_SYSTEM: bool = true;

    fn permit(authority: &Authority) -> Verdict {
        writes_scripts(authority)
    }
}

/// Adding a revision to a script, or changing what is said of it.
pub struct UpdateScript;

impl Action for UpdateScript {
    type Table = script::Entity;
    const NAME: &'static str = "script.update";

    fn permit(authority: &Authority, _: &script::Model) -> Verdict {
        writes_scripts(authority)
    }
}
