//! What sockets have seen of a deployment's events.

use crate::clock;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Before each event's number.
const NUMBER: &str = "\"sequence\":";

/// What one socket has seen.
pub(super) struct Seen {
    is_sampled: bool,
    last: AtomicI64,
    count: AtomicI64,
    delays_us: Mutex<Vec<i64>>,
}

/// What all of them saw.
#[derive(Serialize)]
pub(super) struct Report {
    sockets: usize,
    /// Those that saw the last event.
    complete: usize,
    events: i64,
    /// Events that a socket should have seen, by the numbers of the others, and did not; or saw twice.
    missing: i64,
    p50_ms: f64,
    p99_ms: f64,
    most_ms: f64,
}

#[derive(Deserialize)]
struct Message {
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    deployment_progress: Progress,
}

#[derive(Deserialize)]
struct Progress {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    at: DateTime<Utc>,
}

impl Seen {
    /// Nothing yet; `is_sampled` says whether delays are looked at.
    pub(super) fn new(is_sampled: bool) -> Self {
        Self { is_sampled, last: AtomicI64::new(0), count: AtomicI64::new(0), delays_us: Mutex::default() }
    }

    /// The newest event.
    pub(super) fn last(&self) -> i64 {
        self.last.load(Ordering::Acquire)
    }

    /// Notes a message that has arrived just now; answers whether it told of events.
    pub(super) fn note(&self, text: &str) -> bool {
        let arrived = clock::now();
        let Some(at) = text.rfind(NUMBER) else { return false };
        let digits: String = text[at + NUMBER.len()..].chars().take_while(char::is_ascii_digit).collect();
        if self.is_sampled
            && let Ok(message) = serde_json::from_str::<Message>(text)
        {
            let events = message.payload.data.deployment_progress.events;
            let delays = events.iter().filter_map(|event| (arrived - event.at).num_microseconds());
            self.delays_us.lock().unwrap_or_else(PoisonError::into_inner).extend(delays);
        }
        let count = i64::try_from(text.matches(NUMBER).count()).unwrap_or(i64::MAX);
        self.count.fetch_add(count, Ordering::Relaxed);
        self.last.store(digits.parse().unwrap_or_default(), Ordering::Release);
        true
    }

    /// Begins anew with what arrives from here on.
    pub(super) fn forget(&self) {
        self.count.store(0, Ordering::Relaxed);
        self.delays_us.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Report {
    /// What was seen up to event `last`, since the last report.
    pub(super) fn of(last: i64, seen: &[Arc<Seen>]) -> Self {
        let counts: Vec<i64> = seen.iter().map(|socket| socket.count.load(Ordering::Relaxed)).collect();
        let most = counts.iter().copied().max().unwrap_or_default();
        let mut delays: Vec<i64> = Vec::new();
        for socket in seen {
            delays.extend(socket.delays_us.lock().unwrap_or_else(PoisonError::into_inner).iter());
            socket.forget();
        }
        delays.sort_unstable();
        Self {
            sockets: seen.len(),
            complete: seen.iter().filter(|socket| socket.last() >= last).count(),
            events: counts.iter().sum(),
            missing: counts.iter().map(|count| most - count).sum(),
            p50_ms: quantile_ms(&delays, 50),
            p99_ms: quantile_ms(&delays, 99),
            most_ms: quantile_ms(&delays, 100),
        }
    }
}

/// A percentile of sorted microseconds.
fn quantile_ms(sorted: &[i64], percent: usize) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    // Whole numbers until the end: no delay here is anywhere near the limits of exactness.
    i32::try_from(sorted[last * percent / 100]).map_or(f64::INFINITY, f64::from) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_what_was_missed_and_how_late_events_came() {
        let at = (clock::now() - chrono::TimeDelta::milliseconds(500)).to_rfc3339();
        let event = |sequence| format!(r#"{{"sequence":{sequence},"at":"{at}"}}"#);
        let message = |events: &[String]| {
            let events = events.join(",");
            format!(r#"{{"type":"next","payload":{{"data":{{"deploymentProgress":{{"events":[{events}]}}}}}}}}"#)
        };
        let seen = [Arc::new(Seen::new(true)), Arc::new(Seen::new(false))];
        assert!(seen[0].note(&message(&[event(1), event(2)])));
        assert!(seen[1].note(&message(&[event(1)])));
        assert!(!seen[1].note(r#"{"type":"complete","id":"1"}"#));
        let report = Report::of(2, &seen);
        assert_eq!((report.complete, report.events, report.missing), (1, 3, 1));
        assert!((500.0..5_000.0).contains(&report.p50_ms), "{}", report.p50_ms);
        assert_eq!(Report::of(2, &seen).events, 0);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_list() {
        let delays: Vec<i64> = (1..=101).map(|delay| delay * 1_000).collect();
        let quantiles = [50, 99, 100].map(|percent| quantile_ms(&delays, percent));
        assert!(quantiles.iter().zip([51.0, 100.0, 101.0]).all(|(found, wanted)| (found - wanted).abs() < 0.001));
    }
}
