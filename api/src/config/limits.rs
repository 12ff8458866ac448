//! The settings that limit: how much may be asked for, and how long scripts may run.

use crate::deployment::runner::spec::RunLimits;
use crate::platform::meter::Allowance;
use serde::Deserialize;
use std::time::Duration;

const POINTS: Allowance = Allowance { session: 60_000, tenant: 200_000, address: 60_000 };

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPoints {
    session: Option<u32>,
    tenant: Option<u32>,
    address: Option<u32>,
}

impl RawPoints {
    pub(super) fn checked(&self) -> Result<Allowance, String> {
        let checked = |name: &str, points: Option<u32>, usual: u32| match points.unwrap_or(usual) {
            points @ 1_000..=1_000_000_000 => Ok(points),
            _ => Err(format!("points.{name}: between 1000 and 1000000000, please")),
        };
        Ok(Allowance {
            session: checked("session", self.session, POINTS.session)?,
            tenant: checked("tenant", self.tenant, POINTS.tenant)?,
            address: checked("address", self.address, POINTS.address)?,
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRunLimits {
    playbook_seconds: Option<u32>,
    command_seconds: Option<u32>,
}

impl RawRunLimits {
    pub(super) fn checked(&self) -> Result<RunLimits, String> {
        let usual = RunLimits::default();
        let checked = |name: &str, seconds: Option<u32>, usual: Duration| match seconds {
            None => Ok(usual),
            Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds.into())),
            Some(_) => Err(format!("run_limits.{name}: between 1 and 86400, please")),
        };
        Ok(RunLimits {
            playbook: checked("playbook_seconds", self.playbook_seconds, usual.playbook)?,
            command: checked("command_seconds", self.command_seconds, usual.command)?,
        })
    }
}
