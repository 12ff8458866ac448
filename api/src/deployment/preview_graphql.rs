//! Previews in the API.

use super::runner::record::Coverage;
use super::store::{self, deployment_diff, deployment_run};
use crate::mirrored_enum;
use async_graphql::{Object, SimpleObject};

mirrored_enum! {
    /// Whether something is done, or only looked at.
    DeploymentMode of store::DeploymentMode {
        /// It is done.
        Run,
        /// A preview: a playbook in Ansible's check mode. It changes nothing, and is no deployment.
        Preview,
    }
}

/// How much of a preview was really checked. Each planned task is in one of the numbers, by the gravest that happened to it
/// on any host.
#[derive(SimpleObject)]
pub struct PreviewCoverage {
    /// Planned tasks. Handlers, included tasks and the gathering of facts are not among them.
    planned: i32,
    /// Those whose module said what it would do, wherever they were needed.
    checked: i32,
    /// Those that were passed over somewhere, because their module does not know check mode: commands and shells without
    /// `creates` or `removes` among them. What they would do is not known.
    unchecked: i32,
    /// Those whose condition held nowhere.
    not_needed: i32,
    /// Those that failed; often because what they build on was not done.
    failed: i32,
    /// Those that were not come to.
    not_reached: i32,
}

/// The coverage of a preview that came to its end.
pub(super) fn coverage_of(row: &deployment_run::Model) -> Option<PreviewCoverage> {
    let coverage: Coverage = serde_json::from_value(row.coverage.clone()?).ok()?;
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Some(PreviewCoverage {
        planned: whole(coverage.planned),
        checked: whole(coverage.checked),
        unchecked: whole(coverage.unchecked),
        not_needed: whole(coverage.not_needed),
        failed: whole(coverage.failed),
        not_reached: whole(coverage.not_reached),
    })
}

/// What a task would change on a host.
pub struct PreviewDiff(pub(super) deployment_diff::Model);

/// What a task would change on a host.
#[Object]
impl PreviewDiff {
    /// Which task of the preview, by order of start, from 1.
    async fn task_index(&self) -> i32 {
        self.0.task_index
    }
    /// Its name.
    async fn task_name(&self) -> &str {
        &self.0.task_name
    }
    /// On which host.
    async fn host(&self) -> &str {
        &self.0.host
    }
    /// The difference as `diff -u` writes it, without secrets. At most 64 KiB: a longer one ends by saying so.
    async fn text(&self) -> &str {
        &self.0.text
    }
}
