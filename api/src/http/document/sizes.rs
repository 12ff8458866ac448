//! What the schema says of each field, as far as counting needs it.

use crate::schema;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, OperationType, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use std::collections::{HashMap, HashSet};

/// How many rows a list without `first` and `last` is taken to have.
pub(super) const LIST: u64 = 10;

/// How introspection shows a schema, with the fields that lists have the size of. Every other list of it is short.
const INTROSPECTION: &str = "
    type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type
      subscriptionType: __Type directives: [__Directive!]! }
    type __Type { kind: __TypeKind! name: String description: String specifiedByURL: String isOneOf: Boolean
      fields: [__Field!] interfaces: [__Type!] possibleTypes: [__Type!] enumValues: [__EnumValue!]
      inputFields: [__InputValue!] ofType: __Type }
    type __Field { name: String! description: String args: [__InputValue!]! type: __Type! isDeprecated: Boolean!
      deprecationReason: String }
    type __InputValue { name: String! description: String type: __Type! defaultValue: String isDeprecated: Boolean!
      deprecationReason: String }
    type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
    type __Directive { name: String! description: String locations: [__DirectiveLocation!]! args: [__InputValue!]!
      isRepeatable: Boolean! }
    enum __TypeKind { OBJECT } enum __DirectiveLocation { FIELD }";

/// How often a field's object comes for one of its parent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    /// A list of about so many.
    Known(u64),
    /// A list of a connection's page: as many as its `first` or `last` says.
    Page,
    /// A list with one row for each id that its argument `ids` names.
    Ids,
}

/// A field of the schema.
#[derive(Debug)]
pub(super) struct Field {
    /// The name of its type, without list and non-null.
    pub(super) of: String,
    pub(super) times: Times,
    /// Whether it takes `first` and `last`.
    pub(super) is_paged: bool,
}

/// The schema's fields by type and name.
pub(in crate::http) struct Sizes {
    types: HashMap<String, HashMap<String, Field>>,
}

impl Sizes {
    /// Reads the schema.
    ///
    /// # Panics
    /// If the schema does not print as one, which the tests would show.
    #[expect(clippy::expect_used, reason = "our own schema, the same at every start")]
    pub(in crate::http) fn new() -> Self {
        let ours = parse_schema(schema::sdl()).expect("the printed schema parses");
        let introspection = parse_schema(INTROSPECTION).expect("what introspection shows parses");
        let mut sizes = Self::of(&ours);
        let lengths = lengths(&sizes, &ours);
        let mut more = Self::of(&introspection);
        for (of, fields) in &mut more.types {
            for (name, field) in fields {
                if field.times != Times::Once {
                    field.times = Times::Known(lengths.get(&format!("{of}.{name}")).copied().unwrap_or(1));
                }
            }
        }
        sizes.types.extend(more.types);
        let meta = |of: &str| Field { of: of.to_owned(), times: Times::Once, is_paged: false };
        if let Some(query) = sizes.types.get_mut(Self::QUERY) {
            query.insert("__schema".to_owned(), meta("__Schema"));
            query.insert("__type".to_owned(), meta("__Type"));
        }
        sizes
    }

    /// The name of the type where queries begin.
    const QUERY: &str = "Query";
    /// The name of the type where mutations begin.
    pub(super) const MUTATION: &str = "Mutation";

    /// The name of the type where operations of this kind begin.
    pub(super) const fn root(kind: OperationType) -> &'static str {
        match kind {
            OperationType::Query => Self::QUERY,
            OperationType::Mutation => Self::MUTATION,
            OperationType::Subscription => "Subscription",
        }
    }

    /// A type's field; none if there is no such type or field.
    pub(super) fn field(&self, of: &str, name: &str) -> Option<&Field> {
        self.types.get(of)?.get(name)
    }

    fn of(document: &ServiceDocument) -> Self {
        let mut leaves: HashSet<String> = ["ID", "Int", "Float", "String", "Boolean"].map(str::to_owned).into();
        let mut composites = Vec::new();
        for definition in &document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match &definition.node.kind {
                TypeKind::Object(object) => composites.push((name, &object.fields)),
                TypeKind::Interface(interface) => composites.push((name, &interface.fields)),
                TypeKind::Scalar | TypeKind::Enum(_) => {
                    leaves.insert(name);
                }
                TypeKind::Union(_) | TypeKind::InputObject(_) => {}
            }
        }
        let fields = || composites.iter().flat_map(|(_, fields)| fields.iter()).map(|field| &field.node);
        let pages: HashSet<&str> = fields().filter(|field| is_paged(field)).map(|field| base(&field.ty.node)).collect();
        let types = composites.iter().map(|(name, fields)| {
            let read = fields.iter().map(|field| {
                let field = &field.node;
                (field.name.node.to_string(), read(field, &leaves, pages.contains(name.as_str())))
            });
            (name.clone(), read.collect())
        });
        Self { types: types.collect() }
    }
}

fn read(field: &FieldDefinition, leaves: &HashSet<String>, is_on_page: bool) -> Field {
    let of = base(&field.ty.node).to_owned();
    let is_leaf = leaves.contains(&of);
    let is_list = matches!(field.ty.node.base, BaseType::List(_));
    let by_ids = field.arguments.iter().any(|argument| argument.node.name.node == "ids");
    let times = match (is_list && !is_leaf, is_on_page, by_ids) {
        (false, ..) => Times::Once,
        (true, true, _) => Times::Page,
        (true, false, true) => Times::Ids,
        (true, false, false) => Times::Known(LIST),
    };
    Field { of, times, is_paged: is_paged(field) }
}

fn is_paged(field: &FieldDefinition) -> bool {
    field.arguments.iter().any(|argument| argument.node.name.node == "first")
}

fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(of) => base(of),
    }
}

/// How large the lists of introspection are with our schema, on average where that differs from type to type.
fn lengths(sizes: &Sizes, document: &ServiceDocument) -> HashMap<String, u64> {
    let types = || {
        document.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        })
    };
    let all = types().count() as u64;
    let fields: u64 = sizes.types.values().map(|fields| fields.len() as u64).sum();
    let (mut arguments, mut inputs, mut values) = (0, 0, 0);
    for of in types() {
        match &of.kind {
            TypeKind::Object(object) => {
                arguments += object.fields.iter().map(|field| field.node.arguments.len() as u64).sum::<u64>();
            }
            TypeKind::InputObject(input) => inputs += input.fields.len() as u64,
            TypeKind::Enum(of) => values += of.values.len() as u64,
            TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) => {}
        }
    }
    // Of all types, since most have none of these: a list of every type's is then as long as it is.
    let each = |count: u64| count.div_ceil(all.max(1));
    let directives = document.definitions.len() as u64 - all + 4;
    HashMap::from([
        ("__Schema.types".to_owned(), all + 12),
        ("__Schema.directives".to_owned(), directives),
        ("__Type.fields".to_owned(), each(fields)),
        ("__Type.inputFields".to_owned(), each(inputs)),
        ("__Type.enumValues".to_owned(), each(values)),
        ("__Field.args".to_owned(), arguments.div_ceil(fields.max(1))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_with_what_they_multiply_by() {
        let sizes = Sizes::new();
        let field = |of, name| sizes.field(of, name).unwrap();
        assert!(field("Query", "devices").is_paged && field("Query", "devices").times == Times::Once);
        assert_eq!(field("DeviceConnection", "nodes").times, Times::Page);
        assert_eq!(field("DeviceConnection", "edges").times, Times::Page);
        assert_eq!(field("Tenant", "members").times, Times::Known(LIST));
        assert_eq!(field("Query", "nodes").times, Times::Ids);
        assert_eq!(field("Viewer", "permissions").times, Times::Once);
        assert_eq!(field("Query", "__schema").of, "__Schema");
        let Times::Known(types) = field("__Schema", "types").times else { panic!("a list") };
        assert!((100..1_000).contains(&types), "{types}");
        assert!(sizes.field("Query", "nothing").is_none() && sizes.field("Nothing", "id").is_none());
    }
}
