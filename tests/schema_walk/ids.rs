//! Every argument that takes an id, with ids of every sort: what somebody does not see is answered like what was never
//! there.

use super::mutations;
use super::reading::AT_ONCE;
use super::sdl::Sdl;
use super::snapshot::{Snapshots, difference};
use super::walk::{Checker, Findings};
use super::world::{Person, World, global};
use crate::support::client::Answer;
use futures::StreamExt as _;
use rookery_api::platform::ids::GlobalId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use uuid::Uuid;

/// An id that somebody gives, and one of the same sort that was never issued.
struct Given {
    sort: &'static str,
    id: String,
    absent: String,
}

/// A form whose request lacks nothing.
pub fn request_form(world: &World, name: &str) -> Value {
    json!({
        "projectId": world.id("project"),
        "name": name,
        "serverType": "WEB",
        "cpu": 2,
        "memoryGb": 4,
        "storageGb": 50,
        "operatingSystem": "Debian 13",
        "justification": "Everybody who may, files one of these.",
        "scriptId": world.id("script"),
        "targetServerId": world.id("server"),
        "variables": { "word": "walked" },
    })
}

/// The ids that somebody tries where one of `type_name` is asked for.
fn given(world: &World, person: &Person, type_name: &str) -> Vec<Given> {
    let never = |id: &str| {
        let mut decoded = GlobalId::decode(id).expect("a global id");
        *decoded.keys.last_mut().unwrap() = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0abc);
        global(&decoded.type_name, &decoded.keys)
    };
    let mut given = Vec::new();
    let mut classes = BTreeSet::new();
    // One row of each line of the matrix is enough.
    for id in world.ids(person, type_name, false) {
        if classes.insert(&world.rows[id].label.class) {
            given.push(Given { sort: "hidden", id: id.to_owned(), absent: never(id) });
        }
    }
    let some = world.rows.iter().find(|(_, row)| row.type_name == type_name).map(|(id, _)| never(id)).unwrap();
    let other = if type_name == "Device" { world.id("site") } else { world.id("device") };
    let malformed = ["", "nonsense", "' OR 1=1 --"].map(str::to_owned);
    let huge = "A".repeat(64 * 1024);
    let wrong = malformed.into_iter().map(|id| ("malformed", id)).chain([
        ("never issued", global(type_name, &[Uuid::from_u128(7), Uuid::from_u128(8)])),
        ("of another type", other.to_owned()),
        ("huge", huge),
    ]);
    given.extend(wrong.map(|(sort, id)| Given { sort, id, absent: some.clone() }));
    given
}

/// A place in a query where an id is given.
struct Place<'p> {
    argument: &'p str,
    /// The field that takes it.
    field: &'p str,
    /// What is asked there; `$ID` stands for the id.
    asked: String,
    /// The object whose field it is, by type and id; none for a root.
    parent: Option<(&'p str, &'p str)>,
}

/// Arguments of queries, each in every place where it can be given.
pub async fn queries(world: &World, sdl: &Sdl, findings: &mut Findings) {
    let each = world.people.iter().map(async |person| {
        let mut findings = Findings::default();
        queries_of(world, sdl, person, &mut findings).await;
        findings
    });
    let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
    while let Some(found) = each.next().await {
        findings.join(found);
    }
}

async fn queries_of(world: &World, sdl: &Sdl, person: &Person, findings: &mut Findings) {
    for (argument, type_name) in &world.matrix.ids {
        let parts: Vec<&str> = argument.split('.').collect();
        match parts.as_slice() {
            ["Query", field, name] => {
                let id = if *field == "nodes" { "[$ID]" } else { "$ID" };
                let asked = format!("{field}({name}: {id}) {{ __typename id }}");
                let place = Place { argument, field, asked, parent: None };
                let is_any = type_name == "any";
                for type_name in sdl.nodes.iter().filter(|known| is_any || *known == type_name) {
                    let mut given = given(world, person, type_name);
                    given.retain(|given| !is_any || given.sort != "of another type");
                    compare(world, sdl, person, &place, &given, findings).await;
                }
            }
            [input, name] if input.ends_with("Where") => {
                for (owner, field) in places_of(sdl, input) {
                    let page = sdl.page(&sdl.field(&owner, &field).of.name, 0, &|_, _| true);
                    let asked = format!("{field}(first: 30, where: {{ {name}: $ID }}) {{ {page} }}");
                    let parents: Vec<Option<(&str, &str)>> = match owner.as_str() {
                        "Query" => vec![None],
                        owner => {
                            world.ids(person, owner, true).into_iter().take(2).map(|id| Some((owner, id))).collect()
                        }
                    };
                    for parent in parents {
                        let place = Place { argument, field: &field, asked: asked.clone(), parent };
                        let given = given(world, person, type_name);
                        compare(world, sdl, person, &place, &given, findings).await;
                    }
                }
            }
            _ => {}
        }
    }
}

/// Which fields take an input as their `where`.
fn places_of(sdl: &Sdl, input: &str) -> Vec<(String, String)> {
    let takes = |(owner, fields): (&String, &Vec<super::sdl::Field>)| -> Vec<(String, String)> {
        let fields = fields.iter().filter(|field| field.arguments.iter().any(|argument| argument.of.name == input));
        fields.map(|field| (owner.clone(), field.name.clone())).collect()
    };
    sdl.objects.iter().flat_map(takes).collect()
}

/// Asks with each id and with one that was never issued, in one document: the answers must be the same.
async fn compare(
    world: &World,
    sdl: &Sdl,
    person: &Person,
    place: &Place<'_>,
    given: &[Given],
    findings: &mut Findings,
) {
    let Place { argument, field, asked, parent } = place;
    let mut variables = Map::new();
    let (mut declared, mut fields) = (String::new(), String::new());
    for (number, id) in given.iter().flat_map(|given| [&given.id, &given.absent]).enumerate() {
        write!(declared, " $id{number}: ID!").unwrap();
        write!(fields, " {field}__{number}: {}", asked.replace("$ID", &format!("$id{number}"))).unwrap();
        variables.insert(format!("id{number}"), json!(id));
    }
    let document = match parent {
        None => format!("query({declared}) {{ {fields} }}"),
        Some((owner, id)) => {
            variables.insert("of".to_owned(), json!(id));
            format!("query($of: ID! {declared}) {{ node(id: $of) {{ __typename ... on {owner} {{ {fields} }} }} }}")
        }
    };
    let answer = person.client.send(&document, variables.into()).await;
    if !world.is_in(person) {
        if answer.code().as_deref() != Some("UNAUTHENTICATED") || !answer.body["data"].is_null() {
            findings.add(format!("{argument} × {}: not UNAUTHENTICATED: {}", world.name(person), answer.body));
        }
        return;
    }
    Checker { world, sdl, person, with_new_rows: false }.answer(argument, &answer, findings);
    let data = if parent.is_some() { &answer.body["data"]["node"] } else { &answer.body["data"] };
    for (number, given) in given.iter().enumerate() {
        let found = [2 * number, 2 * number + 1].map(|number| &data[format!("{field}__{number}")]);
        if found[0] != found[1] {
            let who = world.name(person);
            findings.add(format!(
                "{argument} ({}) × {who}: {}, but what was never there {}",
                given.sort, found[0], found[1]
            ));
        }
    }
}

/// Arguments of mutations, for who is not refused whatever they name. Nothing is named that is there to be changed.
pub async fn mutations(world: &World, sdl: &Sdl, snapshots: &Snapshots, findings: &mut Findings) {
    let before = snapshots.take().await;
    let each = world.people.iter().map(async |person| {
        let mut findings = Findings::default();
        mutations_of(world, sdl, person, &mut findings).await;
        findings
    });
    let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
    while let Some(found) = each.next().await {
        findings.join(found);
    }
    let changed = difference(&before, &snapshots.take().await);
    if !changed.is_empty() {
        findings.add(format!("somebody who named what they do not see changed {changed:?}"));
    }
}

async fn mutations_of(world: &World, sdl: &Sdl, person: &Person, findings: &mut Findings) {
    let cases = world.matrix.mutations.iter().filter(|case| !case.case.contains(':'));
    for case in cases.filter(|case| !["role", "out"].contains(&case.cell(person.column))) {
        let taken = &sdl.field("Mutation", case.field()).arguments[0].of.name;
        let whole = mutations::input(world, case, world.name(person));
        for argument in sdl.inputs[taken].iter().filter(|argument| argument.of.name == "ID") {
            let name = format!("{taken}.{}", argument.name);
            let send = async |id: &str| {
                let mut input = whole.clone();
                input[&argument.name] = if argument.of.is_list { json!([id]) } else { json!(id) };
                mutations::send_for(world, sdl, person, case.field(), &input, 0).await
            };
            let mut absent: HashMap<String, Answer> = HashMap::new();
            for given in given(world, person, &world.matrix.ids[&name]) {
                let answer = send(&given.id).await;
                if !absent.contains_key(&given.absent) {
                    absent.insert(given.absent.clone(), send(&given.absent).await);
                }
                let what = format!("{name} ({})", given.sort);
                let checker = Checker { world, sdl, person, with_new_rows: false };
                checker.text(&what, &answer.body.to_string(), findings);
                checker.object("Mutation", &answer.body["data"], &what, findings);
                let absent = &absent[&given.absent];
                let outcome = |answer| mutations::outcome(case.field(), answer);
                let alike = match given.sort {
                    "hidden" => answer.comparable() == absent.comparable(),
                    // What is no id at all may be told to be none.
                    _ => ["absent", "INVALID", &outcome(absent)].contains(&outcome(&answer).as_str()),
                };
                if !alike {
                    let (who, found, absent) = (world.name(person), &answer.body, &absent.body);
                    findings.add(format!("{what} × {who}: {found}, but for what was never there {absent}"));
                }
            }
        }
    }
}
