//! What the system knows of this process: proc(5).

use nix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::Duration;

/// This process; what cannot be read is left out.
#[derive(Debug)]
pub(super) struct Process {
    /// Memory in use.
    pub(super) resident_bytes: Option<u64>,
    /// Open file descriptors.
    pub(super) open_fds: Option<u64>,
    /// Processor time, in user mode and in the system.
    pub(super) cpu_seconds: Option<f64>,
}

/// Looks at this process.
pub(super) fn process() -> Process {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    Process {
        resident_bytes: resident(&status),
        open_fds: fs::read_dir("/proc/self/fd").ok().and_then(|entries| u64::try_from(entries.count()).ok()),
        cpu_seconds: clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)
            .ok()
            .map(|used| Duration::from(used).as_secs_f64()),
    }
}

/// `VmRSS:     1234 kB`, which is in units of 1024 bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}
