//! Who may do what to server requests.

use super::model::may_become;
use super::store::{RequestStatus, server_request};
use crate::fleet::store::{AccessLevel, project};
use crate::platform::authority::Authority;
use crate::platform::error::UserErrorCode;
use crate::platform::granted::{Action, Refusal, Verdict};
use crate::platform::permission::Permission;

fn reaches(authority: &Authority, row: &server_request::Model, level: AccessLevel) -> bool {
    authority.access_to(row.tenant_id, row.project_id).is_some_and(|own| own >= level)
}

fn state(row: &server_request::Model, to: RequestStatus, refusal: &'static str) -> Verdict {
    if may_become(row.status, to) { Ok(()) } else { Err(Refusal::Person(UserErrorCode::Conflict, refusal)) }
}

/// Filing a request for a server of a project.
pub struct CreateServerRequest;

impl Action for CreateServerRequest {
    type Table = project::Entity;
    const NAME: &'static str = "server_request.create";

    fn permit(authority: &Authority, row: &project::Model) -> Verdict {
        let reaches = authority.access_to(row.tenant_id, row.id).is_some();
        if authority.may(Permission::CreateRequests) && reaches && !authority.is_guest {
            Ok(())
        } else {
            Err(Refusal::Forbidden("Your role does not file requests for this project."))
        }
    }
}

/// Changing or completing a request that waits for a decision.
pub struct UpdateServerRequest;

impl Action for UpdateServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.update";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        let requester = row.requester_id == authority.user
            && authority.may(Permission::CreateRequests)
            && reaches(authority, row, AccessLevel::Read);
        let completes = authority.may(Permission::ManageDeployments) && reaches(authority, row, AccessLevel::Write);
        if !(requester || completes) || authority.is_guest {
            return Err(Refusal::Forbidden(
                "Only its requester, while they reach the project, and staff with write access to it change it.",
            ));
        }
        if row.status == RequestStatus::Pending {
            Ok(())
        } else {
            Err(Refusal::Person(UserErrorCode::Conflict, "It is no longer pending."))
        }
    }
}

/// Withdrawing one's own request.
pub struct CancelServerRequest;

impl Action for CancelServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.cancel";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        if row.requester_id != authority.user || authority.is_guest {
            return Err(Refusal::Forbidden("Only its requester cancels it."));
        }
        state(row, RequestStatus::Cancelled, "It can no longer be cancelled.")
    }
}

fn decides(authority: &Authority, row: &server_request::Model) -> Verdict {
    if !authority.may(Permission::ApproveRequests) || authority.is_guest {
        return Err(Refusal::Forbidden("Only administrators decide on requests."));
    }
    if row.requester_id == authority.user {
        return Err(Refusal::Person(UserErrorCode::SelfApproval, "Nobody decides on their own request."));
    }
    Ok(())
}

/// Approving a request as it is planned.
pub struct ApproveServerRequest;

impl Action for ApproveServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.approve";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        decides(authority, row)?;
        state(row, RequestStatus::Approved, "It has been decided already.")
    }
}

/// Rejecting a request.
pub struct RejectServerRequest;

impl Action for RejectServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.reject";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        decides(authority, row)?;
        state(row, RequestStatus::Rejected, "It has been decided already.")
    }
}

/// Looking what a request would change.
pub struct PreviewServerRequest;

impl Action for PreviewServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.preview";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        let may = authority.may(Permission::ManageDeployments) && reaches(authority, row, AccessLevel::Write);
        if !may || authority.is_guest {
            return Err(Refusal::Forbidden("A preview needs a technical role with write access to the project."));
        }
        match row.status {
            RequestStatus::Pending | RequestStatus::Approved | RequestStatus::Failed => Ok(()),
            RequestStatus::Rejected | RequestStatus::Deploying | RequestStatus::Deployed | RequestStatus::Cancelled => {
                Err(Refusal::Person(UserErrorCode::Conflict, "Only what may still be deployed can be previewed."))
            }
        }
    }
}

/// Deploying what was approved.
pub struct DeployServerRequest;

impl Action for DeployServerRequest {
    type Table = server_request::Entity;
    const NAME: &'static str = "server_request.deploy";

    fn permit(authority: &Authority, row: &server_request::Model) -> Verdict {
        let may = authority.may(Permission::ManageDeployments) && reaches(authority, row, AccessLevel::Write);
        if !may || authority.is_guest {
            return Err(Refusal::Forbidden("Deploying needs a technical role with write access to the project."));
        }
        state(row, RequestStatus::Deploying, "Only an approved request can be deployed, and once at a time.")
    }
}
