//! The states of a request.

use super::store::RequestStatus;

/// Whether a request may go from one state to another.
#[must_use]
pub const fn may_become(from: RequestStatus, to: RequestStatus) -> bool {
    use RequestStatus as S;
    match to {
        S::Pending => false,
        S::Approved | S::Rejected => matches!(from, S::Pending),
        S::Cancelled => matches!(from, S::Pending | S::Approved),
        // After a failure somebody may decide to deploy what was approved once more.
        S::Deploying => matches!(from, S::Approved | S::Failed),
        S::Deployed | S::Failed => matches!(from, S::Deploying),
    }
}

/// The states from which a request may become `to`.
#[must_use]
pub fn states_before(to: RequestStatus) -> Vec<RequestStatus> {
    use RequestStatus as S;
    [S::Pending, S::Approved, S::Rejected, S::Deploying, S::Deployed, S::Failed, S::Cancelled]
        .into_iter()
        .filter(|from| may_become(*from, to))
        .collect()
}

/// The numbers of processors that can be asked for.
pub const CPU: [i32; 6] = [1, 2, 4, 8, 16, 32];
/// The sizes of memory that can be asked for, in gigabytes.
pub const MEMORY_GB: [i32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// The sizes of storage that can be asked for, in gigabytes.
pub const STORAGE_GB: [i32; 7] = [20, 50, 100, 250, 500, 1_000, 2_000];

#[cfg(test)]
mod tests {
    use super::*;
    use RequestStatus as S;

    #[test]
    fn ends_are_ends() {
        for end in [S::Rejected, S::Deployed, S::Cancelled] {
            for to in [S::Pending, S::Approved, S::Rejected, S::Deploying, S::Deployed, S::Failed, S::Cancelled] {
                assert!(!may_become(end, to), "{end:?} to {to:?}");
            }
        }
        assert_eq!(states_before(S::Deploying), [S::Approved, S::Failed]);
    }
}
