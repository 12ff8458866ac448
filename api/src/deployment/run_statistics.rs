//! What a server's runs come to. Pure.

use super::store::HostResult;
use super::store::server_runs::{Figures, OutcomeCount, RankedDuration, RecentRun, ServerKey};
use crate::platform::ids::ScriptRevisionId;
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// So many of the last runs tell whether a server is flaky.
pub const RECENT: u64 = 10;
/// So many changes between success and failure make it so.
const CHANGES: u32 = 2;

/// What the runs of one server come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunStatistics {
    /// Those that came to the end.
    pub succeeded: i64,
    /// Those in which a task failed.
    pub failed: i64,
    /// Those in which it could not be reached.
    pub unreachable: i64,
    /// Those of which nobody knows.
    pub unknown: i64,
    /// Those that were stopped on their way.
    pub cancelled: i64,
    /// Those whose turn never came.
    pub not_run: i64,
    /// When the last one succeeded.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When the last one ended whose turn came.
    pub last_run_at: Option<DateTime<Utc>>,
    /// The median of how long those took that succeeded, in milliseconds.
    pub median_ms: Option<i64>,
    /// The 95th percentile of it.
    pub p95_ms: Option<i64>,
    /// Whether success and failure take turns.
    pub is_flaky: bool,
}

impl RunStatistics {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.succeeded + self.failed + self.unreachable + self.unknown + self.cancelled + self.not_run
    }

    /// The share of those with a known outcome that succeeded, from 0 to 1; none without any.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        let whole = |count: i64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
        let known = self.succeeded + self.failed + self.unreachable;
        (known > 0).then(|| whole(self.succeeded) / whole(known))
    }

    fn count(&mut self, row: &OutcomeCount) {
        let number = match row.outcome {
            HostResult::Ok => &mut self.succeeded,
            HostResult::Failed => &mut self.failed,
            HostResult::Unreachable => &mut self.unreachable,
            HostResult::Cancelled => &mut self.cancelled,
            HostResult::NotRun => &mut self.not_run,
            HostResult::Unknown | HostResult::Pending | HostResult::Running => &mut self.unknown,
        };
        *number += row.count;
        if row.outcome != HostResult::NotRun {
            self.last_run_at = self.last_run_at.max(Some(row.last_at));
        }
        if row.outcome == HostResult::Ok {
            self.last_success_at = Some(row.last_at);
        }
    }
}

/// The statistics of each server that any figure is about.
#[must_use]
pub fn by_server(figures: Figures) -> HashMap<ServerKey, RunStatistics> {
    let mut all: HashMap<ServerKey, RunStatistics> = HashMap::new();
    for row in &figures.outcomes {
        all.entry(row.server()).or_default().count(row);
    }
    for (server, rows) in grouped(figures.durations, RankedDuration::server) {
        let places: Vec<_> = rows.iter().map(|row| (row.place, row.duration_ms, row.size)).collect();
        let statistics = all.entry(server).or_default();
        (statistics.median_ms, statistics.p95_ms) = median_and_p95(&places);
    }
    for (server, mut rows) in grouped(figures.recent, RecentRun::server) {
        rows.sort_unstable_by_key(|row| row.place);
        let runs: Vec<_> = rows.iter().map(|row| (row.script_revision_id, row.outcome)).collect();
        all.entry(server).or_default().is_flaky = is_flaky(&runs);
    }
    all
}

fn grouped<T>(rows: Vec<T>, server: impl Fn(&T) -> ServerKey) -> HashMap<ServerKey, Vec<T>> {
    let mut groups: HashMap<_, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(server(&row)).or_default().push(row);
    }
    groups
}

/// The median and the 95th percentile (by nearest rank) of durations, of which those at their places are given, each with
/// its place and the number of all.
fn median_and_p95(rows: &[(i64, i64, i64)]) -> (Option<i64>, Option<i64>) {
    let Some((_, _, size)) = rows.first() else { return (None, None) };
    let at = |place: i64| rows.iter().find(|row| row.0 == place).map(|row| row.1);
    let middle = at((size + 1) / 2).zip(at((size + 2) / 2)).map(|(low, high)| low + (high - low) / 2);
    (middle, at((size * 95 + 99) / 100))
}

/// Whether success and failure take turns among a server's last runs with a known outcome, which are given with the script's
/// revision, in order: at least two changes among those of one revision. A script that was mended, or a server that broke,
/// is one change.
fn is_flaky(runs: &[(ScriptRevisionId, HostResult)]) -> bool {
    let mut changes: HashMap<ScriptRevisionId, (bool, u32)> = HashMap::new();
    runs.iter().any(|(revision, outcome)| {
        let is_ok = *outcome == HostResult::Ok;
        let (last, count) = changes.entry(*revision).or_insert((is_ok, 0));
        if *last != is_ok {
            (*last, *count) = (is_ok, *count + 1);
        }
        *count >= CHANGES
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use HostResult::{Failed, Ok, Unreachable};
    use uuid::Uuid;

    #[test]
    fn medians_and_percentiles_are_taken_at_their_places() {
        assert_eq!(median_and_p95(&[]), (None, None));
        assert_eq!(median_and_p95(&[(1, 7, 1)]), (Some(7), Some(7)));
        assert_eq!(median_and_p95(&[(1, 10, 2), (2, 21, 2)]), (Some(15), Some(21)));
        assert_eq!(median_and_p95(&[(10, 100, 20), (11, 110, 20), (19, 190, 20)]), (Some(105), Some(190)));
    }

    #[test]
    fn a_server_is_flaky_if_one_revision_has_two_changes() {
        let run = |revision: u128, outcome| (ScriptRevisionId(Uuid::from_u128(revision)), outcome);
        let of = |outcomes: &[(u128, HostResult)]| {
            is_flaky(&outcomes.iter().map(|(revision, outcome)| run(*revision, *outcome)).collect::<Vec<_>>())
        };
        assert!(!of(&[]));
        assert!(!of(&[(1, Ok), (1, Failed)]), "it was mended");
        assert!(!of(&[(1, Failed), (1, Unreachable), (1, Ok), (1, Ok)]), "it broke");
        assert!(of(&[(1, Ok), (1, Failed), (1, Ok)]));
        assert!(of(&[(1, Unreachable), (1, Ok), (1, Ok), (1, Failed)]));
        assert!(!of(&[(1, Ok), (2, Failed), (1, Ok), (2, Failed)]), "one script works, another does not");
        assert!(!of(&[(1, Ok), (2, Failed), (2, Ok), (1, Failed)]), "one change each");
        assert!(of(&[(2, Failed), (1, Ok), (1, Failed), (2, Failed), (1, Ok)]));
    }

    #[test]
    fn a_rate_needs_a_known_outcome() {
        let none = RunStatistics { unknown: 2, not_run: 1, cancelled: 1, ..RunStatistics::default() };
        assert_eq!((none.total(), none.success_rate()), (4, None));
        let some = RunStatistics { succeeded: 3, failed: 1, unreachable: 1, ..none };
        assert_eq!((some.total(), some.success_rate()), (9, Some(0.6)));
    }
}
