//! The printed schema, read.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

/// What the walk needs to know of the schema.
pub struct Sdl {
    pub objects: BTreeMap<String, Vec<Field>>,
    pub inputs: BTreeMap<String, Vec<Argument>>,
    /// The types with global ids.
    pub nodes: BTreeSet<String>,
}

pub struct Field {
    pub name: String,
    pub arguments: Vec<Argument>,
    pub of: Type,
    /// Its directive as it stands, such as `requires MANAGE_USERS`.
    pub policy: String,
}

pub struct Argument {
    pub name: String,
    pub of: Type,
}

#[derive(Clone)]
pub struct Type {
    pub name: String,
    pub is_list: bool,
}

impl Sdl {
    pub fn parse(text: &str) -> Self {
        let mut sdl = Self { objects: BTreeMap::new(), inputs: BTreeMap::new(), nodes: BTreeSet::new() };
        let mut tokens = tokens(text).into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token.as_str() {
                "type" => {
                    let name = tokens.next().unwrap();
                    if take(&mut tokens, "implements") {
                        assert_eq!(tokens.next().as_deref(), Some("Node"), "{name}");
                        sdl.nodes.insert(name.clone());
                    }
                    sdl.objects.insert(name, fields(&mut tokens));
                }
                "input" => {
                    let name = tokens.next().unwrap();
                    take(&mut tokens, "@oneOf");
                    expect(&mut tokens, "{");
                    sdl.inputs.insert(name, arguments(&mut tokens, "}"));
                }
                // Their content holds no fields of objects.
                "enum" | "interface" | "schema" => skip_block(&mut tokens),
                // `directive @name(…) on FIELD_DEFINITION` and `scalar Name` bring no block.
                _ => {}
            }
        }
        sdl
    }

    pub fn field(&self, owner: &str, name: &str) -> &Field {
        let fields = self.objects.get(owner).unwrap_or_else(|| panic!("there is no type {owner}"));
        fields.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("there is no {owner}.{name}"))
    }

    /// Every argument that takes ids: `Query.node.id`, `SiteWhere.tenantId`.
    pub fn id_arguments(&self) -> BTreeSet<String> {
        let of_fields = self.objects.iter().flat_map(|(owner, fields)| {
            fields.iter().flat_map(move |field| {
                let ids = field.arguments.iter().filter(|argument| argument.of.name == "ID");
                ids.map(move |argument| format!("{owner}.{}.{}", field.name, argument.name))
            })
        });
        let of_inputs = self.inputs.iter().flat_map(|(owner, arguments)| {
            let ids = arguments.iter().filter(|argument| argument.of.name == "ID");
            ids.map(move |argument| format!("{owner}.{}", argument.name))
        });
        of_fields.chain(of_inputs).collect()
    }
}

type Tokens = Peekable<std::vec::IntoIter<String>>;

/// Names and signs; descriptions, commas and other strings are left out, but an empty string stays for a default.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(after) = rest.strip_prefix("\"\"\"") {
            after.find("\"\"\"").unwrap() + 6
        } else if first == '"' {
            let end = rest[1..].find('"').unwrap() + 2;
            if found.last().is_some_and(|last: &String| last == "=") {
                found.push(rest[..end].to_owned());
            }
            end
        } else if first.is_alphanumeric() || matches!(first, '_' | '@' | '-') {
            let end = rest[1..].find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap() + 1;
            found.push(rest[..end].to_owned());
            end
        } else {
            if first != ',' {
                found.push(first.to_string());
            }
            1
        };
        rest = rest[length..].trim_start();
    }
    found
}

fn take(tokens: &mut Tokens, token: &str) -> bool {
    tokens.next_if(|next| next == token).is_some()
}

fn expect(tokens: &mut Tokens, token: &str) {
    assert_eq!(tokens.next().as_deref(), Some(token));
}

fn skip_block(tokens: &mut Tokens) {
    while tokens.next().is_some_and(|token| token != "}") {}
}

fn fields(tokens: &mut Tokens) -> Vec<Field> {
    expect(tokens, "{");
    let mut found = Vec::new();
    while !take(tokens, "}") {
        let name = tokens.next().unwrap();
        let arguments = if take(tokens, "(") { arguments(tokens, ")") } else { Vec::new() };
        expect(tokens, ":");
        let of = type_of(tokens);
        let mut policy = String::new();
        while let Some(directive) = tokens.next_if(|next| next.starts_with('@')) {
            assert_eq!(policy, "", "{name} has two policies");
            policy = directive[1..].to_owned();
            if take(tokens, "(") {
                expect(tokens, "permission");
                expect(tokens, ":");
                policy = format!("{policy} {}", tokens.next().unwrap());
                expect(tokens, ")");
            }
        }
        found.push(Field { name, arguments, of, policy });
    }
    found
}

fn arguments(tokens: &mut Tokens, end: &str) -> Vec<Argument> {
    let mut found = Vec::new();
    while !take(tokens, end) {
        let name = tokens.next().unwrap();
        expect(tokens, ":");
        let of = type_of(tokens);
        if take(tokens, "=") && tokens.next().is_some_and(|value| value == "[") {
            expect(tokens, "]");
        }
        found.push(Argument { name, of });
    }
    found
}

fn type_of(tokens: &mut Tokens) -> Type {
    let is_list = take(tokens, "[");
    let name = tokens.next().unwrap();
    take(tokens, "!");
    if is_list {
        expect(tokens, "]");
        take(tokens, "!");
    }
    Type { name, is_list }
}
