//! Carrying nothing out: every root field is left out but the one that tells the cost, while all of the document is still
//! validated.

use super::sizes::Sizes;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, InlineFragment, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value};

/// The root field that tells the cost.
pub(super) const FIELD: &str = "rateLimit";
/// Its argument that asks for a dry run.
pub(super) const ARGUMENT: &str = "dryRun";

/// Leaves the root fields out.
pub(super) fn apply(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => leave_out(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                leave_out(&mut operation.node.selection_set.node);
            }
        }
    }
    let roots = [OperationType::Query, OperationType::Mutation, OperationType::Subscription].map(Sizes::root);
    for fragment in document.fragments.values_mut() {
        if roots.contains(&fragment.node.type_condition.node.on.node.as_str()) {
            leave_out(&mut fragment.node.selection_set.node);
        }
    }
}

fn leave_out(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) if field.node.name.node == FIELD => {}
            // A fragment that is spread is seen to on its own.
            Selection::FragmentSpread(_) => {}
            Selection::InlineFragment(fragment) => leave_out(&mut fragment.node.selection_set.node),
            Selection::Field(_) => *selection = skipped(selection.clone()),
        }
    }
}

/// Within a fragment that is skipped, so that the field's own directives, and the variables in them, stay.
fn skipped(selection: Positioned<Selection>) -> Positioned<Selection> {
    let place = selection.pos;
    let name = |name| Positioned::new(Name::new(name), place);
    let condition = (name("if"), Positioned::new(Value::Boolean(true).into_value(), place));
    let directive = Directive { name: name("skip"), arguments: vec![condition] };
    let fragment = InlineFragment {
        type_condition: None,
        directives: vec![Positioned::new(directive, place)],
        selection_set: Positioned::new(SelectionSet { items: vec![selection] }, place),
    };
    Positioned::new(Selection::InlineFragment(Positioned::new(fragment, place)), place)
}
