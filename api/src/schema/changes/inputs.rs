//! How changed what clients give: arguments, fields of inputs, and directives.

use super::announced::{compare_deprecations, date_of};
use super::compare::{Pair, gone_and_new, pairs, takes_no_less};
use super::{Changes, Coordinate, Kind};
use crate::schema::definitions::{Definitions, Directive, InputValue};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// To what the values belong.
pub(super) enum Owner<'a> {
    /// To an input, as its fields.
    Input(&'a str),
    /// To a field of a type, as its arguments.
    Field(&'a str, &'a str),
    /// To a directive, as its arguments.
    Directive(&'a str),
}

/// What is said of a value's changes.
struct Words {
    noun: &'static str,
    added: Kind,
    required_added: Kind,
    removed: Kind,
    changed: Kind,
    changed_safely: Kind,
    default_changed: Kind,
}

impl Owner<'_> {
    fn coordinate(&self, value: &str) -> Coordinate {
        match self {
            Self::Input(name) => Coordinate::Member((*name).to_owned(), value.to_owned()),
            Self::Field(name, field) => Coordinate::Argument((*name).to_owned(), (*field).to_owned(), value.to_owned()),
            Self::Directive(name) => Coordinate::DirectiveArgument((*name).to_owned(), value.to_owned()),
        }
    }

    fn words(&self) -> Words {
        match self {
            Self::Input(_) => Words {
                noun: "field",
                added: Kind::OptionalInputFieldAdded,
                required_added: Kind::RequiredInputFieldAdded,
                removed: Kind::FieldRemoved,
                changed: Kind::FieldChangedKind,
                changed_safely: Kind::FieldChangedKindSafe,
                default_changed: Kind::InputFieldDefaultValueChange,
            },
            Self::Field(..) => Words {
                noun: "argument",
                added: Kind::OptionalArgAdded,
                required_added: Kind::RequiredArgAdded,
                removed: Kind::ArgRemoved,
                changed: Kind::ArgChangedKind,
                changed_safely: Kind::ArgChangedKindSafe,
                default_changed: Kind::ArgDefaultValueChange,
            },
            Self::Directive(_) => Words {
                noun: "argument",
                added: Kind::OptionalDirectiveArgAdded,
                required_added: Kind::RequiredDirectiveArgAdded,
                removed: Kind::DirectiveArgRemoved,
                changed: Kind::DirectiveArgChangedKind,
                changed_safely: Kind::DirectiveArgChangedKindSafe,
                default_changed: Kind::DirectiveArgDefaultValueChange,
            },
        }
    }
}

/// Compares what can be given. `owner_goes` is the day from which their owner may be gone, and they with it.
pub(super) fn compare_values(
    owner: &Owner<'_>,
    before: &BTreeMap<String, InputValue>,
    now: &BTreeMap<String, InputValue>,
    owner_goes: Option<NaiveDate>,
    changes: &mut Changes,
) {
    let words = owner.words();
    for (name, pair) in pairs(before, now) {
        let coordinate = owner.coordinate(name);
        match pair {
            Pair::Added(now) if now.is_required() => {
                let message = format!("There is a new {} that has to be given.", words.noun);
                changes.add(words.required_added, coordinate, message);
            }
            Pair::Added(_) => {
                changes.add(words.added, coordinate, format!("There is a new {} that may be given.", words.noun));
            }
            Pair::Removed(before) => {
                let own = date_of(before.deprecation.as_ref());
                let date = own.into_iter().chain(owner_goes).min();
                changes.add_announced(words.removed, coordinate, format!("The {} is gone.", words.noun), date);
            }
            Pair::Kept(before, now) => {
                changes.describe(before.description.as_ref(), now.description.as_ref());
                compare_deprecations(&coordinate, before.deprecation.as_ref(), now.deprecation.as_ref(), changes);
                compare_value(coordinate, &words, before, now, changes);
            }
        }
    }
}

fn compare_value(coordinate: Coordinate, words: &Words, before: &InputValue, now: &InputValue, changes: &mut Changes) {
    let is_safe = takes_no_less(&before.of, &now.of);
    if is_safe && now.is_required() && !before.is_required() {
        let message = "It has no default any more, and so has to be given now.".to_owned();
        changes.add(words.changed, coordinate, message);
        return;
    }
    if before.of != now.of {
        let message = format!("It takes {} now, no longer {}.", now.of, before.of);
        let kind = if is_safe { words.changed_safely } else { words.changed };
        changes.add(kind, coordinate.clone(), message);
    }
    let message = match (&before.default, &now.default) {
        (before, now) if before == now || !is_safe => return,
        (Some(before), Some(now)) => format!("Left out, it is {now} now, no longer {before}."),
        (Some(before), None) => format!("Left out, it is nothing now, no longer {before}."),
        // Who had to give it does.
        (None, _) if before.is_required() => return,
        (None, now) => format!("Left out, it is {} now.", now.as_ref().map(ToString::to_string).unwrap_or_default()),
    };
    changes.add(words.default_changed, coordinate, message);
}

pub(super) fn compare_directives(old: &Definitions, new: &Definitions, changes: &mut Changes) {
    for (name, pair) in pairs(&old.directives, &new.directives) {
        let coordinate = Coordinate::Directive(name.clone());
        match pair {
            Pair::Added(_) => changes.add(Kind::DirectiveAdded, coordinate, "There is a new directive.".into()),
            Pair::Removed(_) => changes.add(Kind::DirectiveRemoved, coordinate, "The directive is gone.".into()),
            Pair::Kept(before, now) => {
                changes.describe(before.description.as_ref(), now.description.as_ref());
                compare_values(&Owner::Directive(name), &before.arguments, &now.arguments, None, changes);
                compare_places(&coordinate, before, now, changes);
            }
        }
    }
}

fn compare_places(coordinate: &Coordinate, before: &Directive, now: &Directive, changes: &mut Changes) {
    match (before.is_repeatable, now.is_repeatable) {
        (true, false) => {
            let message = "It may stand once in a place at most.".to_owned();
            changes.add(Kind::DirectiveRepeatableRemoved, coordinate.clone(), message);
        }
        (false, true) => {
            let message = "It may stand several times in a place.".to_owned();
            changes.add(Kind::DirectiveRepeatableAdded, coordinate.clone(), message);
        }
        (true, true) | (false, false) => {}
    }
    let (gone, new) = gone_and_new(&before.locations, &now.locations);
    for location in gone {
        let message = format!("It cannot stand at {location} any more.");
        changes.add(Kind::DirectiveLocationRemoved, coordinate.clone(), message);
    }
    for location in new {
        changes.add(Kind::DirectiveLocationAdded, coordinate.clone(), format!("It may stand at {location} too."));
    }
}
