//! The schema: the domains' roots, merged; and how schemas differ.

pub mod catalogue;
pub mod changes;
pub mod definitions;
mod node;

use crate::deployment::graphql::DeploymentQuery;
use crate::deployment::mutation_graphql::DeploymentMutation;
use crate::deployment::progress_graphql::DeploymentSubscription;
use crate::fleet::graphql::FleetQuery;
use crate::fleet::mutation_graphql::FleetMutation;
use crate::fleet::script_graphql::{ScriptMutation, ScriptQuery};
use crate::identity::access_token_graphql::AccessTokenMutation;
use crate::identity::graphql::{IdentityMutation, IdentityQuery};
use crate::inventory::graphql::{InventoryMutation, InventoryQuery};
use crate::notify::graphql::{NotifyMutation, NotifySubscription};
use crate::platform::graphql::rate_limit::RateLimitQuery;
use crate::provisioning::graphql::ProvisioningQuery;
use crate::provisioning::mutation_graphql::ProvisioningMutation;
use crate::tenancy::graphql::{TenancyMutation, TenancyQuery};
use crate::usage::graphql::UsageQuery;
use async_graphql::{
    EmptyMutation, EmptySubscription, MergedObject, MergedSubscription, SDLExportOptions, SchemaBuilder, ValidationMode,
};
use node::NodeQuery;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    RateLimitQuery,
    IdentityQuery,
    TenancyQuery,
    InventoryQuery,
    FleetQuery,
    ScriptQuery,
    ProvisioningQuery,
    DeploymentQuery,
    UsageQuery,
);

/// What can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    AccessTokenMutation,
    TenancyMutation,
    InventoryMutation,
    FleetMutation,
    ScriptMutation,
    ProvisioningMutation,
    DeploymentMutation,
    NotifyMutation,
);

/// What can be followed.
#[derive(MergedSubscription, Default)]
pub struct Subscription(DeploymentSubscription, NotifySubscription);

/// Rookery's schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema without what its resolvers need. Extensions are never added: one alone puts every field on a slower path.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).disable_suggestions()
}

/// The schema's queries, of documents that are known to be valid: what the executor needs is checked, and no more.
pub type Settled = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// As [`builder`], for queries of documents that were validated before.
#[must_use]
pub fn settled_builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    let builder = Settled::build(Query::default(), EmptyMutation, EmptySubscription);
    builder.disable_suggestions().validation_mode(ValidationMode::Fast)
}

/// The schema in its own language: types by name, fields as they are declared, each with its description.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().use_space_ident().prefer_single_line_descriptions();
    let mut text = builder().finish().sdl_with_options(options);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_schema;
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    #[test]
    fn every_root_field_shows_one_policy() {
        let document = parse_schema(super::sdl()).expect("the printed schema parses");
        let mut roots = 0;
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.as_str().to_owned();
            let TypeKind::Object(object) = definition.node.kind else { continue };
            if !matches!(name.as_str(), "Query" | "Mutation" | "Subscription") {
                continue;
            }
            roots += 1;
            for field in object.fields {
                let policies = field
                    .node
                    .directives
                    .iter()
                    .filter(|directive| matches!(directive.node.name.node.as_str(), "public" | "signedIn" | "requires"))
                    .count();
                assert_eq!(policies, 1, "{name}.{}", field.node.name.node);
            }
        }
        assert_eq!(roots, 3);
    }

    #[test]
    fn everything_is_described() {
        let document = parse_schema(super::sdl()).expect("the printed schema parses");
        let mut silent = Vec::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            if definition.node.description.is_none() {
                silent.push(name.clone());
            }
            let fields: Vec<_> = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::InputObject(input) => {
                    let undescribed = input.fields.iter().filter(|field| field.node.description.is_none());
                    silent.extend(undescribed.map(|field| format!("{name}.{}", field.node.name.node)));
                    continue;
                }
                TypeKind::Enum(values) => {
                    let undescribed = values.values.iter().filter(|value| value.node.description.is_none());
                    silent.extend(undescribed.map(|value| format!("{name}.{}", value.node.value.node)));
                    continue;
                }
                TypeKind::Scalar | TypeKind::Union(_) => continue,
            };
            for field in &fields {
                let field = &field.node;
                let undescribed = field.arguments.iter().filter(|argument| argument.node.description.is_none());
                silent.extend(
                    undescribed.map(|argument| format!("{name}.{}({}:)", field.name.node, argument.node.name.node)),
                );
                if field.description.is_none() {
                    silent.push(format!("{name}.{}", field.name.node));
                }
            }
        }
        assert!(silent.is_empty(), "no description: {silent:?}");
    }
}
