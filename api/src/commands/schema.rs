//! `rookery schema`: the API in its own language, and who uses it. Only the latter needs settings and a database.

mod check;
pub(crate) mod usage;

use super::Failure;
use clap::Subcommand;
use rookery_api::schema::sdl;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

/// How many differing lines are shown.
const SHOWN: usize = 40;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print it
    Print,
    /// Compare a file with it, and exit with 1 if they differ; or tell whom the step from one file to another breaks, and
    /// exit with 1 if that was not announced
    Check {
        /// The file; or the older one of two
        #[arg(default_value = "schema.graphql", value_name = "OLD")]
        file: PathBuf,
        /// The newer one
        new: Option<PathBuf>,
        /// Name the clients that used what breaks: a file of what `rookery schema usage` prints
        #[arg(long, value_name = "FILE", requires = "new")]
        usage: Option<PathBuf>,
        /// How to print what is found
        #[arg(long, value_enum, default_value_t, requires = "new")]
        format: check::Format,
    },
    /// Print which clients used which fields of the API, one use a line, as JSON
    Usage,
}

/// Runs a command; `usage` is the one that needs more.
pub(crate) fn run(command: &Command, usage: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    let printed = sdl();
    match command {
        Command::Usage => usage(),
        Command::Print => std::io::stdout()
            .write_all(printed.as_bytes())
            .map_err(|error| Failure::from(format!("the schema could not be written: {error}"))),
        Command::Check { file, new: Some(new), usage: uses, format } => check::run(file, new, uses.as_deref(), *format),
        Command::Check { file, new: None, .. } => {
            let kept = std::fs::read_to_string(file)
                .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
            if kept == printed {
                return Ok(());
            }
            for line in difference(&kept, &printed) {
                println!("{line}");
            }
            Err(Failure::from(format!("{} is not this program's schema: make schema", file.display())))
        }
    }
}

/// The lines that only one of them has, where they stand in it.
fn difference(kept: &str, printed: &str) -> Vec<String> {
    let only = |sign: char, these: &str, those: &str| {
        let mut others: BTreeMap<&str, usize> = BTreeMap::new();
        for line in those.lines() {
            *others.entry(line).or_default() += 1;
        }
        let mut lines = Vec::new();
        let mut scope = "";
        for (index, line) in these.lines().enumerate() {
            if line.ends_with('{') {
                scope = line.trim_end_matches('{').trim();
            }
            match others.get_mut(line) {
                Some(count) if *count > 0 => *count -= 1,
                _ if line.trim().is_empty() => {}
                _ => lines.push(format!("{sign} {}: {} [{scope}]", index + 1, line.trim())),
            }
        }
        lines
    };
    let (gone, new) = (only('-', kept, printed), only('+', printed, kept));
    let count = gone.len() + new.len();
    let mut lines: Vec<String> = gone.into_iter().chain(new).take(SHOWN).collect();
    if lines.is_empty() {
        lines.push("the same lines in another order".into());
    } else if count > SHOWN {
        lines.push(format!("and {} more", count - SHOWN));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_names_its_type() {
        let kept = "type A {\n  x: Int\n}\n\ntype B {\n  y: Int\n}\n";
        let printed = "type A {\n  x: Int!\n}\n\ntype B {\n  y: Int\n}\n";
        assert_eq!(difference(kept, printed), ["- 2: x: Int [type A]", "+ 2: x: Int! [type A]"]);
        assert_eq!(difference("a\nb\n", "b\na\n"), ["the same lines in another order"]);
    }
}
