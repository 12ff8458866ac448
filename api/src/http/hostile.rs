//! Documents made to tire the server: each is admitted or refused, validated included, within 50 ms of processor time.

use super::document::{Parsed, Sizes};
use super::posted::Posted;
use crate::schema;
use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The most that a document may take.
const MOST: Duration = Duration::from_millis(50);
/// How many documents are put together at random.
const GENERATED: u64 = 300;
/// As large as a document may be.
const BYTES: usize = 16 * 1024;

/// Its kind, its text and its variables.
type Document = (&'static str, String, Value);

/// Chooses by a seed, so that what was found is found again.
struct Dice(u64);

impl Dice {
    /// A number below `bound`, by splitmix64.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn one<'o>(&mut self, of: &[&'o str]) -> &'o str {
        of[self.below(of.len())]
    }
}

/// `part` as often as fits.
fn filled(before: &str, part: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = before.to_owned();
    for index in 0.. {
        let part = part(index);
        if text.len() + part.len() + after.len() > BYTES {
            break;
        }
        text += &part;
    }
    text + after
}

fn times(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Fragments of which each spreads the next `width` times.
fn bomb(levels: usize, width: usize, at: &str, on: &str) -> String {
    let spread =
        |level: usize| format!("fragment f{level} on {on} {{{}}}", format!("...f{} ", level + 1).repeat(width));
    format!("{at} {}fragment f{levels} on {on} {{__typename}}", times(levels, spread))
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + inner + &close.repeat(depth)
}

/// One of each kind, as large as its limit lets it be and a little beyond.
fn corpus() -> Vec<Document> {
    [selections(), fragments(), values(), texts(), variables()].concat()
}

fn plain(name: &'static str, text: String) -> Document {
    (name, text, Value::Null)
}

/// What is selected, and by which operations.
fn selections() -> Vec<Document> {
    vec![
        plain("fields unknown", filled("{", |i| format!("a{i} "), "}")),
        plain("fields unknown, at the limit", format!("{{{}}}", times(2_499, |i| format!("a{i} ")))),
        plain("field repeated", format!("{{viewer{{{}}}}}", "level ".repeat(2_490))),
        plain(
            "field repeated with other arguments",
            format!("{{{}}}", times(600, |i| format!("devices(first:{}){{totalCount}}", i % 100 + 1))),
        ),
        plain("objects repeated", format!("{{{}}}", "viewer{user{name memberships{role tenant{name}}}}".repeat(300))),
        plain("aliases", format!("{{{}}}", times(250, |i| format!("a{i}:viewer{{level}}")))),
        plain(
            "aliases, colliding",
            format!("{{{}}}", times(250, |i| format!("a:{}{{level}}", ["viewer", "rateLimit"][i % 2]))),
        ),
        plain("directives", format!("{{{}}}", "viewer{level@skip(if:true)}".repeat(100))),
        plain("directives unknown", format!("{{viewer{{level{}}}}}", times(100, |i| format!("@d{i}")))),
        plain("directives on one", format!("query{}{{viewer{{level}}}}", "@skip(if:false)".repeat(100))),
        plain("operations", filled("", |i| format!("query q{i}{{viewer{{level}}}}"), "")),
        plain("operations of one name", filled("", |_| "query q{viewer{level}}".to_owned(), "")),
        plain(
            "selections nested",
            "{tenants(first:1){nodes".to_owned() + &nested("{sites(first:1){nodes", "{id}", "}}", 9) + "}}",
        ),
        plain("selections nested too deep", nested("{a", "", "}", 40)),
        plain(
            "introspection",
            format!(
                "{{{}}}",
                times(4, |i| format!(
                    "a{i}:__schema{{types{{name fields{{name args{{name type{{name ofType{{name}}}}}}}}}}}}"
                ))
            ),
        ),
        plain(
            "introspection, fields of fields",
            format!("{{__schema{{types{{{}name{}}}}}}}", "fields{type{".repeat(9), "}}".repeat(9)),
        ),
        plain(
            "types of types",
            format!("{{__type(name:\"Query\"){{{}name{}}}}}", "ofType{".repeat(25), "}".repeat(25)),
        ),
        plain(
            "subscription of many",
            format!("subscription{{{}}}", times(240, |i| format!("a{i}:notificationReceived{{id}}"))),
        ),
        plain("mutations", format!("mutation{{{}}}", times(240, |i| format!("a{i}:signOut{{signedOut}}")))),
        plain(
            "everything of a device",
            format!(
                "{{devices(first:100){{nodes{{{}}}}}}}",
                "id name status type serialNumber createdAt updatedAt ".repeat(12)
            ),
        ),
    ]
}

/// What is spread.
fn fragments() -> Vec<Document> {
    let mut all = vec![
        plain("fragments unused", filled("{viewer{level}}", |i| format!("fragment f{i} on Viewer{{level}}"), "")),
        plain("fragments of one name", filled("{viewer{...f}}", |_| "fragment f on Viewer{level}".to_owned(), "")),
        plain("fragments on no type", filled("{viewer{level}}", |i| format!("fragment f{i} on T{i}{{a}}"), "")),
        plain(
            "fragment spread often",
            format!("{{viewer{{{}}}}}fragment f on Viewer{{level isManager}}", "...f ".repeat(800)),
        ),
        plain(
            "fragments spread in a line",
            format!(
                "{{...f0}}{}fragment f28 on Query{{viewer{{level}}}}",
                times(28, |i| format!("fragment f{i} on Query{{...f{}}}", i + 1))
            ),
        ),
        plain(
            "fragments in a cycle",
            format!("{{...f0}}{}", times(300, |i| format!("fragment f{i} on Query{{...f{}}}", (i + 1) % 300))),
        ),
        plain("fragment in itself", "{...f}fragment f on Query{...f viewer{level}}".to_owned()),
        plain(
            "fragments all in all",
            times(40, |i| format!("fragment f{i} on Query{{{}}}", times(40, |j| format!("...f{j} ")))) + "{...f0}",
        ),
        plain("inline fragments", format!("{{{}}}", "...{viewer{level}}".repeat(800))),
        plain("inline fragments nested", nested("{...", "{viewer{level}}", "}", 28)),
        plain(
            "spreads on lists",
            format!(
                "{{devices(first:100){{nodes{{{}}}}}}}fragment f on Device{{id name site{{...g}}}}fragment g on Site{{id name}}",
                "...f ".repeat(400)
            ),
        ),
    ];
    for (levels, width) in
        [(1, 700), (2, 40), (3, 12), (5, 4), (8, 2), (10, 2), (11, 2), (10, 10), (13, 3), (28, 2), (29, 20), (300, 2)]
    {
        all.push(plain("fragments in fragments", bomb(levels, width, "{...f0}", "Query")));
        all.push(plain(
            "fragments in fragments on a list",
            bomb(levels, width, "{devices(first:100){nodes{...f0}}}", "Device"),
        ));
    }
    all
}

/// What arguments are given.
fn values() -> Vec<Document> {
    vec![
        plain("lists nested", format!("{{a(b:{})}}", nested("[", "1", "]", 38))),
        plain("lists nested too deep", format!("{{a(b:{})}}", "[".repeat(8_000))),
        plain("list long", format!("{{nodes(ids:[{}]){{id}}}}", "\"a\"".repeat(3_900))),
        plain(
            "lists long, of ids",
            format!("{{{}}}", times(10, |i| format!("a{i}:nodes(ids:[{}]){{id}}", "1 ".repeat(350)))),
        ),
        plain("objects nested", format!("{{devices(where:{})}}", nested("{a:", "1", "}", 37))),
        plain(
            "object long",
            format!("{{devices(first:1,where:{{{}}}){{totalCount}}}}", times(1_300, |i| format!("a{i}:1 "))),
        ),
        plain(
            "object of one member, often",
            format!("{{devices(first:1,where:{{{}}}){{totalCount}}}}", "search:1 ".repeat(1_300)),
        ),
        plain("string long", format!("{{a(b:\"{}\")}}", "x".repeat(BYTES - 20))),
        plain("string of escapes", format!("{{a(b:\"{}\")}}", "\\u00e9".repeat(2_700))),
        plain("string of quotes", format!("{{a(b:\"{}\")}}", "\\\"".repeat(8_000))),
        plain("string without end", format!("{{a(b:\"{}", "x".repeat(BYTES - 20))),
        plain("strings, many", format!("{{a(b:[{}])}}", "\"\"".repeat(3_900))),
        plain("block strings", filled("{a(b:[", |_| "\"\"\"\n x\n\"\"\"".to_owned(), "])}")),
        plain("block string of lines", format!("{{a(b:\"\"\"{}\"\"\")}}", "\n x".repeat(5_400))),
        plain("block string of quotes", format!("{{a(b:\"\"\"{}\"\"\")}}", "\\\"\"\"".repeat(4_000))),
        plain("number long", format!("{{a(b:{})}}", "9".repeat(BYTES - 20))),
        plain("number with a long fraction", format!("{{a(b:0.{})}}", "9".repeat(BYTES - 20))),
        plain("number with a large exponent", "{a(b:1e999999999)}".to_owned()),
        plain("numbers, many", format!("{{a(b:[{}])}}", "1.5e300 ".repeat(1_900))),
        plain("numbers, all negative", format!("{{a(b:[{}])}}", "-1 ".repeat(3_900))),
        plain(
            "arguments unknown",
            format!("{{devices(first:1,{}){{totalCount}}}}", times(900, |i| format!("a{i}:1 "))),
        ),
        plain("argument repeated", format!("{{devices({}){{totalCount}}}}", "first:1 ".repeat(1_200))),
        plain(
            "enumeration, wrong",
            format!("{{users(first:1,where:{{level:[{}]}}){{totalCount}}}}", "NOBODY ".repeat(2_000)),
        ),
    ]
}

/// What has no meaning.
fn texts() -> Vec<Document> {
    vec![
        plain("brackets", "{".repeat(BYTES)),
        plain("commas", ",".repeat(BYTES)),
        plain("spaces", " ".repeat(BYTES)),
        plain("byte order marks", "\u{feff}".repeat(5_000)),
        plain("comments", "#\n".repeat(8_000) + "{a}"),
        plain("comment long", format!("#{}", "x".repeat(BYTES - 2))),
        plain("names long", filled("{", |i| format!("{}{i} ", "n".repeat(200)), "}")),
        plain("not ASCII", "é".repeat(8_000)),
    ]
}

/// What variables are declared, and what is given for them.
fn variables() -> Vec<Document> {
    let mut all = vec![
        plain("operations, each with a variable", filled("", |i| format!("query q{i}($v:Int){{a(b:$v)}}"), "")),
        plain("variables unused", filled("query(", |i| format!("$v{i}:Int "), "){viewer{level}}")),
        plain(
            "variables used",
            format!(
                "query({}){{{}}}",
                times(400, |i| format!("$v{i}:Int ")),
                times(240, |i| format!("a{i}:devices(first:$v{i}){{totalCount}}"))
            ),
        ),
        plain(
            "variables undefined",
            format!("{{{}}}", times(240, |i| format!("a{i}:devices(first:$v{i}){{totalCount}}"))),
        ),
        plain("variables of one name", filled("query(", |_| "$v:Int ".to_owned(), "){viewer{level}}")),
        plain("variables of no type", filled("query(", |i| format!("$v{i}:T{i} "), "){viewer{level}}")),
        plain("variables with defaults", filled("query(", |i| format!("$v{i}:[Int]=[{i}]"), "){viewer{level}}")),
    ];
    let wide = json!({ "w": { "search": "x".repeat(200_000) } });
    let search = "query($w:DeviceWhere){devices(first:1,where:$w){totalCount}}";
    all.push(("variable large", search.to_owned(), wide));
    all.push((
        "variable of many members",
        search.to_owned(),
        json!({ "w": (0..15_000).map(|i| (format!("a{i}"), json!(1))).collect::<serde_json::Map<_, _>>() }),
    ));
    all.push((
        "variable of many ids",
        "query($i:[ID!]!){nodes(ids:$i){id}}".to_owned(),
        json!({ "i": vec!["a"; 50_000] }),
    ));
    let ids = format!("query($i:[ID!]!){{{}}}", times(240, |i| format!("a{i}:nodes(ids:$i){{id}}")));
    all.push(("variable of many ids, often", ids, json!({ "i": vec!["a"; 50_000] })));
    all.push((
        "variables, many",
        "{viewer{level}}".to_owned(),
        (0..15_000).map(|i| (format!("v{i}"), json!(1))).collect(),
    ));
    let deep = (0..120).fold(json!(1), |value, _| json!([value]));
    all.push(("variable deep", "query($m:JSON){a(b:$m)}".to_owned(), json!({ "m": deep })));
    all
}

/// Puts a document together from parts that are hard in different ways.
fn generated(dice: &mut Dice) -> String {
    let mut text = String::new();
    let fragments = 1 + dice.below(30);
    let budget = 200 + dice.below(BYTES);
    let operations = if dice.below(4) == 0 { 1 + dice.below(40) } else { 1 };
    for operation in 0..operations {
        let kind = dice.one(&["query", "query", "query", "mutation", "subscription"]);
        write!(text, "{kind} o{operation}").unwrap();
        if dice.below(2) == 0 {
            text += "($v: Int = 3, $i: [ID!]! = [], $b: Boolean = true, $w: DeviceWhere)";
        }
        set(&mut text, dice, fragments, 0, budget / operations);
    }
    for fragment in 0..fragments {
        let on = dice.one(&["Query", "Device", "Viewer", "DeviceConnection", "Node", "Site", "__Type", "Nothing"]);
        write!(text, " fragment f{fragment} on {on}").unwrap();
        // Most spread later ones only, and are no cycle.
        let from = if dice.below(12) == 0 { 0 } else { fragment + 1 };
        set(&mut text, dice, fragments, from, budget / fragments);
    }
    let mut end = text.len().min(BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // Cut off where it is too long, or anywhere.
    text.truncate(if dice.below(20) == 0 { dice.below(end + 1) } else { end });
    text
}

fn set(text: &mut String, dice: &mut Dice, fragments: usize, from: usize, budget: usize) {
    let end = text.len() + budget;
    let mut open = 1;
    text.push('{');
    loop {
        match dice.below(14) {
            0 if from < fragments => write!(text, "...f{} ", from + dice.below(fragments - from)).unwrap(),
            1 if open < 28 => {
                *text += dice.one(&["...{", "...on Device{", "... @include(if:$b){"]);
                open += 1;
            }
            2 | 3 if open < 28 => {
                let field = dice
                    .one(&["devices", "tenants", "sites", "node", "nodes", "site", "tenant", "viewer", "edges", "a"]);
                let arguments =
                    dice.one(&["", "(first:100)", "(last:$v)", "(ids:$i)", "(id:\"x\")", "(first:2,where:$w)"]);
                write!(text, "{}{field}{arguments}{{", dice.one(&["", "a:", "b:"])).unwrap();
                open += 1;
            }
            4 if open > 1 => {
                *text += " __typename}";
                open -= 1;
            }
            5 => *text += dice.one(&["@skip(if:false)", "@include(if:$b)", "@a", "#\n", ",,,"]),
            6 => write!(text, "x{}:id ", dice.below(300)).unwrap(),
            7 => write!(text, "a(b:{}) ", value(dice, 0)).unwrap(),
            _ => write!(
                text,
                "{} ",
                dice.one(&["id", "name", "status", "__typename", "level", "totalCount", "a", "a:id"])
            )
            .unwrap(),
        }
        if text.len() > end {
            break;
        }
    }
    *text += "__typename";
    *text += &"}".repeat(open);
}

fn value(dice: &mut Dice, depth: usize) -> String {
    let parts = 1 + dice.below(4);
    match dice.below(if depth > 8 { 5 } else { 7 }) {
        0 => "9".repeat(1 + dice.below(40)),
        1 => format!("-1.5e{}", dice.below(400)),
        2 => format!("\"{}\"", dice.one(&["", "\\u00e9", "x", "\\\"", "é"]).repeat(dice.below(40))),
        3 => "\"\"\" x\n y \"\"\"".to_owned(),
        4 => dice.one(&["$v", "$w", "null", "true", "ENUM"]).to_owned(),
        5 => format!("[{}]", (0..parts).map(|_| value(dice, depth + 1)).collect::<Vec<_>>().join(" ")),
        _ => format!(
            "{{{}}}",
            (0..parts).map(|i| format!("m{i}:{}", value(dice, depth + 1))).collect::<Vec<_>>().join(" ")
        ),
    }
}

/// What this thread took of a processor so far.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn each_document_is_admitted_or_refused_within_50_ms_of_processor_time() {
    let sizes = Sizes::new();
    let schema = schema::builder().finish();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // Read, counted and validated; a dry run leaves only the carrying out.
    let take = |query: &str, variables: &Value| {
        let body = json!({ "query": query, "variables": variables, "extensions": { "dryRun": true } });
        let body = serde_json::to_vec(&body).unwrap();
        let begun = processor_time();
        let since = || processor_time().saturating_sub(begun);
        let Ok(posted) = serde_json::from_slice::<Posted>(&body) else { return (since(), false) };
        let is_admitted = match Parsed::parse(query).map(Arc::new).and_then(|parsed| posted.admit(&sizes, &parsed)) {
            Ok(admitted) => {
                let mut operation = Request::new("").variables(Variables::from_json(variables.clone()));
                operation.set_parsed_query(admitted.counted.parsed.document().clone());
                runtime.block_on(schema.execute(operation)).errors.is_empty()
            }
            Err(_) => false,
        };
        (since(), is_admitted)
    };
    // What is made at its first use is not the document's.
    take("{viewer{level}}", &Value::Null);
    let mut dice = Dice(0);
    let mut documents: Vec<_> = corpus().into_iter().map(|(name, text, json)| (name.to_owned(), text, json)).collect();
    let variables = json!({ "w": { "search": "x" }, "i": ["a"] });
    documents.extend((0..GENERATED).map(|i| (format!("generated {i}"), generated(&mut dice), variables.clone())));
    let mut measured: Vec<(Duration, &str, usize)> = Vec::new();
    let mut admitted = 0;
    for (name, text, variables) in &documents {
        let (mut took, is_admitted) = take(text, variables);
        // Once may be an accident of the machine; a document that is too costly is so again.
        for _ in 0..2 {
            if took > MOST {
                took = took.min(take(text, variables).0);
            }
        }
        admitted += usize::from(is_admitted);
        measured.push((took, name, text.len()));
    }
    measured.sort();
    for (took, name, length) in measured.iter().rev().take(12) {
        println!("{:7.2} ms  {name} ({length} bytes)", took.as_secs_f64() * 1e3);
    }
    println!("{admitted} of {} were in order", documents.len());
    let (worst, name, _) = measured.last().unwrap();
    assert!(*worst <= MOST, "{name}: {worst:?}");
    // Neither is everything refused out of hand.
    assert!(admitted >= 20, "{admitted}");
}
