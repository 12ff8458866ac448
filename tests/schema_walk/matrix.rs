//! `matrix.md`, read: who sees and does what, as people wrote it.

use super::sdl::Sdl;
use std::collections::{BTreeMap, BTreeSet};

/// Types that are reached through guarded fields alone, and need no guard of their own.
pub const BEHIND_A_GUARD: [&str; 2] = ["ScriptFile", "SshSettings"];

const TEXT: &str = include_str!("matrix.md");

pub struct Matrix {
    pub columns: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
    permissions: BTreeMap<String, Vec<String>>,
    pub mutations: Vec<Mutation>,
    /// By `Type.field`.
    pub fields: BTreeMap<String, Rule>,
    /// What each argument that takes ids names.
    pub ids: BTreeMap<String, String>,
}

/// A line of the table of mutations.
pub struct Mutation {
    /// Its field, and after a colon the case.
    pub case: String,
    pub on: String,
    cells: Vec<String>,
}

impl Mutation {
    pub fn field(&self) -> &str {
        self.case.split(':').next().unwrap()
    }

    pub fn cell(&self, column: usize) -> &str {
        &self.cells[column]
    }
}

/// Who reads a field.
pub struct Rule {
    pub part_of: String,
    pub rule: String,
}

impl Rule {
    /// The permission that it takes, if it does.
    pub fn permission(&self) -> Option<&str> {
        self.rule.chars().next().is_some_and(char::is_uppercase).then_some(&*self.rule)
    }
}

impl Matrix {
    pub fn read() -> Self {
        let (columns, rows) = table("Rows");
        let (permitted, permissions) = table("Permissions");
        let (mutating, mutations) = table("Mutations");
        assert!(columns[1..] == permitted[1..] && columns[1..] == mutating[2..], "the tables differ in their columns");
        let named =
            |lines: Vec<Vec<String>>| lines.into_iter().map(|line| (line[0].clone(), line[1..].to_vec())).collect();
        let mutations = mutations
            .into_iter()
            .map(|line| Mutation { case: line[0].clone(), on: line[1].clone(), cells: line[2..].to_vec() })
            .collect();
        let mut fields = BTreeMap::new();
        for line in table("Fields").1 {
            for field in line[2].split_whitespace() {
                let rule = Rule { part_of: line[1].clone(), rule: line[3].clone() };
                let before = fields.insert(format!("{}.{field}", line[0]), rule);
                assert!(before.is_none(), "{}.{field} stands in the matrix twice", line[0]);
            }
        }
        let ids = table("Ids that can be given").1.into_iter().map(|line| (line[0].clone(), line[1].clone())).collect();
        Self {
            columns: columns[1..].to_vec(),
            rows: named(rows),
            permissions: named(permissions),
            mutations,
            fields,
            ids,
        }
    }

    pub fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// Whether somebody sees rows of a class; `own` for a row that is their own.
    pub fn sees(&self, class: &str, column: usize, own: bool) -> bool {
        let cells = self.rows.get(class).unwrap_or_else(|| panic!("the matrix has no row {class}"));
        let always_own = ["Account", "Address"].iter().any(|start| class.starts_with(start));
        match cells[column].as_str() {
            "+" => true,
            "o" => own,
            "-" => own && always_own,
            other => panic!("{class}: {other}"),
        }
    }

    pub fn may(&self, permission: &str, column: usize) -> bool {
        let cells = self.permissions.get(permission).unwrap_or_else(|| panic!("the matrix has no {permission}"));
        cells[column] == "+"
    }

    pub fn permissions_of(&self, column: usize) -> BTreeSet<&str> {
        self.permissions.keys().map(String::as_str).filter(|permission| self.may(permission, column)).collect()
    }

    pub fn rule(&self, owner: &str, field: &str) -> &Rule {
        self.fields.get(&format!("{owner}.{field}")).unwrap_or_else(|| panic!("the matrix has no {owner}.{field}"))
    }

    /// What stands in only one of the two: the schema or the matrix.
    pub fn differences(&self, sdl: &Sdl) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, printed: &BTreeSet<String>, written: &BTreeSet<String>| {
            found.extend(printed.difference(written).map(|name| format!("{what} {name} has no line in matrix.md")));
            found.extend(written.difference(printed).map(|name| format!("{what} {name} is in matrix.md only")));
        };
        let all = sdl.objects.iter().flat_map(|(owner, fields)| fields.iter().map(move |field| (owner, field)));
        let printed = all.clone().map(|(owner, field)| format!("{owner}.{}", field.name)).collect();
        compare("the field", &printed, &self.fields.keys().cloned().collect());
        compare("the argument", &sdl.id_arguments(), &self.ids.keys().cloned().collect());
        let printed =
            sdl.objects["Mutation"].iter().map(|field| field.name.clone()).filter(|name| name != "signIn").collect();
        compare("the mutation", &printed, &self.mutations.iter().map(|line| line.field().to_owned()).collect());
        for line in self.mutations.iter().filter(|line| !line.case.contains(':') && !line.on.is_empty()) {
            for (column, who) in self.columns.iter().enumerate() {
                let seen = match line.cell(column) {
                    "absent" => false,
                    "role" | "out" => continue,
                    _ => true,
                };
                if self.sees(&line.on, column, false) != seen {
                    found.push(format!("matrix.md contradicts itself on {} × {who}", line.case));
                }
            }
        }
        for (owner, field) in all {
            let Some(rule) = self.fields.get(&format!("{owner}.{}", field.name)) else { continue };
            let is_root = ["Query", "Mutation", "Subscription"].contains(&owner.as_str());
            let inherits = BEHIND_A_GUARD.contains(&owner.as_str());
            let expected = match rule.permission() {
                Some(permission) if !inherits => format!("requires {permission}"),
                _ if is_root && rule.part_of == "everybody" => "public".to_owned(),
                _ if is_root => "signedIn".to_owned(),
                _ => String::new(),
            };
            if field.policy != expected {
                found.push(format!(
                    "{owner}.{} is declared `{}`, and `{expected}` by the matrix",
                    field.name, field.policy
                ));
            }
        }
        found
    }
}

/// The table below a heading: the names of its columns, and its lines.
fn table(heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (_, section) = TEXT.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let mut lines = section.lines().filter(|line| line.starts_with('|')).map(|line| {
        let inner = line.trim().trim_matches('|');
        inner.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    });
    let head = lines.next().unwrap();
    let lines: Vec<_> = lines.skip(1).collect();
    for line in &lines {
        assert_eq!(line.len(), head.len(), "{heading}: {line:?}");
    }
    (head, lines)
}
