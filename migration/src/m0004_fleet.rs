//! Projects, who reaches them, their servers, and the scripts that run there. Scripts are the operator's library,
//! global like people; a revision is never edited, so that what was approved is what runs.

crate::migration!(
    "m0004_fleet",
    &[
        "create table project (
            tenant_id {uuid} not null references tenant (id) on delete cascade,
            id {uuid} not null,
            name text not null,
            description text not null,
            max_servers integer not null check (max_servers >= 0),
            monthly_budget_cents integer not null check (monthly_budget_cents >= 0),
            ssh_user text not null,
            ssh_port integer not null check (ssh_port between 1 and 65535),
            ssh_private_key text,
            ssh_passphrase text,
            ssh_public_key text,
            ssh_tested_at {time},
            ssh_test_status text,
            ssh_test_message text,
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, id),
            unique (tenant_id, name)
        )",
        "create index project_name on project (name, id)",
        "create index project_created_at on project (created_at, id)",
        r#"create table project_access (
            tenant_id {uuid} not null,
            project_id {uuid} not null,
            user_id {uuid} not null references "user" (id) on delete cascade,
            level text not null check (level in ('read', 'write', 'admin')),
            granted_by {uuid} references "user" (id),
            created_at {time} not null,
            primary key (tenant_id, project_id, user_id),
            foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
        )"#,
        "create index project_access_user on project_access (user_id)",
        "create table server (
            tenant_id {uuid} not null,
            id {uuid} not null,
            project_id {uuid} not null,
            name text not null,
            type text,
            address text not null,
            private_address text,
            ssh_port integer check (ssh_port between 1 and 65535),
            provider_id bigint,
            image text,
            location text,
            status text not null check (status in ('running', 'stopped', 'unknown')),
            deployment_status text not null
                check (deployment_status in ('none', 'pending', 'deploying', 'deployed', 'failed')),
            host_key text,
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, id),
            unique (tenant_id, project_id, name),
            foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
        )",
        "create index server_name on server (name, id)",
        "create index server_created_at on server (created_at, id)",
        "create table script (
            id {uuid} primary key,
            name text not null unique,
            description text not null,
            kind text not null check (kind in ('ansible', 'ssh')),
            requires_root boolean not null,
            current_revision integer not null,
            created_at {time} not null,
            updated_at {time} not null
        )",
        "create index script_created_at on script (created_at, id)",
        "create index script_updated_at on script (updated_at, id)",
        r#"create table script_revision (
            id {uuid} primary key,
            script_id {uuid} not null references script (id) on delete cascade,
            number integer not null,
            content text not null,
            variables {json} not null,
            digest text not null,
            created_by {uuid} references "user" (id),
            created_at {time} not null,
            unique (script_id, number)
        )"#,
    ]
);
