//! When a deployment may begin: not before the time that somebody says, and within its project's maintenance windows.

use super::policy::DeployOutsideWindows;
use super::store::{DeploymentMode, deployment_run};
use crate::fleet::store::project;
use crate::fleet::windows::{begins, kept_windows};
use crate::platform::error::{AppError, AppResult, UserErrorCode};
use crate::platform::granted::Tx;
use crate::platform::ids::{ProjectId, TenantId};
use chrono::{DateTime, Duration, SubsecRound as _, Utc};

/// What a person says about when.
#[derive(Debug, Clone, Copy, Default)]
pub struct Schedule {
    /// Not before then.
    pub run_after: Option<DateTime<Utc>>,
    /// Also outside of the maintenance windows.
    pub ignores_windows: bool,
}

/// For how long ahead something may be planned.
const AHEAD_MOST: Duration = Duration::days(366);
/// What a clock may be behind ours, and what a form may lie open.
const BEHIND_MOST: Duration = Duration::minutes(10);

impl Schedule {
    /// The schedule, if it makes sense and whoever acts may say so.
    ///
    /// # Errors
    /// User errors, by field; FORBIDDEN for who may not go around the windows.
    pub async fn permitted(self, tx: &Tx, project: (TenantId, ProjectId)) -> AppResult<Self> {
        if let Some(time) = self.run_after {
            let refuse = |message: &str| Err(AppError::field("runAt", UserErrorCode::Invalid, message));
            if time < tx.now() - BEHIND_MOST {
                return refuse("That is in the past.");
            }
            if time > tx.now() + AHEAD_MOST {
                return refuse("At most a year ahead.");
            }
        }
        if self.ignores_windows {
            tx.grant::<DeployOutsideWindows>(project).await?;
        }
        Ok(Self { run_after: self.run_after.map(|time| time.trunc_subsecs(6)), ..self })
    }

    /// What a deployment's row says.
    #[must_use]
    pub const fn of(row: &deployment_run::Model) -> Self {
        Self { run_after: row.run_after, ignores_windows: row.ignores_windows }
    }

    /// When it may begin if that is not `now`.
    ///
    /// # Errors
    /// INTERNAL.
    pub fn later(
        self,
        project: &project::Model,
        mode: DeploymentMode,
        now: DateTime<Utc>,
    ) -> AppResult<Option<DateTime<Utc>>> {
        let earliest = self.run_after.map_or(now, |time| time.max(now));
        // A preview changes nothing.
        let begins = if self.ignores_windows || mode == DeploymentMode::Preview {
            earliest
        } else {
            begins(&kept_windows(&project.maintenance_windows)?, earliest)
        };
        Ok(Some(begins).filter(|time| *time > now))
    }
}
