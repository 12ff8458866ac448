//! Whether a document asks what the schema is.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};

/// The fields that tell. `__typename` says what an object is, and no more.
const FIELDS: [&str; 2] = ["__schema", "__type"];

/// Whether any operation or fragment of an admitted document asks for the schema, whatever its alias.
pub(super) fn asks(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(asks_within)
}

/// Whether an operation asks for the schema and nothing else.
pub(super) fn is_all_of(operation: &OperationDefinition) -> bool {
    let items = &operation.selection_set.node.items;
    let tells = |selection: &Selection| matches!(selection, Selection::Field(field) if FIELDS.contains(&field.node.name.node.as_str()));
    !items.is_empty() && items.iter().all(|item| tells(&item.node))
}

fn asks_within(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            FIELDS.contains(&field.node.name.node.as_str()) || asks_within(&field.node.selection_set.node)
        }
        Selection::InlineFragment(fragment) => asks_within(&fragment.node.selection_set.node),
        // Its fragment is looked at by itself.
        Selection::FragmentSpread(_) => false,
    })
}
