//! Admits documents: before anything is validated or executed, what a document would come to is counted.
//!
//! The executor's own limits walk the document with its fragments expanded, and so do its validation rules: a few hundred
//! bytes of fragments that spread each other keep them busy for seconds. Here brackets and tokens are counted before parsing
//! (the parser descends as deep as the brackets go), and then each fragment once, however often it is spread.

mod cost;
mod directives;
mod dry_run;
mod introspection;
mod measure;
mod parsed;
mod scan;
mod shape;
mod sizes;

pub(super) use cost::actual;
pub(super) use parsed::{Facts, Parsed};
pub(super) use sizes::Sizes;

use super::answer::error;
use async_graphql::ServerError;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use std::sync::Arc;

/// A document that may be validated and executed.
pub(super) struct Admitted {
    pub(super) parsed: Arc<Parsed>,
    /// What the operation does; none if no operation of the document is meant.
    pub(super) kind: Option<OperationType>,
    /// What it could return costs, in points.
    pub(super) requested: u64,
    /// How many objects it could return.
    pub(super) nodes: u64,
    /// Whether it only asks for its cost.
    pub(super) is_dry_run: bool,
}

/// The operation of this name, or the only one; none if it is not there.
pub(super) fn chosen<'d>(
    document: &'d ExecutableDocument,
    operation_name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => Some(&operations.get(name)?.node),
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.values();
            operations.next().filter(|_| operations.next().is_none()).map(|operation| &operation.node)
        }
    }
}

fn too_costly(limit: &str) -> ServerError {
    error("COST_EXCEEDED", limit, None)
}

#[cfg(test)]
mod tests {
    use super::parsed::BYTES_MOST;
    use super::*;
    use serde_json::{Value as Json, json};
    use std::sync::LazyLock;

    fn admit(query: &str, operation_name: Option<&str>, variables: &Json) -> Result<Admitted, ServerError> {
        static SIZES: LazyLock<Sizes> = LazyLock::new(Sizes::new);
        Arc::new(Parsed::parse(query)?).admit(&SIZES, operation_name, Some(variables), false)
    }

    /// What it is, and why it is not admitted: the error's code, and a word of its message.
    fn refused(query: &str) -> Option<(String, String)> {
        let error = admit(query, None, &Json::Null).err()?;
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
    fn who_asks_for_the_schema_is_known_by_it() {
        let introspects = |query: &str| admit(query, None, &Json::Null).unwrap().parsed.introspects();
        for asks in [
            "{__schema{types{name}}}",
            "{a:__type(name:\"A\"){name}}",
            "query b {b} query c {... {__schema{types{name}}}}",
            "{...f} fragment f on Query{... on Query @skip(if:true){x:__type(name:\"A\"){name}}}",
        ] {
            assert!(introspects(asks), "{asks}");
        }
        for other in ["{__typename}", "{a:__typename}", "{schema type __typename}", "{a(b:\"__schema\")}"] {
            assert!(!introspects(other), "{other}");
        }
    }

    #[test]
    fn an_operation_is_chosen_by_its_name() {
        let kind = |query: &str, name: Option<&str>| admit(query, name, &Json::Null).unwrap().kind;
        let three = "query a {a} mutation b {b} subscription c {c}";
        assert_eq!(kind(three, Some("b")), Some(OperationType::Mutation));
        assert_eq!(kind(three, None), None);
        assert_eq!(kind(three, Some("d")), None);
        assert_eq!(kind("mutation {b}", None), Some(OperationType::Mutation));
        assert_eq!(kind("subscription c {c}", None), Some(OperationType::Subscription));
    }

    #[test]
    fn of_operations_that_are_not_meant_no_sizes_are_asked() {
        let two = "query a {viewer {level}} query b($n: Int) {devices(first: $n) {...D}} fragment D on DeviceConnection {nodes {id}}";
        let nodes = |name: &str, given: Json| admit(two, Some(name), &given).map(|admitted| admitted.nodes);
        assert_eq!(nodes("a", Json::Null).unwrap(), 1);
        assert_eq!(nodes("b", json!({ "n": 5 })).unwrap(), 1 + 5);
        assert!(nodes("b", Json::Null).is_err_and(|error| error.message.contains("needs `first` or `last`")));
    }

    #[test]
    fn what_an_operation_could_return_is_counted() {
        let nodes = |query: &str| admit(query, None, &Json::Null).map(|admitted| admitted.nodes);
        // The connection, 100 devices, their sites.
        assert_eq!(nodes("{devices(first: 100) {nodes {id site {id}}}}").unwrap(), 1 + 100 + 100);
        // The connection, its page, 5 edges, 5 devices.
        assert_eq!(nodes("{devices(last: 5) {pageInfo {hasNextPage} edges {node {id}}}}").unwrap(), 1 + 1 + 5 + 5);
        // Each of 10 tenants has a connection of 20 sites, and about 10 members.
        let tenants = "{tenants(first: 10) {nodes {sites(first: 20) {nodes {id}} members {role}}}}";
        assert_eq!(nodes(tenants).unwrap(), 1 + 10 * (1 + 1 + 20 + 10));
        // The same by fragments, which are counted once and used with each page's own size.
        let spread =
            "{a: devices(first: 3) {...P} b: devices(first: 7) {...P}} fragment P on DeviceConnection {nodes {id}}";
        assert_eq!(nodes(spread).unwrap(), 1 + 3 + 1 + 7);
        assert_eq!(nodes("{nodes(ids: [\"a\", \"b\", \"c\"]) {id}}").unwrap(), 3);
        // How many there are in all needs no page.
        assert_eq!(nodes("{devices {totalCount}}").unwrap(), 1);
        for (query, word) in [
            ("{devices {nodes {id}}}", "needs `first` or `last`"),
            ("{devices(first: null) {edges {cursor}}}", "needs `first` or `last`"),
            ("{devices(first: 0) {nodes {id}}}", "from 1 to 100"),
            ("{devices(last: 101) {nodes {id}}}", "from 1 to 100"),
            ("{devices(first: -1) {totalCount}}", "from 1 to 100"),
        ] {
            let error = nodes(query).unwrap_err();
            assert!(error.message.contains(word), "{query}: {}", error.message);
        }
        let nested = "{tenants(first: 100) {nodes {sites(first: 100) {nodes {devices(first: 100) {nodes {id}}}}}}}";
        let error = nodes(nested).unwrap_err();
        assert!(error.message.contains("1020201 objects"), "{}", error.message);
    }

    #[test]
    fn variables_count_with_their_values() {
        let query = "query ($n: Int = 4, $ids: [ID!]!) {devices(first: $n) {nodes {id}} nodes(ids: $ids) {id}}";
        let nodes = |variables: Json| admit(query, None, &variables).map(|admitted| admitted.nodes);
        assert_eq!(nodes(json!({ "ids": ["a", "b"] })).unwrap(), 1 + 4 + 2);
        assert_eq!(nodes(json!({ "n": 50, "ids": [] })).unwrap(), 1 + 50);
        // Of the wrong type: as the largest page, until the validation refuses it.
        assert_eq!(nodes(json!({ "n": "x", "ids": "a" })).unwrap(), 1 + 100 + 1);
        assert!(nodes(json!({ "n": null, "ids": [] })).is_err());
        assert!(nodes(json!({ "n": 1000, "ids": [] })).is_err());
    }

    #[test]
    fn mutations_cost_more_than_queries() {
        let cost = |query: &str| admit(query, None, &Json::Null).unwrap().requested;
        assert_eq!(cost("{viewer {level}}"), 2);
        assert_eq!(cost("mutation {signOut {signedOut}}"), 12);
        assert_eq!(cost("mutation {a: signOut {signedOut} b: signOut {signedOut}}"), 23);
    }

    #[test]
    fn a_dry_run_is_asked_for_by_argument_or_variable() {
        let is_dry = |query: &str, variables: &Json| admit(query, None, variables).unwrap().is_dry_run;
        assert!(is_dry("{rateLimit(dryRun: true) {cost} viewer {level}}", &Json::Null));
        assert!(is_dry(
            "query ($d: Boolean!) {...F} fragment F on Query {rateLimit(dryRun: $d) {cost}}",
            &json!({ "d": true })
        ));
        assert!(!is_dry("{rateLimit(dryRun: false) {cost}}", &Json::Null));
        assert!(!is_dry("{rateLimit {cost}}", &Json::Null));
    }
}
