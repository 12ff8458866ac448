//! A document that was parsed, and what of it is the same for everybody who sends it.

use super::cost::{INTROSPECTION_NODES_MOST, NODES_MOST, VALUES_MOST};
use super::measure::{self, Chosen, Measured};
use super::sizes::Sizes;
use super::{Admitted, chosen, directives, dry_run, introspection, scan, shape, too_costly};
use crate::http::Web;
use crate::http::roots;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{ServerError, Variables};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, PoisonError};

/// The largest document, in bytes.
pub(super) const BYTES_MOST: usize = 16 * 1024;
/// What a token takes in memory once it is parsed, in bytes; for fields without anything it was found to be 218.
const BYTES_PER_TOKEN: usize = 256;

/// Shapes of variables that are remembered.
const SHAPES_MOST: usize = 16;
/// Of the name that a client gives an operation, so much is remembered.
const NAME_MOST: usize = 100;

/// What an operation is called, and what it selects.
pub(in crate::http) struct Facts {
    /// Its name by the schema.
    pub(in crate::http) root: Arc<str>,
    /// The name that its client gave it, or as much of it.
    pub(in crate::http) name: Option<String>,
    /// The numbers of the fields that it selects.
    pub(in crate::http) fields: Arc<[usize]>,
}

impl Facts {
    fn of(web: &Web, document: &ExecutableDocument, operation_name: Option<&str>) -> Self {
        let name = roots::name(document, operation_name).map(|name| name.chars().take(NAME_MOST).collect());
        let fields = chosen(document, operation_name).map(|operation| web.catalogue.selected(document, operation));
        Self { root: web.roots().of(document, operation_name), name, fields: fields.unwrap_or_default().into() }
    }
}

/// What is remembered of operations, by the names by which they were chosen.
type ByName<T> = Mutex<Vec<(Option<String>, T)>>;

fn remembered<T: Clone>(of: &ByName<T>, name: Option<&str>) -> Option<T> {
    let all = of.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().find(|(known, _)| known.as_deref() == name).map(|(_, it)| it.clone())
}

fn remember<T>(of: &ByName<T>, name: Option<&str>, it: T) {
    let mut all = of.lock().unwrap_or_else(PoisonError::into_inner);
    if !all.iter().any(|(known, _)| known.as_deref() == name) {
        all.push((name.map(str::to_owned), it));
    }
}

/// A document that is small enough to be counted.
pub(in crate::http) struct Parsed {
    document: ExecutableDocument,
    introspects: bool,
    bytes: usize,
    /// What operations come to that ask no variable how much they return, by the names they were chosen by.
    measured: ByName<Measured>,
    facts: ByName<Arc<Facts>>,
    /// Whether anything in it depends on a directive.
    has_directives: bool,
    /// With variables of which shapes it was found to be valid.
    valid: Mutex<Vec<u64>>,
}

impl Parsed {
    /// Parses a document, if it is small enough to be counted.
    ///
    /// # Errors
    /// `COST_EXCEEDED` with the limit that it breaks, or `BAD_REQUEST` if it cannot be understood.
    pub(in crate::http) fn parse(query: &str) -> Result<Self, ServerError> {
        Self::check_length(query)?;
        let tokens = scan::check(query).map_err(|limit| too_costly(&limit))?;
        let document = parse_query(query)?;
        Ok(Self::of(document, query.len() + tokens * BYTES_PER_TOKEN))
    }

    fn of(document: ExecutableDocument, bytes: usize) -> Self {
        let introspects = introspection::asks(&document);
        let has_directives = directives::has_any(&document);
        let (measured, facts, valid) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { document, introspects, bytes, measured, facts, has_directives, valid }
    }

    /// The document.
    pub(in crate::http) const fn document(&self) -> &ExecutableDocument {
        &self.document
    }

    /// Whether it asks what the schema is.
    pub(in crate::http) const fn introspects(&self) -> bool {
        self.introspects
    }

    /// Whether anything in it depends on a directive.
    pub(in crate::http) const fn has_directives(&self) -> bool {
        self.has_directives
    }

    /// Whether it is known to be valid with such variables, as far as it is not their values that matter: a text that is
    /// no value of its enum, say. Where a directive may leave a field out, nobody else would look at those.
    pub(in crate::http) fn is_valid_with(&self, operation_name: Option<&str>, variables: &Variables) -> bool {
        let valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
        !valid.is_empty() && valid.contains(&shape::of(operation_name, variables))
    }

    /// Remembers that it is.
    pub(in crate::http) fn note_valid_with(&self, operation_name: Option<&str>, variables: &Variables) {
        if self.has_directives || self.introspects {
            return;
        }
        let shape = shape::of(operation_name, variables);
        let mut valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
        if valid.len() < SHAPES_MOST && !valid.contains(&shape) {
            valid.push(shape);
        }
    }

    /// What is the same of an operation whoever asks for it.
    pub(in crate::http) fn facts(&self, web: &Web, operation_name: Option<&str>) -> Arc<Facts> {
        if let Some(facts) = remembered(&self.facts, operation_name) {
            return facts;
        }
        let facts = Arc::new(Facts::of(web, &self.document, operation_name));
        // Of names that are no operation's there is no end.
        if chosen(&self.document, operation_name).is_some() {
            remember(&self.facts, operation_name, facts.clone());
        }
        facts
    }

    /// Whether a document is small enough to be read at all.
    ///
    /// # Errors
    /// `COST_EXCEEDED` for one that is not.
    pub(in crate::http) fn check_length(query: &str) -> Result<(), ServerError> {
        if query.len() > BYTES_MOST {
            return Err(too_costly(&format!("A document has at most {BYTES_MOST} bytes.")));
        }
        Ok(())
    }

    /// How much memory it takes at most, about.
    pub(in crate::http) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The document, if it is small enough to be validated and executed with these variables.
    ///
    /// # Errors
    /// `COST_EXCEEDED` with the limit that it breaks, or `BAD_REQUEST` for what cannot be counted.
    pub(in crate::http) fn admit(
        self: &Arc<Self>,
        sizes: &Sizes,
        operation_name: Option<&str>,
        variables: Option<&Json>,
        is_dry_run: bool,
    ) -> Result<Admitted, ServerError> {
        let operation = chosen(&self.document, operation_name);
        let measured = self.measure(sizes, operation_name, operation, variables)?;
        let is_dry_run = is_dry_run || measured.is_dry_run;
        let nodes_most =
            if operation.is_some_and(introspection::is_all_of) { INTROSPECTION_NODES_MOST } else { NODES_MOST };
        for (counted, most, of) in
            [(measured.weight.nodes, nodes_most, "objects"), (measured.weight.values, VALUES_MOST, "values")]
        {
            if counted > most && !is_dry_run {
                let advice = "Ask for smaller pages (`first`, `last`) or for less of each object.";
                return Err(too_costly(&format!("This could return {counted} {of}, and may {most} at most. {advice}")));
            }
        }
        let parsed = if is_dry_run {
            let mut document = self.document.clone();
            dry_run::apply(&mut document);
            Arc::new(Self::of(document, self.bytes))
        } else {
            self.clone()
        };
        let (requested, nodes) = (measured.weight.points(), measured.weight.nodes);
        let kind = operation.map(|operation| operation.ty);
        Ok(Admitted { parsed, kind, requested, nodes, is_dry_run })
    }

    fn measure(
        &self,
        sizes: &Sizes,
        operation_name: Option<&str>,
        operation: Option<&OperationDefinition>,
        variables: Option<&Json>,
    ) -> Result<Measured, ServerError> {
        if let Some(measured) = remembered(&self.measured, operation_name) {
            return Ok(measured);
        }
        let chosen = operation.map(|operation| Chosen::new(operation, variables));
        let measured = measure::check(&self.document, sizes, chosen.as_ref())?;
        // Of names that are no operation's there is no end.
        if operation.is_some() && !measured.is_by_variables {
            remember(&self.measured, operation_name, measured);
        }
        Ok(measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_remembered_of_an_operation_is_its_own() {
        let sizes = Sizes::new();
        let text = "query a {devices(first: 3) {nodes {id}}} query b {devices(first: 5) {nodes {id}}}
            mutation c {signOut {signedOut}} query d {rateLimit(dryRun: true) {cost}}";
        let varied = "query b($n: Int) {devices(first: $n) {nodes {id}}}";
        let (same, varied) = (Arc::new(Parsed::parse(text).unwrap()), Arc::new(Parsed::parse(varied).unwrap()));
        for round in 1..4 {
            let given = json!({ "n": round });
            let of = |parsed: &Arc<Parsed>, name| {
                let admitted = parsed.admit(&sizes, Some(name), Some(&given), false).unwrap();
                (admitted.nodes, admitted.kind.map(|kind| kind.to_string()), admitted.is_dry_run)
            };
            let query = || Some("query".to_owned());
            assert_eq!(of(&same, "a"), (1 + 3, query(), false));
            assert_eq!(of(&same, "b"), (1 + 5, query(), false));
            assert_eq!(of(&same, "c"), (10 + 1, Some("mutation".to_owned()), false));
            assert_eq!(of(&same, "d"), (1, query(), true));
            assert_eq!(of(&same, "nothing"), (0, None, false));
            assert_eq!(of(&varied, "b"), (1 + round, query(), false));
        }
        assert_eq!(same.measured.lock().unwrap().len(), 4, "and of no other names");
        assert!(varied.measured.lock().unwrap().is_empty());
    }
}
