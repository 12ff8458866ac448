//! What a document comes to with its fragments expanded, without expanding them.

use super::{coded, too_costly};
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, ServerError};
use std::collections::HashMap;

/// Fields, in all operations and fragments of a document together.
const FIELDS_MOST: u64 = 2_500;
/// Aliases: each asks for the same again.
const ALIASES_MOST: u64 = 250;
const DIRECTIVES_MOST: u64 = 100;
/// Selections within selections and fragments.
const DEPTH_MOST: u64 = 30;

/// Counts a document.
///
/// # Errors
/// `COST_EXCEEDED` with the limit that it breaks; `BAD_REQUEST` for fragments that spread themselves.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut counter = Counter { fragments: &document.fragments, known: HashMap::new(), open: Vec::new() };
    let mut whole = Count::default();
    for (_, operation) in document.operations.iter() {
        let mut count = counter.set(&operation.node.selection_set)?;
        count.directives += length(&operation.node.directives);
        whole = whole.and(count);
    }
    // Unused ones are validated too.
    for name in document.fragments.keys() {
        let count = counter.fragment(name, Pos::default())?;
        whole = whole.and(count);
    }
    for (counted, most, of) in [
        (whole.fields, FIELDS_MOST, "fields, with its fragments expanded"),
        (whole.aliases, ALIASES_MOST, "aliases, with its fragments expanded"),
        (whole.directives, DIRECTIVES_MOST, "directives, with its fragments expanded"),
        (whole.depth, DEPTH_MOST, "selections within each other, fragments included"),
    ] {
        if counted > most {
            return Err(too_costly(&format!("A document has at most {most} {of}.")));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Count {
    fields: u64,
    aliases: u64,
    directives: u64,
    depth: u64,
}

impl Count {
    /// Both beside each other.
    fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
        }
    }
}

struct Counter<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    known: HashMap<&'d str, Count>,
    /// The fragments being counted, each within the one before.
    open: Vec<&'d str>,
}

impl<'d> Counter<'d> {
    fn set(&mut self, set: &'d Positioned<SelectionSet>) -> Result<Count, ServerError> {
        let mut count = Count::default();
        for selection in &set.node.items {
            count = count.and(self.selection(selection)?);
        }
        Ok(Count { depth: count.depth.saturating_add(1), ..count })
    }

    fn selection(&mut self, selection: &'d Positioned<Selection>) -> Result<Count, ServerError> {
        Ok(match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                let own = Count {
                    fields: 1,
                    aliases: u64::from(field.alias.is_some()),
                    directives: length(&field.directives),
                    depth: 0,
                };
                if field.selection_set.node.items.is_empty() { own } else { own.and(self.set(&field.selection_set)?) }
            }
            Selection::InlineFragment(fragment) => {
                let own = Count { directives: length(&fragment.node.directives), ..Count::default() };
                own.and(self.set(&fragment.node.selection_set)?)
            }
            Selection::FragmentSpread(spread) => {
                let own = Count { directives: length(&spread.node.directives), ..Count::default() };
                own.and(self.fragment(&spread.node.fragment_name.node, selection.pos)?)
            }
        })
    }

    fn fragment(&mut self, name: &'d str, place: Pos) -> Result<Count, ServerError> {
        if let Some(count) = self.known.get(name) {
            return Ok(*count);
        }
        // An unknown one is for the validation to name.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return Ok(Count::default()) };
        let name = name.as_str();
        if self.open.contains(&name) {
            return Err(coded("BAD_REQUEST", &format!("The fragment \"{name}\" spreads itself."), Some(place)));
        }
        // Deeper than allowed already: counting goes no further down either.
        if length(&self.open) > DEPTH_MOST {
            return Err(too_costly(&format!("Fragments are spread at most {DEPTH_MOST} deep.")));
        }
        self.open.push(name);
        let mut count = self.set(&fragment.node.selection_set)?;
        count.directives += length(&fragment.node.directives);
        self.open.pop();
        self.known.insert(name, count);
        Ok(count)
    }
}

fn length<T>(list: &[T]) -> u64 {
    list.len() as u64
}
