//! Access tokens: for programs that act with a person's rights for longer than a session lasts. They live in the
//! database so that any replica can check and revoke them; of the secret only its hash is kept.

crate::migration!(
    "m0012_access_tokens",
    &[
        r#"create table access_token (
            id {uuid} primary key,
            user_id {uuid} not null references "user" (id) on delete cascade,
            name text not null,
            secret_hash text not null unique,
            secret_start text not null,
            is_read_only boolean not null,
            created_at {time} not null,
            expires_at {time} not null,
            last_used_at {time},
            revoked_at {time}
        )"#,
        "create index access_token_owner_name on access_token (user_id, name, id)",
        "create index access_token_owner_created_at on access_token (user_id, created_at, id)",
        "create index access_token_owner_expires_at on access_token (user_id, expires_at, id)",
        "create index access_token_expires_at on access_token (expires_at)",
    ]
);
