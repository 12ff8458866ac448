//! How each server came out of each deployment is remembered in rows of its own: events are archived, and what is counted
//! over months is not to be read from them. Of what ran before, when it ran on a host is taken from its events, where they
//! are all still in their table; elsewhere it is not known.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

const TABLES: &[&str] = &[
    "alter table deployment_host add column started_at {time}",
    "alter table deployment_host add column finished_at {time}",
    "create table server_run (
        tenant_id {uuid} not null,
        id {uuid} not null,
        server_id {uuid} not null,
        project_id {uuid} not null,
        deployment_id {uuid} not null,
        script_id {uuid} not null references script (id),
        script_revision_id {uuid} not null references script_revision (id),
        outcome text not null check (outcome in ('ok', 'failed', 'unreachable', 'unknown', 'cancelled', 'not_run')),
        started_at {time},
        finished_at {time},
        duration_ms bigint,
        recorded_at {time} not null,
        primary key (tenant_id, id),
        unique (tenant_id, deployment_id, server_id),
        foreign key (tenant_id, server_id) references server (tenant_id, id) on delete cascade,
        foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade,
        foreign key (tenant_id, deployment_id) references deployment (tenant_id, id) on delete cascade
    )",
    "create index server_run_server on server_run (tenant_id, server_id, recorded_at, id)",
    "update deployment_host set started_at = (
        select min(event.at) from deployment_event event
        join deployment on deployment.tenant_id = event.tenant_id and deployment.id = event.deployment_id
        where event.tenant_id = deployment_host.tenant_id and event.deployment_id = deployment_host.deployment_id
        and event.kind = 'task' and event.host = deployment_host.name and deployment.archived_through = 0)",
    // A task that was stopped has no end of its own.
    "update deployment_host set finished_at = case
        when result = 'cancelled' or (result = 'failed' and failed = 0) then (
            select deployment.finished_at from deployment
            where deployment.tenant_id = deployment_host.tenant_id and deployment.id = deployment_host.deployment_id)
        when result in ('ok', 'failed', 'unreachable') then (
            select max(event.at) from deployment_event event
            where event.tenant_id = deployment_host.tenant_id and event.deployment_id = deployment_host.deployment_id
            and event.kind = 'task' and event.host = deployment_host.name and event.task_status <> 'started')
        end
        where started_at is not null",
];

const RUNS: &str = "insert into server_run (tenant_id, id, server_id, project_id, deployment_id, script_id,
        script_revision_id, outcome, started_at, finished_at, duration_ms, recorded_at)
    select host.tenant_id, {new_uuid}, host.server_id, deployment.project_id, deployment.id, deployment.script_id,
        deployment.script_revision_id,
        case when host.result in ('failed', 'cancelled') and host.failed = 0 and host.started_at is null
            and (deployment.started_at is null or deployment.archived_through = 0) then 'not_run' else host.result end,
        host.started_at, host.finished_at, {milliseconds}, deployment.finished_at
    from deployment_host host
    join deployment on deployment.tenant_id = host.tenant_id and deployment.id = host.deployment_id
    where deployment.mode = 'run' and deployment.finished_at is not null
        and host.result not in ('pending', 'running')";

#[derive(Debug)]
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0023_server_runs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let [id, milliseconds] = if manager.get_database_backend() == DbBackend::Postgres {
            [
                "gen_random_uuid()",
                "cast(round(extract(epoch from host.finished_at - host.started_at) * 1000) as bigint)",
            ]
        } else {
            [
                "randomblob(16)",
                "cast(round((julianday(host.finished_at) - julianday(host.started_at)) * 86400000) as integer)",
            ]
        };
        crate::run(manager, TABLES).await?;
        crate::run(manager, &[&RUNS.replace("{new_uuid}", id).replace("{milliseconds}", milliseconds)]).await
    }
}
