//! What is asked for: selections of everything, made from the schema.

use super::sdl::{Field, Sdl};
use std::fmt::Write as _;

/// Whether somebody asks for a field: those that are refused to them are asked for one by one.
pub type Asked<'a> = &'a dyn Fn(&str, &str) -> bool;

impl Sdl {
    /// All that can be selected of a type, following links to objects so many times.
    pub fn selection(&self, owner: &str, depth: u32, asked: Asked) -> String {
        let mut text = String::new();
        for field in &self.objects[owner] {
            if asked(owner, &field.name) {
                let selected = self.selected(field, depth, asked);
                write!(text, " {}{selected}", field.name).unwrap();
            }
        }
        text
    }

    /// What follows a field's name: its selection, if it has one.
    pub fn selected(&self, field: &Field, depth: u32, asked: Asked) -> String {
        let target = field.of.name.as_str();
        if self.is_connection(target) {
            return format!("(first: 5) {{ {} }}", self.page(target, depth, asked));
        }
        if self.nodes.contains(target) {
            return match depth {
                0 => " { id }".to_owned(),
                _ => format!(" {{ {} }}", self.selection(target, depth - 1, asked)),
            };
        }
        if self.objects.contains_key(target) {
            return format!(" {{ {} }}", self.selection(target, depth, asked));
        }
        String::new()
    }

    /// All that can be selected of a page, with its objects.
    pub fn page(&self, connection: &str, depth: u32, asked: Asked) -> String {
        let of = self.field(connection, "nodes").of.name.as_str();
        let is_node = self.nodes.contains(of);
        let nodes = match depth {
            0 if is_node => "id".to_owned(),
            _ => self.selection(of, depth.saturating_sub(1), asked),
        };
        let has_id = self.objects[of].iter().any(|field| field.name == "id");
        let short = if has_id { "id" } else { "sequence" };
        format!(
            "totalCount pageInfo {{ {} }} nodes {{ {nodes} }} edges {{ cursor node {{ {short} }} }}",
            self.selection("PageInfo", 0, asked)
        )
    }

    pub fn is_connection(&self, name: &str) -> bool {
        name.ends_with("Connection")
    }
}
