//! Parts of an answer that are JSON already: whoever reads rows writes them at once, instead of a tree of values that
//! would be built, walked, written and taken down again.
//!
//! Among an answer's values they are binary ones. No type of the schema is binary, and nothing that a client sends or
//! that is stored becomes one: only what is written here is taken for JSON.

use crate::platform::ids::GlobalId;
use async_graphql::Value;
use bytes::Bytes;
use std::fmt::Write as _;
use std::ops::Add;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// JSON, and what it holds; a clone copies nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json {
    bytes: Bytes,
    counts: Counts,
}

/// JSON that is being written.
#[derive(Debug, Default)]
pub struct Text {
    json: String,
    counts: Counts,
    /// Where the next id's bytes are put together.
    id: Vec<u8>,
}

/// What some JSON holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Objects.
    pub objects: u64,
    /// Members of those.
    pub members: u64,
}

/// What of an operation's answer was written as JSON, and so cannot be counted in its values.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Counts>>);

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { objects: self.objects + other.objects, members: self.members + other.members }
    }
}

impl Written {
    /// What it holds.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Json {
    /// A value's.
    ///
    /// # Errors
    /// As [`write`].
    pub fn of(value: &Value) -> serde_json::Result<Self> {
        let mut bytes = Vec::new();
        write(value, &mut bytes)?;
        Ok(Self { bytes: bytes.into(), counts: counts(value) })
    }

    /// As a value of an answer, counted in what the operation returns.
    #[must_use]
    pub fn answer(&self, written: Option<&Written>) -> Value {
        if let Some(written) = written {
            let mut counts = written.0.lock().unwrap_or_else(PoisonError::into_inner);
            *counts = *counts + self.counts;
        }
        Value::Binary(self.bytes.clone())
    }
}

impl Text {
    /// An object, whose members `write` adds.
    ///
    /// # Errors
    /// What `write` says.
    pub fn object<E>(&mut self, write: impl FnOnce(&mut Members<'_>) -> Result<(), E>) -> Result<(), E> {
        self.counts.objects += 1;
        self.json.push('{');
        write(&mut Members { text: self, is_first: true })?;
        self.json.push('}');
        Ok(())
    }

    /// A list of what `write` writes for each of `items`.
    ///
    /// # Errors
    /// What `write` says.
    pub fn list<T, E>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.json.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            write(self, item)?;
        }
        self.json.push(']');
        Ok(())
    }

    /// Nothing.
    pub fn null(&mut self) {
        self.json.push_str("null");
    }

    /// True or false.
    pub fn boolean(&mut self, value: bool) {
        self.json.push_str(if value { "true" } else { "false" });
    }

    /// A whole number.
    pub fn integer(&mut self, value: i64) {
        // A string takes what is written to it.
        _ = write!(self.json, "{value}");
    }

    /// A text.
    pub fn string(&mut self, value: &str) {
        // Looked at to its end, and so many bytes at a time.
        if value.bytes().filter(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\').count() > 0 {
            self.value(&Value::String(value.to_owned()));
        } else {
            self.plain(value);
        }
    }

    /// A text without a character that JSON writes as anything but itself.
    fn plain(&mut self, value: &str) {
        self.json.push('"');
        self.json.push_str(value);
        self.json.push('"');
    }

    /// The global id of a row of a type; its keys, tenant first.
    ///
    /// # Errors
    /// The first of those of `keys`.
    pub fn id<E>(&mut self, type_name: &str, keys: impl IntoIterator<Item = Result<Uuid, E>>) -> Result<(), E> {
        self.id.clear();
        GlobalId::begin(type_name, &mut self.id);
        for key in keys {
            self.id.extend_from_slice(key?.as_bytes());
        }
        self.json.push('"');
        GlobalId::finish(&self.id, &mut self.json);
        self.json.push('"');
        Ok(())
    }

    /// A value, as the executor would have written it.
    pub fn value(&mut self, value: &Value) {
        self.counts = self.counts + counts(value);
        // What has no text, which nothing here has, would be null in an answer.
        self.json.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()));
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Json {
        Json { bytes: self.json.into(), counts: self.counts }
    }
}

/// The members of an object that is being written.
pub struct Members<'t> {
    text: &'t mut Text,
    is_first: bool,
}

impl Members<'_> {
    /// The next one: its value is to be written to what this answers. `name` is a GraphQL name.
    pub fn member(&mut self, name: &str) -> &mut Text {
        if !std::mem::replace(&mut self.is_first, false) {
            self.text.json.push(',');
        }
        self.text.counts.members += 1;
        self.text.plain(name);
        self.text.json.push(':');
        self.text
    }
}

/// What a value holds, without what was written before.
#[must_use]
pub fn counts(value: &Value) -> Counts {
    match value {
        Value::Object(members) => {
            let own = Counts { objects: 1, members: members.len() as u64 };
            members.values().map(counts).fold(own, Add::add)
        }
        Value::List(list) => list.iter().map(counts).fold(Counts::default(), Add::add),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => {
            Counts::default()
        }
    }
}

/// Writes a value of an answer as JSON.
///
/// # Errors
/// If it has no text, which what is read from JSON or from the database has.
pub fn write(value: &Value, json: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Binary(written) => json.extend_from_slice(written),
        Value::List(list) => {
            json.push(b'[');
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                write(item, json)?;
            }
            json.push(b']');
        }
        Value::Object(members) => {
            json.push(b'{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                serde_json::to_writer(&mut *json, name.as_str())?;
                json.push(b':');
                write(member, json)?;
            }
            json.push(b'}');
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => {
            serde_json::to_writer(json, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FINE: Result<(), std::convert::Infallible> = Ok(());

    #[test]
    fn what_is_written_is_what_serde_writes() {
        let words = ["", "plain", "größer 🦀", "\"quoted\"", "back\\slash", "line\nbreak\u{1}\u{7f}\u{2028}", "/"];
        let mut text = Text::default();
        let outcome = text.object(|members| {
            members.member("words").list(words, |text, word| {
                text.string(word);
                FINE
            })?;
            members.member("none").list([0; 0], |_, _| FINE)?;
            members.member("empty").object(|_| FINE)?;
            members.member("yes").boolean(true);
            members.member("null").null();
            members.member("least").integer(i64::MIN);
            members.member("half").value(&Value::from(0.5));
            FINE
        });
        assert_eq!(outcome, FINE);
        let written = Written::default();
        let value = text.finish().answer(Some(&written));
        assert_eq!(written.counts(), Counts { objects: 2, members: 7 });
        let expected = json!({
            "words": words, "none": [], "empty": {}, "yes": true, "null": null, "least": i64::MIN, "half": 0.5,
        });
        let mut json = Vec::new();
        write(&value, &mut json).expect("a value");
        let json = String::from_utf8(json).expect("a text");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON"), expected);
        let each: Vec<String> = words.iter().map(|word| json!(word).to_string()).collect();
        assert!(json.contains(&format!("[{}]", each.join(","))), "{json}");
    }

    #[test]
    fn only_what_was_written_here_is_taken_for_json() {
        let stored = json!({ "$serde_json::private::RawValue": "[1", "list": [{ "é\"": null }, 1.5, "a"] });
        let value = Value::from_json(stored.clone()).expect("a value");
        let mut json = Vec::new();
        write(&value, &mut json).expect("a value");
        assert_eq!(String::from_utf8_lossy(&json), stored.to_string());
    }
}
