//! Who follows goes on after what they know: its event is found by what it is about.

crate::migration!("m0014_event_subject", &["create index event_subject on event (subject_id)"]);
