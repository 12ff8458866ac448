//! Who may do what to deployments.

use super::model::is_final;
use super::store::{DeploymentMode, DeploymentStatus, deployment_run};
use crate::fleet::store::{AccessLevel, project};
use crate::platform::authority::Authority;
use crate::platform::error::UserErrorCode;
use crate::platform::granted::{Action, Refusal, Verdict};
use crate::platform::permission::Permission;

/// Running a script on servers of a project without a request.
pub struct RunScript;

impl Action for RunScript {
    type Table = project::Entity;
    const NAME: &'static str = "deployment.run_script";

    fn permit(authority: &Authority, row: &project::Model) -> Verdict {
        let reaches = authority.access_to(row.tenant_id, row.id).is_some_and(|own| own >= AccessLevel::Admin);
        if authority.may(Permission::ManageDeployments) && reaches && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Running a script without a request needs admin access to the project."))
        }
    }
}

/// Stopping a deployment.
pub struct CancelDeployment;

impl Action for CancelDeployment {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.cancel";

    fn permit(authority: &Authority, row: &deployment_run::Model) -> Verdict {
        controls(authority, row, "Cancelling needs a technical role with write access to the project.")
    }
}

/// Who may stop, pause and resume a deployment, as long as it goes on.
fn controls(authority: &Authority, row: &deployment_run::Model, refusal: &'static str) -> Verdict {
    let reaches = authority.access_to(row.tenant_id, row.project_id).is_some_and(|own| own >= AccessLevel::Write);
    if !authority.may(Permission::ManageDeployments) || !reaches || authority.is_guest {
        return Err(Refusal::Forbidden(refusal));
    }
    if is_final(row.status) {
        return Err(Refusal::Person(UserErrorCode::Conflict, "It has ended already."));
    }
    Ok(())
}

/// Having a deployment begin nothing new.
pub struct PauseDeployment;

impl Action for PauseDeployment {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.pause";

    fn permit(authority: &Authority, row: &deployment_run::Model) -> Verdict {
        controls(authority, row, "Pausing needs a technical role with write access to the project.")?;
        if row.pause_requested_at.is_some() {
            return Err(Refusal::Person(UserErrorCode::Conflict, "Somebody has paused it already."));
        }
        Ok(())
    }
}

/// Having a paused deployment go on.
pub struct ResumeDeployment;

impl Action for ResumeDeployment {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.resume";

    fn permit(authority: &Authority, row: &deployment_run::Model) -> Verdict {
        controls(authority, row, "Resuming needs a technical role with write access to the project.")?;
        if row.pause_requested_at.is_none() {
            return Err(Refusal::Person(UserErrorCode::Conflict, "It is not paused."));
        }
        Ok(())
    }
}

/// Saying anew when a deployment may begin.
pub struct RescheduleDeployment;

impl Action for RescheduleDeployment {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.reschedule";

    fn permit(authority: &Authority, row: &deployment_run::Model) -> Verdict {
        if !may_run(authority, row) {
            return Err(Refusal::Forbidden(
                "Rescheduling needs a technical role with write access to the project, and admin access without a request.",
            ));
        }
        if row.mode == DeploymentMode::Preview {
            return Err(Refusal::Person(UserErrorCode::Conflict, "A preview begins as soon as it can."));
        }
        if row.status != DeploymentStatus::Pending || row.cancel_requested_at.is_some() {
            return Err(Refusal::Person(UserErrorCode::Conflict, "It has begun already."));
        }
        Ok(())
    }
}

/// Having a deployment begin outside of its project's maintenance windows.
pub struct DeployOutsideWindows;

impl Action for DeployOutsideWindows {
    type Table = project::Entity;
    const NAME: &'static str = "deployment.outside_windows";

    fn permit(authority: &Authority, row: &project::Model) -> Verdict {
        RunScript::permit(authority, row).map_err(|_| {
            Refusal::Forbidden("Deploying outside of the maintenance windows needs admin access to the project.")
        })
    }
}

/// Whether somebody may have such a deployment run: without a request nobody has approved it.
#[must_use]
pub fn may_run(authority: &Authority, row: &deployment_run::Model) -> bool {
    let needed = if row.request_id.is_some() { AccessLevel::Write } else { AccessLevel::Admin };
    let reaches = authority.access_to(row.tenant_id, row.project_id).is_some_and(|own| own >= needed);
    authority.may(Permission::ManageDeployments) && reaches && !authority.is_guest
}

/// Running again what has ended.
pub struct RerunDeployment;

impl Action for RerunDeployment {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.rerun";

    fn permit(authority: &Authority, row: &deployment_run::Model) -> Verdict {
        if !may_run(authority, row) {
            return Err(Refusal::Forbidden(
                "Running again needs a technical role with write access to the project, and admin access without a request.",
            ));
        }
        if row.mode == DeploymentMode::Preview {
            return Err(Refusal::Person(
                UserErrorCode::Conflict,
                "A preview changed nothing: preview the script anew.",
            ));
        }
        if !is_final(row.status) {
            return Err(Refusal::Person(UserErrorCode::Conflict, "It has not ended yet."));
        }
        if row.request_id.is_some() && row.status == DeploymentStatus::Completed {
            return Err(Refusal::Person(UserErrorCode::Conflict, "What was approved has been deployed."));
        }
        Ok(())
    }
}

/// Moving old events into the archive.
pub struct ArchiveEvents;

impl Action for ArchiveEvents {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.archive_events";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority, _: &deployment_run::Model) -> Verdict {
        Err(Refusal::Forbidden("Only the server archives events."))
    }
}

/// Recording what a run does: for the holder of its lease.
pub struct RecordRun;

impl Action for RecordRun {
    type Table = deployment_run::Entity;
    const NAME: &'static str = "deployment.record";
    const BY_SYSTEM: bool = true;

    fn permit(_: &Authority, _: &deployment_run::Model) -> Verdict {
        Err(Refusal::Forbidden("Only the server records what a run does."))
    }
}
