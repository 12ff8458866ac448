//! What an SSH script consists of.

use super::remote_shell::Shell;
use super::syntax_check::SyntaxError;

/// The commands of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commands {
    pub(super) shell: Shell,
    pub(super) commands: Vec<Command>,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Where it begins, from 1.
    pub(super) line: u32,
    pub(super) text: String,
    pub(super) name: String,
}

/// Of a long command, this much is its name.
const NAME_CHARACTERS: usize = 120;

impl Commands {
    /// Reads a script: one command a line (longer with a backslash at its end), each in a shell of its own, `#` lines left out. A script that
    /// begins with `#!` is one command, in the shell it names.
    pub(super) fn parse(content: &str) -> Result<Self, SyntaxError> {
        let content = content.replace("\r\n", "\n");
        if let Some(interpreter) = content.strip_prefix("#!") {
            let shell = shell_of(interpreter.lines().next().unwrap_or_default())?;
            let name = "script".to_owned();
            return Ok(Self { shell, commands: vec![Command { line: 1, text: content, name }] });
        }
        let mut commands: Vec<Command> = Vec::new();
        let mut is_continued = false;
        for (line, text) in (1..).zip(content.lines()) {
            let continues = text.ends_with('\\');
            match commands.last_mut() {
                Some(command) if is_continued => command.text = format!("{}\n{text}", command.text),
                Some(_) | None if text.trim().is_empty() || text.trim_start().starts_with('#') => continue,
                Some(_) | None => {
                    commands.push(Command { line, text: text.trim_start().to_owned(), name: String::new() });
                }
            }
            is_continued = continues;
        }
        if commands.is_empty() {
            return Err(SyntaxError {
                message: "there is no command in this script".to_owned(),
                file: None,
                line: None,
                column: None,
            });
        }
        for command in &mut commands {
            command.name = command.text.replace("\\\n", " ").chars().take(NAME_CHARACTERS).collect();
        }
        Ok(Self { shell: Shell::Sh, commands })
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.commands.iter().map(|command| command.name.clone()).collect()
    }
}

fn shell_of(interpreter: &str) -> Result<Shell, SyntaxError> {
    let name =
        interpreter.split_whitespace().find(|word| !word.ends_with("/env")).and_then(|path| path.rsplit('/').next());
    match name {
        Some("sh" | "dash") => Ok(Shell::Sh),
        Some("bash") => Ok(Shell::Bash),
        Some(_) | None => Err(SyntaxError {
            message: "only sh and bash can run a script here".to_owned(),
            file: None,
            line: Some(1),
            column: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command() {
        let commands = Commands::parse("# Update\n\ncd /srv && ./deploy.sh\r\necho a \\\n  b\n  id\n").unwrap();
        assert_eq!(commands.shell, Shell::Sh);
        let seen: Vec<_> = commands
            .commands
            .iter()
            .map(|command| (command.line, command.text.as_str(), command.name.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (3, "cd /srv && ./deploy.sh", "cd /srv && ./deploy.sh"),
                (4, "echo a \\\n  b", "echo a    b"),
                (6, "id", "id")
            ]
        );
    }

    #[test]
    fn a_script_with_an_interpreter_is_one_command() {
        let script = "#!/usr/bin/env bash\nif true; then\n  echo yes\nfi\n";
        let commands = Commands::parse(script).unwrap();
        assert_eq!((commands.shell, commands.names()), (Shell::Bash, vec!["script".to_owned()]));
        assert_eq!(commands.commands[0].text, script);
        assert_eq!(Commands::parse("#!/bin/sh -e\nid\n").unwrap().shell, Shell::Sh);
        assert!(Commands::parse("#!/usr/bin/python3\nprint()\n").unwrap_err().to_string().contains("only sh and bash"));
        assert!(Commands::parse("# nothing\n").is_err());
    }
}
