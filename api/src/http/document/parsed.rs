//! A document that was parsed, and what of it is the same for everybody who sends it.

use super::cost::{NODES_MOST, VALUES_MOST};
use super::measure::{self, Chosen, Measured};
use super::sizes::Sizes;
use super::{Admitted, chosen, dry_run, introspection, scan, too_costly};
use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use serde_json::Value as Json;
use std::sync::{Mutex, PoisonError};

/// The largest document, in bytes.
pub(super) const BYTES_MOST: usize = 16 * 1024;
/// What a token takes in memory once it is parsed, in bytes; for fields without anything it was found to be 218.
const BYTES_PER_TOKEN: usize = 256;

/// A document that is small enough to be counted.
pub(in crate::http) struct Parsed {
    document: ExecutableDocument,
    introspects: bool,
    bytes: usize,
    /// What operations come to that ask no variable how much they return, by the names they were chosen by.
    measured: Mutex<Vec<(Option<String>, Measured)>>,
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
        let introspects = introspection::asks(&document);
        Ok(Self { document, introspects, bytes: query.len() + tokens * BYTES_PER_TOKEN, measured: Mutex::default() })
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
        &self,
        sizes: &Sizes,
        operation_name: Option<&str>,
        variables: Option<&Json>,
        is_dry_run: bool,
    ) -> Result<Admitted, ServerError> {
        let operation = chosen(&self.document, operation_name);
        let measured = self.measure(sizes, operation_name, operation, variables)?;
        let is_dry_run = is_dry_run || measured.is_dry_run;
        for (counted, most, of) in
            [(measured.weight.nodes, NODES_MOST, "objects"), (measured.weight.values, VALUES_MOST, "values")]
        {
            if counted > most && !is_dry_run {
                let advice = "Ask for smaller pages (`first`, `last`) or for less of each object.";
                return Err(too_costly(&format!("This could return {counted} {of}, and may {most} at most. {advice}")));
            }
        }
        let mut document = self.document.clone();
        if is_dry_run {
            dry_run::apply(&mut document);
        }
        let (requested, nodes) = (measured.weight.points(), measured.weight.nodes);
        let kind = operation.map(|operation| operation.ty);
        Ok(Admitted { document, kind, requested, nodes, is_dry_run, introspects: self.introspects })
    }

    fn measure(
        &self,
        sizes: &Sizes,
        operation_name: Option<&str>,
        operation: Option<&OperationDefinition>,
        variables: Option<&Json>,
    ) -> Result<Measured, ServerError> {
        if let Some(measured) = self.known(operation_name) {
            return Ok(measured);
        }
        let chosen = operation.map(|operation| Chosen::new(operation, variables));
        let measured = measure::check(&self.document, sizes, chosen.as_ref())?;
        // Of names that are no operation's there is no end.
        if operation.is_some() && !measured.is_by_variables {
            self.remember(operation_name, measured);
        }
        Ok(measured)
    }

    fn known(&self, operation_name: Option<&str>) -> Option<Measured> {
        let measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        measured.iter().find(|(name, _)| name.as_deref() == operation_name).map(|(_, measured)| *measured)
    }

    fn remember(&self, operation_name: Option<&str>, found: Measured) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        if !measured.iter().any(|(name, _)| name.as_deref() == operation_name) {
            measured.push((operation_name.map(str::to_owned), found));
        }
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
        let (same, varied) = (Parsed::parse(text).unwrap(), Parsed::parse(varied).unwrap());
        for round in 1..4 {
            let given = json!({ "n": round });
            let of = |parsed: &Parsed, name| {
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
