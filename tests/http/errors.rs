use crate::support::demo::LOCAL;
use crate::support::requests::form;
use crate::support::{Backend, Server, workspace};
use rookery_api::platform::ids::GlobalId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

on_both![what_may_not_be_seen_answers_as_what_is_not_there];

/// How often each of the two is asked for, by turns, in one round.
const ROUND: usize = 40;
const ROUNDS: usize = 8;

async fn what_may_not_be_seen_answers_as_what_is_not_there(backend: Backend) {
    let server = Server::demo(backend).await;
    let (admin, stranger) = (server.sign_in("admin").await, server.sign_in("admin@techstart.com").await);
    let sales = server.sign_in("sales_agent").await;
    sales.file(form(&sales.project(LOCAL).await)).await;
    let known = async |list: &str| {
        let document = format!("{{ {list}(first: 100) {{ nodes {{ id }} }} }}");
        let nodes = admin.query(&document, Value::Null).await[list]["nodes"].take();
        nodes.as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let visible = async |id: &str| {
        let data = stranger.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        data["node"] != Value::Null
    };
    let hidden = async |list: &str| {
        for id in known(list).await {
            if !visible(&id).await {
                return id;
            }
        }
        panic!("{list}: the stranger sees all of them")
    };
    let node = "query($id: ID!) { node(id: $id) { id __typename } }";
    let cases = [
        ("devices", node),
        ("servers", node),
        ("serverRequests", "query($id: ID!) { serverRequest(id: $id) { id name } }"),
        ("serverRequests", "mutation($id: ID!) { cancelServerRequest(input: { id: $id }) { userErrors { code } } }"),
        ("sites", "mutation($id: ID!) { updateSite(input: { id: $id, name: \"x\" }) { userErrors { code } } }"),
    ];
    for (list, document) in cases {
        let id = hidden(list).await;
        let missing = never_issued(&id);
        let ask = async |id: &str| {
            let begun = Instant::now();
            let answer = stranger.send(document, json!({ "id": id })).await;
            (begun.elapsed(), answer.comparable())
        };
        let (first, second) = (ask(&id).await.1, ask(&missing).await.1);
        assert_eq!(first, second, "{document}");
        // Mutations take locks and wait for each other; there the answer alone is compared.
        if document.starts_with("mutation") {
            continue;
        }
        let (mut of_hidden, mut of_missing) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (mut hidden_took, mut missing_took) = (Vec::new(), Vec::new());
            for _ in 0..ROUND {
                hidden_took.push(ask(&id).await.0);
                missing_took.push(ask(&missing).await.0);
            }
            of_hidden.push(median(hidden_took));
            of_missing.push(median(missing_took));
        }
        let spread = *of_hidden.iter().max().unwrap() - *of_hidden.iter().min().unwrap();
        let difference = median(of_hidden.clone()).abs_diff(median(of_missing));
        println!("{backend:?} {list}: medians differ by {difference:?}, the same differs from itself by {spread:?}");
        assert!(difference <= spread.max(Duration::from_micros(20)), "{document}: {difference:?} > {spread:?}");
    }
}

/// The id of another row of the same table and tenant, which was never issued.
fn never_issued(id: &str) -> String {
    let mut global = GlobalId::decode(id).expect("a global id");
    let last = global.keys.last_mut().expect("a key");
    *last = uuid::Uuid::from_u128(last.as_u128() ^ 0xffff_ffff);
    GlobalId::encode(&global.type_name, &global.keys)
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort();
    took[took.len() / 2]
}

/// Every code that the program can answer with has its page, and no page is about one that it cannot.
#[test]
fn every_code_has_its_page() {
    let mut codes = BTreeSet::new();
    for entry in ["api/src/platform/graphql/errors.rs", "api/src/http"] {
        sources(&workspace().join(entry), &mut |text| {
            let words = text.split('"').skip(1).step_by(2);
            codes.extend(words.filter(|word| is_code(word)).map(str::to_owned));
        });
    }
    let pages: BTreeSet<String> = fs::read_dir(workspace().join("docs/errors"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "README")
        .collect();
    let user_errors: BTreeSet<String> = enum_values("UserErrorCode").collect();
    assert!(codes.len() >= 8 && user_errors.len() >= 10);
    assert_eq!(pages, codes.union(&user_errors).cloned().collect());
    let index = fs::read_to_string(workspace().join("docs/errors/README.md")).unwrap();
    for page in &pages {
        let text = fs::read_to_string(workspace().join(format!("docs/errors/{page}.md"))).unwrap();
        assert!(
            text.starts_with(&format!("# {page}\n")) && text.contains("## Cause") && text.contains("## Remedy"),
            "{page}"
        );
        assert!(index.contains(&format!("({page}.md)")), "{page} is not in the index");
    }
}

fn sources(path: &std::path::Path, each: &mut impl FnMut(String)) {
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| sources(&entry.unwrap().path(), each));
    } else {
        each(fs::read_to_string(path).unwrap());
    }
}

/// `UNAVAILABLE`, but not `GET`.
fn is_code(word: &str) -> bool {
    const KNOWN: [&str; 8] = [
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        "BAD_REQUEST",
        "RATE_LIMITED",
        "COST_EXCEEDED",
        "UNAVAILABLE",
        "INTERNAL",
    ];
    KNOWN.contains(&word)
}

fn enum_values(name: &str) -> impl Iterator<Item = String> {
    let sdl = fs::read_to_string(workspace().join("schema.graphql")).unwrap();
    let (_, rest) = sdl.split_once(&format!("enum {name} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let lines: Vec<String> = body.lines().map(|line| line.trim().to_owned()).collect();
    lines.into_iter().filter(|line| line.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_'))
}
