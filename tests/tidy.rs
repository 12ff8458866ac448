//! What a reviewer should not have to say twice: where imports may point, how long files are, and what is not written.

use crate::support::workspace;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LONGEST: usize = 500;

/// Written by programs, or data.
const GENERATED: [&str; 3] = ["graphql-env.d.ts", "graphql-cache.d.ts", "matrix.md"];

struct Source {
    path: String,
    text: String,
}

/// The files of the checkout with one of these endings: what is committed, and what is about to be.
fn files(endings: &[&str]) -> Vec<Source> {
    let root = workspace();
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .ok()
        .filter(|output| output.status.success());
    let paths: BTreeSet<PathBuf> = match listed {
        Some(output) => String::from_utf8(output.stdout).unwrap().split('\0').map(PathBuf::from).collect(),
        // An exported tree has no index.
        None => walk(&root, Path::new("")),
    };
    let wanted =
        |path: &&PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted));
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(root.join(path)).ok()?;
        Some(Source { path: path.to_str()?.to_owned(), text })
    };
    let files: Vec<Source> = paths.iter().filter(wanted).filter_map(read).collect();
    assert!(files.len() > 5, "no files found below {}", root.display());
    files
}

fn walk(root: &Path, below: &Path) -> BTreeSet<PathBuf> {
    const BUILT: [&str; 6] = ["target", "node_modules", "dist", ".git", ".tools", ".rookery"];
    let mut paths = BTreeSet::new();
    for entry in fs::read_dir(root.join(below)).unwrap().flatten() {
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if !BUILT.iter().any(|built| entry.file_name() == *built) {
                paths.extend(walk(root, &path));
            }
        } else {
            paths.insert(path);
        }
    }
    paths
}

fn api() -> Vec<Source> {
    files(&["rs"]).into_iter().filter(|file| file.path.starts_with("api/src/")).collect()
}

impl Source {
    /// The lines that are code, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

#[track_caller]
fn none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

/// The folders of `api/src` that are neither the kernel nor a transport.
fn domains() -> BTreeSet<String> {
    const OTHERS: [&str; 7] = ["platform", "http", "app", "config", "commands", "schema", "demo"];
    let folders = fs::read_dir(workspace().join("api/src")).unwrap().flatten();
    folders
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect()
}

#[test]
fn the_kernel_knows_no_domain() {
    let domains = domains();
    assert!(domains.contains("provisioning") && domains.len() >= 8, "{domains:?}");
    let mut found = Vec::new();
    for file in api().iter().filter(|file| file.path.starts_with("api/src/platform")) {
        for (line, text) in file.code() {
            if domains.iter().any(|domain| text.contains(&format!("crate::{domain}::"))) {
                found.push(file.place(line));
            }
        }
    }
    none("the platform imports a domain", found);
}

#[test]
fn domains_know_no_transport() {
    let mut found = Vec::new();
    for file in api() {
        let domain = file.path.split('/').nth(2).unwrap_or_default();
        if !domains().contains(domain) && domain != "platform" {
            continue;
        }
        for (line, text) in file.code() {
            if ["crate::http", "crate::app", "crate::schema", "axum::"].iter().any(|outer| text.contains(outer)) {
                found.push(file.place(line));
            }
        }
    }
    none("imports point inward", found);
}

#[test]
fn rows_are_read_in_stores() {
    let mut found = Vec::new();
    for file in api() {
        let is_store = file.path.ends_with("/store.rs") || file.path.contains("/store/");
        if is_store || file.path.starts_with("api/src/platform/") {
            continue;
        }
        found.extend(file.code().filter(|(_, text)| text.contains("rookery_entity")).map(|(line, _)| file.place(line)));
    }
    none("only stores and the kernel know rows", found);
}

#[test]
fn graphql_is_where_it_belongs() {
    let mut found = Vec::new();
    for file in api() {
        let name = file.path.rsplit('/').next().unwrap();
        let belongs = name == "graphql.rs"
            || name.ends_with("_graphql.rs")
            || file.path.contains("/graphql/")
            || ["api/src/schema.rs", "api/src/app.rs"].contains(&file.path.as_str())
            || ["api/src/schema/", "api/src/http/"].iter().any(|folder| file.path.starts_with(folder));
        if belongs {
            continue;
        }
        found.extend(file.code().filter(|(_, text)| text.contains("async_graphql")).map(|(line, _)| file.place(line)));
    }
    none("GraphQL outside of the graphql modules, the schema and the transports", found);
}

#[test]
fn dependencies_are_few() {
    /// What each costs is built by everybody who works on it.
    const MOST: usize = 560;
    let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
    let count = lock.lines().filter(|line| *line == "[[package]]").count();
    assert!((300..=MOST).contains(&count), "Cargo.lock names {count} crates; {MOST} are allowed for");
}

#[test]
fn files_are_short_enough_to_read() {
    let long = files(&["rs", "ts", "tsx"]).into_iter().filter_map(|file| {
        let count = file.text.lines().count();
        let generated = GENERATED.iter().any(|name| file.path.ends_with(name));
        (count > LONGEST && !generated).then(|| format!("{} has {count} lines", file.path))
    });
    none(&format!("more than {LONGEST} lines"), long.collect());
}

#[test]
fn every_file_of_the_server_says_what_it_is_for() {
    // The tests of a module, where they have a file of their own, are its tests.
    let silent = api().into_iter().filter(|file| !file.path.ends_with("/tests.rs") && !file.text.starts_with("//! "));
    let silent = silent.map(|file| file.path);
    none("no words at the top", silent.collect());
}

/// What a domain's `mod.rs` must tell.
#[test]
fn every_domain_says_what_it_owns() {
    let mut found = Vec::new();
    for domain in domains() {
        let path = workspace().join(format!("api/src/{domain}/mod.rs"));
        let words: String =
            fs::read_to_string(&path).unwrap().lines().take_while(|line| line.starts_with("//!")).collect();
        if !words.contains("Owns") && !words.contains("It owns") {
            found.push(format!("{domain} does not say what it owns"));
        }
        if !words.contains("never") {
            found.push(format!("{domain} does not say what it never does"));
        }
    }
    none("a domain's mod.rs tells what it owns and what it never does", found);
}

#[test]
fn every_mutation_is_an_operation_in_a_file_of_its_name() {
    let schema = fs::read_to_string(workspace().join("schema.graphql")).unwrap();
    let (_, mutations) = schema.split_once("\ntype Mutation {").unwrap();
    let (mutations, _) = mutations.split_once("\n}").unwrap();
    let operations: Vec<String> = api().into_iter().map(|file| file.path).collect();
    let mut count = 0;
    let mut found = Vec::new();
    for line in mutations.lines().filter(|line| line.starts_with("  ") && line.ends_with('(')) {
        let name = line.trim().trim_end_matches('(');
        let file = name.chars().fold(String::new(), |mut snake, letter| {
            if letter.is_uppercase() {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
            snake
        });
        count += 1;
        if !operations.iter().any(|path| path.ends_with(&format!("/{file}.rs"))) {
            found.push(name.to_owned());
        }
    }
    assert!(count >= 20, "{count} mutations found");
    none("mutations without a file of their name", found);
}

#[test]
fn nothing_unfinished_and_nothing_of_this_machine_is_committed() {
    // Put together here, so that this file does not find itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["HA", "CK:"]].map(|parts| parts.concat());
    let places = [["/wo", "rk/"], ["/ro", "ot/"], ["/home/", "user"]].map(|parts| parts.concat());
    let mut found = Vec::new();
    for file in files(&["rs", "ts", "tsx", "md", "toml", "py", "sh", "yml", "graphql", "css", "html", "mjs"]) {
        for (index, line) in file.text.lines().enumerate() {
            for word in marks.iter().chain(&places) {
                if line.contains(word.as_str()) {
                    found.push(format!("{} has {word}", file.place(index + 1)));
                }
            }
        }
    }
    none("unfinished, or of one machine only", found);
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let allow = ["#[al", "low("].concat();
    let inner = ["#![al", "low("].concat();
    let mut found = Vec::new();
    for file in files(&["rs"]) {
        for (line, text) in file.code() {
            if text.contains(&allow) || text.contains(&inner) {
                found.push(file.place(line));
            }
            if text.contains("#[expect(") && !text.contains("reason = ") && !reason_follows(&file.text, line) {
                found.push(format!("{} gives no reason", file.place(line)));
            }
        }
    }
    none("lints silenced without a reason", found);
}

/// Whether the attribute that begins at this line gives its reason on one of the next.
fn reason_follows(text: &str, line: usize) -> bool {
    let rest = text.lines().skip(line - 1).take(8).collect::<Vec<_>>().join(" ");
    rest.split_once(")]").is_some_and(|(attribute, _)| attribute.contains("reason = "))
}

/// Tests wait for what they want to see, by the harness's helper.
#[test]
fn no_test_sleeps() {
    let sleep = ["slee", "p("].concat();
    let mut found = Vec::new();
    for file in
        files(&["rs"]).iter().filter(|file| file.path.starts_with("tests/") && !file.path.starts_with("tests/support/"))
    {
        for (line, text) in file.code() {
            if text.contains(&format!("tokio::time::{sleep}")) || text.contains(&format!("thread::{sleep}")) {
                found.push(file.place(line));
            }
        }
    }
    none("a test sleeps", found);
}
