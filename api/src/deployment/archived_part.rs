//! A part of the archive: events as lines of JSON, compressed. Pure.

use super::store::archive::deployment_event_archive;
use super::store::{DeploymentEventKind, DeploymentKey, DeploymentStatus, TaskStatus, deployment_event};
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Write as _};

/// A part has at most so many events,
pub const EVENTS_MOST: usize = 1_000;
/// and ends with the event that brings it to so many bytes before they are compressed.
const BYTES_ENOUGH: usize = 1024 * 1024;

/// An event, as it is kept. Members that are nothing are left out.
#[derive(Serialize, Deserialize)]
struct Kept {
    sequence: i64,
    kind: String,
    at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_index: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finished: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
}

/// Puts the first of these events, which follow one another, into a part; at least one.
///
/// # Errors
/// INTERNAL if there are none, or if they do not follow one another.
pub fn pack(
    (tenant_id, deployment_id): DeploymentKey,
    part: i32,
    events: &[deployment_event::Model],
) -> AppResult<deployment_event_archive::Model> {
    let first = events.first().ok_or_else(|| AppError::Internal("no events to archive".into()))?;
    let mut packed = deployment_event_archive::Model {
        tenant_id,
        deployment_id,
        part,
        first_sequence: first.sequence,
        last_sequence: first.sequence - 1,
        statuses: 0,
        progresses: 0,
        tasks: 0,
        lines: 0,
        sha256: String::new(),
        content: Vec::new(),
        in_file: false,
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let mut bytes = 0;
    for event in events.iter().take(EVENTS_MOST) {
        if event.sequence != packed.last_sequence + 1 {
            return Err(AppError::Internal(format!("event {} is missing", packed.last_sequence + 1)));
        }
        let mut line = serde_json::to_vec(&kept(event)).map_err(AppError::internal)?;
        line.push(b'\n');
        gzip.write_all(&line).map_err(AppError::internal)?;
        packed.last_sequence = event.sequence;
        *count_of(&mut packed, event.kind) += 1;
        bytes += line.len();
        if bytes >= BYTES_ENOUGH {
            break;
        }
    }
    packed.content = gzip.finish().map_err(AppError::internal)?;
    packed.sha256 = sha256_hex(&packed.content);
    Ok(packed)
}

/// The events of a part that has its content with it.
///
/// # Errors
/// UNAVAILABLE if it is not as it was written.
pub fn unpack(part: &deployment_event_archive::Model) -> AppResult<Vec<deployment_event::Model>> {
    let expected = part.first_sequence..=part.last_sequence;
    if sha256_hex(&part.content) == part.sha256
        && let Some(events) = read(part)
        && events.iter().map(|event| event.sequence).eq(expected)
    {
        return Ok(events);
    }
    tracing::warn!(deployment = %part.deployment_id, part = part.part, "a part of the archive is not as it was written");
    Err(DAMAGED)
}

/// What is said of a part that is missing or not as it was written.
pub const DAMAGED: AppError = AppError::Unavailable(
    "The archive of this deployment's events is damaged: a part of it is missing or not as it was written. Whoever runs \
     this server can restore it from a backup: of the database, or of the archive's directory.",
);

fn read(part: &deployment_event_archive::Model) -> Option<Vec<deployment_event::Model>> {
    let lines = BufReader::new(GzDecoder::new(part.content.as_slice())).lines();
    lines.map(|line| event(part, serde_json::from_str(&line.ok()?).ok()?)).collect()
}

const fn count_of(part: &mut deployment_event_archive::Model, kind: DeploymentEventKind) -> &mut i32 {
    match kind {
        DeploymentEventKind::Status => &mut part.statuses,
        DeploymentEventKind::Progress => &mut part.progresses,
        DeploymentEventKind::Task => &mut part.tasks,
        DeploymentEventKind::Line => &mut part.lines,
    }
}

fn kept(event: &deployment_event::Model) -> Kept {
    Kept {
        sequence: event.sequence,
        kind: event.kind.to_value(),
        at: event.at,
        status: event.status.as_ref().map(ActiveEnum::to_value),
        task_index: event.task_index,
        task_name: event.task_name.clone(),
        task_status: event.task_status.as_ref().map(ActiveEnum::to_value),
        host: event.host.clone(),
        text: event.text.clone(),
        finished: event.finished,
        planned: event.planned,
        paused: event.paused,
    }
}

/// None if it is kept in words that nobody knows.
fn event(part: &deployment_event_archive::Model, kept: Kept) -> Option<deployment_event::Model> {
    Some(deployment_event::Model {
        tenant_id: part.tenant_id,
        deployment_id: part.deployment_id,
        sequence: kept.sequence,
        kind: DeploymentEventKind::try_from_value(&kept.kind).ok()?,
        at: kept.at,
        status: kept.status.map(|status| DeploymentStatus::try_from_value(&status)).transpose().ok()?,
        task_index: kept.task_index,
        task_name: kept.task_name,
        task_status: kept.task_status.map(|status| TaskStatus::try_from_value(&status)).transpose().ok()?,
        host: kept.host,
        text: kept.text,
        finished: kept.finished,
        planned: kept.planned,
        paused: kept.paused,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{DeploymentId, TenantId};
    use uuid::Uuid;

    const KEY: DeploymentKey = (TenantId(Uuid::from_u128(1)), DeploymentId(Uuid::from_u128(2)));

    fn line(sequence: i64, text: &str) -> deployment_event::Model {
        deployment_event::Model {
            tenant_id: KEY.0,
            deployment_id: KEY.1,
            sequence,
            kind: DeploymentEventKind::Line,
            at: DateTime::from_timestamp_micros(1_700_000_000_123_456 + sequence).unwrap(),
            status: None,
            task_index: Some(3),
            task_name: None,
            task_status: Some(TaskStatus::Changed),
            host: Some("web".to_owned()),
            text: Some(text.to_owned()),
            finished: None,
            planned: None,
            paused: None,
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_to_the_same() {
        let mut events: Vec<_> = (5..=40).map(|n| line(n, "a “line”\u{2028}\\ of \t\n\u{1f600}")).collect();
        events[7].kind = DeploymentEventKind::Status;
        events[7].status = Some(DeploymentStatus::Unknown);
        events[8].paused = Some(true);
        let part = pack(KEY, 1, &events).unwrap();
        assert_eq!((part.first_sequence, part.last_sequence, part.lines, part.statuses), (5, 40, 35, 1));
        assert_eq!(unpack(&part).unwrap(), events);
        let mut changed = part.clone();
        changed.content[30] ^= 1;
        assert!(unpack(&changed).is_err());
        changed.sha256 = sha256_hex(&changed.content);
        assert!(unpack(&changed).is_err());
        let mut short = pack(KEY, 1, &events[..20]).unwrap();
        short.last_sequence = 40;
        assert!(unpack(&short).is_err());
    }

    #[test]
    fn a_part_is_bounded_and_has_no_holes() {
        let many: Vec<_> = (1..=3_000).map(|n| line(n, "x")).collect();
        assert_eq!(pack(KEY, 1, &many).unwrap().last_sequence, 1_000);
        let long: Vec<_> = (1..=10).map(|n| line(n, &"x".repeat(BYTES_ENOUGH))).collect();
        assert_eq!(pack(KEY, 1, &long).unwrap().last_sequence, 1);
        assert!(pack(KEY, 1, &[line(1, "x"), line(3, "x")]).is_err());
        assert!(pack(KEY, 1, &[]).is_err());
    }
}
