//! The fields of the schema by number, and which of them an operation selects.

use super::definitions::{Composite, Definitions, Kind, named};
use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Every `Type.field` of a schema.
pub struct Catalogue {
    names: Vec<String>,
    deprecated: BTreeSet<String>,
    roots: HashMap<&'static str, usize>,
    /// The numbers of types with fields.
    types: HashMap<String, usize>,
    /// The fields of each.
    fields: Vec<HashMap<String, Entry>>,
}

struct Entry {
    /// The place among the names.
    number: usize,
    /// The type to select from, if it has fields.
    of: Option<usize>,
}

impl Catalogue {
    /// The fields that are defined there.
    #[must_use]
    pub fn of(definitions: &Definitions) -> Self {
        let composites: Vec<(&String, &Composite)> = definitions
            .types
            .iter()
            .filter_map(|(name, definition)| match &definition.kind {
                Kind::Object(composite) | Kind::Interface(composite) => Some((name, composite)),
                Kind::Scalar(_) | Kind::Union(_) | Kind::Enum(_) | Kind::Input(_) => None,
            })
            .collect();
        let mut types: HashMap<String, usize> =
            composites.iter().enumerate().map(|(number, (name, _))| ((*name).clone(), number)).collect();
        let (mut names, mut deprecated, mut fields) = (Vec::new(), BTreeSet::new(), Vec::new());
        // Of a union only fragments are selected, so that it is a type without fields.
        for (name, definition) in &definitions.types {
            if matches!(definition.kind, Kind::Union(_)) {
                types.insert(name.clone(), types.len());
            }
        }
        for (owner, composite) in composites {
            let mut entries = HashMap::new();
            for (name, field) in &composite.fields {
                let full = format!("{owner}.{name}");
                if field.deprecation.is_some() {
                    deprecated.insert(full.clone());
                }
                entries.insert(name.clone(), Entry { number: names.len(), of: types.get(named(&field.of)).copied() });
                names.push(full);
            }
            fields.push(entries);
        }
        fields.resize_with(types.len(), HashMap::new);
        let roots = definitions.roots.iter().filter_map(|(root, name)| Some((*root, *types.get(name)?))).collect();
        Self { names, deprecated, roots, types, fields }
    }

    /// Every field, in the order of its number.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Those that are deprecated.
    #[must_use]
    pub const fn deprecated(&self) -> &BTreeSet<String> {
        &self.deprecated
    }

    /// The numbers of the fields that an operation selects, each once, whatever it calls them. What the schema does not
    /// have is left out; so are the fields about the schema itself.
    #[must_use]
    pub fn selected(&self, document: &ExecutableDocument, operation: &OperationDefinition) -> Vec<usize> {
        let root = match operation.ty {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let Some(root) = self.roots.get(root) else { return Vec::new() };
        let mut walk = Walk { catalogue: self, document, spread: HashSet::new(), found: Vec::new() };
        walk.set(*root, &operation.selection_set);
        walk.found.sort_unstable();
        walk.found.dedup();
        walk.found
    }
}

struct Walk<'d> {
    catalogue: &'d Catalogue,
    document: &'d ExecutableDocument,
    /// Fragments that were walked: they select the same wherever they are spread.
    spread: HashSet<&'d str>,
    found: Vec<usize>,
}

impl<'d> Walk<'d> {
    fn set(&mut self, owner: usize, set: &'d Positioned<SelectionSet>) {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) => {
                    let Some(entry) = self.catalogue.fields[owner].get(field.node.name.node.as_str()) else { continue };
                    self.found.push(entry.number);
                    if let Some(of) = entry.of {
                        self.set(of, &field.node.selection_set);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let of = on.map_or(Some(owner), |on| self.catalogue.types.get(on).copied());
                    if let Some(of) = of {
                        self.set(of, &fragment.node.selection_set);
                    }
                }
                Selection::FragmentSpread(spread) => self.spread(&spread.node.fragment_name.node),
            }
        }
    }

    fn spread(&mut self, name: &'d str) {
        let Some(fragment) = self.document.fragments.get(name) else { return };
        let of = self.catalogue.types.get(fragment.node.type_condition.node.on.node.as_str());
        if let Some(of) = of.copied().filter(|_| self.spread.insert(name)) {
            self.set(of, &fragment.node.selection_set);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Catalogue;
    use crate::schema::definitions::Definitions;
    use async_graphql::parser::parse_query;

    const SCHEMA: &str = "type Query { device: Device node: Node any: Any size: Int } type Mutation { size: Int } \
        interface Node { id: ID } type Device implements Node { id: ID name: String @deprecated site: Site } \
        type Site { name: String devices: [Device!]! } union Any = Device | Site";

    #[track_caller]
    fn selects(text: &str, expected: &[&str]) {
        let catalogue = Catalogue::of(&Definitions::read(SCHEMA).unwrap());
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let found: Vec<_> = catalogue
            .selected(&document, &operation.node)
            .into_iter()
            .map(|number| &catalogue.names()[number])
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_field_is_known_by_its_type_whatever_it_is_called() {
        selects(
            "{ size: device { title: name name site { name } } }",
            &["Device.name", "Device.site", "Query.device", "Site.name"],
        );
        selects("mutation { size }", &["Mutation.size"]);
        selects(
            "{ node { id ... on Device { id ... { name } } } }",
            &["Device.id", "Device.name", "Node.id", "Query.node"],
        );
        selects("{ any { ... on Any { ... on Site { name } } } }", &["Query.any", "Site.name"]);
    }

    #[test]
    fn a_fragment_selects_from_the_type_that_it_is_on() {
        let text = "{ device { ...f } a: device { ...f } } fragment f on Device { name site { ...g } } \
                    fragment g on Site { devices { ...f } } fragment unused on Site { name }";
        selects(text, &["Device.name", "Device.site", "Query.device", "Site.devices"]);
    }

    #[test]
    fn what_the_schema_does_not_have_is_no_field() {
        selects(
            "{ __typename __schema { types { name } } nothing device { nothing name { more } } ...missing ... on Nothing { name } }",
            &["Device.name", "Query.device"],
        );
    }

    #[test]
    fn the_deprecated_are_known() {
        let catalogue = Catalogue::of(&Definitions::read(SCHEMA).unwrap());
        assert_eq!(catalogue.deprecated().iter().collect::<Vec<_>>(), ["Device.name"]);
        let own = Catalogue::of(&Definitions::read(&crate::schema::sdl()).unwrap());
        assert!(own.names().len() > 200 && own.names().contains(&"Site.name".to_owned()));
    }
}
