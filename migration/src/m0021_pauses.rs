//! A run can be paused: begin nothing new until somebody has it go on.

crate::migration!(
    "m0021_pauses",
    &[
        "alter table deployment add column pause_requested_at {time}",
        "alter table deployment add column paused_at {time}",
        "alter table deployment_event add column paused boolean",
    ]
);
