//! The kernel's tables: notifications, the audit trail, the event log with its positions, and leased jobs.
//!
//! An event is inserted by the transaction that made it true, together with a row in `event_pending`. One sealer
//! turns pending events into positions after they were committed: a reader that follows positions skips nothing,
//! whichever writer committed late.

crate::migration!(
    "m0007_kernel",
    &[
        r#"create table notification (
            user_id {uuid} not null references "user" (id) on delete cascade,
            id {uuid} not null,
            level text not null check (level in ('info', 'success', 'warning', 'danger')),
            title text not null,
            body text not null,
            subject text,
            read_at {time},
            created_at {time} not null,
            primary key (user_id, id)
        )"#,
        "create index notification_created_at on notification (user_id, created_at, id)",
        r#"create table audit_event (
            tenant_id {uuid} not null references tenant (id) on delete cascade,
            id {uuid} not null,
            actor_id {uuid} references "user" (id),
            action text not null,
            resource_type text not null,
            resource_id {uuid} not null,
            details {json} not null,
            at {time} not null,
            primary key (tenant_id, id)
        )"#,
        "create index audit_event_resource on audit_event (tenant_id, resource_id, id)",
        "create table event (
            id {uuid} primary key,
            tenant_id {uuid} not null,
            topic text not null,
            kind text not null,
            subject_id {uuid} not null,
            at {time} not null
        )",
        "create table event_pending (event_id {uuid} primary key references event (id) on delete cascade)",
        "create table event_position (
            position bigint primary key,
            event_id {uuid} not null unique references event (id) on delete cascade,
            topic text not null
        )",
        "create index event_position_topic on event_position (topic, position)",
        "create table job (
            id {uuid} primary key,
            tenant_id {uuid} not null,
            kind text not null,
            subject_id {uuid} not null,
            state text not null check (state in ('queued', 'leased', 'done')),
            fence bigint not null,
            node text,
            lease_expires_at {time},
            run_at {time} not null,
            created_at {time} not null,
            finished_at {time},
            unique (kind, subject_id)
        )",
        "create index job_state on job (state, run_at)",
    ]
);
