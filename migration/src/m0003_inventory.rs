//! Sites and the devices there; an index under every order and filter that their lists offer.

crate::migration!(
    "m0003_inventory",
    &[
        "create table site (
            tenant_id {uuid} not null references tenant (id) on delete cascade,
            id {uuid} not null,
            name text not null,
            address text,
            latitude {float} check (latitude between -90 and 90),
            longitude {float} check (longitude between -180 and 180),
            timezone text not null,
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, id),
            unique (tenant_id, name)
        )",
        "create index site_name on site (name, id)",
        "create index site_created_at on site (created_at, id)",
        "create table device (
            tenant_id {uuid} not null,
            id {uuid} not null,
            site_id {uuid} not null,
            name text not null,
            type text not null,
            serial_number text not null,
            status text not null check (status in ('online', 'offline', 'maintenance', 'error', 'decommissioned')),
            metadata {json} not null,
            created_at {time} not null,
            updated_at {time} not null,
            primary key (tenant_id, id),
            unique (tenant_id, serial_number),
            foreign key (tenant_id, site_id) references site (tenant_id, id) on delete cascade
        )",
        "create index device_site on device (tenant_id, site_id)",
        "create index device_name on device (tenant_id, name, id)",
        "create index device_status on device (tenant_id, status, id)",
        "create index device_created_at on device (tenant_id, created_at, id)",
        "create index device_all_name on device (name, id)",
        "create index device_all_created_at on device (created_at, id)",
    ]
);
