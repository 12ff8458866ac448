//! A part of the archive may be kept in a file instead of here; its row stays, with no content. Whether there is any such
//! part is asked at each start.

crate::migration!(
    "m0025_archive_files",
    &[
        "alter table deployment_event_archive add column in_file boolean not null default false",
        "create index deployment_event_archive_in_file on deployment_event_archive (tenant_id) where in_file",
    ]
);
