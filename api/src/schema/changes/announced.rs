//! What was announced: a deprecation names the first day without what it stands at.

use super::{Changes, Coordinate, Kind};
use crate::schema::definitions::{Definitions, Deprecation, InputValue, Kind as Type, named};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The first day without it, if one was named.
pub(super) fn date_of(deprecation: Option<&Deprecation>) -> Option<NaiveDate> {
    deprecation?.date
}

/// How an announcement changed.
pub(super) fn compare_deprecations(
    coordinate: &Coordinate,
    before: Option<&Deprecation>,
    now: Option<&Deprecation>,
    changes: &mut Changes,
) {
    let (kind, message) = match (before.map(|before| before.date), now.map(|now| now.date)) {
        (before, now) if before == now => return,
        (_, None) => (Kind::DeprecationRemoved, "It stays.".to_owned()),
        (Some(Some(before)), Some(Some(now))) if now < before => {
            (Kind::DeprecationBroughtForward, format!("It may be gone from {now}, announced for {before}."))
        }
        (Some(Some(before)), Some(Some(now))) => {
            (Kind::DeprecationPutOff, format!("It may be gone from {now}, announced for {before}."))
        }
        (_, Some(Some(now))) => (Kind::Deprecated, format!("It may be gone from {now}.")),
        (_, Some(None)) => (Kind::DeprecatedWithoutDate, "It is deprecated, and no day is named.".to_owned()),
    };
    changes.add(kind, coordinate.clone(), message);
}

/// The first day on which nothing leads to a type any more, if all that does is announced to go.
pub(super) fn day_without(definitions: &Definitions, name: &str) -> Option<NaiveDate> {
    if !reached(definitions, None).contains(name) {
        return None;
    }
    dates(definitions).into_iter().find(|date| !reached(definitions, Some(*date)).contains(name))
}

fn dates(definitions: &Definitions) -> BTreeSet<NaiveDate> {
    let mut dates = BTreeSet::new();
    let mut note = |deprecation: Option<&Deprecation>| dates.extend(date_of(deprecation));
    for definition in definitions.types.values() {
        match &definition.kind {
            Type::Object(composite) | Type::Interface(composite) => {
                for field in composite.fields.values() {
                    note(field.deprecation.as_ref());
                    field.arguments.values().for_each(|argument| note(argument.deprecation.as_ref()));
                }
            }
            Type::Enum(values) => values.values().for_each(|value| note(value.deprecation.as_ref())),
            Type::Input(input) => input.fields.values().for_each(|field| note(field.deprecation.as_ref())),
            Type::Scalar(_) | Type::Union(_) => {}
        }
    }
    dates
}

/// The types to which the operations lead, without what may be gone on that day.
fn reached(definitions: &Definitions, day: Option<NaiveDate>) -> BTreeSet<&str> {
    let is_gone =
        |deprecation: Option<&Deprecation>| date_of(deprecation).zip(day).is_some_and(|(date, day)| date <= day);
    let mut implementers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, definition) in &definitions.types {
        if let Type::Object(composite) | Type::Interface(composite) = &definition.kind {
            for interface in &composite.interfaces {
                implementers.entry(interface).or_default().push(name);
            }
        }
    }
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = definitions.roots.values().map(String::as_str).collect();
    let arguments = definitions.directives.values().flat_map(|directive| directive.arguments.values());
    open.extend(arguments.map(|argument| named(&argument.of)));
    while let Some(name) = open.pop() {
        let Some(definition) = definitions.types.get(name) else { continue };
        let given = |values: &'_ BTreeMap<String, InputValue>| {
            let kept = values.values().filter(|value| !is_gone(value.deprecation.as_ref()));
            kept.map(|value| named(&value.of).to_owned()).collect::<Vec<_>>()
        };
        let next: Vec<String> = match &definition.kind {
            Type::Object(composite) | Type::Interface(composite) => {
                let kept: Vec<_> =
                    composite.fields.values().filter(|field| !is_gone(field.deprecation.as_ref())).collect();
                if kept.is_empty() && !composite.fields.is_empty() {
                    continue;
                }
                let answered = kept.iter().map(|field| named(&field.of).to_owned());
                let taken = kept.iter().flat_map(|field| given(&field.arguments));
                let related = composite.interfaces.iter().cloned();
                let more = implementers.get(name).into_iter().flatten().map(|name| (*name).to_owned());
                answered.chain(taken).chain(related).chain(more).collect()
            }
            Type::Union(members) => members.iter().cloned().collect(),
            Type::Enum(values) if values.values().all(|value| is_gone(value.deprecation.as_ref())) => continue,
            Type::Input(input) if input.fields.values().all(|field| is_gone(field.deprecation.as_ref())) => continue,
            Type::Input(input) => given(&input.fields),
            Type::Enum(_) | Type::Scalar(_) => Vec::new(),
        };
        if reached.insert(name) {
            open.extend(
                next.iter().filter_map(|name| definitions.types.get_key_value(name)).map(|(name, _)| name.as_str()),
            );
        }
    }
    reached
}
