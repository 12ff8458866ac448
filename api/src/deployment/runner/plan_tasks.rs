//! The tasks a script declares, before any of them runs.

use std::path::Path;
use std::time::Duration;

use super::ansible_command::{self, AnsibleError};
use super::commands::Commands;
use super::prepare::script_file;
use super::record::PlannedPlay;
use super::run_secrets;
use super::spec::{RunSpec, ScriptKind};
use super::syntax_check::{SyntaxError, read_error};

/// How long listing may take.
const PLAN_TIMEOUT: Duration = Duration::from_secs(30);

/// Why the tasks are not known.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PlanError {
    #[error("{0}")]
    Script(SyntaxError),
    #[error(transparent)]
    Ansible(#[from] AnsibleError),
}

/// The planned tasks of a prepared run, by play: `ansible-playbook --list-tasks`, or the commands of an SSH script. Handlers, tasks
/// included while running, fact gathering, and the `rescue` and `always` parts of blocks are not among them.
pub async fn plan_tasks(dir: &Path, spec: &RunSpec, script: &str) -> Result<Vec<PlannedPlay>, PlanError> {
    match spec.kind {
        ScriptKind::Ssh => {
            let commands = Commands::parse(script).map_err(PlanError::Script)?;
            Ok(vec![PlannedPlay { name: "commands".to_owned(), tasks: commands.names() }])
        }
        ScriptKind::Ansible => {
            let mut command = ansible_command::command(&spec.ansible_playbook, dir);
            command.arg("--list-tasks").args(playbook_arguments(dir));
            let answer = ansible_command::answer(command, dir, PLAN_TIMEOUT).await?;
            if answer.is_success {
                Ok(parse(&answer.stdout))
            } else {
                Err(PlanError::Script(read_error(&format!("{}\n{}", answer.stderr, answer.stdout), dir)))
            }
        }
    }
}

/// What to run, with which variables. The variables are named by their file, never by value.
pub(super) fn playbook_arguments(dir: &Path) -> [String; 5] {
    [
        "--inventory".to_owned(),
        dir.join("inventory.yml").display().to_string(),
        "--extra-vars".to_owned(),
        format!("@{}", run_secrets::vars_path(dir).display()),
        dir.join(script_file(ScriptKind::Ansible)).display().to_string(),
    ]
}

/// Reads `  play #1 (all): NAME<tab>TAGS: []` and `      TASK<tab>TAGS: []`.
fn parse(listing: &str) -> Vec<PlannedPlay> {
    let mut plays: Vec<PlannedPlay> = Vec::new();
    for line in listing.lines() {
        let Some((text, _)) = line.rsplit_once("\tTAGS: [") else { continue };
        if let Some(play) = text.strip_prefix("  play #") {
            let name = play.split_once("): ").map_or(play, |(_, name)| name);
            plays.push(PlannedPlay { name: name.trim().to_owned(), tasks: Vec::new() });
        } else if let (Some(task), Some(play)) = (text.strip_prefix("      "), plays.last_mut()) {
            play.tasks.push(task.trim().to_owned());
        }
    }
    plays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_listing() {
        let listing = "\nplaybook: playbook.yml\n\n  play #1 (all): Prepare (all): now\tTAGS: []\n    tasks:\n      Look around\tTAGS: []\n      web : Install {{ x }}\tTAGS: [a, b]\n\n  play #2 (web): web\tTAGS: []\n    tasks:\n      debug\tTAGS: []\n";
        let play = |name: &str, tasks: &[&str]| PlannedPlay {
            name: name.into(),
            tasks: tasks.iter().map(|task| (*task).into()).collect(),
        };
        assert_eq!(
            parse(listing),
            [play("Prepare (all): now", &["Look around", "web : Install {{ x }}"]), play("web", &["debug"])]
        );
    }
}
