//! Names operations by the schema: by their one root field.

use crate::schema;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, TypeKind,
    TypeSystemDefinition,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What every object has, the roots too.
const META: [&str; 3] = ["__schema", "__type", "__typename"];
/// So deep spreads are followed from the root: documents that are admitted go no deeper.
const DEEPEST: usize = 40;

/// The names of the schema's root fields.
pub(super) struct Roots {
    query: BTreeSet<Arc<str>>,
    mutation: BTreeSet<Arc<str>>,
    subscription: BTreeSet<Arc<str>>,
    several: Arc<str>,
    other: Arc<str>,
}

impl Roots {
    /// Reads the schema.
    pub(super) fn new() -> Self {
        // What was printed just now can be read.
        let definitions = parse_schema(schema::sdl()).map(|document| document.definitions).unwrap_or_default();
        let of = |root: &str| -> BTreeSet<Arc<str>> {
            let fields = definitions.iter().filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) if definition.node.name.node == root => {
                    match &definition.node.kind {
                        TypeKind::Object(object) => Some(object.fields.iter()),
                        _ => None,
                    }
                }
                _ => None,
            });
            let names = fields.flatten().map(|field| field.node.name.node.as_str());
            names.chain(META).map(Arc::from).collect()
        };
        let (query, mutation, subscription) = (of("Query"), of("Mutation"), of("Subscription"));
        Self { query, mutation, subscription, several: "several".into(), other: "other".into() }
    }

    /// The name for the operation that would be carried out: that of its one root field; `several`, or `other` if it has
    /// none that is known.
    pub(super) fn of(&self, document: &ExecutableDocument, operation_name: Option<&str>) -> Arc<str> {
        let Some((_, operation)) = operation(document, operation_name) else { return self.other() };
        let known = match operation.ty {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        let mut found = BTreeSet::new();
        collect(document, &operation.selection_set.node, DEEPEST, &mut found);
        let mut found = found.into_iter();
        match (found.next().and_then(|name| known.get(name)), found.next()) {
            (Some(name), None) => Arc::clone(name),
            (_, Some(_)) => Arc::clone(&self.several),
            (None, None) => self.other(),
        }
    }

    /// The name for an operation of which nothing is known.
    pub(super) fn other(&self) -> Arc<str> {
        Arc::clone(&self.other)
    }
}

/// The name that the document gives the operation that would be carried out.
pub(super) fn name<'d>(document: &'d ExecutableDocument, operation_name: Option<&str>) -> Option<&'d str> {
    operation(document, operation_name)?.0
}

fn operation<'d>(
    document: &'d ExecutableDocument,
    operation_name: Option<&str>,
) -> Option<(Option<&'d str>, &'d OperationDefinition)> {
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Some((None, &operation.node)),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), _) => {
            let mut chosen = operations.iter().filter(|(name, _)| operation_name.is_none_or(|wanted| wanted == *name));
            let (name, operation) = chosen.next().filter(|_| chosen.next().is_none())?;
            Some((Some(name.as_str()), &operation.node))
        }
    }
}

/// Collects root fields' names; two different ones are enough.
fn collect<'d>(
    document: &'d ExecutableDocument,
    selections: &'d SelectionSet,
    depth: usize,
    found: &mut BTreeSet<&'d str>,
) {
    for selection in &selections.items {
        if found.len() > 1 || depth == 0 {
            return;
        }
        match &selection.node {
            Selection::Field(field) => {
                found.insert(field.node.name.node.as_str());
            }
            Selection::InlineFragment(fragment) => {
                collect(document, &fragment.node.selection_set.node, depth - 1, found);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, depth - 1, found);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn an_operation_is_named_by_the_schema() {
        let roots = Roots::new();
        for (document, operation_name, expected) in [
            ("query Chosen { mine: viewer { level } }", None, "viewer"),
            ("mutation { signIn(input: {}) { token } }", None, "signIn"),
            ("mutation { viewer { level } }", None, "other"),
            (
                "subscription { ...F } fragment F on Subscription { ... { notificationReceived { id } } }",
                None,
                "notificationReceived",
            ),
            ("{ viewer { level } again: viewer { level } }", None, "viewer"),
            ("{ viewer { level } ...F } fragment F on Query { users { totalCount } }", None, "several"),
            ("{ inventedByTheClient }", None, "other"),
            ("{ __schema { types { name } } }", None, "__schema"),
            ("query a { viewer { level } } query b { users { totalCount } }", Some("b"), "users"),
            ("query a { viewer { level } }", Some("inventedByTheClient"), "other"),
            ("{ ...F } fragment F on Query { ...F }", None, "other"),
        ] {
            assert_eq!(&*roots.of(&parse_query(document).unwrap(), operation_name), expected, "{document}");
        }
    }
}
