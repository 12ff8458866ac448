//! Which client uses which field of the API: known, it can be told who misses a field before it goes.

crate::migration!(
    "m0011_field_usage",
    &[
        "create table field_usage (
            id {uuid} primary key,
            client text not null,
            version text not null,
            field text not null,
            count bigint not null,
            first_used_at {time} not null,
            last_used_at {time} not null,
            unique (client, version, field)
        )",
        "create index field_usage_client on field_usage (client, id)",
        "create index field_usage_field on field_usage (field, id)",
        "create index field_usage_count on field_usage (count, id)",
        "create index field_usage_last_used_at on field_usage (last_used_at, id)",
    ]
);
