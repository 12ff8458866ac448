//! Everything that can be read, by everybody, on every way there is.

use super::matrix::BEHIND_A_GUARD;
use super::sdl::Sdl;
use super::walk::{Checker, Findings};
use super::world::{Person, World};
use futures::StreamExt as _;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A document has at most 16 KiB, and asks for so many objects at most.
const PORTION: usize = 7_000;

/// How many people ask at once.
pub const AT_ONCE: usize = 3;
/// What a guard says, before anything is looked at.
pub const GUARD: &str = "Your role does not include this.";

/// Who is not signed in, or no longer, is told so, and nothing else, by every root but the public one.
pub async fn from_outside(world: &World, sdl: &Sdl, findings: &mut Findings) {
    for person in world.people.iter().filter(|person| !world.is_in(person)) {
        Reading::of(world, sdl, person).outside(findings).await;
    }
}

/// Everybody else's reading; a few at a time, since the server and the checks take turns.
pub async fn walk(world: &World, sdl: &Sdl, findings: &mut Findings) {
    let people = world.people.iter().filter(|person| world.is_in(person));
    let each = people.map(async |person| {
        let mut findings = Findings::default();
        let reading = Reading::of(world, sdl, person);
        reading.viewer(&mut findings).await;
        reading.lists(&mut findings).await;
        reading.objects(&mut findings).await;
        reading.look_ups(&mut findings).await;
        reading.refusals(&mut findings).await;
        findings
    });
    let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
    while let Some(found) = each.next().await {
        findings.join(found);
    }
}

struct Reading<'w> {
    world: &'w World,
    sdl: &'w Sdl,
    person: &'w Person,
    checker: Checker<'w>,
}

impl<'w> Reading<'w> {
    const fn of(world: &'w World, sdl: &'w Sdl, person: &'w Person) -> Self {
        Self { world, sdl, person, checker: Checker { world, sdl, person, with_new_rows: false } }
    }

    /// Fields whose guard refuses them are asked for one by one, since a refusal takes its surroundings with it.
    fn asked(&self, owner: &str, field: &str) -> bool {
        let permission = self.world.matrix.rule(owner, field).permission();
        permission.is_none_or(|permission| self.world.matrix.may(permission, self.person.column))
    }

    fn all_of(&self, owner: &str, depth: u32) -> String {
        self.sdl.selection(owner, depth, &|owner, field| self.asked(owner, field))
    }

    /// The same in portions, each of which fits a document.
    fn portions(&self, owner: &str, depth: u32) -> Vec<String> {
        let asked = |owner: &str, field: &str| self.asked(owner, field);
        let mut portions = vec![String::new()];
        for field in self.sdl.objects[owner].iter().filter(|field| asked(owner, &field.name)) {
            let selected = format!(" {}{}", field.name, self.sdl.selected(field, depth, &asked));
            match portions.last_mut() {
                Some(last) if last.len() + selected.len() < PORTION => last.push_str(&selected),
                _ => portions.push(selected),
            }
        }
        portions.retain(|portion| !portion.is_empty());
        portions
    }

    fn who(&self) -> &str {
        self.world.name(self.person)
    }

    async fn outside(&self, findings: &mut Findings) {
        for field in &self.sdl.objects["Query"] {
            let selected = match field.name.as_str() {
                "node" => format!("(id: \"{}\") {{ id }}", self.world.id("site")),
                "nodes" => format!("(ids: [\"{}\"]) {{ id }}", self.world.id("site")),
                "serverRequest" => format!("(id: \"{}\") {{ id }}", self.world.id("approved")),
                "deployment" => format!("(id: \"{}\") {{ id }}", self.world.id("deployment")),
                _ => self.sdl.selected(field, 1, &|_, _| true),
            };
            let what = format!("Query.{}", field.name);
            let answer = self.person.client.send(&format!("{{ {}{selected} }}", field.name), Value::Null).await;
            if matches!(field.name.as_str(), "viewer" | "rateLimit") && self.who() == "nobody" {
                self.checker.answer(&what, &answer, findings);
                continue;
            }
            self.checker.text(&what, &answer.body.to_string(), findings);
            if !answer.body["data"].is_null() || answer.code().as_deref() != Some("UNAUTHENTICATED") {
                findings.add(format!("{what} × {}: not UNAUTHENTICATED: {}", self.who(), answer.body));
            }
        }
    }

    async fn viewer(&self, findings: &mut Findings) {
        let document = format!(
            "{{ viewer {{ {} }} rateLimit {{ {} }} serverLabels }}",
            self.all_of("Viewer", 2),
            self.all_of("RateLimit", 0)
        );
        let answer = self.person.client.send(&document, Value::Null).await;
        self.checker.answer("Query", &answer, findings);
        let permissions = answer.body["data"]["viewer"]["permissions"].as_array().cloned().unwrap_or_default();
        let permissions: BTreeSet<&str> = permissions.iter().filter_map(Value::as_str).collect();
        if permissions != self.world.matrix.permissions_of(self.person.column) {
            findings.add(format!("the permissions of {} are {permissions:?}", self.who()));
        }
    }

    /// Every list shows exactly the rows of the matrix.
    async fn lists(&self, findings: &mut Findings) {
        for field in &self.sdl.objects["Query"] {
            if !self.sdl.is_connection(&field.of.name) || !self.asked("Query", &field.name) {
                continue;
            }
            let page = self.sdl.page(&field.of.name, 1, &|owner, field| self.asked(owner, field));
            let document = format!("{{ {}(first: 30) {{ {page} }} }}", field.name);
            let answer = self.person.client.send(&document, Value::Null).await;
            self.checker.answer("Query", &answer, findings);
            let list = &answer.body["data"][&field.name];
            let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
            let shown: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
            let of = &self.sdl.field(&field.of.name, "nodes").of.name;
            if !self.sdl.nodes.contains(of) {
                // What the walk itself uses is counted meanwhile.
                if nodes.is_empty() {
                    findings.add(format!("Query.{} × {}: nothing is shown", field.name, self.who()));
                }
                continue;
            }
            let mut expected = self.world.ids(self.person, of, true);
            // The operator is nobody's client.
            expected.retain(|id| self.world.rows[*id].label.class != "Tenant operator");
            if shown != expected || list["totalCount"] != shown.len() {
                let (extra, missing): (Vec<_>, Vec<_>) =
                    (shown.difference(&expected).collect(), expected.difference(&shown).collect());
                findings.add(format!(
                    "LEAK: Query.{} × {}: extra {extra:?}, missing {missing:?}",
                    field.name,
                    self.who()
                ));
            }
        }
    }

    /// Every object by its id; one of each line of the matrix with its links and the links of those, too.
    async fn objects(&self, findings: &mut Findings) {
        for type_name in &self.sdl.nodes {
            let mut lines = BTreeSet::new();
            let (some, others): (Vec<&str>, Vec<&str>) = self
                .world
                .ids(self.person, type_name, true)
                .into_iter()
                .partition(|id| lines.insert(&self.world.rows[*id].label.class));
            let hidden = self.world.ids(self.person, type_name, false).into_iter().collect();
            for (ids, depth) in [(some, 2), (others, 0), (hidden, 0)] {
                self.nodes(type_name, &ids, depth, findings).await;
            }
        }
    }

    async fn nodes(&self, type_name: &str, ids: &[&str], depth: u32, findings: &mut Findings) {
        for selection in self.portions(type_name, depth) {
            let selected = format!("__typename ... on {type_name} {{ {selection} }}");
            self.portion(&format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {selected} }} }}"), ids, findings).await;
        }
    }

    async fn portion(&self, document: &str, ids: &[&str], findings: &mut Findings) {
        for chunk in ids.chunks(2) {
            let answer = self.person.client.send(document, json!({ "ids": chunk })).await;
            self.checker.answer("Query", &answer, findings);
            for (place, id) in chunk.iter().enumerate() {
                let seen = self.world.sees(self.person, &self.world.rows[*id].label);
                if answer.body["data"]["nodes"][place].is_null() == seen {
                    findings.add(format!("Query.nodes × {}: {}", self.who(), self.world.rows[*id].label.class));
                }
            }
        }
    }

    /// The same by the look-ups of one object.
    async fn look_ups(&self, findings: &mut Findings) {
        let nodes: Vec<&str> = self.world.rows.keys().map(String::as_str).collect();
        self.look_up("node", "__typename id", &nodes, findings).await;
        for (field, type_name) in [("serverRequest", "ServerRequest"), ("deployment", "Deployment")] {
            let of_type = |id: &&str| self.world.rows[*id].type_name == type_name;
            let ids: Vec<&str> = nodes.iter().copied().filter(of_type).collect();
            self.look_up(field, &self.all_of(type_name, 0), &ids, findings).await;
        }
    }

    async fn look_up(&self, field: &str, selection: &str, ids: &[&str], findings: &mut Findings) {
        for chunk in ids.chunks(12) {
            let fields: String = (0..chunk.len())
                .map(|place| format!("{field}__{place}: {field}(id: $i{place}) {{ ...all }} "))
                .collect();
            let declared: String = (0..chunk.len()).map(|place| format!("$i{place}: ID! ")).collect();
            let of = &self.sdl.field("Query", field).of.name;
            let document = format!("query({declared}) {{ {fields} }} fragment all on {of} {{ {selection} }}");
            let variables: Map<String, Value> =
                chunk.iter().enumerate().map(|(place, id)| (format!("i{place}"), json!(id))).collect();
            let answer = self.person.client.send(&document, variables.into()).await;
            self.checker.answer("Query", &answer, findings);
            for (place, id) in chunk.iter().enumerate() {
                let seen = self.world.sees(self.person, &self.world.rows[*id].label);
                if answer.body["data"][format!("{field}__{place}")].is_null() == seen {
                    findings.add(format!("Query.{field} × {}: {}", self.who(), self.world.rows[*id].label.class));
                }
            }
        }
    }

    /// Guarded fields, for who lacks the permission: refused on every link that leads there.
    async fn refusals(&self, findings: &mut Findings) {
        for (owner, fields) in &self.sdl.objects {
            for field in fields.iter().filter(|field| !self.asked(owner, &field.name)) {
                if owner == "Mutation" || BEHIND_A_GUARD.contains(&owner.as_str()) {
                    continue;
                }
                let nested = self.sdl.selected(field, 0, &|_, _| true);
                let wanted = format!("{}{nested}", field.name);
                if owner == "Query" {
                    let answer = self.person.client.send(&format!("{{ {wanted} }}"), Value::Null).await;
                    self.refusal(owner, &field.name, true, &answer.body, findings);
                    continue;
                }
                for (from, way) in self.ways_to(owner, &wanted) {
                    for id in self.world.ids(self.person, &from, true) {
                        let document =
                            format!("query($id: ID!) {{ node(id: $id) {{ __typename ... on {from} {{ {way} }} }} }}");
                        let answer = self.person.client.send(&document, json!({ "id": id })).await;
                        self.refusal(owner, &field.name, &from == owner, &answer.body, findings);
                    }
                }
            }
        }
    }

    /// From which types of objects a type is reached, and how.
    fn ways_to(&self, target: &str, wanted: &str) -> Vec<(String, String)> {
        let mut ways = Vec::new();
        for type_name in &self.sdl.nodes {
            if type_name == target {
                ways.push((type_name.clone(), wanted.to_owned()));
            }
            for field in &self.sdl.objects[type_name] {
                if field.of.name == target {
                    ways.push((type_name.clone(), format!("{} {{ {wanted} }}", field.name)));
                }
            }
        }
        ways
    }

    fn refusal(&self, owner: &str, field: &str, is_direct: bool, body: &Value, findings: &mut Findings) {
        let what = format!("{owner}.{field}");
        self.checker.text(&what, &body.to_string(), findings);
        self.checker.object("Query", &body["data"], "Query", findings);
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let is_guard = |error: &Value| error["extensions"]["code"] == "FORBIDDEN" && error["message"] == GUARD;
        if errors.iter().all(is_guard) && !errors.is_empty() {
            findings.refused(owner, field, self.person);
        } else if is_direct || !errors.is_empty() {
            findings.add(format!("{what} × {}: not FORBIDDEN by the guard: {body}", self.who()));
        }
    }
}
