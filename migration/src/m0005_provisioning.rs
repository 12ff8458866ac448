//! Server requests. The approved plan is kept as it was shown to the approver, beside its digest.

crate::migration!(
    "m0005_provisioning",
    &[
        r#"create table server_request (
            tenant_id {uuid} not null,
            id {uuid} not null,
            project_id {uuid} not null,
            requester_id {uuid} not null references "user" (id),
            name text not null,
            server_type text not null,
            cpu integer not null,
            memory_gb integer not null,
            storage_gb integer not null,
            operating_system text not null,
            application_type text,
            priority text not null check (priority in ('low', 'medium', 'high', 'urgent')),
            expected_usage text not null check (expected_usage in ('low', 'medium', 'high', 'very_high')),
            justification text not null,
            script_id {uuid} references script (id),
            target_server_id {uuid},
            variables {json} not null,
            secret_variables text,
            status text not null check (status in
                ('pending', 'approved', 'rejected', 'deploying', 'deployed', 'failed', 'cancelled')),
            approved_plan text,
            approved_digest text,
            decided_by {uuid} references "user" (id),
            decided_at {time},
            decision_note text,
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, id),
            foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
            foreign key (tenant_id, target_server_id) references server (tenant_id, id),
            check ((approved_plan is null) = (approved_digest is null)),
            check (decided_by is null or decided_by <> requester_id)
        )"#,
        "create index server_request_project on server_request (tenant_id, project_id)",
        "create index server_request_requester on server_request (requester_id)",
        "create index server_request_status on server_request (status, created_at, id)",
        "create index server_request_created_at on server_request (created_at, id)",
        "create index server_request_updated_at on server_request (updated_at, id)",
        "create index server_request_name on server_request (name, id)",
    ]
);
