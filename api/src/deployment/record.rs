//! Writes what a run does: each time in one fenced transaction, which also moves the place in the spool.

use super::Engine;
use super::events::Recorded;
use super::host_results::after;
use super::log_digest::after_events;
use super::model::is_final;
use super::policy::RecordRun;
use super::receipt::issue::issue;
use super::store::{self, DeploymentMode, DeploymentStatus, HostResult, deployment_run, server_runs};
use crate::fleet::store::{ServerDeploymentStatus, set_deployment_status};
use crate::identity::Identity;
use crate::notify::store::NotificationLevel;
use crate::notify::{Message, notify};
use crate::platform::crash;
use crate::platform::error::AppResult;
use crate::platform::granted::{Granted, Tx};
use crate::platform::ids::{DeploymentId, GlobalId, Key as _};
use crate::platform::jobs::Lease;
use crate::platform::kernel::Kernel;
use crate::platform::scope::Resource as _;
use crate::platform::viewer::Viewer;
use crate::provisioning::store::{end_deploying, server_request};
use serde_json::json;

/// Lets `change` add to the deployment's events, and writes them. Answers the row as it is then.
///
/// # Errors
/// [`LeaseLost`](crate::platform::error::AppError::LeaseLost) if somebody else holds the run: nothing is written then.
pub async fn record(
    engine: &Engine,
    lease: &Lease,
    change: impl FnOnce(&mut Recorded),
) -> AppResult<deployment_run::Model> {
    record_as(&engine.kernel, &engine.identity, lease, change).await
}

/// As [`record`], where there is no engine.
///
/// # Errors
/// As [`record`].
pub(super) async fn record_as(
    kernel: &Kernel,
    identity: &Identity,
    lease: &Lease,
    change: impl FnOnce(&mut Recorded),
) -> AppResult<deployment_run::Model> {
    let system = Viewer::system(kernel, "recording what a run does");
    let tx = system.begin_fenced(lease).await?;
    let id = DeploymentId(lease.subject);
    let proof = tx.grant::<RecordRun>((lease.tenant, id)).await?;
    let before = proof.status;
    let mut recorded = Recorded::new((*proof).clone());
    change(&mut recorded);
    let log_digest = recorded.row.log_digest.take();
    recorded.row.log_digest = log_digest.map(|digest| after_events(&digest, &recorded.events));
    let row = recorded.row.clone();
    let ended = is_final(row.status) && !is_final(before);
    store::insert_events(&tx, &proof, std::mem::take(&mut recorded.events)).await?;
    store::insert_diffs(&tx, &proof, std::mem::take(&mut recorded.diffs)).await?;
    save_hosts(&tx, &proof, &recorded, ended).await?;
    if ended {
        // Nobody needs them any more.
        recorded.row.secret_variables = None;
    }
    store::save(&tx, &proof, recorded.row).await?;
    if row.status == DeploymentStatus::Running && before == DeploymentStatus::Pending {
        say_of_servers(&tx, &proof, ServerDeploymentStatus::Deploying).await?;
    }
    if ended {
        end(&tx, &proof, identity, &row).await?;
        lease.finish(&tx, &proof).await?;
    }
    tx.wake(store::topic(id));
    crash::at(if ended { "run::end_recording" } else { "run::recording" });
    tx.commit().await?;
    Ok(row)
}

async fn save_hosts(tx: &Tx, proof: &Granted<'_, RecordRun>, recorded: &Recorded, ended: bool) -> AppResult<()> {
    if !recorded.tells_of_hosts() && !ended {
        return Ok(());
    }
    for before in store::hosts_of_run(tx, proof).await? {
        let host = after(&before, recorded, ended);
        if host != before {
            store::save_host(tx, proof, host).await?;
        }
    }
    Ok(())
}

/// A preview changes nothing, and nothing is said of its servers.
async fn say_of_servers(tx: &Tx, proof: &Granted<'_, RecordRun>, status: ServerDeploymentStatus) -> AppResult<()> {
    if proof.mode == DeploymentMode::Preview {
        return Ok(());
    }
    for host in store::hosts_of_run(tx, proof).await? {
        set_deployment_status(tx, proof, (host.tenant_id, host.server_id), status).await?;
    }
    Ok(())
}

/// What else becomes true when a run ends.
async fn end(
    tx: &Tx,
    proof: &Granted<'_, RecordRun>,
    identity: &Identity,
    row: &deployment_run::Model,
) -> AppResult<()> {
    if row.mode == DeploymentMode::Preview {
        return tx.audit_row(proof, json!({ "status": format!("{:?}", row.status), "mode": "preview" })).await;
    }
    let succeeded = row.status == DeploymentStatus::Completed;
    let hosts = store::hosts_of_run(tx, proof).await?;
    for host in &hosts {
        let is_well = host.result == HostResult::Ok;
        let server = if is_well { ServerDeploymentStatus::Deployed } else { ServerDeploymentStatus::Failed };
        set_deployment_status(tx, proof, (host.tenant_id, host.server_id), server).await?;
    }
    server_runs::remember(tx, proof, row, &hosts).await?;
    let mut told = vec![row.started_by];
    let mut request = None;
    if let Some(id) = row.request_id {
        let key = (row.tenant_id, id);
        end_deploying(tx, proof, key, succeeded).await?;
        request = tx.find::<server_request::Entity>().filter(server_request::Entity::by_keys(&[key])).one().await?;
    }
    if let Some(request) = &request {
        told.push(request.requester_id);
        told.extend(request.decided_by);
    }
    issue(tx, proof, identity, row, request.as_ref()).await?;
    let what = request.map_or_else(|| "The script".to_owned(), |request| request.name);
    let (level, words) = match row.status {
        DeploymentStatus::Completed => (NotificationLevel::Success, "was deployed"),
        DeploymentStatus::Cancelled => (NotificationLevel::Warning, "was cancelled while it ran"),
        DeploymentStatus::Unknown => (NotificationLevel::Danger, "ended with an unknown outcome"),
        DeploymentStatus::Failed | DeploymentStatus::Pending | DeploymentStatus::Running => {
            (NotificationLevel::Danger, "could not be deployed")
        }
    };
    let message = Message {
        level,
        title: format!("{what} {words}"),
        body: row.failure_message.clone().unwrap_or_else(|| "Every task was done.".to_owned()),
        subject: Some(GlobalId::encode("Deployment", &(row.tenant_id, row.id).parts())),
    };
    notify(tx, proof, told, &message).await?;
    tx.audit_row(proof, json!({ "status": format!("{:?}", row.status), "note": row.failure_message })).await
}
