//! How types changed, and the fields to select.

use super::announced::{compare_deprecations, date_of, day_without};
use super::compare::{Pair, answers_no_less, gone_and_new, pairs};
use super::inputs::{Owner, compare_values};
use super::{Changes, Coordinate, Kind};
use crate::schema::definitions::{self, Composite, Definitions, EnumValue, Field, Input};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn compare(old: &Definitions, new: &Definitions, changes: &mut Changes) {
    compare_roots(old, new, changes);
    for (name, pair) in pairs(&old.types, &new.types) {
        let coordinate = Coordinate::Type(name.clone());
        match pair {
            Pair::Added(now) => {
                let message = format!("There is a new {}.", now.kind.name());
                changes.add(Kind::TypeAdded, coordinate, message);
            }
            Pair::Removed(before) => {
                let message = format!("The {} is gone.", before.kind.name());
                changes.add_announced(Kind::TypeRemoved, coordinate, message, day_without(old, name));
            }
            Pair::Kept(before, now) => {
                changes.describe(before.description.as_ref(), now.description.as_ref());
                compare_kinds(old, name, &before.kind, &now.kind, changes);
            }
        }
    }
}

fn compare_roots(old: &Definitions, new: &Definitions, changes: &mut Changes) {
    for (operation, before) in &old.roots {
        let now = new.roots.get(operation);
        if now != Some(before) {
            let root = now.map_or("nowhere".to_owned(), |now| format!("at {now}"));
            let message = format!("A {operation} begins {root} now, no longer at {before}.");
            changes.add(Kind::RootChanged, Coordinate::Type(before.clone()), message);
        }
    }
    for (operation, now) in new.roots.iter().filter(|(operation, _)| !old.roots.contains_key(*operation)) {
        let message = format!("A {operation} can be asked for.");
        changes.add(Kind::RootAdded, Coordinate::Type(now.clone()), message);
    }
}

fn compare_kinds(
    old: &Definitions,
    name: &str,
    before: &definitions::Kind,
    now: &definitions::Kind,
    changes: &mut Changes,
) {
    use definitions::Kind as Type;
    match (before, now) {
        (Type::Object(before), Type::Object(now)) | (Type::Interface(before), Type::Interface(now)) => {
            compare_interfaces(old, name, before, now, changes);
            compare_fields(name, &before.fields, &now.fields, changes);
        }
        (Type::Union(before), Type::Union(now)) => compare_members(old, name, before, now, changes),
        (Type::Enum(before), Type::Enum(now)) => compare_enums(name, before, now, changes),
        (Type::Input(before), Type::Input(now)) => compare_inputs(name, before, now, changes),
        (Type::Scalar(before), Type::Scalar(now)) if before == now => {}
        (Type::Scalar(_), Type::Scalar(_)) => {
            let message = "Its specification has another address.".to_owned();
            changes.add(Kind::SpecificationChanged, Coordinate::Type(name.to_owned()), message);
        }
        (before, now) => {
            let message = format!("It changed from {} to {}.", before.name(), now.name());
            changes.add(Kind::TypeChangedKind, Coordinate::Type(name.to_owned()), message);
        }
    }
}

fn compare_interfaces(old: &Definitions, name: &str, before: &Composite, now: &Composite, changes: &mut Changes) {
    let (gone, new) = gone_and_new(&before.interfaces, &now.interfaces);
    for interface in gone {
        let message = format!("It no longer implements {interface}.");
        let date = day_without(old, interface).or_else(|| day_without(old, name));
        let coordinate = Coordinate::Type(name.to_owned());
        changes.add_announced(Kind::ImplementedInterfaceRemoved, coordinate, message, date);
    }
    for interface in new {
        let message = format!("It implements {interface} now.");
        changes.add(Kind::ImplementedInterfaceAdded, Coordinate::Type(name.to_owned()), message);
    }
}

fn compare_members(
    old: &Definitions,
    name: &str,
    before: &BTreeSet<String>,
    now: &BTreeSet<String>,
    changes: &mut Changes,
) {
    let (gone, new) = gone_and_new(before, now);
    for member in gone {
        let message = format!("{member} is no longer one of its types.");
        let date = day_without(old, member).or_else(|| day_without(old, name));
        changes.add_announced(Kind::TypeRemovedFromUnion, Coordinate::Type(name.to_owned()), message, date);
    }
    for member in new {
        let message = format!("{member} is one of its types now.");
        changes.add(Kind::TypeAddedToUnion, Coordinate::Type(name.to_owned()), message);
    }
}

fn compare_enums(
    name: &str,
    before: &BTreeMap<String, EnumValue>,
    now: &BTreeMap<String, EnumValue>,
    changes: &mut Changes,
) {
    for (value, pair) in pairs(before, now) {
        let coordinate = Coordinate::Member(name.to_owned(), value.clone());
        match pair {
            Pair::Added(_) => changes.add(Kind::ValueAddedToEnum, coordinate, "There is a new value.".into()),
            Pair::Removed(before) => {
                let date = date_of(before.deprecation.as_ref());
                changes.add_announced(Kind::ValueRemovedFromEnum, coordinate, "The value is gone.".into(), date);
            }
            Pair::Kept(before, now) => {
                changes.describe(before.description.as_ref(), now.description.as_ref());
                compare_deprecations(&coordinate, before.deprecation.as_ref(), now.deprecation.as_ref(), changes);
            }
        }
    }
}

fn compare_inputs(name: &str, before: &Input, now: &Input, changes: &mut Changes) {
    let coordinate = Coordinate::Type(name.to_owned());
    match (before.is_one_of, now.is_one_of) {
        (false, true) => {
            changes.add(Kind::OneOfAdded, coordinate, "Exactly one of its fields has to be given now.".into());
        }
        (true, false) => {
            changes.add(Kind::OneOfRemoved, coordinate, "Any of its fields may be given together now.".into());
        }
        (true, true) | (false, false) => {}
    }
    compare_values(&Owner::Input(name), &before.fields, &now.fields, None, changes);
}

fn compare_fields(name: &str, before: &BTreeMap<String, Field>, now: &BTreeMap<String, Field>, changes: &mut Changes) {
    for (field, pair) in pairs(before, now) {
        let coordinate = Coordinate::Member(name.to_owned(), field.clone());
        match pair {
            Pair::Added(_) => changes.add(Kind::FieldAdded, coordinate, "There is a new field.".into()),
            Pair::Removed(before) => {
                let date = date_of(before.deprecation.as_ref());
                changes.add_announced(Kind::FieldRemoved, coordinate, "The field is gone.".into(), date);
            }
            Pair::Kept(before, now) => {
                changes.describe(before.description.as_ref(), now.description.as_ref());
                compare_answers(&coordinate, before, now, changes);
                compare_demands(&coordinate, before, now, changes);
                compare_deprecations(&coordinate, before.deprecation.as_ref(), now.deprecation.as_ref(), changes);
                let owner = Owner::Field(name, field);
                let date = date_of(before.deprecation.as_ref());
                compare_values(&owner, &before.arguments, &now.arguments, date, changes);
            }
        }
    }
}

fn compare_answers(coordinate: &Coordinate, before: &Field, now: &Field, changes: &mut Changes) {
    if before.of == now.of {
        return;
    }
    let message = format!("It answers {} now, no longer {}.", now.of, before.of);
    let is_safe = answers_no_less(&before.of, &now.of);
    let kind = if is_safe { Kind::FieldChangedKindSafe } else { Kind::FieldChangedKind };
    changes.add(kind, coordinate.clone(), message);
}

fn compare_demands(coordinate: &Coordinate, before: &Field, now: &Field, changes: &mut Changes) {
    if before.demands == now.demands {
        return;
    }
    // A permission sorts before the sign-in that it includes.
    let said = |demands: &BTreeSet<String>| demands.first().map_or("nothing", String::as_str).to_owned();
    let message = format!("It demands {} now, no longer {}.", said(&now.demands), said(&before.demands));
    let is_tighter = !now.demands.is_subset(&before.demands);
    let kind = if is_tighter { Kind::PolicyTightened } else { Kind::PolicyLoosened };
    changes.add(kind, coordinate.clone(), message);
}
