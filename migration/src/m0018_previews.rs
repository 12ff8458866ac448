//! What a playbook would change can be looked at before it does: a preview is a run in Ansible's check mode. It is kept as
//! deployments are, since it goes the same way, and counts as none.

crate::migration!(
    "m0018_previews",
    &[
        "alter table deployment add column mode text not null default 'run' check (mode in ('run', 'preview'))",
        "alter table deployment add column coverage {json}",
        "create table deployment_diff (
            tenant_id {uuid} not null,
            deployment_id {uuid} not null,
            number integer not null,
            task_index integer not null,
            task_name text not null,
            host text not null,
            text text not null,
            primary key (tenant_id, deployment_id, number),
            foreign key (tenant_id, deployment_id) references deployment (tenant_id, id) on delete cascade
        )",
    ]
);
