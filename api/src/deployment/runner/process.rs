//! Recognising processes, also those of an earlier life of the server, and finding what belongs to a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// A process, told apart from a later one with the same number, also after a reboot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// Its number.
    pub pid: i32,
    /// When it started, in clock ticks since boot: field 22 of `/proc/PID/stat`, proc(5).
    pub start_ticks: u64,
    /// The boot it belongs to: `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
}

impl ProcessIdentity {
    /// The calling process.
    #[must_use]
    pub fn current() -> Option<Self> {
        Self::of(i32::try_from(std::process::id()).ok()?)
    }

    /// The living process with this number; a zombie does not live.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        let stat = Stat::read(pid)?;
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
        (!stat.is_dead).then_some(Self { pid, start_ticks: stat.start_ticks, boot_id })
    }

    /// Whether this very process lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Sends the signal if this very process lives; answers whether it did.
    #[must_use]
    pub fn signal(&self, signal: Signal) -> bool {
        self.is_alive() && kill(Pid::from_raw(self.pid), signal).is_ok()
    }
}

/// The living processes of a run: those started from its directory, and all that descend from them or from `root`. ansible-core
/// gives each of its workers a session of its own, so that a signal to the process group would not reach them.
pub(super) fn processes_of_run(dir: &Path, root: Option<i32>) -> BTreeSet<i32> {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let mut parents = BTreeMap::new();
    let mut members = BTreeSet::new();
    for pid in all_pids() {
        let Some(stat) = Stat::read(pid).filter(|stat| !stat.is_dead) else { continue };
        parents.insert(pid, stat.parent);
        let started_here = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == dir);
        if started_here || root == Some(pid) {
            members.insert(pid);
        }
    }
    loop {
        let before = members.len();
        members.extend(
            parents.iter().filter(|(_, parent)| members.contains(parent)).map(|(pid, _)| *pid).collect::<Vec<_>>(),
        );
        if members.len() == before {
            break;
        }
    }
    members.remove(&own);
    members
}

/// Signals each of them; one that is gone meanwhile is no error.
pub(super) fn signal_all(pids: &BTreeSet<i32>, signal: Signal) {
    for pid in pids {
        if let Err(error) = kill(Pid::from_raw(*pid), signal) {
            tracing::debug!(pid, %error, "process is gone before its signal");
        }
    }
}

fn all_pids() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

struct Stat {
    is_dead: bool,
    parent: i32,
    start_ticks: u64,
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the name in parentheses, and may itself hold spaces and parentheses.
        let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_ascii_whitespace().collect();
        Some(Self {
            is_dead: matches!(*fields.first()?, "Z" | "X" | "x"),
            parent: fields.get(1)?.parse().ok()?,
            start_ticks: fields.get(19)?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn recognises_itself_and_no_impostor() {
        let own = ProcessIdentity::current().unwrap();
        assert!(own.is_alive());
        assert!(!ProcessIdentity { start_ticks: own.start_ticks + 1, ..own.clone() }.is_alive());
        assert!(!ProcessIdentity { boot_id: "another boot".into(), ..own }.is_alive());
    }

    #[test]
    fn finds_the_processes_of_a_directory_and_their_children() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        let mut child =
            Command::new("sh").args(["-c", "(cd / && exec sleep 60) & wait"]).current_dir(&path).spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        while processes_of_run(&path, None).len() < 2 || fs::read_link(format!("/proc/{pid}/cwd")).is_err() {
            std::thread::yield_now();
        }
        assert!(processes_of_run(&path, None).contains(&pid));
        signal_all(&processes_of_run(&path, None), Signal::SIGKILL);
        child.wait().unwrap();
        assert_eq!(processes_of_run(&path, None), BTreeSet::new());
        assert_eq!(ProcessIdentity::of(pid), None);
    }
}
