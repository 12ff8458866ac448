//! What is encoded once for all who follow it says the same to everybody.

use super::sdl::Sdl;
use crate::support::workspace;
use std::collections::BTreeSet;
use std::path::Path;

/// The types of which the code says so.
fn impersonal(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            impersonal(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Those of tests are in no schema.
        let text = text.split("#[cfg(test)]").next().unwrap();
        let declared = text.lines().filter_map(|line| line.trim().strip_prefix("impl Impersonal for "));
        found.extend(declared.map(|rest| rest.split([' ', '{']).next().unwrap().to_owned()));
    }
}

#[test]
fn nothing_below_an_impersonal_type_depends_on_who_looks() {
    let sdl = Sdl::parse(&std::fs::read_to_string(workspace().join("schema.graphql")).unwrap());
    let mut types = BTreeSet::new();
    impersonal(&workspace().join("api/src"), &mut types);
    assert!(types.contains("DeploymentProgressPayload"), "{types:?}");
    let (mut left, mut seen) = (types.into_iter().collect::<Vec<_>>(), BTreeSet::new());
    while let Some(name) = left.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        // Whatever has an id of its own is seen by some and not by others.
        assert!(!sdl.nodes.contains(&name), "{name}");
        for field in sdl.objects.get(&name).unwrap_or_else(|| panic!("the schema has no {name}")) {
            let place = format!("{name}.{}", field.name);
            assert_eq!(field.policy, "", "{place}");
            assert!(field.arguments.is_empty(), "{place} has arguments");
            if sdl.objects.contains_key(&field.of.name) {
                left.push(field.of.name.clone());
            } else {
                // An interface leads to rows; everything else is a value.
                assert_ne!(field.of.name, "Node", "{place}");
            }
        }
    }
    assert!(seen.contains("DeploymentEvent") && seen.contains("DeploymentProgress"), "{seen:?}");
}
