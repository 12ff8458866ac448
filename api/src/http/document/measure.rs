//! What a document comes to with its fragments expanded, without expanding them, and what it can return.

use super::super::answer::error;
use super::cost::{Weight, root_field};
use super::sizes::{LIST, Sizes, Times};
use super::{dry_run, too_costly};
use async_graphql::parser::types::{
    ExecutableDocument, Field as Selected, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Value};
use serde_json::Value as Json;
use std::cell::Cell;
use std::collections::HashMap;
use std::convert::Infallible;

/// Fields, in all operations and fragments of a document together.
const FIELDS_MOST: u64 = 2_500;
/// Aliases: each asks for the same again.
const ALIASES_MOST: u64 = 250;
const DIRECTIVES_MOST: u64 = 100;
/// Selections within selections and fragments.
const DEPTH_MOST: u64 = 30;
/// Values that variables give, each time they are used: validation looks at them anew.
const GIVEN_MOST: u64 = 100_000;
/// The largest page of a list.
const PAGE_MOST: i64 = 100;

/// The operation that is meant to be carried out.
pub(super) struct Chosen<'d> {
    pub(super) operation: &'d OperationDefinition,
    variables: HashMap<&'d str, Given>,
}

/// What a variable gives.
#[derive(Clone, Copy)]
struct Given {
    size: Size,
    /// How many values, those within it included.
    values: u64,
}

impl<'d> Chosen<'d> {
    /// With these values of its variables.
    pub(super) fn new(operation: &'d OperationDefinition, given: Option<&Json>) -> Self {
        let variables = operation.variable_definitions.iter().map(|definition| {
            let name = definition.node.name.node.as_str();
            let default = || {
                let value = &definition.node.default_value.as_ref()?.node;
                // Those within it are in the document itself, whose tokens are counted.
                Some(Given { size: Size::of(value), values: 1 })
            };
            let given = given.and_then(|given| given.get(name));
            let given = given.map(|value| Given { size: Size::of_json(value), values: values_of(value) });
            (name, given.or_else(default).unwrap_or(Given { size: Size::Nothing, values: 0 }))
        });
        Self { operation, variables: variables.collect() }
    }
}

/// How many values a value consists of.
fn values_of(value: &Json) -> u64 {
    match value {
        Json::Array(list) => 1 + list.iter().map(values_of).sum::<u64>(),
        Json::Object(members) => 1 + members.values().map(values_of).sum::<u64>(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 1,
    }
}

/// What an argument says of how much comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// It is left out, or null.
    Nothing,
    Number(i64),
    /// A list of so many.
    List(u64),
    Flag(bool),
    /// None of these: for the validation to refuse.
    Other,
}

impl Size {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Number(number) => number.as_i64().map_or(Self::Other, Self::Number),
            Value::List(list) => Self::List(length(list)),
            Value::Boolean(flag) => Self::Flag(*flag),
            Value::String(_) | Value::Binary(_) | Value::Enum(_) | Value::Object(_) => Self::Other,
        }
    }

    fn of_json(value: &Json) -> Self {
        match value {
            Json::Null => Self::Nothing,
            Json::Number(number) => number.as_i64().map_or(Self::Other, Self::Number),
            Json::Array(list) => Self::List(length(list)),
            Json::Bool(flag) => Self::Flag(*flag),
            Json::String(_) | Json::Object(_) => Self::Other,
        }
    }
}

/// What was found out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measured {
    /// What the chosen operation can return.
    pub(super) weight: Weight,
    /// Whether it only asks for what it would cost.
    pub(super) is_dry_run: bool,
    /// Whether it would have come to something else with other values of its variables.
    pub(super) is_by_variables: bool,
}

/// Counts a document, and what its chosen operation can return.
///
/// # Errors
/// `COST_EXCEEDED` with the limit that it breaks; `BAD_REQUEST` for fragments that spread themselves, and for lists of
/// no size.
pub(super) fn check(
    document: &ExecutableDocument,
    sizes: &Sizes,
    chosen: Option<&Chosen<'_>>,
) -> Result<Measured, ServerError> {
    let mut counter = Counter {
        sizes,
        chosen,
        is_chosen: chosen.is_some(),
        fragments: &document.fragments,
        known: HashMap::new(),
        open: Vec::new(),
        is_by_variables: Cell::new(false),
    };
    let mut whole = Count::default();
    let mut measured = Measured::default();
    if let Some(chosen) = chosen {
        let count = counter.operation(chosen.operation)?;
        (measured.weight, measured.is_dry_run) = (count.weight(LIST), count.is_dry_run);
        whole = count;
    }
    // What others would return is not asked, and their variables have no values.
    counter.is_chosen = false;
    let operations = document.operations.iter().map(|(_, operation)| &operation.node);
    for other in operations.filter(|other| chosen.is_none_or(|chosen| !std::ptr::eq(chosen.operation, *other))) {
        whole = whole.and(counter.operation(other)?);
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
        (whole.given, GIVEN_MOST, "values of variables, counted each time that one is used"),
        (whole.depth, DEPTH_MOST, "selections within each other, fragments included"),
    ] {
        if counted > most {
            return Err(too_costly(&format!("A document has at most {most} {of}.")));
        }
    }
    Ok(Measured { is_by_variables: counter.is_by_variables.get(), ..measured })
}

#[derive(Clone, Copy, Default)]
struct Count {
    fields: u64,
    aliases: u64,
    directives: u64,
    depth: u64,
    given: u64,
    /// What comes once for an object.
    fixed: Weight,
    /// What comes once for each row of a page, if the object is one.
    per_row: Weight,
    is_dry_run: bool,
    /// Whether objects are selected, not values alone: of a page, its rows or its place.
    has_objects: bool,
}

impl Count {
    /// Both beside each other.
    fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
            given: self.given.saturating_add(other.given),
            fixed: self.fixed + other.fixed,
            per_row: self.per_row + other.per_row,
            is_dry_run: self.is_dry_run || other.is_dry_run,
            has_objects: self.has_objects || other.has_objects,
        }
    }

    /// What an object comes to, as a page of so many rows if it is one.
    fn weight(&self, rows: u64) -> Weight {
        self.fixed + self.per_row * rows
    }
}

struct Counter<'d> {
    sizes: &'d Sizes,
    chosen: Option<&'d Chosen<'d>>,
    /// Whether what is counted belongs to it.
    is_chosen: bool,
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    known: HashMap<&'d str, Count>,
    /// The fragments being counted, each within the one before.
    open: Vec<&'d str>,
    /// Whether a variable was asked for.
    is_by_variables: Cell<bool>,
}

impl<'d> Counter<'d> {
    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Count, ServerError> {
        let mut count = self.set(&operation.selection_set, Some(Sizes::root(operation.ty)))?;
        count.directives += length(&operation.directives);
        Ok(count)
    }

    /// Counts what is selected of a type; of none that is known where the document is wrong, as the validation will say.
    fn set(&mut self, set: &'d Positioned<SelectionSet>, of: Option<&'d str>) -> Result<Count, ServerError> {
        let mut count = Count::default();
        for selection in &set.node.items {
            count = count.and(self.selection(selection, of)?);
        }
        Ok(Count { depth: count.depth.saturating_add(1), ..count })
    }

    fn selection(&mut self, selection: &'d Positioned<Selection>, of: Option<&'d str>) -> Result<Count, ServerError> {
        Ok(match &selection.node {
            Selection::Field(field) => self.field(&field.node, selection.pos, of)?,
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                let own = Count { directives: length(&fragment.directives), ..Count::default() };
                let of = fragment.type_condition.as_ref().map(|condition| condition.node.on.node.as_str()).or(of);
                own.and(self.set(&fragment.selection_set, of)?)
            }
            Selection::FragmentSpread(spread) => {
                let own = Count { directives: length(&spread.node.directives), ..Count::default() };
                own.and(self.fragment(&spread.node.fragment_name.node, selection.pos)?)
            }
        })
    }

    fn field(&mut self, selected: &'d Selected, place: Pos, of: Option<&'d str>) -> Result<Count, ServerError> {
        let fixed = match of {
            Some(Sizes::MUTATION) => root_field(OperationType::Mutation),
            _ => Weight::VALUE,
        };
        let own = Count {
            fields: 1,
            aliases: u64::from(selected.alias.is_some()),
            directives: length(&selected.directives),
            given: self.given(selected),
            fixed,
            is_dry_run: selected.name.node == dry_run::FIELD
                && self.argument(selected, dry_run::ARGUMENT) == Size::Flag(true),
            has_objects: !selected.selection_set.node.items.is_empty(),
            ..Count::default()
        };
        let field = of.and_then(|of| self.sizes.field(of, selected.name.node.as_str()));
        if selected.selection_set.node.items.is_empty() {
            return Ok(own);
        }
        let below = self.set(&selected.selection_set, field.map(|field| field.of.as_str()))?;
        let counted =
            own.and(Count { fixed: Weight::default(), per_row: Weight::default(), has_objects: false, ..below });
        let Some(field) = field else {
            return Ok(Count { fixed: fixed + Weight::NODE + below.weight(LIST), ..counted });
        };
        let rows = if field.is_paged { self.page(selected, place, &below)? } else { LIST };
        let each = Weight::NODE + below.weight(rows);
        Ok(match field.times {
            Times::Once => Count { fixed: fixed + each, ..counted },
            Times::Known(count) => Count { fixed: fixed + each * count, ..counted },
            Times::Ids => Count { fixed: fixed + each * self.ids(selected), ..counted },
            Times::Page => Count { per_row: fixed + each, ..counted },
        })
    }

    /// How many rows a page has at most.
    fn page(&self, selected: &Selected, place: Pos, below: &Count) -> Result<u64, ServerError> {
        let size = match self.argument(selected, "first") {
            Size::Nothing => self.argument(selected, "last"),
            size @ (Size::Number(_) | Size::List(_) | Size::Flag(_) | Size::Other) => size,
        };
        let name = selected.name.node.as_str();
        let refused = |message: &str| error("BAD_REQUEST", message, Some(place));
        match size {
            Size::Number(rows @ 1..=PAGE_MOST) => Ok(rows.unsigned_abs()),
            Size::Number(_) => Err(refused(&format!("`first` and `last` of `{name}` are from 1 to {PAGE_MOST}."))),
            // How many there are in all is told without rows.
            Size::Nothing if !below.has_objects => Ok(0),
            Size::Nothing => Err(refused(&format!("`{name}` needs `first` or `last`, from 1 to {PAGE_MOST}."))),
            Size::List(_) | Size::Flag(_) | Size::Other => Ok(PAGE_MOST.unsigned_abs()),
        }
    }

    fn ids(&self, selected: &Selected) -> u64 {
        match self.argument(selected, "ids") {
            Size::List(length) => length,
            // One is taken as a list of one.
            Size::Nothing | Size::Number(_) | Size::Flag(_) | Size::Other => 1,
        }
    }

    fn argument(&self, selected: &Selected, name: &str) -> Size {
        let Some(value) = selected.get_argument(name) else { return Size::Nothing };
        let mut of_variable = None;
        let value = value.node.clone().into_const_with(|name| {
            of_variable = Some(match self.variable(&name) {
                Some(given) if self.is_chosen => given.size,
                // No value is known of it.
                Some(_) | None => Size::Other,
            });
            Ok::<_, Infallible>(Value::Null)
        });
        match (value, of_variable) {
            (Ok(Value::Null), Some(size)) => size,
            (Ok(value), _) => Size::of(&value),
        }
    }

    /// How many values the variables give that a field's arguments and directives use.
    fn given(&self, selected: &Selected) -> u64 {
        let directives = selected.directives.iter().flat_map(|directive| &directive.node.arguments);
        let mut values = 0_u64;
        for (_, value) in selected.arguments.iter().chain(directives) {
            let looked_at = value.node.clone().into_const_with(|name| {
                values = values.saturating_add(self.variable(&name).map_or(0, |given| given.values));
                Ok::<_, Infallible>(Value::Null)
            });
            drop(looked_at);
        }
        values
    }

    fn variable(&self, name: &str) -> Option<Given> {
        self.is_by_variables.set(true);
        self.chosen?.variables.get(name).copied()
    }

    fn fragment(&mut self, name: &'d str, place: Pos) -> Result<Count, ServerError> {
        if let Some(count) = self.known.get(name) {
            return Ok(*count);
        }
        // An unknown one is for the validation to name.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return Ok(Count::default()) };
        let name = name.as_str();
        if self.open.contains(&name) {
            return Err(error("BAD_REQUEST", &format!("The fragment \"{name}\" spreads itself."), Some(place)));
        }
        // Deeper than allowed already: counting goes no further down either.
        if length(&self.open) > DEPTH_MOST {
            return Err(too_costly(&format!("Fragments are spread at most {DEPTH_MOST} deep.")));
        }
        self.open.push(name);
        let fragment = &fragment.node;
        let mut count = self.set(&fragment.selection_set, Some(fragment.type_condition.node.on.node.as_str()))?;
        count.directives += length(&fragment.directives);
        self.open.pop();
        self.known.insert(name, count);
        Ok(count)
    }
}

fn length<T>(list: &[T]) -> u64 {
    list.len() as u64
}
