//! A run is never started twice: that a runner is about to be started is noted under its holder's fencing token,
//! before it is. And a deployment that has ended needs its secrets no more.

crate::migration!(
    "m0008_launches",
    &[
        "alter table deployment add column launch_fence bigint",
        "update deployment set secret_variables = null where status in ('completed', 'failed', 'cancelled', 'unknown')",
    ]
);
