//! The states of a deployment.

use super::store::DeploymentStatus;

/// Whether a deployment in this state has come to its end.
#[must_use]
pub const fn is_final(status: DeploymentStatus) -> bool {
    match status {
        DeploymentStatus::Pending | DeploymentStatus::Running => false,
        DeploymentStatus::Completed
        | DeploymentStatus::Failed
        | DeploymentStatus::Cancelled
        | DeploymentStatus::Unknown => true,
    }
}

/// Tasks finished over tasks planned, in whole percent; none while the plan is unknown or empty.
#[must_use]
pub fn percent(finished: i32, planned: Option<i32>) -> Option<i32> {
    let planned = planned.filter(|planned| *planned > 0)?;
    let share = i64::from(finished.clamp(0, planned)) * 100 / i64::from(planned);
    i32::try_from(share).ok()
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percent_is_never_invented() {
        assert_eq!(percent(0, None), None);
        assert_eq!(percent(0, Some(0)), None);
        assert_eq!(percent(1, Some(3)), Some(33));
        assert_eq!(percent(5, Some(3)), Some(100));
    }
}
