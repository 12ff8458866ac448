//! A run that a person has run again is linked to it. A rerun is of the same tenant by its own column: the link is read
//! with that, and deployments go only together with their project.

crate::migration!(
    "m0019_reruns",
    &[
        "alter table deployment add column rerun_of {uuid}",
        "create index deployment_rerun_of on deployment (tenant_id, rerun_of, created_at)",
    ]
);
