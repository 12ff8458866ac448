//! The files that a playbook brings along: its roles, its templates, and what its tasks include.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::run_secrets::write_private;
use super::spec::is_word;

/// The directories that Ansible looks into beside a playbook. A file lies in one of them, so that none takes the place of what
/// a run's directory holds besides.
pub const DIRECTORIES: [&str; 5] = ["files", "roles", "tasks", "templates", "vars"];

const PATH_BYTES_MOST: usize = 200;
const PART_BYTES_MOST: usize = 100;

/// A file beside a playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptFile {
    /// Where it lies, from the playbook's directory.
    pub path: String,
    /// What is in it.
    pub content: String,
}

/// Whether a file may lie there.
#[must_use]
pub fn is_path(path: &str) -> bool {
    let mut parts = path.split('/');
    let is_part = |part: &str| is_word(part, "._-", PART_BYTES_MOST) && !part.starts_with(['.', '-']);
    path.len() <= PATH_BYTES_MOST
        && parts.next().is_some_and(|first| DIRECTORIES.contains(&first))
        && parts.clone().next().is_some()
        && parts.all(is_part)
}

/// The first of these paths, in their order, that comes twice, or is a directory of another.
pub fn clash<'p>(paths: impl IntoIterator<Item = &'p str>) -> Option<&'p str> {
    let mut paths: Vec<&str> = paths.into_iter().collect();
    // As if the slash came before all other letters, so that what lies in a directory follows it at once.
    paths.sort_unstable_by(|one, other| one.split('/').cmp(other.split('/')));
    let is_above =
        |above: &str, path: &str| path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    paths.windows(2).find(|pair| is_above(pair[0], pair[1])).map(|pair| pair[0])
}

/// Writes files below `dir`, where none of them may be yet.
pub(super) fn write(dir: &Path, files: &[ScriptFile]) -> io::Result<()> {
    for ScriptFile { path, content } in files {
        if !is_path(path) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = dir.join(path);
        if let Some(parent) = file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        write_private(&file, content.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_where_ansible_looks_and_nowhere_else() {
        for path in ["roles/web/tasks/main.yml", "templates/a-b_c.conf.j2", "files/x", "vars/Debian.yml"] {
            assert!(is_path(path), "{path}");
        }
        let long = format!("files/{}", "x".repeat(101));
        let deep = format!("roles/{}main.yml", "deep/".repeat(50));
        for path in [
            "",
            "x.yml",
            "playbook.yml",
            "host_vars/web.yml",
            "home/x",
            "plugins/x.py",
            "ansible.cfg",
            "roles",
            "roles/",
            "roles//x",
            "/roles/x",
            "roles/../ansible.cfg",
            "roles/./x",
            "roles/.git/config",
            "roles/-x",
            "roles/a b",
            "roles/ä",
            "roles/a\nb",
            "roles/a\0",
            "roles\\x",
            "Roles/x",
            "roles/{{ x }}",
            &long,
            &deep,
        ] {
            assert!(!is_path(path), "{path:?}");
        }
    }

    #[test]
    fn a_file_is_no_directory() {
        assert_eq!(clash(["roles/a/x", "roles/a-b", "roles/a/y"]), None);
        assert_eq!(clash(["files/x", "roles/a", "files/x"]), Some("files/x"));
        assert_eq!(clash(["roles/a/b/c", "roles/a-b", "roles/a"]), Some("roles/a"));
    }

    #[test]
    fn nothing_is_written_over_or_outside() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str| write(dir.path(), &[ScriptFile { path: path.into(), content: "- debug:\n".into() }]);
        write("roles/web/tasks/main.yml").unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("roles/web/tasks/main.yml")).unwrap(), "- debug:\n");
        assert!(write("roles/web/tasks/main.yml").is_err());
        assert!(write("roles/../x").is_err());
        std::os::unix::fs::symlink("/nonexistent", dir.path().join("files")).unwrap();
        assert!(write("files/x").is_err());
    }
}
