//! What was found, and the check of an answer against the matrix.

use super::matrix::BEHIND_A_GUARD;
use super::sdl::Sdl;
use super::world::{Label, Person, World};
use crate::support::client::Answer;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a failure is shown.
const SHOWN: usize = 40;

/// What is wrong, and what was seen at all.
#[derive(Default)]
pub struct Findings {
    wrong: BTreeMap<String, usize>,
    /// Fields that had a value, by column.
    seen: BTreeSet<(String, usize)>,
    /// Fields that were refused, by column.
    refused: BTreeSet<(String, usize)>,
    pub checks: usize,
}

impl Findings {
    pub fn add(&mut self, what: impl Into<String>) {
        let mut what = what.into();
        if what.len() > 2_000 {
            what.truncate((0..=2_000).rev().find(|end| what.is_char_boundary(*end)).unwrap());
        }
        *self.wrong.entry(what).or_default() += 1;
    }

    pub fn join(&mut self, other: Self) {
        self.wrong.extend(other.wrong);
        self.seen.extend(other.seen);
        self.refused.extend(other.refused);
        self.checks += other.checks;
    }

    pub fn refused(&mut self, owner: &str, field: &str, person: &Person) {
        self.refused.insert((format!("{owner}.{field}"), person.column));
    }

    /// Every cell has its control: who is entitled had a value somewhere, and who is not was refused.
    pub fn close(&mut self, world: &World) {
        let mut missing = Vec::new();
        for (field, rule) in &world.matrix.fields {
            let seen_by = |person: &Person| self.seen.contains(&(field.clone(), person.column));
            if rule.part_of == "answer" || field.starts_with("Mutation.") || field.starts_with("Subscription.") {
                if !world.people.iter().any(seen_by) {
                    missing.push(format!("{field}: nobody had a value, who should?"));
                }
                continue;
            }
            for person in world.people.iter().filter(|person| world.sees_any(person, &rule.part_of)) {
                let refused = self.refused.contains(&(field.clone(), person.column));
                let ok = match rule.permission() {
                    Some(permission) if !world.matrix.may(permission, person.column) => {
                        refused || BEHIND_A_GUARD.contains(&field.split('.').next().unwrap_or_default())
                    }
                    Some(_) => seen_by(person),
                    None if rule.rule == "staff" => seen_by(person) == is_staff(world, person),
                    None if rule.rule == "link" => seen_by(person) || !has_link(world, person, field),
                    None => seen_by(person),
                };
                if !ok {
                    missing.push(format!(
                        "{field} × {}: no value came, and one should (or a refusal)",
                        world.name(person)
                    ));
                }
            }
        }
        for text in missing {
            self.add(text);
        }
    }

    /// Fails if anything is wrong by now.
    #[track_caller]
    pub fn assert_none(&self, when: &str) {
        let list: Vec<String> = self.wrong.iter().take(SHOWN).map(|(text, times)| format!("{times}× {text}")).collect();
        let count = self.wrong.len();
        assert!(count == 0, "{count} findings by {when}, in {} checks:\n{}", self.checks, list.join("\n"));
    }
}

/// Who has no deployment with a request that they see, nor a host whose server they see, has no such link.
fn has_link(world: &World, person: &Person, field: &str) -> bool {
    match field {
        "Deployment.request" => world.sees_any(person, "ServerRequest"),
        _ => world.sees_any(person, "Server"),
    }
}

fn is_staff(world: &World, person: &Person) -> bool {
    world.sees(person, &Label::of("Script"))
}

/// Checks answers to one person.
pub struct Checker<'w> {
    pub world: &'w World,
    pub sdl: &'w Sdl,
    pub person: &'w Person,
    /// Rows may have come into being since the world was registered.
    pub with_new_rows: bool,
}

impl Checker<'_> {
    fn cell(&self, what: &str) -> String {
        format!("{what} × {}", self.world.name(self.person))
    }

    /// Nothing may be anywhere in an answer that they do not see.
    pub fn text(&self, what: &str, text: &str, findings: &mut Findings) {
        findings.checks += 1;
        let leaks = self.world.leaks(self.person, text);
        if !leaks.is_empty() {
            findings.add(format!("LEAK: {} shows {leaks:?}: {text}", self.cell(what)));
        }
    }

    /// The whole answer to a query that should have no errors.
    pub fn answer(&self, what: &str, answer: &Answer, findings: &mut Findings) {
        self.text(what, &answer.body.to_string(), findings);
        if answer.body["errors"].is_null() {
            self.object("Query", &answer.body["data"], what, findings);
        } else {
            findings.add(format!("{} has errors: {}", self.cell(what), answer.body["errors"]));
        }
    }

    pub fn object(&self, owner: &str, value: &Value, path: &str, findings: &mut Findings) {
        let Value::Object(members) = value else { return };
        let owner = members.get("__typename").and_then(Value::as_str).unwrap_or(owner);
        self.identity(owner, members, path, findings);
        for (key, value) in members {
            // An alias stands for the field before its number.
            let name = key.split("__").next().unwrap();
            if name.is_empty() {
                continue;
            }
            self.field(owner, name, members, value, path, findings);
        }
    }

    fn identity(&self, owner: &str, members: &Map<String, Value>, path: &str, findings: &mut Findings) {
        let label = match owner {
            "Membership" => {
                let id = members.get("tenant").and_then(|tenant| tenant["id"].as_str());
                let Some(tenant) = id.and_then(|id| self.world.rows.get(id)) else { return };
                Label::of(tenant.label.class.replace("Tenant", "Membership"))
            }
            _ if self.sdl.nodes.contains(owner) => {
                let Some(id) = members.get("id").and_then(Value::as_str) else { return };
                match self.world.rows.get(id) {
                    Some(row) if row.type_name == owner => row.label.clone(),
                    Some(row) => return findings.add(format!("{path}: {owner} has the id of a {}", row.type_name)),
                    None if self.with_new_rows => return,
                    None => return findings.add(format!("LEAK: {} shows an unknown {owner} {id}", self.cell(path))),
                }
            }
            _ => return,
        };
        findings.checks += 1;
        if !self.world.sees(self.person, &label) {
            findings.add(format!("LEAK: {} shows a row of `{}`", self.cell(path), label.class));
        }
    }

    fn field(
        &self,
        owner: &str,
        name: &str,
        members: &Map<String, Value>,
        value: &Value,
        path: &str,
        findings: &mut Findings,
    ) {
        let field = self.sdl.field(owner, name);
        let path = format!("{path}.{name}");
        if value.is_null() {
            return;
        }
        findings.checks += 1;
        let rule = self.world.matrix.rule(owner, name);
        let denied = match rule.permission() {
            Some(permission) if owner != "Mutation" => !self.world.matrix.may(permission, self.person.column),
            _ if rule.rule == "staff" => !is_staff(self.world, self.person),
            _ if rule.rule == "address" => !self.sees_address(members),
            _ => !self.world.sees_any(self.person, "everybody") || self.is_above_everybody(&rule.part_of),
        };
        if denied {
            findings.add(format!("LEAK: {} has the value {value}", self.cell(&path)));
        }
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        let counts = !is_empty || self.sdl.objects.contains_key(&field.of.name) || field.of.name == "String";
        if counts || name == "permissions" {
            findings.seen.insert((format!("{owner}.{name}"), self.person.column));
        }
        if self.sdl.objects.contains_key(&field.of.name) || field.of.name == "Node" {
            match value {
                Value::Array(list) => {
                    list.iter().for_each(|value| self.object(&field.of.name, value, &path, findings));
                }
                value => self.object(&field.of.name, value, &path, findings),
            }
        }
    }

    fn is_above_everybody(&self, part_of: &str) -> bool {
        part_of == "signed in" && !self.world.is_in(self.person)
    }

    fn sees_address(&self, members: &Map<String, Value>) -> bool {
        let Some(row) = members["id"].as_str().and_then(|id| self.world.rows.get(id)) else {
            return self.with_new_rows;
        };
        let label = Label { class: row.label.class.replace("Account", "Address"), owner: row.label.owner };
        self.world.sees(self.person, &label)
    }
}
