//! `rookery schema check OLD NEW`.

use crate::support::executable;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const OLD: &str = "type Query { device: Device gone: Int @deprecated(reason: \"2000-01-01: Ask for device.\") \
                   later: Int @deprecated(reason: \"9999-01-01: Ask for device.\") } type Device { id: ID! name: String }";

/// Files to compare.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("old.graphql", OLD);
        files
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The status, what was printed, and what was complained about.
    fn check(&self, new: &str, more: &[&str]) -> (i32, String, String) {
        self.write("new.graphql", new);
        self.run(&[&["old.graphql", "new.graphql"], more].concat())
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(executable());
        let output = command.args(["schema", "check"]).args(arguments).current_dir(self.0.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn a_step_that_breaks_nobody_is_fine() {
    let files = Files::new();
    let (status, said, _) = files.check(OLD, &[]);
    assert_eq!((status, said.as_str()), (0, "0 breaking, 0 announced, 0 dangerous, 0 safe; 0 descriptions changed\n"));
    let (status, said, _) = files.check(&OLD.replace("name: String", "name: String! serial: Int"), &[]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("safe       Device.serial  There is a new field.  [FIELD_ADDED]"), "{said}");
    assert!(said.contains("0 breaking, 0 announced, 0 dangerous, 2 safe"), "{said}");
}

#[test]
fn what_was_announced_may_go_when_its_day_has_come() {
    let files = Files::new();
    let (status, said, _) =
        files.check(&OLD.replace("gone: Int @deprecated(reason: \"2000-01-01: Ask for device.\")", ""), &[]);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("announced  Query.gone  The field is gone."), "{said}");
    let (status, said, complaint) =
        files.check(&OLD.replace("later: Int @deprecated(reason: \"9999-01-01: Ask for device.\")", ""), &[]);
    assert_eq!((status, complaint.as_str()), (1, "rookery: 1 breaking change was not announced for today or before\n"));
    assert!(said.contains("(announced for 9999-01-01, and that day has not come)"), "{said}");
}

#[test]
fn a_step_that_breaks_somebody_names_whom() {
    let files = Files::new();
    let used = |client: &str, version: &str, field: &str, count: u64| json!({ "client": client, "version": version, "field": field, "count": count, "lastUsedAt": "2026-11-20T08:00:00Z" });
    let uses = [
        used("acme-sync", "2.1", "Device.name", 1_204),
        used("acme-sync", "2.2", "Device.id", 7),
        used("", "", "Device.name", 3),
    ];
    let lines: Vec<_> = uses.iter().map(Value::to_string).collect();
    files.write("lines", &lines.join("\n"));
    files.write("array", &Value::from(uses.to_vec()).to_string());
    let new = OLD.replace(" name: String", "");
    for usage in ["lines", "array"] {
        let (status, said, _) = files.check(&new, &["--usage", usage]);
        assert_eq!(status, 1);
        assert!(said.contains("would break: acme-sync 2.1 (last 2026-11-20, 1,204 times)"), "{said}");
        assert!(said.contains("would break: unnamed (last 2026-11-20, 3 times)"), "{said}");
        assert!(!said.contains("2.2"), "{said}");
    }
    let (status, said, _) = files.check(&new, &["--usage", "lines", "--format", "json"]);
    assert_eq!(status, 1);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["breaking"], 1);
    let expected = json!([{
        "severity": "breaking", "kind": "FIELD_REMOVED", "coordinate": "Device.name", "message": "The field is gone.",
        "announcedFor": null,
        "clients": [
            { "client": "acme-sync", "version": "2.1", "lastUsedAt": "2026-11-20T08:00:00Z", "count": 1_204, "isCertain": true },
            { "client": "", "version": "", "lastUsedAt": "2026-11-20T08:00:00Z", "count": 3, "isCertain": true },
        ],
    }]);
    assert_eq!(said["changes"], expected);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let files = Files::new();
    files.write("broken.graphql", "type Query {\n  a: \n}");
    files.write("twice.graphql", "scalar A scalar A");
    files.write("uses", "{\"client\": \"a\"}\n");
    for (arguments, expected) in [
        (["old.graphql", "missing.graphql"].as_slice(), "missing.graphql: No such file"),
        (&["missing.graphql", "old.graphql"], "missing.graphql: No such file"),
        (&["old.graphql", "broken.graphql"], "broken.graphql:"),
        (&["twice.graphql", "old.graphql"], "twice.graphql: A is defined twice"),
        (&["old.graphql", "old.graphql", "--usage", "uses"], "uses: line 1: missing field `field`"),
        (&["old.graphql", "old.graphql", "--usage", "none"], "none: No such file"),
        (&["old.graphql", "--usage", "uses"], "required"),
        (&["old.graphql", "old.graphql", "--format", "xml"], "xml"),
    ] {
        let (status, _, complaint) = files.run(arguments);
        assert_eq!(status, 2, "{arguments:?}: {complaint}");
        assert!(complaint.contains(expected), "{arguments:?}: {complaint}");
    }
}
