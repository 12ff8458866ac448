//! Makes a deployment's receipt, in the transaction that ends it.

use super::{AUDIENCE, Decided, Decision, Ended, Fixed, Log, Named, Receipt, Script, TYPE, Target, VERSION};
use crate::deployment::log_digest;
use crate::deployment::plan::{Plan, PlannedTarget};
use crate::deployment::policy::RecordRun;
use crate::deployment::store::{self, HostResult, deployment_host, deployment_run};
use crate::fleet::store::project;
use crate::identity::Identity;
use crate::identity::store::user;
use crate::platform::canonical;
use crate::platform::error::{AppError, AppResult};
use crate::platform::granted::{Granted, Tx};
use crate::platform::ids::{GlobalId, Key as _, ServerId, UserId};
use crate::platform::scope::Resource;
use crate::provisioning::store::server_request;
use crate::tenancy::store::tenant;
use chrono::{DateTime, Utc};

/// Makes, signs and keeps the receipt of a deployment that has ended as `row` says; nothing for one whose events were
/// not followed from the first.
///
/// # Errors
/// INTERNAL.
pub async fn issue(
    tx: &Tx,
    proof: &Granted<'_, RecordRun>,
    identity: &Identity,
    row: &deployment_run::Model,
    request: Option<&server_request::Model>,
) -> AppResult<()> {
    let Some(link) = &row.log_digest else { return Ok(()) };
    let plan: Plan = serde_json::from_str(&row.plan).map_err(AppError::unreadable("a kept plan"))?;
    let tenant = tx.get::<tenant::Entity>(row.tenant_id).await?;
    let project = tx.get::<project::Entity>((row.tenant_id, row.project_id)).await?;
    let hosts = store::hosts_of_run(tx, proof).await?;
    let receipt = Receipt {
        aud: AUDIENCE.to_owned(),
        version: VERSION,
        issuer: identity.issuer.clone(),
        issued_at: time(tx.now()),
        tenant: Named { id: id_of::<tenant::Entity>(tenant.id), name: tenant.name },
        project: Named { id: id_of::<project::Entity>((row.tenant_id, project.id)), name: project.name },
        deployment: Ended {
            id: id_of::<deployment_run::Entity>((row.tenant_id, row.id)),
            status: log_digest::status(row.status).to_owned(),
            failure_message: row.failure_message.clone(),
            started_by: person(tx, row.started_by).await?,
            created_at: time(row.created_at),
            started_at: row.started_at.map(time),
            finished_at: row.finished_at.map(time),
        },
        request: match request {
            Some(request) => Some(decided(tx, request).await?),
            None => None,
        },
        targets: plan.targets.iter().filter_map(|target| came_out(row, target, &hosts)).collect(),
        plan: fixed(row, plan),
        log: Log { events: row.last_sequence, digest: Log::digest_of(link) },
    };
    let payload = serde_json::to_value(&receipt).map_err(AppError::internal)?;
    let jws = identity.keys.sign_as(TYPE, canonical::json(&payload).as_bytes())?;
    store::insert_receipt(tx, proof, jws).await
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339()
}

fn id_of<E: Resource>(key: E::Key) -> String {
    GlobalId::encode(E::NAME, &key.parts())
}

async fn person(tx: &Tx, id: UserId) -> AppResult<Named> {
    let row = tx.get::<user::Entity>(id).await?;
    Ok(Named { id: id_of::<user::Entity>(id), name: row.name })
}

/// Only what was approved is deployed, so that there is one decision. What was said about it stays between those who see
/// the request.
async fn decided(tx: &Tx, request: &server_request::Model) -> AppResult<Decided> {
    let mut decisions = Vec::new();
    if let (Some(by), Some(at)) = (request.decided_by, request.decided_at) {
        decisions.push(Decision {
            decision: "APPROVED".to_owned(),
            by: person(tx, by).await?,
            at: time(at),
            plan_digest: request.approved_digest.clone(),
        });
    }
    Ok(Decided {
        id: id_of::<server_request::Entity>((request.tenant_id, request.id)),
        name: request.name.clone(),
        requester: person(tx, request.requester_id).await?,
        filed_at: time(request.created_at),
        decisions,
    })
}

fn fixed(row: &deployment_run::Model, plan: Plan) -> Fixed {
    let script = Script {
        id: GlobalId::encode("Script", &[plan.script.id]),
        name: plan.script.name,
        kind: plan.script.kind,
        revision: plan.script.revision,
        digest: plan.script.digest,
        files: plan.script.files,
        requires_root: plan.script.requires_root,
    };
    Fixed {
        digest: row.plan_digest.clone(),
        script,
        monthly_price_cents: plan.monthly_price_cents,
        currency: "EUR".to_owned(),
    }
}

fn came_out(row: &deployment_run::Model, target: &PlannedTarget, hosts: &[deployment_host::Model]) -> Option<Target> {
    let host = hosts.iter().find(|host| host.server_id == ServerId(target.id))?;
    Some(Target {
        id: GlobalId::encode("Server", &(row.tenant_id, host.server_id).parts()),
        name: target.name.clone(),
        address: target.address.clone(),
        r#type: target.r#type.clone(),
        result: result(host.result).to_owned(),
        ok: host.ok,
        changed: host.changed,
        failed: host.failed,
        skipped: host.skipped,
        unreachable: host.unreachable,
    })
}

const fn result(result: HostResult) -> &'static str {
    match result {
        HostResult::Pending => "PENDING",
        HostResult::Running => "RUNNING",
        HostResult::Ok => "OK",
        HostResult::Failed => "FAILED",
        HostResult::Unreachable => "UNREACHABLE",
        HostResult::Unknown => "UNKNOWN",
        HostResult::Cancelled => "CANCELLED",
        HostResult::NotRun => "NOT_RUN",
    }
}
