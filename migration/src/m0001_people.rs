//! People are global: one account, whatever tenants it belongs to. Sessions and signing keys live in the
//! database so that any replica can check and revoke them.

crate::migration!(
    "m0001_people",
    &[
        r#"create table "user" (
            id {uuid} primary key,
            name text not null,
            email text not null,
            username text,
            password_hash text,
            user_type text not null
                check (user_type in ('system_admin', 'tenant_admin', 'regular_user', 'service_account', 'guest_user')),
            level text not null check (level in ('admin', 'technician', 'billing', 'client')),
            is_manager boolean not null,
            status text not null check (status in ('active', 'suspended')),
            created_at {time} not null,
            updated_at {time} not null
        )"#,
        r#"create unique index user_email on "user" (lower(email))"#,
        r#"create unique index user_username on "user" (lower(username))"#,
        r#"create index user_name on "user" (name, id)"#,
        r#"create index user_created_at on "user" (created_at, id)"#,
        r#"create table session (
            id {uuid} primary key,
            user_id {uuid} not null references "user" (id) on delete cascade,
            jti text not null unique,
            secret_hash text not null unique,
            created_at {time} not null,
            expires_at {time} not null,
            revoked_at {time}
        )"#,
        "create index session_owner on session (user_id)",
        "create table signing_key (
            kid text primary key,
            private_key text not null,
            public_jwk {json} not null,
            created_at {time} not null,
            retired_at {time}
        )",
    ]
);
