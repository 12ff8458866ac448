use super::{Definitions, Kind, date_of};
use chrono::NaiveDate;

#[test]
fn an_extension_belongs_to_what_it_extends() {
    let read = Definitions::read(
        "extend type Query { b: Int } type Query { a: Int } extend enum E { Y } enum E { X } \
         union U = A extend union U = B type A { x: Int } type B { x: Int } \
         input I { x: Int } extend input I { y: Int } scalar S extend scalar S @specifiedBy(url: \"s\")",
    )
    .unwrap();
    let sizes = ["Query", "E", "U", "I"].map(|name| match &read.types[name].kind {
        Kind::Object(composite) | Kind::Interface(composite) => composite.fields.len(),
        Kind::Enum(values) => values.len(),
        Kind::Union(members) => members.len(),
        Kind::Input(input) => input.fields.len(),
        Kind::Scalar(_) => 0,
    });
    assert_eq!(sizes, [2; 4]);
    assert!(matches!(&read.types["S"].kind, Kind::Scalar(Some(address)) if address == "s"));
    assert_eq!(read.roots["query"], "Query");
}

#[test]
fn a_directive_is_repeatable_that_says_so() {
    let read = |text: &str| Definitions::read(text).unwrap().directives.into_values().map(|read| read.is_repeatable);
    let all = "directive @a on FIELD\n\"Ä.\" directive @b(x: Int = 1) repeatable\n  on | FIELD | QUERY directive @c repeatable on FIELD \
               directive @repeatable on QUERY directive @z(x: E = repeatable) on FIELD";
    assert_eq!(read(all).collect::<Vec<_>>(), [false, true, true, false, false]);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    for (text, expected) in [
        ("type A { x: Int } type A { y: Int }", "A is defined twice"),
        ("type A { x: Int x: Int }", "A has x twice"),
        ("type A { x(y: Int, y: Int): Int }", "A.x has y twice"),
        ("enum E { X X }", "E has X twice"),
        ("extend type A { x: Int }", "A is extended but not defined"),
        ("enum A { X } extend type A { x: Int }", "A is defined as enum and extended as object type"),
        ("directive @a on FIELD directive @a on FIELD", "@a is defined twice"),
        ("type A {", "expected"),
        ("", "expected"),
    ] {
        let said = Definitions::read(text).unwrap_err();
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn a_deprecation_s_date_is_its_first_word() {
    assert_eq!(date_of("2027-01-31: Ask for `b`."), NaiveDate::from_ymd_opt(2027, 1, 31));
    for reason in ["Ask for b.", "2027-02-30: Ask for b.", "2027-1-31: b", "2027-01-31", "2027-01-31: ", "27-01-31: b"]
    {
        assert_eq!(date_of(reason), None, "{reason}");
    }
}

#[test]
fn a_deprecation_without_a_date_is_found_wherever_it_stands() {
    let text = "type A { a(x: Int @deprecated(reason: \"Soon.\")): Int @deprecated b: Int @deprecated(reason: \"2027-01-31: c.\") } \
                interface N { n: Int @deprecated } enum E { X @deprecated(reason: \"\") } input I { i: Int @deprecated }";
    let found = Definitions::read(text).unwrap().deprecated_without_date();
    assert_eq!(found, ["A.a", "A.a(x:)", "E.X", "I.i", "N.n"]);
}

#[test]
fn every_deprecation_of_the_program_s_schema_has_a_date() {
    let found = Definitions::read(&crate::schema::sdl()).unwrap().deprecated_without_date();
    assert!(found.is_empty(), "the reason does not begin with the first day without it, `2027-01-31: `: {found:?}");
}
