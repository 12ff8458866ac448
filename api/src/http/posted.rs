//! What a client asks to be carried out, on whatever transport.

use super::Web;
use super::document::{self, Facts, Parsed, Sizes};
use super::trusted::hash_of;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::{AppError, AppResult};
use crate::platform::viewer::Viewer;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request as Operation, ServerError, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// A request's members, the same on every transport.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Posted {
    pub(super) source: Source,
    operation_name: Option<String>,
    variables: Option<Value>,
    /// Only what it would cost is asked.
    is_dry_run: bool,
}

/// How a request says which document it means.
pub(super) enum Source {
    /// By its text.
    Text(Arc<str>),
    /// By the SHA-256 of its text, in hexadecimal digits.
    Hash(String),
}

impl TryFrom<Map<String, Value>> for Posted {
    type Error = &'static str;

    fn try_from(mut members: Map<String, Value>) -> Result<Self, Self::Error> {
        let query = match members.remove("query") {
            None | Some(Value::Null) => None,
            Some(Value::String(query)) => Some(query),
            Some(_) => return Err("`query` must be a string"),
        };
        let hash = match members.remove("documentId") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => {
                Some(hash_of(&id).ok_or("`documentId` must be `sha256:` and 64 hexadecimal digits")?)
            }
            Some(_) => return Err("`documentId` must be a string"),
        };
        let source = match (query, hash) {
            (Some(text), Some(hash)) if sha256_hex(text.as_bytes()) != hash => {
                return Err("`documentId` is not the hash of `query`");
            }
            (Some(text), _) => Source::Text(text.into()),
            (None, Some(hash)) => Source::Hash(hash),
            (None, None) => return Err("`query` must be a string, or `documentId` say which document it is"),
        };
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
        if matches!(&source, Source::Text(text) if says_nul(text)) || variables.as_ref().is_some_and(holds_nul) {
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
        Ok(Self { source, operation_name, variables, is_dry_run })
    }
}

/// Whether a document has the character NUL, as itself or as an escape: no text of PostgreSQL holds one.
pub(super) fn says_nul(document: &str) -> bool {
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
    /// Reads the parameters of a URL, of which `variables` and `extensions` are JSON:
    /// <https://graphql.github.io/graphql-over-http/draft/#sec-GET>
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn of_parameters(parameters: HashMap<String, String>) -> Result<Self, &'static str> {
        let mut members = Map::new();
        for (name, text) in parameters {
            let value = match name.as_str() {
                "query" | "documentId" | "operationName" => Value::String(text),
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

    /// The SHA-256 of the document that is meant, in hexadecimal digits.
    pub(super) fn hash(&self) -> String {
        match &self.source {
            Source::Text(text) => sha256_hex(text.as_bytes()),
            Source::Hash(hash) => hash.clone(),
        }
    }

    /// The document that is meant, if it is not too costly.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn admit(self, sizes: &Sizes, parsed: &Arc<Parsed>) -> Result<Admitted, ServerError> {
        let Self { operation_name, variables, is_dry_run, .. } = self;
        let counted = parsed.admit(sizes, operation_name.as_deref(), variables.as_ref(), is_dry_run)?;
        let variables = variables.map(Variables::from_json).unwrap_or_default();
        Ok(Admitted { counted, operation_name, variables })
    }
}

/// What may be validated and executed.
pub(super) struct Admitted {
    /// The document, and what it comes to.
    pub(super) counted: document::Admitted,
    operation_name: Option<String>,
    variables: Variables,
}

impl Admitted {
    /// What is the same of it whoever asks.
    pub(super) fn facts(&self, web: &Web) -> Arc<Facts> {
        self.counted.parsed.facts(web, self.operation_name.as_deref())
    }

    /// Whether it asks what the schema is.
    pub(super) fn introspects(&self) -> bool {
        self.counted.parsed.introspects()
    }

    /// Refuses what its sender may not ask for at all.
    ///
    /// # Errors
    /// FORBIDDEN for a mutation by an access token that only reads.
    pub(super) fn permit(&self, viewer: &Viewer) -> AppResult<()> {
        let only_reads = viewer.person().is_some_and(|person| person.limits.is_read_only);
        if only_reads && self.counted.kind == Some(OperationType::Mutation) {
            return Err(AppError::Forbidden("This access token only reads: it carries out no mutation."));
        }
        Ok(())
    }

    /// Whether it is a query that is known to be valid.
    pub(super) fn is_settled(&self) -> bool {
        self.counted.kind == Some(OperationType::Query)
            && self.counted.parsed.is_valid_with(self.operation_name.as_deref(), &self.variables)
    }

    /// Remembers that it is valid.
    pub(super) fn settle(&self) {
        if self.counted.kind == Some(OperationType::Query) {
            self.counted.parsed.note_valid_with(self.operation_name.as_deref(), &self.variables);
        }
    }

    /// The operation.
    pub(super) fn operation(&self) -> Operation {
        let mut operation = Operation::new("").variables(self.variables.clone());
        operation.set_parsed_query(self.counted.parsed.document().clone());
        match &self.operation_name {
            Some(name) => operation.operation_name(name),
            None => operation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_AND_ITS_HASH: &str =
        r#"{"query":"","documentId":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#;

    #[test]
    fn a_request_is_an_object_with_a_query() {
        let read = |text: &str| serde_json::from_str::<Posted>(text).map(|_| ()).map_err(|error| error.to_string());
        for right in [
            r#"{"query":"{a}"}"#,
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#,
            r#"{"query":"{a}","operationName":"A","variables":{"b":1},"extensions":{"c":1},"more":1}"#,
            r#"{"documentId":"sha256:e09a20f6ea4acc17ee6d9a1fae08f2f6e3abd8e7a8f8e6f0b0f5c4de8ac1f7a9"}"#,
            EMPTY_AND_ITS_HASH,
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
            r#"{"documentId":1}"#,
            r#"{"documentId":"sha256:abc"}"#,
            r#"{"query":"{a}","documentId":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
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
