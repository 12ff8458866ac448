//! Where the content of a part of the archive is: in its row, or in a file, as its row says. Where it was put, it stays.

use super::archived_part::DAMAGED;
use super::store::archive::deployment_event_archive;
use crate::platform::error::{AppError, AppResult};
use crate::platform::kernel::Kernel;
use std::path::PathBuf;

/// Puts the content of a part that is about to be archived into a file, if the settings name a directory for that. It is
/// there for good before any row says so. Nobody else's file is replaced by it, since it is named by its content.
///
/// # Errors
/// INTERNAL.
pub async fn put_away(
    kernel: &Kernel,
    mut part: deployment_event_archive::Model,
) -> AppResult<deployment_event_archive::Model> {
    let Some(files) = &kernel.archive_files else { return Ok(part) };
    let (name, content) = (file_name(&part), std::mem::take(&mut part.content));
    if let Err(error) = files.write(name.clone(), content).await {
        return Err(AppError::Internal(format!("{} cannot be written: {error}", files.path(&name).display())));
    }
    part.in_file = true;
    Ok(part)
}

/// A part together with its content, which may have been changed meanwhile.
///
/// # Errors
/// UNAVAILABLE if its file cannot be read.
pub async fn fetch(
    kernel: &Kernel,
    mut part: deployment_event_archive::Model,
) -> AppResult<deployment_event_archive::Model> {
    if !part.in_file {
        return Ok(part);
    }
    let name = file_name(&part);
    let Some(files) = &kernel.archive_files else {
        tracing::warn!(
            deployment = %part.deployment_id,
            part = part.part,
            "a part of the archive is in a file, and archive_directory is not set"
        );
        return Err(DAMAGED);
    };
    match files.read(name.clone()).await {
        Ok(content) => {
            part.content = content;
            Ok(part)
        }
        Err(error) => {
            tracing::warn!(
                deployment = %part.deployment_id,
                part = part.part,
                file = %files.path(&name).display(),
                %error,
                "a part of the archive cannot be read"
            );
            Err(DAMAGED)
        }
    }
}

fn file_name(part: &deployment_event_archive::Model) -> PathBuf {
    let name = format!("{:06}-{}.jsonl.gz", part.part, part.sha256);
    [part.tenant_id.to_string(), part.deployment_id.to_string(), name].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{DeploymentId, TenantId};
    use uuid::Uuid;

    #[test]
    fn a_file_is_named_by_its_part_and_its_content() {
        let part = deployment_event_archive::Model {
            tenant_id: TenantId(Uuid::from_u128(1)),
            deployment_id: DeploymentId(Uuid::from_u128(2)),
            part: 3,
            first_sequence: 1,
            last_sequence: 1,
            statuses: 1,
            progresses: 0,
            tasks: 0,
            lines: 0,
            sha256: "ab".repeat(32),
            content: Vec::new(),
            in_file: false,
        };
        let tenant = "00000000-0000-0000-0000-000000000001";
        let deployment = "00000000-0000-0000-0000-000000000002";
        let expected = format!("{tenant}/{deployment}/000003-{}.jsonl.gz", "ab".repeat(32));
        assert_eq!(file_name(&part), PathBuf::from(expected));
    }
}
