//! Reading a schema's file.

use super::{
    Composite, Definition, Definitions, Deprecation, Directive, EnumValue, Field, Input, InputValue, Kind, date_of,
};
use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ConstDirective, DirectiveDefinition, EnumType, FieldDefinition, InputObjectType, InputValueDefinition,
    SchemaDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Pos, Positioned};
use std::collections::{BTreeMap, BTreeSet};

/// What a deprecation without a reason is taken to say, by the GraphQL specification.
const NO_REASON: &str = "No longer supported";

impl Definitions {
    /// Reads a schema in its own language.
    ///
    /// # Errors
    /// A sentence that says what is wrong and where.
    pub fn read(text: &str) -> Result<Self, String> {
        let document = parse_schema(text).map_err(|error| error.to_string())?;
        let (mut read, mut extensions) = (Self::default(), Vec::new());
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => read.add_roots(&schema.node),
                TypeSystemDefinition::Directive(directive) => read.add_directive(directive.node, text)?,
                TypeSystemDefinition::Type(definition) if definition.node.extend => extensions.push(definition.node),
                TypeSystemDefinition::Type(definition) => read.add_type(definition.node)?,
            }
        }
        for extension in extensions {
            read.extend(extension)?;
        }
        if read.roots.is_empty() {
            for (operation, name) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")] {
                if read.types.contains_key(name) {
                    read.roots.insert(operation, name.to_owned());
                }
            }
        }
        Ok(read)
    }

    fn add_roots(&mut self, schema: &SchemaDefinition) {
        let roots = [("query", &schema.query), ("mutation", &schema.mutation), ("subscription", &schema.subscription)];
        for (operation, name) in roots {
            if let Some(name) = name {
                self.roots.insert(operation, name.node.to_string());
            }
        }
    }

    fn add_directive(&mut self, definition: DirectiveDefinition, text: &str) -> Result<(), String> {
        let is_repeatable = is_repeatable(&definition, text);
        let name = definition.name.node.to_string();
        let directive = Directive {
            description: text_of(definition.description),
            arguments: input_values(definition.arguments, &format!("@{name}"))?,
            locations: definition
                .locations
                .iter()
                .map(|location| location_name(&format!("{:?}", location.node)))
                .collect(),
            is_repeatable,
        };
        match self.directives.insert(name.clone(), directive) {
            None => Ok(()),
            Some(_) => Err(format!("@{name} is defined twice")),
        }
    }

    fn add_type(&mut self, definition: TypeDefinition) -> Result<(), String> {
        let name = definition.name.node.to_string();
        let kind = kind_of(definition.kind, &definition.directives, &name)?;
        match self.types.insert(name.clone(), Definition { description: text_of(definition.description), kind }) {
            None => Ok(()),
            Some(_) => Err(format!("{name} is defined twice")),
        }
    }

    fn extend(&mut self, definition: TypeDefinition) -> Result<(), String> {
        let name = definition.name.node.to_string();
        let added = kind_of(definition.kind, &definition.directives, &name)?;
        let Some(extended) = self.types.get_mut(&name) else {
            return Err(format!("{name} is extended but not defined"));
        };
        match (&mut extended.kind, added) {
            (Kind::Object(kept), Kind::Object(added)) | (Kind::Interface(kept), Kind::Interface(added)) => {
                kept.interfaces.extend(added.interfaces);
                join(&mut kept.fields, added.fields, &name)
            }
            (Kind::Union(kept), Kind::Union(added)) => {
                kept.extend(added);
                Ok(())
            }
            (Kind::Enum(kept), Kind::Enum(added)) => join(kept, added, &name),
            (Kind::Input(kept), Kind::Input(added)) => {
                kept.is_one_of |= added.is_one_of;
                join(&mut kept.fields, added.fields, &name)
            }
            (Kind::Scalar(kept), Kind::Scalar(added)) => {
                *kept = added.or(kept.take());
                Ok(())
            }
            (kept, added) => Err(format!("{name} is defined as {} and extended as {}", kept.name(), added.name())),
        }
    }
}

/// By name; a name that comes twice is an error.
fn by_name<T>(named: impl IntoIterator<Item = (Name, T)>, of: &str) -> Result<BTreeMap<String, T>, String> {
    let mut all = BTreeMap::new();
    join(&mut all, named.into_iter().map(|(name, value)| (name.to_string(), value)), of)?;
    Ok(all)
}

fn join<T>(
    kept: &mut BTreeMap<String, T>,
    added: impl IntoIterator<Item = (String, T)>,
    of: &str,
) -> Result<(), String> {
    for (name, value) in added {
        if kept.contains_key(&name) {
            return Err(format!("{of} has {name} twice"));
        }
        kept.insert(name, value);
    }
    Ok(())
}

fn kind_of(kind: TypeKind, directives: &[Positioned<ConstDirective>], name: &str) -> Result<Kind, String> {
    Ok(match kind {
        TypeKind::Scalar => Kind::Scalar(argument_of(directives, "specifiedBy", "url")),
        TypeKind::Object(object) => Kind::Object(composite(object.implements, object.fields, name)?),
        TypeKind::Interface(interface) => Kind::Interface(composite(interface.implements, interface.fields, name)?),
        TypeKind::Union(union) => Kind::Union(names(union.members)),
        TypeKind::Enum(values) => Kind::Enum(enum_values(values, name)?),
        TypeKind::InputObject(InputObjectType { fields }) => {
            Kind::Input(Input { is_one_of: has(directives, "oneOf"), fields: input_values(fields, name)? })
        }
    })
}

fn composite(
    interfaces: Vec<Positioned<Name>>,
    fields: Vec<Positioned<FieldDefinition>>,
    owner: &str,
) -> Result<Composite, String> {
    let read = fields.into_iter().map(|field| {
        let field = field.node;
        let name = field.name.node;
        let arguments = input_values(field.arguments, &format!("{owner}.{name}"))?;
        let (deprecation, demands) = (deprecation_of(&field.directives), demands_of(&field.directives));
        Ok((
            name,
            Field { description: text_of(field.description), of: field.ty.node, arguments, deprecation, demands },
        ))
    });
    let fields = read.collect::<Result<Vec<_>, String>>()?;
    Ok(Composite { interfaces: names(interfaces), fields: by_name(fields, owner)? })
}

fn enum_values(values: EnumType, owner: &str) -> Result<BTreeMap<String, EnumValue>, String> {
    let read = values.values.into_iter().map(|value| {
        let value = value.node;
        let deprecation = deprecation_of(&value.directives);
        (value.value.node, EnumValue { description: text_of(value.description), deprecation })
    });
    by_name(read, owner)
}

fn input_values(
    values: Vec<Positioned<InputValueDefinition>>,
    owner: &str,
) -> Result<BTreeMap<String, InputValue>, String> {
    let read = values.into_iter().map(|value| {
        let value = value.node;
        let (deprecation, default) = (deprecation_of(&value.directives), value.default_value);
        let default = default.map(|default| default.node);
        let description = text_of(value.description);
        (value.name.node, InputValue { description, of: value.ty.node, default, deprecation })
    });
    by_name(read, owner)
}

fn text_of(description: Option<Positioned<String>>) -> Option<String> {
    description.map(|description| description.node)
}

fn names(names: Vec<Positioned<Name>>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.node.to_string()).collect()
}

fn has(directives: &[Positioned<ConstDirective>], name: &str) -> bool {
    directives.iter().any(|directive| directive.node.name.node == name)
}

fn argument_of(directives: &[Positioned<ConstDirective>], directive: &str, argument: &str) -> Option<String> {
    let found = directives.iter().find(|found| found.node.name.node == directive)?;
    match &found.node.get_argument(argument)?.node {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn deprecation_of(directives: &[Positioned<ConstDirective>]) -> Option<Deprecation> {
    let reason = argument_of(directives, "deprecated", "reason").unwrap_or_else(|| NO_REASON.to_owned());
    has(directives, "deprecated").then(|| Deprecation { date: date_of(&reason) })
}

/// What `@public`, `@signedIn` and `@requires` demand; a field without them demands nothing of its own.
fn demands_of(directives: &[Positioned<ConstDirective>]) -> BTreeSet<String> {
    let mut demands = BTreeSet::new();
    for directive in directives {
        let permission = directive.node.get_argument("permission").map(|permission| permission.node.to_string());
        match directive.node.name.node.as_str() {
            "signedIn" => demands.extend(["a sign-in".to_owned()]),
            "requires" => demands.extend(["a sign-in".to_owned(), permission.unwrap_or_default()]),
            _ => {}
        }
    }
    demands
}

/// Whether a directive's definition says `repeatable`. The parser of async-graphql 8.0.0-rc.5 takes each to say so, since
/// its grammar has a rule for the word that matches nothing too.
fn is_repeatable(definition: &DirectiveDefinition, text: &str) -> bool {
    let (name, first) = (&definition.name, definition.locations.first());
    let Some(first) = first else { return definition.is_repeatable };
    let (Some(begin), Some(end)) = (offset(text, name.pos), offset(text, first.pos)) else { return false };
    let between = text.get(begin + name.node.len()..end).unwrap_or_default();
    let before_on = between.trim_end().trim_end_matches('|').trim_end().trim_end_matches("on").trim_end();
    before_on.ends_with("repeatable")
}

/// Where a position is in a text, in bytes.
fn offset(text: &str, pos: Pos) -> Option<usize> {
    let line_begins: usize = text.split_inclusive('\n').take(pos.line.checked_sub(1)?).map(str::len).sum();
    let (column_begins, _) = text.get(line_begins..)?.char_indices().nth(pos.column.checked_sub(1)?)?;
    Some(line_begins + column_begins)
}

/// `FieldDefinition` as it is written in a schema: `FIELD_DEFINITION`.
fn location_name(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
