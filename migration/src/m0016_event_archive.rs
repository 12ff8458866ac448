//! The archive of old events: in the same database, so that every server reads it, and that moving events there is one
//! transaction with removing them. How far a deployment's events are there is with the deployment.

crate::migration!(
    "m0016_event_archive",
    &[
        "create table deployment_event_archive (
            tenant_id {uuid} not null,
            deployment_id {uuid} not null,
            part integer not null,
            first_sequence bigint not null,
            last_sequence bigint not null,
            statuses integer not null,
            progresses integer not null,
            tasks integer not null,
            lines integer not null,
            sha256 text not null,
            content {bytes} not null,
            primary key (tenant_id, deployment_id, part),
            foreign key (tenant_id, deployment_id) references deployment (tenant_id, id) on delete cascade
        )",
        "alter table deployment add column archived_through bigint not null default 0",
        "alter table deployment add column archived_parts integer not null default 0",
        "alter table deployment add column archived_at {time}",
        "create index deployment_to_archive on deployment (finished_at, id)
            where archived_through < last_sequence and finished_at is not null",
    ]
);
