//! A schema as it was written down, by name: what is compared when it changes.

mod read;

use async_graphql::Value;
use async_graphql::parser::types::{BaseType, Type};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What a schema's file defines.
#[derive(Debug, Default)]
pub struct Definitions {
    /// The types of the operations, by `query`, `mutation` and `subscription`.
    pub(super) roots: BTreeMap<&'static str, String>,
    /// Types by name.
    pub(super) types: BTreeMap<String, Definition>,
    /// Directives by name, without the `@`.
    pub(super) directives: BTreeMap<String, Directive>,
}

/// A type.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) description: Option<String>,
    pub(super) kind: Kind,
}

/// What kind of type it is, and what belongs to it.
#[derive(Debug)]
pub(super) enum Kind {
    /// With the address of its specification.
    Scalar(Option<String>),
    Object(Composite),
    Interface(Composite),
    Union(BTreeSet<String>),
    Enum(BTreeMap<String, EnumValue>),
    Input(Input),
}

/// What has fields to select.
#[derive(Debug, Default)]
pub(super) struct Composite {
    pub(super) interfaces: BTreeSet<String>,
    pub(super) fields: BTreeMap<String, Field>,
}

/// A field to select.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) description: Option<String>,
    pub(super) of: Type,
    pub(super) arguments: BTreeMap<String, InputValue>,
    pub(super) deprecation: Option<Deprecation>,
    /// What its policy demands: nothing, a sign-in, or a sign-in and permissions.
    pub(super) demands: BTreeSet<String>,
}

/// A value of an enum.
#[derive(Debug)]
pub(super) struct EnumValue {
    pub(super) description: Option<String>,
    pub(super) deprecation: Option<Deprecation>,
}

/// What is given as an argument's value.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// Whether exactly one of its fields is to be given.
    pub(super) is_one_of: bool,
    pub(super) fields: BTreeMap<String, InputValue>,
}

/// An argument, or a field of an input.
#[derive(Debug)]
pub(super) struct InputValue {
    pub(super) description: Option<String>,
    pub(super) of: Type,
    pub(super) default: Option<Value>,
    pub(super) deprecation: Option<Deprecation>,
}

/// A directive.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) description: Option<String>,
    pub(super) arguments: BTreeMap<String, InputValue>,
    pub(super) locations: BTreeSet<String>,
    pub(super) is_repeatable: bool,
}

/// That something will go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deprecation {
    /// The first day without it, if the reason begins with one.
    pub(super) date: Option<NaiveDate>,
}

impl InputValue {
    /// Whether it cannot be left out.
    pub(super) fn is_required(&self) -> bool {
        !self.of.nullable && self.default.is_none()
    }
}

impl Kind {
    /// What it is called in a sentence.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "scalar",
            Self::Object(_) => "object type",
            Self::Interface(_) => "interface",
            Self::Union(_) => "union",
            Self::Enum(_) => "enum",
            Self::Input(_) => "input type",
        }
    }
}

/// The name within a type's lists.
pub(super) fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// The date with which a deprecation's reason begins: `2027-01-31: Ask for …`.
fn date_of(reason: &str) -> Option<NaiveDate> {
    let (date, why) = reason.split_once(": ")?;
    let is_date = date.len() == "2027-01-31".len() && !why.trim().is_empty();
    is_date.then(|| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())?
}

impl Definitions {
    /// Whatever is deprecated without saying from which day it may go.
    #[must_use]
    pub fn deprecated_without_date(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut look = |coordinate: String, deprecation: Option<&Deprecation>| {
            if deprecation.is_some_and(|deprecation| deprecation.date.is_none()) {
                found.push(coordinate);
            }
        };
        for (name, definition) in &self.types {
            match &definition.kind {
                Kind::Object(composite) | Kind::Interface(composite) => {
                    for (field_name, field) in &composite.fields {
                        look(format!("{name}.{field_name}"), field.deprecation.as_ref());
                        for (argument_name, argument) in &field.arguments {
                            look(format!("{name}.{field_name}({argument_name}:)"), argument.deprecation.as_ref());
                        }
                    }
                }
                Kind::Enum(values) => {
                    for (value_name, value) in values {
                        look(format!("{name}.{value_name}"), value.deprecation.as_ref());
                    }
                }
                Kind::Input(input) => {
                    for (field_name, field) in &input.fields {
                        look(format!("{name}.{field_name}"), field.deprecation.as_ref());
                    }
                }
                Kind::Scalar(_) | Kind::Union(_) => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
