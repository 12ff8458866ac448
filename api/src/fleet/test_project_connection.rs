//! Tests whether a project's servers can be reached by its key, and pins a host key that a person has compared.

use super::Tools;
use super::policy::{PinHostKey, TestProjectConnection};
use super::ssh;
use super::store::{self, ConnectionTestStatus, project, server};
use crate::deployment::runner::connector::{self, ConnectionTest, Destination};
use crate::deployment::runner::host_key::HostKey;
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::ids::{ProjectId, ServerId, TenantId};
use crate::platform::viewer::Viewer;
use futures::StreamExt as _;
use serde_json::json;

/// How one server answered.
pub struct Tested {
    /// Which.
    pub server: server::Model,
    /// How.
    pub status: ConnectionTestStatus,
    /// The fingerprint of the key that it showed, or of the pinned one.
    pub fingerprint: Option<String>,
    /// A sentence.
    pub message: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

const AT_ONCE: usize = 8;

/// Tests one server of a project, or all. With `accept`, the key that the one server shows is pinned if that is its
/// fingerprint, and the server is tested again.
///
/// # Errors
/// User errors; FORBIDDEN for who may not; `NOT_FOUND`.
pub async fn test_project_connection(
    viewer: &Viewer,
    tools: &Tools,
    key: (TenantId, ProjectId),
    only: Option<(TenantId, ServerId)>,
    accept: Option<&str>,
) -> AppResult<(project::Model, Vec<Tested>)> {
    if accept.is_some() && only.is_none() {
        return Err(AppError::field(
            "serverId",
            UserErrorCode::Required,
            "A key is accepted for one server at a time.",
        ));
    }
    let project = (*viewer.begin().await?.grant::<TestProjectConnection>(key).await?).clone();
    let servers = match only {
        Some(server) => {
            let row = viewer.reader().get::<server::Entity>(server).await?;
            if (row.tenant_id, row.project_id) != key {
                return Err(AppError::NotFound);
            }
            vec![row]
        }
        None => store::servers_of(&viewer.reader(), key.0, key.1).await?,
    };
    let mut results = Vec::with_capacity(servers.len());
    let mut tests =
        futures::stream::iter(servers).map(|server| test(viewer, tools, &project, server)).buffered(AT_ONCE);
    while let Some(result) = tests.next().await {
        results.push(result?);
    }
    drop(tests);
    if let Some(accepted) = accept
        && let Some((tested, shown)) = results.pop()
    {
        let server = accept_key(viewer, &tested, shown.as_deref(), accepted).await?;
        results.push(test(viewer, tools, &project, server).await?);
    }
    let results: Vec<Tested> = results.into_iter().map(|(tested, _)| tested).collect();
    let project = record(viewer, key, &results).await?;
    Ok((project, results))
}

/// Pins the key that a server has just shown, if it is the accepted one.
async fn accept_key(viewer: &Viewer, tested: &Tested, shown: Option<&str>, accepted: &str) -> AppResult<server::Model> {
    let (Some(line), Some(fingerprint)) = (shown, tested.fingerprint.as_deref()) else {
        let message = format!("There is no new key to accept. {}", tested.message);
        return Err(AppError::field("acceptFingerprint", UserErrorCode::Conflict, message));
    };
    if fingerprint != accepted {
        let message = format!("The server shows {fingerprint}, not the key that you accepted. Compare again.");
        return Err(AppError::field("acceptFingerprint", UserErrorCode::Conflict, message));
    }
    let tx = viewer.begin().await?;
    let proof = tx.grant::<PinHostKey>((tested.server.tenant_id, tested.server.id)).await?;
    let row = store::pin_host_key(&tx, &proof, line.to_owned()).await?;
    tx.audit_row(&proof, json!({ "fingerprint": accepted })).await?;
    tx.commit().await?;
    Ok(row)
}

/// Tests one server; with the line of a key that it showed and that is not pinned.
async fn test(
    viewer: &Viewer,
    tools: &Tools,
    project: &project::Model,
    server: server::Model,
) -> AppResult<(Tested, Option<String>)> {
    let secrets = ssh::open(viewer.kernel(), project)?;
    let pinned: Option<HostKey> = server.host_key.as_deref().map(str::parse).transpose().map_err(AppError::internal)?;
    let destination = Destination {
        address: server.address.clone(),
        port: u16::try_from(server.ssh_port.unwrap_or(project.ssh_port)).map_err(AppError::internal)?,
        user: project.ssh_user.clone(),
    };
    let ConnectionTest { status, message, duration } = tools
        .connector
        .test_connection(&destination, secrets.private_key.as_ref(), secrets.passphrase.as_ref(), pinned.as_ref())
        .await;
    let (status, shown) = status_of(status);
    let fingerprint = shown
        .as_ref()
        .map(|(fingerprint, _)| fingerprint.clone())
        .or_else(|| pinned.as_ref().map(HostKey::fingerprint));
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    Ok((Tested { server, status, fingerprint, message, duration_ms }, shown.map(|(_, line)| line)))
}

fn status_of(status: connector::ConnectionTestStatus) -> (ConnectionTestStatus, Option<(String, String)>) {
    use connector::ConnectionTestStatus as Seen;
    match status {
        Seen::Ok => (ConnectionTestStatus::Ok, None),
        Seen::AuthenticationFailed => (ConnectionTestStatus::AuthenticationFailed, None),
        Seen::HostKeyUnknown { fingerprint, public_key_line } => {
            (ConnectionTestStatus::HostKeyUnknown, Some((fingerprint, public_key_line)))
        }
        Seen::HostKeyMismatch { fingerprint, public_key_line } => {
            (ConnectionTestStatus::HostKeyMismatch, Some((fingerprint, public_key_line)))
        }
        Seen::Unreachable => (ConnectionTestStatus::Unreachable, None),
        Seen::Refused => (ConnectionTestStatus::Refused, None),
        Seen::NoKey => (ConnectionTestStatus::NoKey, None),
    }
}

/// Remembers the first failure, or that all went well.
async fn record(viewer: &Viewer, key: (TenantId, ProjectId), results: &[Tested]) -> AppResult<project::Model> {
    let worst = results.iter().find(|result| result.status != ConnectionTestStatus::Ok);
    let (status, message) = match (worst, results) {
        (Some(failed), _) => (failed.status, format!("{}: {}", failed.server.name, failed.message)),
        (None, []) => return Err(AppError::user(UserErrorCode::NotAllowed, "The project has no server to test.")),
        (None, [one]) => (ConnectionTestStatus::Ok, one.message.clone()),
        (None, all) => (ConnectionTestStatus::Ok, format!("Signed in to all {} servers.", all.len())),
    };
    let tx = viewer.begin().await?;
    let proof = tx.grant::<TestProjectConnection>(key).await?;
    let details = json!({ "status": format!("{status:?}"), "servers": results.len() });
    let row = store::record_connection_test(&tx, &proof, status, message).await?;
    tx.audit_row(&proof, details).await?;
    tx.commit().await?;
    Ok(row)
}
