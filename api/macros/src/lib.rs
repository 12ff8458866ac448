//! `#[gated]` stands above `#[Object]`, `#[Subscription]` or a derive, and turns one declaration of a field's
//! policy into both its guard and its directive in the SDL, so that the two cannot differ.
//!
//! A field bears one of `#[public]`, `#[signed_in]` and `#[requires(SomePermission)]`. On root types one of them is
//! obligatory: a field without a policy does not compile. With `#[gated(optional)]`, for the types below the roots,
//! a field without one is read by whoever holds the object.
//!
//! Arguments that mean the same everywhere are described here, once.
//!
//! `shape!` makes of one declaration of a type's fields what a reader of whole selections needs to know of them.

mod shape;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{Attribute, Error, FnArg, Ident, ImplItem, ImplItemFn, Item, Meta, Pat, parse_macro_input, parse_quote};

/// What an argument of this name is, on whatever field.
const ARGUMENTS: [(&str, &str); 8] = [
    ("first", "At most so many, from the front: 1 to 100. This or `last` is needed where rows are asked for."),
    ("after", "Only what comes after this cursor."),
    ("last", "At most so many, from the back: 1 to 100."),
    ("before", "Only what comes before this cursor."),
    ("r#where", "Which of them."),
    ("order_by", "In which order."),
    ("input", "What it takes."),
    ("id", "The global id."),
];

/// Declares what can be read of a described type without its resolvers: see the module `shape`.
#[proc_macro]
pub fn shape(input: TokenStream) -> TokenStream {
    let shape = parse_macro_input!(input as shape::Shape);
    shape.expand().unwrap_or_else(|error| error.to_compile_error()).into()
}

/// See the crate's documentation.
#[proc_macro_attribute]
pub fn gated(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let strict = arguments.to_string() != "optional";
    let mut item = parse_macro_input!(item as Item);
    let mut errors = Tokens::new();
    for (owner, attributes, name) in members(&mut item) {
        if let Err(error) = rewrite(&owner, attributes, &name, strict) {
            errors.extend(error.to_compile_error());
        }
    }
    quote!(#item #errors).into()
}

fn members(item: &mut Item) -> Vec<(String, &mut Vec<Attribute>, Ident)> {
    match item {
        Item::Impl(block) => {
            let owner = type_name(&block.self_ty);
            block
                .items
                .iter_mut()
                .filter_map(|member| match member {
                    ImplItem::Fn(method) => {
                        describe_arguments(method);
                        Some((owner.clone(), &mut method.attrs, method.sig.ident.clone()))
                    }
                    _ => None,
                })
                .collect()
        }
        Item::Struct(block) => {
            let owner = block.ident.to_string();
            block
                .fields
                .iter_mut()
                .filter_map(|field| field.ident.clone().map(|name| (owner.clone(), &mut field.attrs, name)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Describes the arguments that have no description of their own.
fn describe_arguments(method: &mut ImplItemFn) {
    for argument in &mut method.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(name) = argument.pat.as_ref() else { continue };
        let known = ARGUMENTS.iter().find(|(known, _)| name.ident == known);
        let is_described = argument.attrs.iter().any(|attribute| attribute.path().is_ident("graphql"));
        if let Some((_, description)) = known.filter(|_| !is_described) {
            argument.attrs.push(parse_quote!(#[graphql(desc = #description)]));
        }
    }
}

fn type_name(self_type: &syn::Type) -> String {
    match self_type {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn rewrite(owner: &str, attributes: &mut Vec<Attribute>, name: &Ident, strict: bool) -> Result<(), Error> {
    let mut policies = Vec::new();
    let mut index = 0;
    while index < attributes.len() {
        let path = attributes[index].path();
        if path.is_ident("public") || path.is_ident("signed_in") || path.is_ident("requires") {
            policies.push(attributes.remove(index));
        } else {
            index += 1;
        }
    }
    let field = format!("{owner}.{name}");
    let generated = match policies.as_slice() {
        [] if strict => {
            return Err(Error::new_spanned(
                name,
                "a root field needs a policy: #[public], #[signed_in] or #[requires(..)]",
            ));
        }
        [] => return Ok(()),
        [policy] if policy.path().is_ident("public") => {
            quote!(directive = crate::platform::graphql::public::apply())
        }
        [policy] if policy.path().is_ident("signed_in") => quote!(
            guard = crate::platform::graphql::SignedIn(#field),
            directive = crate::platform::graphql::signedIn::apply()
        ),
        [policy] => {
            let permission: Ident = policy.parse_args()?;
            quote!(
                guard = crate::platform::graphql::Requires(crate::platform::permission::Permission::#permission, #field),
                directive = crate::platform::graphql::requires::apply(
                    crate::platform::graphql::GqlPermission::#permission
                )
            )
        }
        _ => return Err(Error::new_spanned(name, "a field has one policy")),
    };
    merge(attributes, &generated)
}

/// async-graphql reads the first `#[graphql(..)]` attribute only, so what is generated joins one that exists.
fn merge(attributes: &mut Vec<Attribute>, generated: &Tokens) -> Result<(), Error> {
    let Some(existing) = attributes.iter_mut().find(|attribute| attribute.path().is_ident("graphql")) else {
        attributes.push(parse_quote!(#[graphql(#generated)]));
        return Ok(());
    };
    let Meta::List(list) = &mut existing.meta else {
        return Err(Error::new_spanned(existing, "expected #[graphql(..)]"));
    };
    if list.tokens.to_string().contains("guard =") {
        return Err(Error::new_spanned(list, "`guard = ..` beside a policy: the policy is the guard"));
    }
    let old = &list.tokens;
    list.tokens = quote!(#old, #generated);
    Ok(())
}
