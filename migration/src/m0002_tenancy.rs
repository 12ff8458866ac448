//! Tenants, and what people are in them. Every row that a tenant owns is keyed by `(tenant_id, id)` from here on,
//! so that a link between rows of a tenant cannot cross into another.

crate::migration!(
    "m0002_tenancy",
    &[
        "create table tenant (
            id {uuid} primary key,
            slug text not null unique,
            name text not null,
            type text not null check (type in ('enterprise', 'standard', 'starter', 'trial')),
            status text not null check (status in ('active', 'suspended', 'archived', 'pending')),
            is_operator boolean not null,
            created_at {time} not null,
            updated_at {time} not null
        )",
        "create index tenant_name on tenant (name, id)",
        "create index tenant_created_at on tenant (created_at, id)",
        r#"create table membership (
            tenant_id {uuid} not null references tenant (id) on delete cascade,
            user_id {uuid} not null references "user" (id) on delete cascade,
            role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
            status text not null check (status in ('active', 'invited', 'suspended')),
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, user_id)
        )"#,
        "create index membership_user on membership (user_id)",
    ]
);
