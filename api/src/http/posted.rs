//! What a client asks to be carried out, on whatever transport.

use super::Peer;
use super::document::{self, Catalog};
use crate::identity::graphql::ClientAddress;
use crate::platform::graphql::loader::Loaders;
use crate::platform::viewer::Viewer;
use async_graphql::{Request as Operation, ServerError, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A request's members, the same on every transport.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Posted {
    query: String,
    operation_name: Option<String>,
    variables: Option<Value>,
    /// Only what it would cost is asked.
    is_dry_run: bool,
}

impl TryFrom<Map<String, Value>> for Posted {
    type Error = &'static str;

    fn try_from(mut members: Map<String, Value>) -> Result<Self, Self::Error> {
        let Some(Value::String(query)) = members.remove("query") else { return Err("`query` must be a string") };
        let operation_name = match members.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
            Some(_) => return Err("`operationName` must be a string"),
        };
        let variables = match members.remove("variables") {
            None | Some(Value::Null) => None,
            Some(variables @ Value::Object(_)) => Some(variables),
            Some(_) => return Err("`variables` must be an object"),
        };
        if says_nul(&query) || variables.as_ref().is_some_and(holds_nul) {
            return Err("the character NUL is in no text");
        }
        let is_dry_run = match members.remove("extensions") {
            None | Some(Value::Null) => false,
            Some(Value::Object(extensions)) => match extensions.get("dryRun") {
                None => false,
                Some(Value::Bool(is_dry_run)) => *is_dry_run,
                Some(_) => return Err("`dryRun` must be true or false"),
            },
            Some(_) => return Err("`extensions` must be an object"),
        };
        Ok(Self { query, operation_name, variables, is_dry_run })
    }
}

/// Whether a document has the character NUL, as itself or as an escape: no text of PostgreSQL holds one.
fn says_nul(document: &str) -> bool {
    let mut rest = document;
    while let Some(place) = rest.find(['\0', '\\']) {
        let found = &rest[place..];
        if found.starts_with('\0') || found.starts_with("\\u0000") {
            return true;
        }
        // An escaped backslash escapes nothing.
        rest = found.get(if found.starts_with("\\\\") { 2 } else { 1 }..).unwrap_or_default();
    }
    false
}

/// Whether a variable's value has the character NUL, in a text or in a name.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
    }
}

impl Posted {
    /// Reads the parameters of a URL, of which all but `query` and `operationName` are JSON:
    /// <https://graphql.github.io/graphql-over-http/draft/#sec-GET>
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn of_parameters(parameters: HashMap<String, String>) -> Result<Self, &'static str> {
        let mut members = Map::new();
        for (name, text) in parameters {
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(text),
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => {
                    serde_json::from_str(&text).map_err(|_| "`variables` and `extensions` must be JSON")?
                }
                _ => continue,
            };
            members.insert(name, value);
        }
        Self::try_from(members)
    }

    /// Parses the document, if it is not too costly.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn admit(self, catalog: &Catalog) -> Result<Admitted, ServerError> {
        let Self { query, operation_name, variables, is_dry_run } = self;
        let counted = document::admit(catalog, &query, operation_name.as_deref(), variables.as_ref(), is_dry_run)?;
        Ok(Admitted { counted, operation_name, variables })
    }
}

/// What may be validated and executed.
pub(super) struct Admitted {
    /// The document, and what it comes to.
    pub(super) counted: document::Admitted,
    operation_name: Option<String>,
    variables: Option<Value>,
}

impl Admitted {
    /// The operation, acted by `viewer`.
    pub(super) fn operation(self, viewer: Viewer, loaders: Loaders, peer: Peer) -> Operation {
        let mut operation = Operation::new("");
        operation.set_parsed_query(self.counted.document);
        if let Some(variables) = self.variables {
            operation = operation.variables(Variables::from_json(variables));
        }
        if let Some(name) = self.operation_name {
            operation = operation.operation_name(name);
        }
        operation.data(viewer).data(loaders).data(ClientAddress(Some(peer.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_an_object_with_a_query() {
        let read = |text: &str| serde_json::from_str::<Posted>(text).map(|_| ()).map_err(|error| error.to_string());
        for right in [
            r#"{"query":"{a}"}"#,
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#,
            r#"{"query":"{a}","operationName":"A","variables":{"b":1},"extensions":{"c":1},"more":1}"#,
            // A backslash, then letters and digits.
            r#"{"query":"{a(b: \"\\\\u0000\")}"}"#,
        ] {
            assert_eq!(read(right), Ok(()), "{right}");
        }
        for wrong in [
            r#"["{a}",null,null,null]"#,
            "[]",
            "{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","operationName":1}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","extensions":"c"}"#,
            r#"{"query":"{a(b: \"\u0000\")}"}"#,
            r#"{"query":"{a(b: \"\\u0000\")}"}"#,
            r#"{"query":"{a(b: \"\\\\\\u0000\")}"}"#,
            r#"{"query":"{a}","variables":{"b":[{"c":"\u0000"}]}}"#,
            r#"{"query":"{a}","variables":{"b":{"\u0000":1}}}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
