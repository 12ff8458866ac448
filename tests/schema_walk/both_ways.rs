//! Generated queries, asked twice: of a server that reads whole selections where it can, and of the same one when it
//! calls a resolver for each field. The answers are the same, byte for byte, for everybody, also where there are errors.

use super::sdl::{Field, Sdl};
use super::seed;
use crate::support::{Backend, Client, workspace};
use serde_json::{Value, json};
use std::fmt::Write as _;

on_both![both_ways_give_the_same_answer];

const PEOPLE: [&str; 8] = ["both", "ownA", "viewA", "halfA", "techR", "salesR", "admin", "gAdmin"];
const QUERIES: usize = 70;
const TOKEN: &str = "for-the-collector-of-metrics";

async fn both_ways_give_the_same_answer(backend: Backend) {
    let text = std::fs::read_to_string(workspace().join("schema.graphql")).unwrap();
    let sdl = Sdl::parse(&text);
    let mut world = seed::world(backend).await;
    world.server.restart_with("ROOKERY_METRICS_TOKEN", TOKEN).await;
    let people: Vec<String> =
        PEOPLE.iter().map(|column| world.person(column).client.token().unwrap().to_owned()).collect();
    let ids: Vec<&str> = world.rows.keys().map(String::as_str).collect();
    let queries = Generator::new(&sdl, &text, ids).queries(QUERIES);
    let mut told: Vec<Vec<(u16, String)>> = Vec::new();
    for way in ["off", "return"] {
        world.server.restart_with("FAILPOINTS", &format!("projection={way}")).await;
        let answers = ask_all(&world.server.address, &people, &queries).await;
        let (whole, by_resolvers) = reads(&world.server.address).await;
        println!("{backend:?}: {whole} selections read as a whole, {by_resolvers} by resolvers");
        if way == "off" {
            // Enough of both, so that the comparison means something.
            assert!(whole > 200 && by_resolvers > 50, "{whole}, {by_resolvers}");
            // Now from what was kept of the first time, while others ask for the same by other rights.
            let again = ask_all(&world.server.address, &people, &queries).await;
            for (index, (first, again)) in answers.iter().zip(&again).enumerate() {
                assert_eq!(first, again, "{}: {}", PEOPLE[index / QUERIES], queries[index % QUERIES]);
            }
        } else {
            assert_eq!(whole, 0);
        }
        told.push(answers);
    }
    let asked = PEOPLE.iter().flat_map(|person| queries.iter().map(move |query| (person, query)));
    let (mut right, mut wrong) = (0, 0);
    for ((whole, by_resolvers), (person, query)) in told[0].iter().zip(&told[1]).zip(asked) {
        assert_eq!(whole, by_resolvers, "{person}: {query}");
        if whole.1.contains("\"errors\"") { wrong += 1 } else { right += 1 }
    }
    println!("{right} answers without errors, {wrong} with some");
    assert!(right > 100 && wrong > 50);
}

/// What each of the people is told by each of the queries.
async fn ask_all(address: &str, people: &[String], queries: &[String]) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    for token in people {
        let client = Client::new(address, Some(token.clone()));
        let cursors = cursors(&client).await;
        for query in queries {
            answers.push(ask(&client, query, &cursors).await);
        }
    }
    answers
}

/// The status and the text, without how much is left to whom and until when.
async fn ask(client: &Client, query: &str, cursors: &Value) -> (u16, String) {
    let body = json!({ "query": query, "variables": cursors });
    let response = client.message().json(&body).send().await.unwrap();
    let status = response.status().as_u16();
    let mut text = response.text().await.unwrap();
    if let Some(at) = text.find(",\"remaining\":") {
        let end = at + text[at..].find('}').unwrap();
        text.replace_range(at..end, "");
    }
    (status, with_errors_where_they_show(text))
}

/// Of several errors below what is null for them, those are told that are found first, whichever these are: each is taken to
/// be where it shows.
fn with_errors_where_they_show(text: String) -> String {
    let answer: Value = serde_json::from_str(&text).unwrap();
    let (Some(errors), Some(start)) = (answer["errors"].as_array(), text.find("],\"data\":")) else { return text };
    let mut shown: Vec<_> = errors.iter().map(|error| shown(error, &answer["data"])).collect();
    shown.sort_unstable();
    shown.dedup();
    format!("{shown:?}{}", &text[start..])
}

fn shown(error: &Value, mut data: &Value) -> String {
    let mut place = String::new();
    for part in error["path"].as_array().unwrap() {
        if data.is_null() {
            break;
        }
        data = part.as_str().map_or_else(|| &data[part.as_u64().unwrap() as usize], |name| &data[name]);
        write!(place, "/{part}").unwrap();
    }
    format!("{place}: {} {}", error["message"], error["extensions"])
}

/// A cursor in each of a few lists, as variables; null in an empty one.
async fn cursors(client: &Client) -> Value {
    let mut cursors = json!({ "yes": true, "no": false });
    for list in ["sites", "devices", "servers"] {
        let answer = client.query(&format!("{{ {list}(first: 2) {{ pageInfo {{ endCursor }} }} }}"), Value::Null).await;
        cursors[list] = answer[list]["pageInfo"]["endCursor"].clone();
    }
    cursors
}

async fn reads(address: &str) -> (u64, u64) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = http.get(format!("http://{address}/metrics")).bearer_auth(TOKEN).send().await.unwrap();
    let text = text.text().await.unwrap();
    let counted = |way: &str| {
        let name = format!("rookery_graphql_reads_total{{way=\"{way}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |number| number.parse().unwrap())
    };
    (counted("whole"), counted("resolvers"))
}

/// The same without directives: always the same fields, whatever the variables.
fn steady(root: &str, fragments: &str) -> String {
    let mut selection = format!("{{ {root} }}{fragments}");
    for directive in [" @include(if: $yes)", " @include(if: true)", " @skip(if: $no)", " @include(if: $no)"] {
        selection = selection.replace(directive, "");
    }
    let used: Vec<&str> =
        ["sites", "devices", "servers"].into_iter().filter(|name| selection.contains(&format!("${name}"))).collect();
    if used.is_empty() {
        return selection;
    }
    let declared: Vec<String> = used.iter().map(|name| format!("${name}: String")).collect();
    format!("query({}) {selection}", declared.join(", "))
}

/// Writes queries: the same ones in each run.
struct Generator<'s> {
    sdl: &'s Sdl,
    text: &'s str,
    ids: Vec<&'s str>,
    state: u64,
    aliases: usize,
    fragments: String,
}

impl<'s> Generator<'s> {
    fn new(sdl: &'s Sdl, text: &'s str, mut ids: Vec<&'s str>) -> Self {
        ids.sort_unstable();
        Self { sdl, text, ids, state: 0x9E37_79B9_7F4A_7C15, aliases: 0, fragments: String::new() }
    }

    fn below(&mut self, most: usize) -> usize {
        // Xorshift.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % most
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn queries(&mut self, count: usize) -> Vec<String> {
        // Which fields are used changes as these queries use them.
        let is_list = |field: &&Field| field.of.name.ends_with("Connection") && field.name != "fieldUsage";
        let roots: Vec<&Field> = self.sdl.objects["Query"].iter().filter(is_list).collect();
        (0..count)
            .map(|index| {
                self.fragments.clear();
                let root = match index % 8 {
                    0 => {
                        let chosen = self.below(self.ids.len());
                        let id = self.ids[chosen];
                        let inner = self.node();
                        format!("node(id: \"{id}\") {{ {inner} }}")
                    }
                    1 => {
                        let inner = self.selection("Viewer", 3);
                        format!("viewer {{ {inner} }}")
                    }
                    _ => {
                        let root = roots[self.below(roots.len())];
                        self.connection(root, 3)
                    }
                };
                if index % 2 == 1 {
                    return steady(&root, &self.fragments);
                }
                // Each variable is used, whatever was generated; none of this is carried out.
                let variables = "$yes: Boolean!, $no: Boolean!, $sites: String, $devices: String, $servers: String";
                let used = "me: viewer @include(if: $no) { level @skip(if: $yes) } \
                            unused: devices(after: $devices) @include(if: $no) { totalCount } \
                            other: sites(after: $sites) @include(if: $no) { totalCount } \
                            more: servers(after: $servers) @include(if: $no) { totalCount }";
                format!("query({variables}) {{ {root} {used} }}{}", self.fragments)
            })
            .collect()
    }

    fn node(&mut self) -> String {
        let nodes: Vec<&String> = self.sdl.nodes.iter().collect();
        let mut made = "id __typename".to_owned();
        for name in nodes {
            let inner = self.selection(name, 2);
            // Under aliases of their own: the same name may mean different types.
            let _ = write!(made, " ... on {name} {{ {inner} }}");
        }
        made
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    fn connection(&mut self, field: &Field, depth: usize) -> String {
        let of = &field.of.name;
        let size = match self.below(12) {
            0 => "first: 0",
            1 => "",
            2 => "first: 2, last: 2",
            3 => "first: 2, after: \"nothing\"",
            4 | 5 => "last: 3",
            6 if ["sites", "devices", "servers"].contains(&field.name.as_str()) => {
                &format!("first: 5, after: ${}", field.name)
            }
            7 | 8 => "first: 2",
            _ => "first: 20",
        };
        let mut arguments = size.to_owned();
        let input = |name: &str| {
            field.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.of.name)
        };
        if let Some(order) = input("orderBy").filter(|_| self.one_in(2)) {
            let fields = self.members(&format!("{order}Field"));
            let (field, direction) = (self.below(fields.len()), if self.one_in(2) { "ASC" } else { "DESC" });
            let _ = write!(arguments, ", orderBy: {{ field: {}, direction: {direction} }}", fields[field]);
        }
        if let Some(filter) = input("where")
            && self.sdl.inputs[filter].iter().any(|argument| argument.name == "search")
            && self.one_in(3)
        {
            arguments += ", where: { search: \"a\" }";
        }
        let arguments = arguments.trim_start_matches(", ");
        let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
        let inner = self.page(of, depth);
        format!("{}: {}{arguments} {{ {inner} }}", self.alias(), field.name)
    }

    fn page(&mut self, connection: &str, depth: usize) -> String {
        let node = self.sdl.field(connection, "nodes").of.name.clone();
        let mut made = Vec::new();
        for _ in 0..=self.below(3) {
            made.push(match self.below(6) {
                0 => "totalCount".to_owned(),
                1 => format!(
                    "pageInfo {{ hasNextPage {} startCursor }}",
                    if self.one_in(2) { "endCursor __typename" } else { "hasPreviousPage" }
                ),
                2 => format!("edges {{ cursor __typename node {{ {} }} }}", self.selection(&node, depth)),
                3 => "__typename".to_owned(),
                _ => format!("nodes {{ {} }}", self.selection(&node, depth)),
            });
        }
        made.join(" ")
    }

    /// What is asked of an object of this type.
    fn selection(&mut self, of: &str, depth: usize) -> String {
        let fields = &self.sdl.objects[of];
        let mut made =
            vec![if self.one_in(3) { "__typename".to_owned() } else { format!("{}: __typename", self.alias()) }];
        for _ in 0..=self.below(4) {
            let field = &fields[self.below(fields.len())];
            made.push(self.field(of, field, depth));
        }
        if self.one_in(4) && self.sdl.nodes.contains(of) {
            made.push("... on Node { id }".to_owned());
        }
        let all = made.join(" ");
        match self.below(8) {
            0 => format!("... on {of} {{ {all} }}"),
            1 => format!("... @include(if: $yes) {{ {all} }}"),
            2 => {
                let name = format!("F{}", self.alias());
                let _ = write!(self.fragments, " fragment {name} on {of} {{ {all} }}");
                format!("...{name} {all}")
            }
            _ => all,
        }
    }

    fn field(&mut self, owner: &str, field: &Field, depth: usize) -> String {
        let (of, name) = (field.of.name.as_str(), field.name.as_str());
        if of.ends_with("Connection") && of != "DeploymentEventConnection" && depth > 0 {
            return self.connection(field, depth - 1);
        }
        // What is rarely cheap is asked for rarely: most selections should be made of columns and links.
        let is_object = self.sdl.objects.contains_key(of);
        if !field.arguments.is_empty() || (is_object && (depth == 0 || !self.sdl.nodes.contains(of) && !self.one_in(6)))
        {
            return "__typename".to_owned();
        }
        let directive = ["", "", "", "", " @include(if: true)", " @skip(if: $no)", " @include(if: $no)"][self.below(7)];
        let alias = if owner == "Viewer" || self.one_in(3) { format!("{}: ", self.alias()) } else { String::new() };
        if !is_object {
            // An alias of its own, since in `node` one name may be of different types.
            let alias = if alias.is_empty() && depth == 2 { format!("{owner}_{name}: ") } else { alias };
            return format!("{alias}{name}{directive}");
        }
        let inner = self.selection(of, depth - 1);
        let again = if self.one_in(3) { format!(" {}", self.selection(of, depth - 1)) } else { String::new() };
        format!("{}: {name}{directive} {{ {inner}{again} }}", self.alias())
    }

    /// The members of an enum.
    fn members(&self, name: &str) -> Vec<&'s str> {
        let begin = self.text.find(&format!("enum {name} {{")).unwrap_or_else(|| panic!("there is no enum {name}"));
        let block = &self.text[begin..begin + self.text[begin..].find('}').unwrap()];
        let is_member =
            |line: &&str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        block.lines().map(str::trim).filter(is_member).collect()
    }
}
