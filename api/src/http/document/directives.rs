//! Whether a document says anywhere that something depends.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Whether it has a directive, whatever that is.
pub(super) fn has_any(document: &ExecutableDocument) -> bool {
    let mut operations = document.operations.iter();
    let mut fragments = document.fragments.values();
    operations.any(|(_, operation)| !operation.node.directives.is_empty() || in_set(&operation.node.selection_set.node))
        || fragments.any(|fragment| !fragment.node.directives.is_empty() || in_set(&fragment.node.selection_set.node))
}

fn in_set(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => !field.node.directives.is_empty() || in_set(&field.node.selection_set.node),
        Selection::InlineFragment(fragment) => {
            !fragment.node.directives.is_empty() || in_set(&fragment.node.selection_set.node)
        }
        Selection::FragmentSpread(spread) => !spread.node.directives.is_empty(),
    })
}
