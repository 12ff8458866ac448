use super::{Change, Changes, Severity};
use crate::schema::definitions::Definitions;
use chrono::NaiveDate;

fn between(old: &str, new: &str) -> Changes {
    let read = |text: &str| Definitions::read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Changes::between(&read(old), &read(new), NaiveDate::from_ymd_opt(2027, 1, 31).unwrap())
}

fn line(change: &Change) -> String {
    format!("{} {} {}", change.severity.word(), change.kind.word(), change.coordinate)
}

/// Asserts what is found when the first text becomes the second, in a schema that has the rest too.
#[track_caller]
fn finds(old: &str, new: &str, expected: &[&str]) {
    const REST: &str =
        "type Query { a: Int } interface N { id: ID } interface M { id: ID } type Cat { x: Int } type Dog { x: Int }";
    let whole = |text: &str| format!("{REST} {text}");
    let found: Vec<_> = between(&whole(old), &whole(new)).found.iter().map(line).collect();
    assert_eq!(found, expected, "from {old} to {new}");
}

#[test]
fn types() {
    finds("type A { x: Int }", "", &["breaking TYPE_REMOVED A"]);
    finds("", "type A { x: Int }", &["safe TYPE_ADDED A"]);
    finds("type A { x: Int }", "input A { x: Int }", &["breaking TYPE_CHANGED_KIND A"]);
    finds("interface A { x: Int }", "type A { x: Int }", &["breaking TYPE_CHANGED_KIND A"]);
    finds("union A = Cat | Dog", "union A = Cat", &["breaking TYPE_REMOVED_FROM_UNION A"]);
    finds("union A = Cat", "union A = Cat | Dog", &["dangerous TYPE_ADDED_TO_UNION A"]);
    finds("enum A { X Y }", "enum A { X }", &["breaking VALUE_REMOVED_FROM_ENUM A.Y"]);
    finds("enum A { X }", "enum A { X Y }", &["dangerous VALUE_ADDED_TO_ENUM A.Y"]);
    let (less, more) = ("type A implements N { id: ID }", "type A implements N & M { id: ID }");
    finds(more, less, &["breaking IMPLEMENTED_INTERFACE_REMOVED A"]);
    finds(less, more, &["dangerous IMPLEMENTED_INTERFACE_ADDED A"]);
    let scalar = |address: &str| format!("scalar A @specifiedBy(url: \"{address}\")");
    finds(&scalar("one"), &scalar("two"), &["dangerous SPECIFICATION_CHANGED A"]);
    finds(&scalar("one"), &scalar("one"), &[]);
}

#[test]
fn roots() {
    let schema = |roots: &str| format!("schema {{ query: Query {roots} }}");
    finds(&schema("mutation: Cat"), &schema(""), &["breaking ROOT_CHANGED Cat"]);
    finds(&schema("mutation: Cat"), &schema("mutation: Dog"), &["breaking ROOT_CHANGED Cat"]);
    finds(&schema(""), &schema("mutation: Cat"), &["safe ROOT_ADDED Cat"]);
    finds(&schema(""), "", &[]);
}

#[test]
fn fields() {
    for owner in ["type", "interface"] {
        let of = |fields: &str| format!("{owner} A {{ x: Int {fields} }}");
        finds(&of("y: Int"), &of(""), &["breaking FIELD_REMOVED A.y"]);
        finds(&of(""), &of("y: Int!"), &["safe FIELD_ADDED A.y"]);
        finds(&of("y: Int!"), &of("y: Int"), &["breaking FIELD_CHANGED_KIND A.y"]);
        finds(&of("y: Int"), &of("y: Int!"), &["safe FIELD_CHANGED_KIND_SAFE A.y"]);
        finds(&of("y: Int"), &of("y: [Int]"), &["breaking FIELD_CHANGED_KIND A.y"]);
    }
}

#[test]
fn arguments() {
    let of = |arguments: &str| format!("type A {{ y{arguments}: Int }}");
    finds(&of("(z: Int)"), &of(""), &["breaking ARG_REMOVED A.y(z:)"]);
    finds(&of(""), &of("(z: Int)"), &["dangerous OPTIONAL_ARG_ADDED A.y(z:)"]);
    finds(&of(""), &of("(z: Int! = 1)"), &["dangerous OPTIONAL_ARG_ADDED A.y(z:)"]);
    finds(&of(""), &of("(z: Int!)"), &["breaking REQUIRED_ARG_ADDED A.y(z:)"]);
    finds(&of("(z: Int)"), &of("(z: Int!)"), &["breaking ARG_CHANGED_KIND A.y(z:)"]);
    finds(&of("(z: Int!)"), &of("(z: Int)"), &["safe ARG_CHANGED_KIND_SAFE A.y(z:)"]);
    finds(&of("(z: Int)"), &of("(z: String)"), &["breaking ARG_CHANGED_KIND A.y(z:)"]);
    finds(&of("(z: Int = 1)"), &of("(z: Int = 2)"), &["dangerous ARG_DEFAULT_VALUE_CHANGE A.y(z:)"]);
    finds(&of("(z: Int = 1)"), &of("(z: Int)"), &["dangerous ARG_DEFAULT_VALUE_CHANGE A.y(z:)"]);
    finds(&of("(z: Int)"), &of("(z: Int = 1)"), &["dangerous ARG_DEFAULT_VALUE_CHANGE A.y(z:)"]);
    // Who had to give it still may.
    finds(&of("(z: Int!)"), &of("(z: Int! = 1)"), &[]);
    // Who left it out no longer may.
    finds(&of("(z: Int! = 1)"), &of("(z: Int!)"), &["breaking ARG_CHANGED_KIND A.y(z:)"]);
    let object = |value: &str| of(&format!("(z: I = {value})"));
    finds(&object("{ a: 1, b: 2 }"), &object("{ b: 2, a: 1 }"), &[]);
}

#[test]
fn fields_of_inputs() {
    let of = |fields: &str| format!("input A {{ x: Int {fields} }}");
    finds(&of("y: Int"), &of(""), &["breaking FIELD_REMOVED A.y"]);
    finds(&of(""), &of("y: Int!"), &["breaking REQUIRED_INPUT_FIELD_ADDED A.y"]);
    finds(&of(""), &of("y: Int"), &["dangerous OPTIONAL_INPUT_FIELD_ADDED A.y"]);
    finds(&of("y: Int"), &of("y: Int!"), &["breaking FIELD_CHANGED_KIND A.y"]);
    finds(&of("y: Int!"), &of("y: Int"), &["safe FIELD_CHANGED_KIND_SAFE A.y"]);
    finds(&of("y: Int = 1"), &of("y: Int = 2"), &["dangerous INPUT_FIELD_DEFAULT_VALUE_CHANGE A.y"]);
    finds(&of("y: Int! = 1"), &of("y: Int!"), &["breaking FIELD_CHANGED_KIND A.y"]);
    let (any, one) = ("input A { x: Int }", "input A @oneOf { x: Int }");
    finds(any, one, &["breaking ONE_OF_ADDED A"]);
    finds(one, any, &["dangerous ONE_OF_REMOVED A"]);
}

#[test]
fn directives() {
    let of = |rest: &str| format!("directive @a{rest}");
    finds(&of(" on FIELD"), "", &["breaking DIRECTIVE_REMOVED @a"]);
    finds("", &of(" on FIELD"), &["safe DIRECTIVE_ADDED @a"]);
    finds(&of("(x: Int) on FIELD"), &of(" on FIELD"), &["breaking DIRECTIVE_ARG_REMOVED @a(x:)"]);
    finds(&of(" on FIELD"), &of("(x: Int!) on FIELD"), &["breaking REQUIRED_DIRECTIVE_ARG_ADDED @a(x:)"]);
    finds(&of(" on FIELD"), &of("(x: Int) on FIELD"), &["safe OPTIONAL_DIRECTIVE_ARG_ADDED @a(x:)"]);
    finds(&of("(x: Int) on FIELD"), &of("(x: Int!) on FIELD"), &["breaking DIRECTIVE_ARG_CHANGED_KIND @a(x:)"]);
    finds(&of("(x: Int!) on FIELD"), &of("(x: Int) on FIELD"), &["safe DIRECTIVE_ARG_CHANGED_KIND_SAFE @a(x:)"]);
    let default = |value: &str| of(&format!("(x: Int = {value}) on FIELD"));
    finds(&default("1"), &default("2"), &["dangerous DIRECTIVE_ARG_DEFAULT_VALUE_CHANGE @a(x:)"]);
    finds(&of(" repeatable on FIELD"), &of(" on FIELD"), &["breaking DIRECTIVE_REPEATABLE_REMOVED @a"]);
    finds(&of(" on FIELD"), &of(" repeatable on FIELD"), &["safe DIRECTIVE_REPEATABLE_ADDED @a"]);
    finds(&of(" on FIELD | QUERY"), &of(" on FIELD"), &["breaking DIRECTIVE_LOCATION_REMOVED @a"]);
    finds(&of(" on FIELD"), &of(" on FIELD | FIELD_DEFINITION"), &["safe DIRECTIVE_LOCATION_ADDED @a"]);
}

#[test]
fn policies() {
    let policies = ["", "@public", "@signedIn", "@requires(permission: P)", "@requires(permission: Q)"];
    let of = |policy: &str| format!("type A {{ y: Int {policy} }}");
    for (old_rank, old) in policies.iter().enumerate() {
        for (new_rank, new) in policies.iter().enumerate() {
            let expected = match (old_rank, new_rank) {
                (old, new) if old == new || (old < 2 && new < 2) => None,
                // Who may do the one may not do the other.
                (3 | 4, 3 | 4) => Some("breaking POLICY_TIGHTENED A.y"),
                (old, new) if old < new => Some("breaking POLICY_TIGHTENED A.y"),
                _ => Some("dangerous POLICY_LOOSENED A.y"),
            };
            finds(&of(old), &of(new), expected.as_slice());
        }
    }
    let tightened = between("type Query { y: Int @signedIn }", "type Query { y: Int @requires(permission: P) }");
    assert_eq!(tightened.found[0].message, "It demands P now, no longer a sign-in.");
}

/// The day of these tests is 2027-01-31.
#[test]
fn what_was_announced_may_go_from_its_day_on() {
    let date = |date: &str| format!("@deprecated(reason: \"{date}: Ask for another.\")");
    for (deprecation, severity) in [
        (date("2027-01-30"), "announced"),
        (date("2027-01-31"), "announced"),
        (date("2027-02-01"), "breaking"),
        ("@deprecated(reason: \"Ask for another.\")".to_owned(), "breaking"),
        (String::new(), "breaking"),
    ] {
        let gone = |old: &str, new: &str, what: &str| finds(old, new, &[&format!("{severity} {what}")]);
        let none = "type A { x: Int }";
        gone(&format!("type A {{ x: Int y: Int {deprecation} }}"), none, "FIELD_REMOVED A.y");
        gone(&format!("type A {{ x(y: Int {deprecation}): Int }}"), none, "ARG_REMOVED A.x(y:)");
        gone(
            &format!("type A {{ x(y: Int): Int {deprecation} }}"),
            &none.replace("Int }", &format!("Int {deprecation} }}")),
            "ARG_REMOVED A.x(y:)",
        );
        gone(&format!("enum E {{ X Y {deprecation} }}"), "enum E { X }", "VALUE_REMOVED_FROM_ENUM E.Y");
        gone(&format!("input I {{ x: Int y: Int {deprecation} }}"), "input I { x: Int }", "FIELD_REMOVED I.y");
    }
    // It was announced that it goes, not that it changes.
    let changed = format!("type A {{ x: Int {} }}", date("2027-01-01"));
    finds(&changed, &changed.replace("Int", "String"), &["breaking FIELD_CHANGED_KIND A.x"]);
}

#[test]
fn a_type_goes_with_the_last_that_leads_to_it() {
    let old = |first: &str, second: &str| {
        format!(
            "extend type Query {{ b: B @deprecated(reason: \"{first}: c.\") c(e: E @deprecated(reason: \"{second}: c.\")): Int }} \
             type B {{ e: E inner: Inner }} union Inner = Leaf type Leaf {{ x: Int }} enum E {{ X }}"
        )
    };
    let new = "extend type Query { c: Int }";
    let of_both = ["FIELD_REMOVED Query.b", "ARG_REMOVED Query.c(e:)", "TYPE_REMOVED E"];
    let of_first = ["TYPE_REMOVED B", "TYPE_REMOVED Inner", "TYPE_REMOVED Leaf"];
    let all: Vec<_> = of_both.iter().chain(&of_first).collect();
    let due = between(
        &format!("type Query {{ a: Int }} {}", old("2027-01-01", "2027-01-31")),
        &format!("type Query {{ a: Int }} {new}"),
    );
    assert_eq!(due.count(Severity::Announced), all.len(), "{:?}", due.found);
    let early = between(
        &format!("type Query {{ a: Int }} {}", old("2027-01-01", "2027-03-01")),
        &format!("type Query {{ a: Int }} {new}"),
    );
    let breaking: Vec<_> =
        early.found.iter().filter(|change| change.severity == Severity::Breaking).map(line).collect();
    assert_eq!(breaking, ["breaking TYPE_REMOVED E", "breaking ARG_REMOVED Query.c(e:)"]);
    assert!(early.found.iter().all(|change| change.announced_for.is_some()));
    // A type of which everything may go may go itself, though an interface leads to it.
    let node = "extend type Query { n: N } type A implements N { id: ID @deprecated(reason: \"2027-01-01: b.\") }";
    finds(node, "extend type Query { n: N }", &["announced TYPE_REMOVED A"]);
    let node = node.replace("2027-01", "2027-04");
    finds(&node, "extend type Query { n: N }", &["breaking TYPE_REMOVED A"]);
}

#[test]
fn announcements_themselves_change() {
    let of = |reason: &str| format!("type A {{ x: Int @deprecated(reason: \"{reason}\") }}");
    let none = "type A { x: Int }";
    finds(none, &of("2027-06-01: y."), &["safe DEPRECATED A.x"]);
    finds(none, &of("Soon."), &["dangerous DEPRECATED_WITHOUT_DATE A.x"]);
    finds(&of("Soon."), &of("2027-06-01: y."), &["safe DEPRECATED A.x"]);
    finds(&of("2027-06-01: y."), none, &["safe DEPRECATION_REMOVED A.x"]);
    finds(&of("2027-06-01: y."), &of("2027-05-31: y."), &["dangerous DEPRECATION_BROUGHT_FORWARD A.x"]);
    finds(&of("2027-06-01: y."), &of("2027-06-02: y."), &["safe DEPRECATION_PUT_OFF A.x"]);
    finds(&of("2027-06-01: y."), &of("2027-06-01: z."), &[]);
}

#[test]
fn descriptions_are_counted() {
    let old = "\"One.\" type Query { \"One.\" a(\"One.\" b: E): Int } \"One.\" enum E { \"One.\" X \"Same.\" Y } \
               input I { \"One.\" a: Int } \"One.\" directive @d on FIELD";
    let changes = between(old, &old.replace("One.", "Two."));
    assert_eq!((changes.found.len(), changes.descriptions), (0, 7));
}

#[test]
fn the_program_s_schema_differs_from_itself_in_nothing() {
    let sdl = crate::schema::sdl();
    let changes = between(&sdl, &sdl);
    assert_eq!((changes.found.len(), changes.descriptions), (0, 0));
}
