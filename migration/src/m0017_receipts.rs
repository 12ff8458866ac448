//! What a deployment did can be shown to others: the digest of its events grows with them, so that it outlives them, and
//! when it ends its receipt is signed and kept as it is. What was dispatched before has no digest and gets no receipt.

crate::migration!(
    "m0017_receipts",
    &[
        "alter table deployment add column log_digest text",
        "create table deployment_receipt (
            tenant_id {uuid} not null,
            deployment_id {uuid} not null,
            jws text not null,
            primary key (tenant_id, deployment_id),
            foreign key (tenant_id, deployment_id) references deployment (tenant_id, id) on delete cascade
        )",
    ]
);
