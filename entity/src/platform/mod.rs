//! The kernel's own tables: the audit trail, the event log, the log of changed rights, the jobs, and the mark of a demo.

pub mod audit_event;
pub mod demo_marker;
pub mod event;
pub mod event_pending;
pub mod event_position;
pub mod job;
pub mod job_need;
pub mod rights_change;

crate::text_enum! {
    JobState { Queued, Leased, Done }
}
