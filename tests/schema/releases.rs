//! What a release promised.

use crate::support::{executable, workspace};
use std::path::PathBuf;
use std::process::Command;

/// The newest release and its schema.
fn newest() -> (Vec<u64>, PathBuf) {
    let files = std::fs::read_dir(workspace().join("docs/releases")).unwrap().flatten().map(|entry| entry.path());
    let schemas = files.filter(|path| path.extension().is_some_and(|ending| ending == "graphql"));
    let numbered = schemas.map(|path| {
        let version = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
        (numbers.unwrap_or_else(|| panic!("{version} is no version such as 1.2.3")), path)
    });
    numbered.max().unwrap()
}

#[test]
fn nothing_breaks_that_was_not_announced() {
    let (_, release) = newest();
    let mut command = Command::new(executable());
    let output =
        command.args(["schema", "check"]).arg(&release).arg(workspace().join("schema.graphql")).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        output.status.success(),
        "{} promised what schema.graphql does not keep:\n{said}\nKeep what breaks and deprecate it with a date, as \
         docs/releases/README.md says. Unless that release is not out yet: then write its file anew.",
        release.display()
    );
}

#[test]
fn this_version_s_schema_is_not_older_than_its_release() {
    let ours: Vec<u64> = env!("CARGO_PKG_VERSION").split('.').map(|number| number.parse().unwrap()).collect();
    let (version, release) = newest();
    assert!(version <= ours, "{} is of a version that is yet to come: this is {ours:?}", release.display());
}
