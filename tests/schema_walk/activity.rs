//! What went on in the world: requests, decisions, deployments, and what people were told.

use super::seed::{Place, SECRET, Seed};
use super::world::{Label, canary, global};
use chrono::{DateTime, Utc};
use rookery_api::deployment::model::is_final;
use rookery_api::deployment::plan::{Plan, Rollout, Share, price};
use rookery_api::deployment::store::server_runs::{self, server_run};
use rookery_api::deployment::store::{
    self as deployments, DeploymentEventKind as Kind, DeploymentMode, DeploymentStatus, HostResult, TaskStatus,
    deployment_diff, deployment_event, deployment_host, deployment_receipt, deployment_run,
};
use rookery_api::fleet::grant_project_access::grant_project_access;
use rookery_api::fleet::policy::CreateScript;
use rookery_api::fleet::revoke_project_access::revoke_project_access;
use rookery_api::fleet::store::{AccessLevel, ScriptKind, current_revision};
use rookery_api::notify::store::{NotificationLevel, notification};
use rookery_api::platform::ids::{DeploymentId, Key as _, NotificationId, ServerId, ServerRunId, TenantId, UserId};
use rookery_api::platform::viewer::Viewer;
use rookery_api::provisioning::approve_server_request::approve_server_request;
use rookery_api::provisioning::create_server_request::create_server_request;
use rookery_api::provisioning::form::Form;
use rookery_api::provisioning::plan::{plan_of, planned_script, planned_target};
use rookery_api::provisioning::reject_server_request::reject_server_request;
use rookery_api::provisioning::store::{ExpectedUsage, Priority, RequestStatus, ServerType, server_request};
use rookery_api::usage::client::Client;
use rookery_api::usage::policy::RecordUsage;
use rookery_api::usage::store::{self as usage, Use};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, IntoActiveModel as _};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

impl Seed<'_> {
    pub async fn requests_of_a(&mut self, place: &Place) {
        let waiting = "Waiting request A, of the administrator";
        for named in ["request of admin", "request of admin to cancel"] {
            let row = self.file(place, "admin", waiting).await;
            self.named.insert(named, request_id(&row));
        }
        let waiting = "Waiting request A, of salesR";
        for named in ["request of salesR", "request of salesR to reject", "request of salesR to cancel"] {
            let row = self.file(place, "salesR", waiting).await;
            self.named.insert(named, request_id(&row));
            if named == "request of salesR" {
                self.named.insert("digest", self.digest(&row).await);
            }
        }
        let decided = "Decided request A";
        for named in ["approved", "approved for techW", "approved for techA", "approved for mgr", "approved for admin"]
        {
            let row = self.file(place, "susp", decided).await;
            self.approve(&row).await;
            self.named.insert(named, request_id(&row));
        }
        let usual = self.script.clone();
        self.script.clone_from(&self.playbook);
        for named in
            ["to preview", "to preview for techW", "to preview for techA", "to preview for mgr", "to preview for admin"]
        {
            let row = self.file(place, "susp", decided).await;
            self.approve(&row).await;
            self.named.insert(named, request_id(&row));
        }
        self.script = usual;
        let row = self.file(place, "susp", decided).await;
        let row = self.approve(&row).await;
        let completed = self.deploy(place, Some(&row), DeploymentStatus::Completed).await;
        let running = self.deploy(place, None, DeploymentStatus::Running).await;
        self.named.insert("deployment", completed);
        self.named.insert("running deployment", running);
        for [pause, resume] in [
            ["deployment to pause", "deployment to resume"],
            ["to pause for techW", "to resume for techW"],
            ["to pause for techA", "to resume for techA"],
            ["to pause for mgr", "to resume for mgr"],
            ["to pause for admin", "to resume for admin"],
        ] {
            let waiting = self.deploy(place, None, DeploymentStatus::Pending).await;
            let paused = self.deploy(place, None, DeploymentStatus::Running).await;
            self.named.insert(pause, waiting);
            self.named.insert(resume, paused);
        }
        for named in
            ["deployment to reschedule", "to reschedule for techA", "to reschedule for mgr", "to reschedule for admin"]
        {
            let waiting = self.deploy(place, None, DeploymentStatus::Pending).await;
            self.named.insert(named, waiting);
        }
        for named in ["ended", "ended for techA", "ended for mgr", "ended for admin"] {
            // Each of a script of its own: a script runs once at a time on a server.
            let script = self.add_script(named, ScriptKind::Ssh).await;
            let usual = self.script.replace(script);
            let ended = self.deploy(place, None, DeploymentStatus::Failed).await;
            self.script = usual;
            self.named.insert(named, ended);
        }
    }

    pub async fn requests_of_b(&mut self, place: &Place) {
        let usual = self.script.clone();
        self.script.clone_from(&self.playbook);
        self.file(place, "admin", "Waiting request B").await;
        let row = self.file(place, "susp", "Decided request B").await;
        let row = self.approve(&row).await;
        self.deploy(place, Some(&row), DeploymentStatus::Completed).await;
        self.deploy(place, None, DeploymentStatus::Running).await;
        self.deploy(place, None, DeploymentStatus::Pending).await;
        self.script = usual;
    }

    /// Has every deployment that runs be held elsewhere for ever, and every one that waits wait for those, and for a time
    /// that never comes; and every project be open all the week.
    pub async fn queue(&self) {
        let jobs = "insert into job (id, tenant_id, kind, subject_id, state, fence, node, lease_expires_at, run_at, created_at)
            select id, tenant_id, 'deployment', id, case status when 'running' then 'leased' else 'queued' end, 1,
            'elsewhere', '2999-01-01 00:00:00+00:00',
            case status when 'running' then created_at else '2999-01-01 00:00:00+00:00' end, created_at
            from deployment where status in ('running', 'pending')";
        let needs = "insert into job_need (job_id, resource_id) select host.deployment_id, host.server_id
            from deployment_host host join job on job.id = host.deployment_id";
        let windows = r#"update project set maintenance_windows = '[{ "opensAt": "00:00:00", "minutes": 1440, "timeZone": "UTC",
            "days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] }]'"#;
        for statement in [jobs, needs, windows] {
            self.db.execute_unprepared(statement).await.unwrap();
        }
    }

    async fn file(&mut self, place: &Place, column: &str, class: &str) -> server_request::Model {
        self.file_for(place, column, class, Some((place.server.tenant_id, place.server.id))).await
    }

    /// A request whose requester was taken the access to its project afterwards.
    pub async fn request_without_reach(&mut self, place: &Place) {
        let (class, project) = ("Rejected request A, of salesX", (place.project.tenant_id, place.project.id));
        let (admin, user) = (self.on_behalf_of("admin").await, self.users["salesX"]);
        grant_project_access(&admin, project, user, AccessLevel::Read).await.unwrap();
        // No server is named: what is planned for one is seen by who sees that.
        let row = self.file_for(place, "salesX", class, None).await;
        reject_server_request(&admin, (row.tenant_id, row.id), &canary(&Label::of(class))).await.unwrap();
        revoke_project_access(&admin, project, user).await.unwrap();
    }

    async fn file_for(
        &mut self,
        place: &Place,
        column: &str,
        class: &str,
        target: Option<(TenantId, ServerId)>,
    ) -> server_request::Model {
        let viewer = self.on_behalf_of(column).await;
        let text = canary(&Label::of(class));
        let form = Form {
            name: text.clone(),
            server_type: ServerType::Web,
            cpu: 2,
            memory_gb: 4,
            storage_gb: 50,
            operating_system: text.clone(),
            application_type: Some(text.clone()),
            priority: Priority::High,
            expected_usage: ExpectedUsage::High,
            justification: format!("{text} needs a server."),
            script: self.script.as_ref().map(|script| script.id),
            target,
            variables: json!({ "word": text, "mode": "safe", "key": canary(&Label::of(SECRET)) }),
        };
        let project = (place.project.tenant_id, place.project.id);
        let row = create_server_request(&viewer, project, form).await.unwrap();
        self.classes.insert(row.id.0, class.to_owned());
        row
    }

    async fn digest(&self, row: &server_request::Model) -> String {
        let system = self.system();
        plan_of(self.kernel, &system.reader(), row).await.unwrap().plan.expect("it is complete").digest()
    }

    async fn approve(&self, row: &server_request::Model) -> server_request::Model {
        let digest = self.digest(row).await;
        let note = Some(canary(&Label::of(self.classes[&row.id.0].as_str())));
        let admin = self.on_behalf_of("admin").await;
        approve_server_request(&admin, (row.tenant_id, row.id), &digest, note).await.unwrap()
    }

    async fn deploy(&self, place: &Place, request: Option<&server_request::Model>, status: DeploymentStatus) -> String {
        let text = canary(&Label::of(format!("Deployment {}", place.letter)));
        let (now, tenant) = (self.kernel.source.now(), place.project.tenant_id);
        let id = DeploymentId(self.kernel.source.uuid());
        let system = self.system();
        let reader = system.reader();
        let script = self.script.clone().unwrap();
        let revision = current_revision(&reader, &script).await.unwrap();
        let plan = Plan {
            version: Plan::VERSION,
            script: planned_script(&script, &revision).unwrap(),
            targets: vec![planned_target(&place.project, &place.server)],
            rollout: Some(Rollout { batch: Share::Hosts(1), failures_most: Share::Percent(10) }),
            variables: [("word".to_owned(), json!(text))].into(),
            secrets: BTreeMap::new(),
            monthly_price_cents: price([place.server.r#type.as_deref()]),
        };
        let row = deployment_run::Model {
            tenant_id: tenant,
            id,
            project_id: place.project.id,
            request_id: request.map(|row| row.id),
            // One row is both ends of the link.
            rerun_of: (status == DeploymentStatus::Completed).then_some(id),
            pause_requested_at: (status == DeploymentStatus::Running).then_some(now),
            paused_at: (status == DeploymentStatus::Running).then_some(now),
            script_id: script.id,
            script_revision_id: revision.id,
            status,
            plan: plan.canonical(),
            plan_digest: plan.digest(),
            variables: json!({}),
            secret_variables: None,
            started_by: self.users["admin"],
            tasks_finished: 1,
            tasks_planned: Some(2),
            last_sequence: 6,
            log_digest: None,
            spool_offset: 0,
            launch_fence: None,
            mode: DeploymentMode::Run,
            coverage: Some(json!({
                "planned": 2, "checked": 1, "unchecked": 1, "notNeeded": 0, "failed": 0, "notReached": 0,
            })),
            trace_parent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
            failure_message: Some(text.clone()),
            run_after: (status == DeploymentStatus::Pending).then_some(now),
            ignores_windows: false,
            cancel_requested_at: is_final(status).then_some(now),
            created_at: now,
            started_at: Some(now),
            finished_at: is_final(status).then_some(now),
            archived_through: 0,
            archived_parts: 0,
            archived_at: is_final(status).then_some(now),
        };
        let host = deployment_host::Model {
            tenant_id: tenant,
            deployment_id: id,
            server_id: place.server.id,
            name: place.server.name.clone(),
            address: place.server.address.clone(),
            result: HostResult::Ok,
            ok: 1,
            changed: 1,
            failed: 0,
            skipped: 0,
            unreachable: 0,
            started_at: Some(now),
            finished_at: Some(now),
        };
        let tx = self.system().begin().await.unwrap();
        let proof = tx.grant_root::<CreateScript>().unwrap();
        deployments::insert(&tx, &proof, row, vec![host]).await.unwrap();
        deployments::insert_events(&tx, &proof, events(tenant, id, now, status, &text)).await.unwrap();
        let run = server_run::Model {
            tenant_id: tenant,
            id: ServerRunId(self.kernel.source.uuid()),
            server_id: place.server.id,
            project_id: place.project.id,
            deployment_id: id,
            script_id: script.id,
            script_revision_id: revision.id,
            outcome: HostResult::Ok,
            started_at: Some(now),
            finished_at: Some(now),
            duration_ms: Some(1),
            recorded_at: now,
        };
        server_runs::insert(&tx, &proof, is_final(status).then_some(run).into_iter().collect()).await.unwrap();
        tx.commit().await.unwrap();
        if status == DeploymentStatus::Completed {
            let diff = deployment_diff::Model {
                tenant_id: tenant,
                deployment_id: id,
                number: 1,
                task_index: 1,
                task_name: text.clone(),
                host: text.clone(),
                text: text.clone(),
            };
            diff.into_active_model().reset_all().insert(&self.db).await.unwrap();
            let receipt = deployment_receipt::Model { tenant_id: tenant, deployment_id: id, jws: text };
            receipt.into_active_model().reset_all().insert(&self.db).await.unwrap();
        }
        if let Some(request) = request {
            let mut row = request.clone().into_active_model();
            row.status = Set(RequestStatus::Deployed);
            row.update(&self.db).await.unwrap();
        }
        global("Deployment", &(tenant, id).parts())
    }

    /// That a client used a field.
    pub async fn usage(&self) {
        let tx = Viewer::system(self.kernel, "filling the world of a test").begin().await.unwrap();
        let proof = tx.grant_root::<RecordUsage>().unwrap();
        let used = Use {
            client: Client::named(Some("walker"), Some("1")),
            field: "Site.name".to_owned(),
            count: 3,
            first_used_at: tx.now(),
            last_used_at: tx.now(),
        };
        usage::add(&tx, &proof, &[used]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Two notifications for everybody, one of them read.
    pub async fn notifications(&self) -> HashMap<Uuid, UserId> {
        let mut owners = HashMap::new();
        let now = self.kernel.source.now();
        for user in self.users.values() {
            for read_at in [None, Some(now)] {
                let id = NotificationId(self.kernel.source.uuid());
                let text = canary(&Label::owned("Notification", *user));
                let row = notification::ActiveModel {
                    user_id: Set(*user),
                    id: Set(id),
                    level: Set(NotificationLevel::Info),
                    title: Set(text.clone()),
                    body: Set(text),
                    subject: Set(Some(global("User", &user.parts()))),
                    read_at: Set(read_at),
                    created_at: Set(now),
                };
                row.insert(&self.db).await.unwrap();
                owners.insert(id.0, *user);
            }
        }
        owners
    }
}

fn request_id(row: &server_request::Model) -> String {
    global("ServerRequest", &(row.tenant_id, row.id).parts())
}

/// An event of every kind.
fn events(
    tenant: TenantId,
    id: DeploymentId,
    at: DateTime<Utc>,
    status: DeploymentStatus,
    text: &str,
) -> Vec<deployment_event::Model> {
    let event = |sequence, kind| deployment_event::Model {
        tenant_id: tenant,
        deployment_id: id,
        sequence,
        kind,
        at,
        status: None,
        task_index: None,
        task_name: None,
        task_status: None,
        host: None,
        text: None,
        finished: None,
        planned: None,
        paused: Some(true),
    };
    let (word, first) = (|| Some(text.to_owned()), Some(1));
    let task = |sequence, task_status| deployment_event::Model {
        task_index: first,
        task_status: Some(task_status),
        ..event(sequence, Kind::Task)
    };
    vec![
        deployment_event::Model { finished: first, planned: Some(2), ..event(1, Kind::Progress) },
        deployment_event::Model { task_name: word(), ..task(2, TaskStatus::Started) },
        deployment_event::Model { host: word(), ..task(3, TaskStatus::Started) },
        deployment_event::Model { task_index: first, host: word(), text: word(), ..event(4, Kind::Line) },
        deployment_event::Model { host: word(), ..task(5, TaskStatus::Ok) },
        deployment_event::Model { status: Some(status), text: word(), ..event(6, Kind::Status) },
    ]
}
