//! `shape!` reads a described type's declaration once more, for readers of whole selections: which columns a field is
//! made of, and by which columns a link is followed.
//!
//! A field's expression is made into one over its columns alone: `row.name` becomes the value of the column `name`. One
//! that uses the row as a whole cannot be, and is left to its resolver.

use proc_macro2::{Delimiter, Group, Ident, TokenStream as Tokens, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Token, Type, braced, parenthesized};

/// `Device, device, row { fields } { links }`.
pub(crate) struct Shape {
    name: Ident,
    table: Ident,
    fields: Vec<Field>,
    links: Vec<Link>,
}

struct Field {
    attributes: Vec<Attribute>,
    name: Ident,
    value: Option<(Vec<Ident>, Tokens)>,
}

struct Link {
    attributes: Vec<Attribute>,
    name: Ident,
    target: Type,
    columns: Punctuated<Ident, Token![,]>,
}

impl Parse for Shape {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![,]>()?;
        let table = input.parse()?;
        input.parse::<Token![,]>()?;
        let row = input.call(Ident::parse_any)?;
        let (mut fields, mut links) = (Vec::new(), Vec::new());
        let content;
        braced!(content in input);
        while !content.is_empty() {
            fields.push(Field::parse(&content, &row)?);
        }
        let content;
        braced!(content in input);
        while !content.is_empty() {
            links.push(Link::parse(&content)?);
        }
        Ok(Self { name, table, fields, links })
    }
}

impl Field {
    fn parse(input: ParseStream<'_>, row: &Ident) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        let target: Type = input.parse()?;
        input.parse::<Token![=]>()?;
        let value: Expr = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut columns = Vec::new();
        let value = of_columns(quote!(#value), row, &mut columns);
        let value = value.map(|value| (columns, quote!({ let value: #target = #value; value })));
        Ok(Self { attributes, name, value })
    }
}

impl Parse for Link {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        let target = input.parse()?;
        input.parse::<Token![=]>()?;
        let columns;
        parenthesized!(columns in input);
        let columns = columns.parse_terminated(Ident::parse_any, Token![,])?;
        input.parse::<Token![;]>()?;
        Ok(Self { attributes, name, target, columns })
    }
}

/// The same with `row.column` replaced by a variable for each column; none if the row itself is used.
fn of_columns(tokens: Tokens, row: &Ident, columns: &mut Vec<Ident>) -> Option<Tokens> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut made = Tokens::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(ident) if ident == row => {
                let [TokenTree::Punct(dot), TokenTree::Ident(column)] = tokens.get(at + 1..at + 3)? else {
                    return None;
                };
                let called = matches!(tokens.get(at + 3), Some(TokenTree::Group(next)) if next.delimiter() == Delimiter::Parenthesis);
                if dot.as_char() != '.' || called {
                    return None;
                }
                if !columns.contains(column) {
                    columns.push(column.clone());
                }
                let variable = variable(column);
                made.extend(quote!(#variable));
                at += 3;
                // The variable is the value itself, and used once: nothing needs to be copied.
                let rest: Tokens = tokens.get(at..).unwrap_or_default().iter().cloned().collect();
                if at == 3 && rest.to_string().replace(' ', "") == ".clone()" {
                    return Some(made);
                }
            }
            TokenTree::Group(group) => {
                let inner = of_columns(group.stream(), row, columns)?;
                made.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
                at += 1;
            }
            other => {
                made.extend([other.clone()]);
                at += 1;
            }
        }
    }
    Some(made)
}

fn variable(column: &Ident) -> Ident {
    format_ident!("column_{}", column.unraw())
}

/// `created_at` as the database's column: `CreatedAt`.
fn pascal(name: &Ident) -> Ident {
    let name = name.unraw().to_string();
    let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    format_ident!("{}", words.collect::<String>())
}

/// `created_at` as the API's field: `createdAt`.
fn camel(name: &Ident) -> String {
    let pascal = pascal(name).to_string();
    pascal[..1].to_lowercase() + &pascal[1..]
}

fn guard(attributes: &[Attribute], field: &str) -> syn::Result<Tokens> {
    let Some(policy) = attributes.iter().find(|attribute| attribute.path().is_ident("requires")) else {
        return Ok(quote!(None));
    };
    let permission: Ident = policy.parse_args()?;
    Ok(quote!(Some(crate::platform::graphql::Requires(crate::platform::permission::Permission::#permission, #field))))
}

impl Shape {
    /// The function of `Described` that gives the shape.
    pub(crate) fn expand(&self) -> syn::Result<Tokens> {
        let Self { name, table, .. } = self;
        let text = name.to_string();
        let mut fields = Vec::new();
        for field in &self.fields {
            let Some((columns, value)) = &field.value else { continue };
            let (graphql, guard) = (camel(&field.name), guard(&field.attributes, &format!("{text}.{}", field.name))?);
            let names = columns.iter().map(pascal);
            let reads = columns.iter().enumerate().map(|(index, column)| {
                let variable = variable(column);
                quote!(let #variable = cells.value(#index, |row: &#table::Model| &row.#column)?;)
            });
            fields.push(quote!(Field {
                name: #graphql,
                guard: #guard,
                columns: vec![#(#table::Column::#names.as_str()),*],
                write: |cells: Cells<'_>, text: &mut Text| { #(#reads)* Leaf::write(#value, text); Ok(()) },
            }));
        }
        let mut links = Vec::new();
        for link in &self.links {
            let Link { attributes, name, target, columns } = link;
            let (graphql, guard) = (camel(name), guard(attributes, &format!("{text}.{name}"))?);
            let columns = columns.iter().map(pascal);
            links.push(quote!(Link {
                name: #graphql,
                guard: #guard,
                columns: vec![#(#table::Column::#columns.as_str()),*],
                is_optional: <#target as Target>::IS_OPTIONAL,
                shape: <<#target as Target>::Of as Described>::shape,
            }));
        }
        Ok(quote! {
            fn shape() -> &'static crate::platform::graphql::shape::Shape {
                use crate::platform::graphql::connection::Described;
                use crate::platform::graphql::descriptor::Target;
                use crate::platform::graphql::shape::{Cells, Field, Leaf, Link, Shape};
                use crate::platform::graphql::text::Text;
                use sea_orm::IdenStatic as _;
                static SHAPE: std::sync::LazyLock<Shape> = std::sync::LazyLock::new(|| {
                    Shape::of::<#table::Entity>(#text, vec![#(#fields),*], vec![#(#links),*])
                });
                &SHAPE
            }
        })
    }
}
