//! Projects have windows in which deployments begin, and a deployment may be one for later.

crate::migration!(
    "m0024_maintenance_windows",
    &[
        "alter table project add column maintenance_windows {json} not null default '[]'",
        "alter table deployment add column run_after {time}",
        "alter table deployment add column ignores_windows boolean not null default false",
    ]
);
