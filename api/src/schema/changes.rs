//! How a schema differs from an older one, and whom that breaks: by the rules of graphql-js's `findBreakingChanges` and
//! `findDangerousChanges`, and by ours for policies and for what was announced.

mod announced;
mod compare;
mod inputs;
mod kind;
mod types;
pub mod usage;

use crate::schema::definitions::Definitions;
use chrono::NaiveDate;
pub use kind::{Kind, Severity};
use serde::{Serialize, Serializer};
use std::fmt;

/// The differences between two schemas.
#[derive(Debug, Default)]
pub struct Changes {
    /// Each, the gravest first.
    pub found: Vec<Change>,
    /// How many descriptions read otherwise now.
    pub descriptions: usize,
}

/// One difference.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// How grave it is.
    pub severity: Severity,
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub coordinate: Coordinate,
    /// Both, as a sentence.
    pub message: String,
    /// For what goes away: from which day on, as the older schema announced.
    pub announced_for: Option<NaiveDate>,
}

/// What a schema names: a place in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coordinate {
    /// `Type`.
    Type(String),
    /// `Type.field` or `Type.VALUE`.
    Member(String, String),
    /// `Type.field(argument:)`.
    Argument(String, String, String),
    /// `@directive`.
    Directive(String),
    /// `@directive(argument:)`.
    DirectiveArgument(String, String),
}

impl fmt::Display for Coordinate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => formatter.write_str(name),
            Self::Member(name, member) => write!(formatter, "{name}.{member}"),
            Self::Argument(name, field, argument) => write!(formatter, "{name}.{field}({argument}:)"),
            Self::Directive(name) => write!(formatter, "@{name}"),
            Self::DirectiveArgument(name, argument) => write!(formatter, "@{name}({argument}:)"),
        }
    }
}

impl Serialize for Coordinate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Changes {
    /// Everything in which `new` differs from `old`. What `old` announced for `today` or before may be gone.
    #[must_use]
    pub fn between(old: &Definitions, new: &Definitions, today: NaiveDate) -> Self {
        let mut changes = Self::default();
        types::compare(old, new, &mut changes);
        inputs::compare_directives(old, new, &mut changes);
        for change in &mut changes.found {
            change.severity = match (change.kind.severity(), change.announced_for) {
                (Severity::Breaking, Some(date)) if date <= today => Severity::Announced,
                (severity, _) => severity,
            };
        }
        changes.found.sort_by(|one, other| {
            (one.severity, &one.coordinate, one.kind).cmp(&(other.severity, &other.coordinate, other.kind))
        });
        changes
    }

    /// How many are this grave.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|change| change.severity == severity).count()
    }

    fn add(&mut self, kind: Kind, coordinate: Coordinate, message: String) {
        self.add_announced(kind, coordinate, message, None);
    }

    fn add_announced(&mut self, kind: Kind, coordinate: Coordinate, message: String, date: Option<NaiveDate>) {
        self.found.push(Change { severity: kind.severity(), kind, coordinate, message, announced_for: date });
    }

    fn describe(&mut self, old: Option<&String>, new: Option<&String>) {
        self.descriptions += usize::from(old != new);
    }
}

#[cfg(test)]
mod tests;
