//! Admits documents: before anything is validated or executed, what a document would come to is counted.
//!
//! The executor's own limits walk the document with its fragments expanded, and so do its validation rules: a few hundred
//! bytes of fragments that spread each other keep them busy for seconds. Here brackets and tokens are counted before parsing
//! (the parser descends as deep as the brackets go), and then each fragment once, however often it is spread.

mod measure;
mod scan;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Pos, ServerError};

/// The largest document, in bytes.
const BYTES_MOST: usize = 16 * 1024;

/// Parses a document, if it is small enough to be validated and executed.
///
/// # Errors
/// `COST_EXCEEDED` with the limit that it breaks, or `BAD_REQUEST` if it cannot be understood.
pub(super) fn admit(query: &str) -> Result<ExecutableDocument, ServerError> {
    if query.len() > BYTES_MOST {
        return Err(too_costly(&format!("A document has at most {BYTES_MOST} bytes.")));
    }
    scan::check(query).map_err(|limit| too_costly(&limit))?;
    let document = parse_query(query)?;
    measure::check(&document)?;
    Ok(document)
}

/// What the operation of this name does, or the only one; none if it is not there.
pub(super) fn kind(document: &ExecutableDocument, operation_name: Option<&str>) -> Option<OperationType> {
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Some(operation.node.ty),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => Some(operations.get(name)?.node.ty),
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.values();
            operations.next().filter(|_| operations.next().is_none()).map(|operation| operation.node.ty)
        }
    }
}

fn too_costly(limit: &str) -> ServerError {
    coded("COST_EXCEEDED", limit, None)
}

fn coded(code: &str, message: &str, place: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, place);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is, and why it is not admitted: the error's code, and a word of its message.
    fn refused(query: &str) -> Option<(String, String)> {
        let error = admit(query).err()?;
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        let code = code.map_or_else(String::new, |code| code.to_string().replace('"', ""));
        Some((code, error.message))
    }

    /// Fragments of which each spreads the next so many times.
    fn bomb(levels: usize, width: usize) -> String {
        let fragment = |level| format!("fragment f{level} on Query{{{}}}", format!("...f{} ", level + 1).repeat(width));
        let fragments: String = (0..levels).map(fragment).collect();
        format!("{{...f0}}{fragments}fragment f{levels} on Query{{__typename}}")
    }

    #[test]
    fn what_costs_too_much_is_refused_by_the_limit_it_breaks() {
        let chain = |count: usize| {
            let fragment = |i| format!("fragment f{i} on Query{{...f{}}}", i + 1);
            let fragments: String = (0..count).map(fragment).collect();
            format!("{{...f0}}{fragments}fragment f{count} on Query{{__typename}}")
        };
        let many = |one: &str, count: usize| format!("{{{}}}", format!("{one} ").repeat(count));
        for (query, limit) in [
            (bomb(10, 10), "2500 fields"),
            (bomb(13, 3), "2500 fields"),
            (bomb(30, 2), "2500 fields"),
            (many("a", 2_501), "2500 fields"),
            (many("a:b", 251), "250 aliases"),
            (many("a@b", 101), "100 directives"),
            (format!("{{a {}}}", "@b".repeat(101)), "100 directives"),
            (format!("query {} {{a}}", "@b".repeat(101)), "100 directives"),
            (chain(40), "spread at most 30 deep"),
            (chain(300), "spread at most 30 deep"),
            (format!("{}{}", "{a".repeat(35), "}".repeat(35)), "selections within each other"),
            (format!("{}{}", "{a".repeat(41), "}".repeat(41)), "nested at most 40"),
            (format!("{{a(b:{})}}", "[".repeat(8_000)), "nested at most 40"),
            (many("a(b:1)", 1_000), "words, values and signs"),
            (format!("{{a}}#{}", "x".repeat(BYTES_MOST)), "bytes"),
        ] {
            let (code, message) = refused(&query).unwrap();
            assert_eq!(code, "COST_EXCEEDED", "{message}");
            assert!(message.contains(limit), "{limit}: {message}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_as_such() {
        for query in
            ["", "{", "{a} {b}", "fragment f on Query{a}", "{...f} fragment f on Query{...g} fragment g on Query{...f}"]
        {
            let code = refused(query).unwrap().0;
            assert!(code.is_empty() || code == "BAD_REQUEST", "{query}: {code}");
        }
    }

    #[test]
    fn what_people_send_is_admitted() {
        let introspection =
            format!("{{__schema{{types{{fields{{type{}name{}}}}}}}}}", "{ofType".repeat(9) + "{", "}".repeat(10));
        for query in [bomb(5, 3), introspection, format!("{{{}}}", "a ".repeat(2_000)), "{...missing}".to_owned()] {
            assert_eq!(refused(&query), None, "{query}");
        }
    }

    #[test]
    fn an_operation_is_chosen_by_its_name() {
        let document = admit("query a {a} mutation b {b} subscription c {c}").unwrap();
        assert_eq!(kind(&document, Some("b")), Some(OperationType::Mutation));
        assert_eq!(kind(&document, None), None);
        assert_eq!(kind(&document, Some("d")), None);
        assert_eq!(kind(&admit("mutation {b}").unwrap(), None), Some(OperationType::Mutation));
        assert_eq!(kind(&admit("subscription c {c}").unwrap(), None), Some(OperationType::Subscription));
    }
}
