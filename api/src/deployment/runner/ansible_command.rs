//! Starts ansible-playbook in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::process;
use super::syntax_check::Programs;

/// Why ansible-playbook gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnsibleError {
    #[error("ansible-playbook cannot be started: {0}")]
    Start(String),
    #[error("ansible-playbook gave no answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
}

/// What a short-lived ansible-playbook said.
pub(super) struct Answer {
    pub(super) is_success: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// ansible-playbook in this directory, seeing nothing of our environment. No secret is in the little it gets.
pub(super) fn command(ansible_playbook: &Path, dir: &Path) -> Command {
    in_private(Command::new(ansible_playbook), ansible_playbook, dir)
}

/// The same, started by us, who are not shut in as a runner is.
pub(super) fn confined_command(programs: &Programs, dir: &Path) -> Command {
    let mut command = Command::new(&programs.rookery);
    command.arg("confined").arg(dir).arg(&programs.ansible_playbook);
    in_private(command, &programs.ansible_playbook, dir)
}

fn in_private(mut command: Command, ansible_playbook: &Path, dir: &Path) -> Command {
    let beside = ansible_playbook.parent().map(Path::to_owned).unwrap_or_default();
    let path: Vec<PathBuf> = [beside, "/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()]
        .into_iter()
        .filter(|path| path.is_absolute())
        .collect();
    command
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap_or_else(|_| "/usr/bin:/bin".into()))
        .env("HOME", dir.join("home"))
        .env("TMPDIR", dir.join("home"))
        .env("LANG", "C.UTF-8")
        .env("ANSIBLE_CONFIG", dir.join("ansible.cfg"))
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// Waits for an answer, and leaves nothing running when there is none in time.
pub(super) async fn answer(mut command: Command, dir: &Path, allowed: Duration) -> Result<Answer, AnsibleError> {
    let child = command.spawn().map_err(|error| AnsibleError::Start(error.to_string()))?;
    let root = child.id().and_then(|pid| i32::try_from(pid).ok());
    let Ok(output) = timeout(allowed, child.wait_with_output()).await else {
        process::signal_all(&process::processes_of_run(dir, root), nix::sys::signal::Signal::SIGKILL);
        return Err(AnsibleError::Timeout(allowed));
    };
    let output = output.map_err(|error| AnsibleError::Start(error.to_string()))?;
    Ok(Answer {
        is_success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
