//! Jobs wait for what they need: of two that need the same, one is worked on at a time, in order. What is done needs
//! nothing any more. And tenants take turns: it is known when one of a tenant's jobs was last taken up.

crate::migration!(
    "m0022_queue",
    &[
        "create table job_need (
            job_id {uuid} not null references job (id) on delete cascade,
            resource_id {uuid} not null,
            primary key (resource_id, job_id)
        )",
        "create index job_need_job on job_need (job_id)",
        "insert into job_need (job_id, resource_id)
            select job.id, host.server_id from job
            join deployment_host host on host.tenant_id = job.tenant_id and host.deployment_id = job.subject_id
            where job.kind = 'deployment' and job.state <> 'done'",
        "alter table job add column taken_up_at {time}",
        "create index job_tenant on job (kind, tenant_id, state)",
        "create index job_taken_up on job (kind, tenant_id, taken_up_at)",
    ]
);
