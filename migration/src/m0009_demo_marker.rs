//! Whether a database holds the demo, whose passwords are public: noted in the transaction that filled it. Demos from
//! before this note are known by what nothing else has: the demo's own project beside all of its people.

crate::migration!(
    "m0009_demo_marker",
    &[
        "create table demo_marker (
            id integer primary key check (id = 1),
            created_at {time} not null
        )",
        r#"insert into demo_marker (id, created_at)
            select 1, created_at from "user" where email = 'admin@system.local'
                and exists (select 1 from project where name = 'Local demo')
                and 11 = (select count(*) from "user" where email in (
                    'admin@system.local', 'tech_agent@system.local', 'sales_agent@system.local', 'sohila@system.local',
                    'admin@acme.example.com', 'manager@acme.example.com', 'operator@acme.example.com',
                    'admin@techstart.com', 'user@techstart.com', 'admin@beta-solutions.com', 'consultant@external.com'
                ))"#,
    ]
);
