//! Servers have labels, by which they are found and scripts are run on many at once. A server's own row has them too, so
//! that whoever reads servers reads no other table.

crate::migration!(
    "m0020_server_labels",
    &[
        "alter table server add column labels {json} not null default '[]'",
        "create table server_label (
            tenant_id {uuid} not null,
            server_id {uuid} not null,
            label text not null,
            project_id {uuid} not null,
            primary key (tenant_id, server_id, label),
            foreign key (tenant_id, server_id) references server (tenant_id, id) on delete cascade
        )",
        "create index server_label_label on server_label (label, tenant_id, server_id)",
        "create index server_label_project on server_label (tenant_id, project_id, label)",
    ]
);
