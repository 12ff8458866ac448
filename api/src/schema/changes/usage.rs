//! Who used what a change breaks.

use super::{Change, Coordinate};
use crate::schema::definitions::{Definitions, Kind, named};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// That a version of a client used a field: a line of what `rookery schema usage` prints.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Use {
    /// How the client called itself; empty for one that did not.
    pub client: String,
    /// Its version; empty for one that gave none.
    #[serde(default)]
    pub version: String,
    /// `Type.field`.
    pub field: String,
    /// When it did last.
    pub last_used_at: DateTime<Utc>,
    /// How many times it did.
    pub count: u64,
}

/// Whom a change concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Concerned {
    /// How the client called itself; empty for one that did not.
    pub client: String,
    /// Its version; empty for one that gave none.
    pub version: String,
    /// When it last used what changes.
    pub last_used_at: DateTime<Utc>,
    /// How many times it did.
    pub count: u64,
    /// Whether every use breaks, and not only some: nobody records which arguments and values a client gives.
    pub is_certain: bool,
}

/// Reads uses: an array, or one a line.
///
/// # Errors
/// A sentence that says what is wrong and where.
pub fn read(text: &str) -> Result<Vec<Use>, String> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", index + 1)))
        .collect()
}

/// The versions of clients that used what changed, who used it most first.
#[must_use]
pub fn concerned(change: &Change, old: &Definitions, uses: &[Use]) -> Vec<Concerned> {
    let (fields, are_named) = fields_of(&change.coordinate, old);
    let mut clients: BTreeMap<(&str, &str), Concerned> = BTreeMap::new();
    for used in uses.iter().filter(|used| fields.contains(&used.field)) {
        let concerned = clients.entry((&used.client, &used.version)).or_insert_with(|| Concerned {
            client: used.client.clone(),
            version: used.version.clone(),
            last_used_at: used.last_used_at,
            count: 0,
            is_certain: are_named && change.kind.breaks_every_use(),
        });
        concerned.last_used_at = concerned.last_used_at.max(used.last_used_at);
        concerned.count = concerned.count.saturating_add(used.count);
    }
    let mut found: Vec<_> = clients.into_values().collect();
    found.sort_by_key(|concerned| std::cmp::Reverse(concerned.count));
    found
}

/// The fields that a client selects who meets what is there, and whether it is they who are named there.
fn fields_of(coordinate: &Coordinate, old: &Definitions) -> (BTreeSet<String>, bool) {
    let of_type = |name: &str| old.types.get(name).map(|definition| &definition.kind);
    match coordinate {
        Coordinate::Argument(name, field, _) => (BTreeSet::from([format!("{name}.{field}")]), true),
        Coordinate::Member(name, member) => match of_type(name) {
            Some(Kind::Object(_) | Kind::Interface(_)) => (BTreeSet::from([format!("{name}.{member}")]), true),
            _ => (leading_to(name, old), false),
        },
        Coordinate::Type(name) => match of_type(name) {
            Some(Kind::Object(composite) | Kind::Interface(composite)) => {
                (composite.fields.keys().map(|field| format!("{name}.{field}")).collect(), true)
            }
            _ => (leading_to(name, old), false),
        },
        // Which directives stand in a client's documents is not recorded.
        Coordinate::Directive(_) | Coordinate::DirectiveArgument(..) => (BTreeSet::new(), false),
    }
}

/// The fields that answer the type, or take it, in an input or by itself.
fn leading_to(name: &str, old: &Definitions) -> BTreeSet<String> {
    let mut inputs = BTreeSet::from([name]);
    loop {
        let count = inputs.len();
        for (outer, definition) in &old.types {
            let Kind::Input(input) = &definition.kind else { continue };
            if input.fields.values().any(|field| inputs.contains(named(&field.of))) {
                inputs.insert(outer);
            }
        }
        if inputs.len() == count {
            break;
        }
    }
    let mut leading = BTreeSet::new();
    for (owner, definition) in &old.types {
        let (Kind::Object(composite) | Kind::Interface(composite)) = &definition.kind else { continue };
        for (field_name, field) in &composite.fields {
            let takes = field.arguments.values().any(|argument| inputs.contains(named(&argument.of)));
            if takes || named(&field.of) == name {
                leading.insert(format!("{owner}.{field_name}"));
            }
        }
    }
    leading
}

#[cfg(test)]
mod tests {
    use super::{concerned, read};
    use crate::schema::changes::{Change, Changes};
    use crate::schema::definitions::Definitions;
    use chrono::NaiveDate;

    const OLD: &str = "type Query { device(where: Where): Device state: State } type Device { name: String id: ID } \
                       input Where { inner: Inner } input Inner { state: State } enum State { ON OFF }";
    const USES: &str = r#"
        {"client":"sync","version":"2.1","field":"Device.name","lastUsedAt":"2026-11-20T10:00:00Z","count":1200,"isDeprecated":false}
        {"client":"sync","version":"2.1","field":"Device.id","lastUsedAt":"2026-11-21T10:00:00Z","count":4}

        {"client":"","field":"Query.device","lastUsedAt":"2026-01-01T10:00:00Z","count":3}
        {"client":"page","version":"1","field":"Query.state","lastUsedAt":"2026-01-02T10:00:00Z","count":5}
    "#;

    fn found(new: &str) -> Vec<String> {
        let (old, new) = (Definitions::read(OLD).unwrap(), Definitions::read(new).unwrap());
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let (uses, changes) = (read(USES).unwrap(), Changes::between(&old, &new, day));
        let line = |change: &Change| {
            let whom = concerned(change, &old, &uses).into_iter().map(|concerned| {
                let (client, version, count) = (concerned.client, concerned.version, concerned.count);
                let certainly = if concerned.is_certain { "" } else { "?" };
                format!("{client}/{version} {count} {}{certainly}", concerned.last_used_at.date_naive())
            });
            format!("{}: {}", change.coordinate, whom.collect::<Vec<_>>().join(", "))
        };
        changes.found.iter().map(line).collect()
    }

    #[test]
    fn who_selects_a_field_misses_it() {
        let new = OLD.replace("name: String ", "");
        assert_eq!(found(&new), ["Device.name: sync/2.1 1200 2026-11-20"]);
        let new = OLD.replace("type Device { name: String id: ID }", "scalar Device");
        assert_eq!(found(&new), ["Device: sync/2.1 1204 2026-11-21"]);
    }

    #[test]
    fn who_reads_or_gives_a_value_may_miss_it() {
        let new = OLD.replace("ON OFF", "ON");
        assert_eq!(found(&new), ["State.OFF: page/1 5 2026-01-02?, / 3 2026-01-01?"]);
        let new = OLD.replace("inner: Inner", "inner: Inner!");
        assert_eq!(found(&new), ["Where.inner: / 3 2026-01-01?"]);
        let new = OLD.replace("(where: Where)", "(where: Where!)");
        assert_eq!(found(&new), ["Query.device(where:): / 3 2026-01-01?"]);
    }

    #[test]
    fn a_file_of_uses_is_an_array_or_lines() {
        let array =
            format!("[{}]", USES.trim().lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(","));
        assert_eq!(read(&array).unwrap().len(), 4);
        assert_eq!(read("").unwrap().len(), 0);
        assert!(read("{}").unwrap_err().starts_with("line 1: missing field `client`"));
        assert!(read("[{}]").is_err());
    }
}
