//! The digest of a deployment's events: a chain, so that it grows with them, and whoever has the events can compute it
//! anew with nothing but SHA-256. The digest after an event is that of the digest before it, a line feed and the event
//! as a line; before the first event it is empty.

use super::store::{DeploymentEventKind, DeploymentStatus, TaskStatus, deployment_event};
use crate::platform::canonical;
use serde_json::json;

/// The digest of no events.
pub const EMPTY: &str = "";

/// The digest after `line` has followed those of `before`, in lower-case hex.
#[must_use]
pub fn after(before: &str, line: &str) -> String {
    canonical::sha256_hex(format!("{before}\n{line}"))
}

/// The digest after these events have followed those of `before`.
pub fn after_events<'e>(before: &str, events: impl IntoIterator<Item = &'e deployment_event::Model>) -> String {
    events.into_iter().fold(before.to_owned(), |digest, event| after(&digest, &line(event)))
}

/// An event as a line: all that the API's `DeploymentEvent` tells, in the same words, as canonical JSON. But for `paused`,
/// which its text says as well: receipts from before there were pauses are checked in the same way.
#[must_use]
pub fn line(event: &deployment_event::Model) -> String {
    canonical::json(&json!({
        "sequence": event.sequence,
        "kind": kind(event.kind),
        "at": event.at.to_rfc3339(),
        "status": event.status.map(status),
        "taskIndex": event.task_index,
        "taskName": event.task_name,
        "taskStatus": event.task_status.map(task_status),
        "host": event.host,
        "text": event.text,
        "finished": event.finished,
        "planned": event.planned,
    }))
}

const fn kind(kind: DeploymentEventKind) -> &'static str {
    match kind {
        DeploymentEventKind::Status => "STATUS",
        DeploymentEventKind::Progress => "PROGRESS",
        DeploymentEventKind::Task => "TASK",
        DeploymentEventKind::Line => "LINE",
    }
}

/// A deployment's state in the API's words.
#[must_use]
pub const fn status(status: DeploymentStatus) -> &'static str {
    match status {
        DeploymentStatus::Pending => "PENDING",
        DeploymentStatus::Running => "RUNNING",
        DeploymentStatus::Completed => "COMPLETED",
        DeploymentStatus::Failed => "FAILED",
        DeploymentStatus::Cancelled => "CANCELLED",
        DeploymentStatus::Unknown => "UNKNOWN",
    }
}

const fn task_status(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Started => "STARTED",
        TaskStatus::Ok => "OK",
        TaskStatus::Changed => "CHANGED",
        TaskStatus::Skipped => "SKIPPED",
        TaskStatus::Failed => "FAILED",
        TaskStatus::Unreachable => "UNREACHABLE",
        TaskStatus::Ignored => "IGNORED",
        TaskStatus::Unchecked => "UNCHECKED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{DeploymentId, TenantId};
    use chrono::{TimeZone as _, Utc};

    fn event(sequence: i64, text: &str) -> deployment_event::Model {
        deployment_event::Model {
            tenant_id: TenantId(uuid::Uuid::nil()),
            deployment_id: DeploymentId(uuid::Uuid::nil()),
            sequence,
            kind: DeploymentEventKind::Line,
            at: Utc.with_ymd_and_hms(2026, 11, 22, 3, 4, 5).single().unwrap_or_default(),
            status: None,
            task_index: Some(2),
            task_name: None,
            task_status: None,
            host: Some("web-1".into()),
            text: Some(text.into()),
            finished: None,
            planned: None,
            paused: None,
        }
    }

    #[test]
    fn an_event_is_a_line_that_the_documentation_shows() {
        let expected = r#"{"at":"2026-11-22T03:04:05+00:00","finished":null,"host":"web-1","kind":"LINE","planned":null,"sequence":7,"status":null,"taskIndex":2,"taskName":null,"taskStatus":null,"text":"a \"ü\"\n"}"#;
        assert_eq!(line(&event(7, "a \"ü\"\n")), expected);
    }

    #[test]
    fn the_chain_is_what_it_says_however_it_was_cut() {
        let events = [event(1, "a"), event(2, "b"), event(3, "c")];
        let whole = after_events(EMPTY, &events);
        assert_eq!(whole, after_events(&after_events(EMPTY, &events[..2]), &events[2..]));
        let first = canonical::sha256_hex(format!("\n{}", line(&events[0])));
        let second = canonical::sha256_hex(format!("{first}\n{}", line(&events[1])));
        assert_eq!(whole, canonical::sha256_hex(format!("{second}\n{}", line(&events[2]))));
        assert_ne!(whole, after_events(EMPTY, &events[..2]));
        assert_ne!(whole, after_events(EMPTY, [&events[1], &events[0], &events[2]]));
    }
}
