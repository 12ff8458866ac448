//! Whose rights changed, in the order of the commits: servers keep what they read of people's rights for a moment, and
//! by this log they learn whose they must forget. The place of a change is taken from one row, which each transaction
//! that changes rights holds until it ends: readers that follow the places miss none, whoever commits late.

crate::migration!(
    "m0015_rights_changes",
    &[
        "create table rights_position (id smallint primary key check (id = 1), position bigint not null)",
        "insert into rights_position (id, position) values (1, 0)",
        "create table rights_change (
            position bigint not null,
            user_id {uuid} not null,
            at {time} not null,
            primary key (position, user_id)
        )",
        "create index rights_change_at on rights_change (at)",
    ]
);
