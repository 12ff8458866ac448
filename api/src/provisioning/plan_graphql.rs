//! Plans in the API.

use super::plan::{Planned, planned_script};
use crate::deployment::plan::{Plan, PlannedScript, digest_of};
use crate::fleet::script_graphql::{ScriptFile, ScriptKind};
use crate::fleet::store::{files_of, numbered_revisions, script_revision, server};
use crate::platform::error::{AppError, AppResult};
use crate::platform::graphql::viewer;
use crate::platform::ids::ScriptId;
use async_graphql::{Context, Object, Result, SimpleObject};
use rookery_macros::gated;

/// Where a plan runs.
#[derive(SimpleObject)]
pub struct PlanTarget {
    /// The server's name.
    name: String,
    /// Its name or address in the network.
    address: String,
    /// Its SSH port; null while the plan is incomplete.
    port: Option<i32>,
    /// As whom; null while the plan is incomplete.
    user: Option<String>,
    /// The provider's plan, from which the price follows.
    r#type: Option<String>,
}

/// A value that a plan gives to its script.
#[derive(SimpleObject)]
pub struct PlanVariable {
    /// Its name.
    name: String,
    /// Its value as text; dots for a secret.
    value: String,
    /// Whether it is secret.
    secret: bool,
}

/// A file beside the script of a plan.
#[derive(SimpleObject)]
pub struct PlanFile {
    /// Where it lies, from the playbook's directory.
    path: String,
    /// The SHA-256 of its content, in hex.
    digest: String,
}

/// What a deployment would do, exactly. An approval binds its digest.
#[derive(Default)]
pub struct PlanObject {
    plan: Option<Plan>,
    canonical: String,
    missing: Vec<String>,
    script: Option<PlannedScript>,
    targets: Vec<PlanTarget>,
}

impl PlanObject {
    /// A plan as it was kept.
    ///
    /// # Errors
    /// INTERNAL, if it is not one.
    pub fn kept(canonical: &str) -> AppResult<Self> {
        let plan: Plan = serde_json::from_str(canonical).map_err(AppError::unreadable("a kept plan"))?;
        Ok(Self { canonical: canonical.to_owned(), ..Self::whole(plan) })
    }

    /// The revision of the script that would run, where it is there and the planned one.
    async fn revision(&self, context: &Context<'_>) -> Result<Option<script_revision::Model>> {
        let Some(script) = &self.script else { return Ok(None) };
        let reader = viewer(context)?.reader();
        let found = numbered_revisions(&reader, &[(ScriptId(script.id), script.revision)]).await?;
        Ok(found.into_iter().find(|row| row.digest == script.digest))
    }

    fn whole(plan: Plan) -> Self {
        let targets = plan
            .targets
            .iter()
            .map(|target| PlanTarget {
                name: target.name.clone(),
                address: target.address.clone(),
                port: Some(target.port),
                user: Some(target.user.clone()),
                r#type: target.r#type.clone(),
            })
            .collect();
        let script = Some(plan.script.clone());
        Self { canonical: plan.canonical(), missing: Vec::new(), script, targets, plan: Some(plan) }
    }
}

impl TryFrom<Planned> for PlanObject {
    type Error = AppError;

    fn try_from(planned: Planned) -> AppResult<Self> {
        if let Some(plan) = planned.plan {
            return Ok(Self::whole(plan));
        }
        let target = |server: server::Model| PlanTarget {
            name: server.name,
            address: server.address,
            port: None,
            user: None,
            r#type: server.r#type,
        };
        let script = planned.script.map(|(script, revision)| planned_script(&script, &revision)).transpose()?;
        let targets = planned.target.map(target).into_iter().collect();
        Ok(Self { missing: planned.missing, script, targets, ..Self::default() })
    }
}

/// What a deployment would do, exactly. An approval binds its digest.
#[gated(optional)]
#[Object(name = "Plan")]
impl PlanObject {
    /// The SHA-256 of its canonical JSON, such as `sha256:…`; null while it is incomplete.
    async fn digest(&self) -> Option<String> {
        self.plan.as_ref().map(|_| digest_of(&self.canonical))
    }
    /// Whether nothing is missing.
    async fn complete(&self) -> bool {
        self.plan.is_some()
    }
    /// What is missing.
    async fn missing(&self) -> &[String] {
        &self.missing
    }
    /// The script's name.
    async fn script_name(&self) -> Option<&str> {
        self.script.as_ref().map(|script| script.name.as_str())
    }
    /// What runs the script.
    async fn script_kind(&self) -> Option<ScriptKind> {
        let kind = self.script.as_ref()?.kind.as_str();
        Some(if kind == "ansible" { ScriptKind::Ansible } else { ScriptKind::Ssh })
    }
    /// The number of the script's revision.
    async fn script_revision(&self) -> Option<i32> {
        self.script.as_ref().map(|script| script.revision)
    }
    /// The SHA-256 of that revision's content.
    async fn script_digest(&self) -> Option<&str> {
        self.script.as_ref().map(|script| script.digest.as_str())
    }
    /// Whether the script becomes root.
    async fn requires_root(&self) -> Option<bool> {
        self.script.as_ref().map(|script| script.requires_root)
    }
    /// The revision's content: what would run.
    #[requires(ManageDeployments)]
    async fn script_content(&self, context: &Context<'_>) -> Result<Option<String>> {
        Ok(self.revision(context).await?.map(|row| row.content))
    }
    /// What lies beside the script: its roles, its templates, and what its tasks include, by path.
    async fn files(&self) -> Vec<PlanFile> {
        let files = self.script.iter().flat_map(|script| &script.files);
        files.map(|(path, digest)| PlanFile { path: path.clone(), digest: digest.clone() }).collect()
    }
    /// The same with what is in them.
    #[requires(ManageDeployments)]
    async fn script_files(&self, context: &Context<'_>) -> Result<Option<Vec<ScriptFile>>> {
        let revision = self.revision(context).await?;
        let files = revision.map(|row| files_of(&row)).transpose()?;
        Ok(files.map(|files| files.into_iter().map(Into::into).collect()))
    }
    /// Where it runs.
    async fn targets(&self) -> &[PlanTarget] {
        &self.targets
    }
    /// On how many targets it runs at once; on all of them where this is null.
    async fn batch_size(&self) -> Option<u32> {
        let plan = self.plan.as_ref()?;
        plan.rollout.map(|rollout| rollout.batch.rounded_up(plan.targets.len()))
    }
    /// How many targets may fail or not be reached before no further batch is begun; null without batches.
    async fn max_failures(&self) -> Option<u32> {
        let plan = self.plan.as_ref()?;
        plan.rollout.map(|rollout| rollout.failures_most.rounded_down(plan.targets.len()))
    }
    /// With what.
    async fn variables(&self) -> Vec<PlanVariable> {
        let Some(plan) = &self.plan else { return Vec::new() };
        let plain = plan.variables.iter().map(|(name, value)| PlanVariable {
            name: name.clone(),
            value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            secret: false,
        });
        let secret = plan.secrets.keys().map(|name| PlanVariable {
            name: name.clone(),
            value: "••••••••".to_owned(),
            secret: true,
        });
        plain.chain(secret).collect()
    }
    /// What the targets cost a month, in euro cents; null where one has no price.
    async fn monthly_price_cents(&self) -> Option<i32> {
        self.plan.as_ref().and_then(|plan| plan.monthly_price_cents)
    }
    /// The plan in canonical JSON, of which the digest is taken; empty while it is incomplete.
    async fn canonical_json(&self) -> &str {
        &self.canonical
    }
}
