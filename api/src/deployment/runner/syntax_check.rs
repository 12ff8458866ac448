//! Whether a script can be understood, asked when it is saved.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::ansible_command::{self, AnsibleError};
use super::commands::Commands;
use super::run_secrets::write_private;
use super::script_files::{self, ScriptFile};
use super::spec::ScriptKind;

/// How long a check may take.
pub const SYNTAX_CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// Each is a shell of its own when it is checked and a channel of its own when it is run.
const MOST_COMMANDS: usize = 500;

/// Why a script is not accepted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SyntaxCheckError {
    /// The author can mend it.
    #[error("{0}")]
    Invalid(SyntaxError),
    /// Nobody knows whether the script is right.
    #[error(transparent)]
    Ansible(#[from] AnsibleError),
    #[error("the check cannot write its files")]
    Write(#[from] std::io::Error),
}

/// What is wrong with a script and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// In which file beside the script; none for the script itself.
    pub file: Option<String>,
    /// Line there, from 1.
    pub line: Option<u32>,
    /// Column in that line, from 1.
    pub column: Option<u32>,
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(formatter, "in {file}, line {line}: {}", self.message),
            (Some(file), None) => write!(formatter, "in {file}: {}", self.message),
            (None, Some(line)) => write!(formatter, "line {line}: {}", self.message),
            (None, None) => formatter.write_str(&self.message),
        }
    }
}

/// The programs that a check runs.
#[derive(Clone, Debug)]
pub struct Programs {
    /// This one.
    pub rookery: PathBuf,
    /// The `ansible-playbook` to run.
    pub ansible_playbook: PathBuf,
}

/// Checks a script: playbooks by `ansible-playbook --syntax-check` in a private directory, shut in and without a network, since it
/// evaluates templates; commands by `sh -n`, which runs nothing.
pub async fn syntax_check(
    programs: &Programs,
    kind: ScriptKind,
    content: &str,
    files: &[ScriptFile],
) -> Result<(), SyntaxCheckError> {
    match kind {
        ScriptKind::Ansible => check_playbook(programs, content, files).await,
        ScriptKind::Ssh => check_commands(content).await,
    }
}

const PLAYBOOK: &str = "playbook.yml";

async fn check_playbook(programs: &Programs, content: &str, files: &[ScriptFile]) -> Result<(), SyntaxCheckError> {
    let private = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir()?;
    let dir = private.path().canonicalize()?;
    fs::create_dir(dir.join("home"))?;
    write_private(&dir.join(PLAYBOOK), content.as_bytes())?;
    script_files::write(&dir, files)?;
    write_private(
        &dir.join("ansible.cfg"),
        b"[defaults]\nroles_path = roles\nnocolor = True\nlocalhost_warning = False\ndeprecation_warnings = False\n",
    )?;
    let mut command = ansible_command::confined_command(programs, &dir);
    command.args(["--syntax-check", "--inventory", "target,", PLAYBOOK]);
    let answer = ansible_command::answer(command, &dir, SYNTAX_CHECK_TIMEOUT).await?;
    if answer.is_success {
        return Ok(());
    }
    Err(SyntaxCheckError::Invalid(read_error(&format!("{}\n{}", answer.stderr, answer.stdout), &dir)))
}

/// Each command by itself, since each is run by itself; within the time that a playbook's check has.
async fn check_commands(content: &str) -> Result<(), SyntaxCheckError> {
    let commands = Commands::parse(content).map_err(SyntaxCheckError::Invalid)?;
    if let Some(command) = commands.commands.get(MOST_COMMANDS) {
        let message = format!("more than {MOST_COMMANDS} commands: begin it with #! to have it run as one script");
        return Err(SyntaxCheckError::Invalid(SyntaxError {
            message,
            file: None,
            line: Some(command.line),
            column: None,
        }));
    }
    let seconds = SYNTAX_CHECK_TIMEOUT.as_secs();
    tokio::time::timeout(SYNTAX_CHECK_TIMEOUT, check_each(&commands)).await.unwrap_or_else(|_| {
        let message = format!("it cannot be checked within {seconds} seconds");
        Err(SyntaxCheckError::Invalid(SyntaxError { message, file: None, line: None, column: None }))
    })
}

async fn check_each(commands: &Commands) -> Result<(), SyntaxCheckError> {
    for command in &commands.commands {
        let mut shell = tokio::process::Command::new(commands.shell.program())
            .arg("-n")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = shell.stdin.take() {
            // A shell that has seen enough stops reading; what it says of it follows.
            _ = stdin.write_all(command.text.as_bytes()).await;
        }
        let output = shell.wait_with_output().await?;
        if !output.status.success() {
            return Err(SyntaxCheckError::Invalid(read_shell_error(
                &String::from_utf8_lossy(&output.stderr),
                command.line,
            )));
        }
    }
    Ok(())
}

/// What a shell said: `sh: 1: Syntax error: …` or `bash: line 1: …`, counted from the first line of the command.
fn read_shell_error(said: &str, first_line: u32) -> SyntaxError {
    let first = said.lines().next().unwrap_or_default();
    let mut parts = first.splitn(3, ": ").skip(1);
    let line = parts.next().and_then(|line| line.trim_start_matches("line ").parse::<u32>().ok());
    let message = parts.next().unwrap_or(first);
    SyntaxError {
        message: message.to_owned(),
        file: None,
        line: Some(first_line + line.unwrap_or(1).saturating_sub(1)),
        column: None,
    }
}

/// The first error in what ansible-playbook said, without paths of this machine.
pub(super) fn read_error(said: &str, dir: &Path) -> SyntaxError {
    let said = said.replace(&format!("{}/", dir.display()), "").replace(&dir.display().to_string(), ".");
    let first =
        said.split_once("ERROR]: ").or_else(|| said.split_once("ERROR! ")).map_or(said.as_str(), |(_, rest)| rest);
    let mut message = Vec::new();
    let mut place = (None, None, None);
    for line in first.lines() {
        if let Some(origin) = line.strip_prefix("Origin: ") {
            let mut parts = origin.trim().rsplitn(3, ':');
            let column = parts.next().and_then(|number| number.parse().ok());
            let line = parts.next().and_then(|number| number.parse().ok());
            place = (parts.next().filter(|file| *file != PLAYBOOK), line, column);
            break;
        }
        if line.trim().is_empty() || line.starts_with('[') {
            break;
        }
        message.push(line.trim());
    }
    let mut message = message.join(" ");
    // Where it looked for roles and files is nobody's business outside.
    if let Some(start) = message.find(" was not found in ") {
        message.truncate(start + " was not found".len());
    }
    if message.is_empty() {
        "ansible-playbook refuses this playbook without saying why".clone_into(&mut message);
    }
    let (file, line, column) = place;
    SyntaxError { message, file: file.map(str::to_owned), line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_message_and_place() {
        let said = "[WARNING]: Error loading plugin 'x'\n[ERROR]: couldn't resolve module/action 'x'.\nOrigin: /tmp/abc/playbook.yml:3:6\n\n1 - hosts: all\n";
        let error = read_error(said, Path::new("/tmp/abc"));
        assert_eq!(
            error,
            SyntaxError {
                message: "couldn't resolve module/action 'x'.".into(),
                file: None,
                line: Some(3),
                column: Some(6)
            }
        );
        assert_eq!(error.to_string(), "line 3: couldn't resolve module/action 'x'.");
        let error = read_error(&said.replace("playbook.yml", "roles/web/tasks/main.yml"), Path::new("/tmp/abc"));
        assert_eq!(error.to_string(), "in roles/web/tasks/main.yml, line 3: couldn't resolve module/action 'x'.");
    }

    #[tokio::test]
    async fn commands_are_checked_one_by_one() {
        let check = async |content: &str| {
            let none = Programs { rookery: "/nonexistent".into(), ansible_playbook: "/nonexistent".into() };
            syntax_check(&none, ScriptKind::Ssh, content, &[]).await.map_err(|error| error.to_string())
        };
        assert_eq!(check("id\ncd / && ls\n").await, Ok(()));
        assert_eq!(check("#!/bin/bash\nif true; then\n  echo \"$x\"\nfi\n").await, Ok(()));
        assert!(check("id\n# next\nif true; then\n").await.unwrap_err().starts_with("line 3: Syntax error"));
        let many = "true\n".repeat(MOST_COMMANDS);
        assert_eq!(check(&many).await, Ok(()));
        assert!(check(&format!("{many}true")).await.unwrap_err().starts_with("line 501: more than 500 commands"));
        assert_eq!(check(&format!("#!/bin/sh\n{many}true")).await, Ok(()));
        let error = check("#!/bin/bash\nid\necho )\n").await.unwrap_err();
        assert!(error.starts_with("line 3: ") && error.contains("syntax error"), "{error}");
    }

    #[test]
    fn shows_no_path_of_this_machine() {
        let error = read_error(
            "[ERROR]: the role 'r' was not found in /tmp/abc/roles:/usr/share/ansible/roles\nOrigin: /tmp/abc/playbook.yml:2:11\n",
            Path::new("/tmp/abc"),
        );
        assert_eq!(error.message, "the role 'r' was not found");
        let error =
            read_error("[ERROR]: Empty playbook, nothing to do: /tmp/abc/playbook.yml\n", Path::new("/tmp/abc"));
        assert_eq!((error.message.as_str(), error.line), ("Empty playbook, nothing to do: playbook.yml", None));
    }
}
