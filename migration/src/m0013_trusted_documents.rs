//! An access token can be confined to documents that were named when it was created. A document is kept once, by the
//! hash of its text, however many tokens know it.

crate::migration!(
    "m0013_trusted_documents",
    &[
        "alter table access_token add column is_confined boolean not null default false",
        "create table trusted_document (
            sha256 text primary key,
            text text not null,
            given_at {time} not null
        )",
        "create table access_token_document (
            access_token_id {uuid} not null references access_token (id) on delete cascade,
            sha256 text not null references trusted_document (sha256),
            primary key (access_token_id, sha256)
        )",
        "create index access_token_document_sha256 on access_token_document (sha256)",
    ]
);
