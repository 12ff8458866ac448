//! The shape of an operation: its name, its variables' names, and of what kind their values are, but not the values.

use async_graphql::{Value, Variables};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The shape, as a number: those of equal shape have the same.
pub(super) fn of(operation_name: Option<&str>, variables: &Variables) -> u64 {
    let mut hasher = DefaultHasher::new();
    operation_name.hash(&mut hasher);
    for (name, value) in &**variables {
        name.as_str().hash(&mut hasher);
        add(value, &mut hasher);
    }
    hasher.finish()
}

fn add(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Number(number) => (1_u8, number.is_f64()).hash(hasher),
        Value::String(_) => 2_u8.hash(hasher),
        Value::Boolean(_) => 3_u8.hash(hasher),
        Value::Enum(_) => 4_u8.hash(hasher),
        Value::Binary(_) => 5_u8.hash(hasher),
        Value::List(list) => {
            (6_u8, list.len()).hash(hasher);
            for item in list {
                add(item, hasher);
            }
        }
        Value::Object(members) => {
            (7_u8, members.len()).hash(hasher);
            for (name, member) in members {
                name.as_str().hash(hasher);
                add(member, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_do_not_matter_and_all_else_does() {
        let of = |variables| of(Some("a"), &Variables::from_json(variables));
        let some = of(json!({ "id": "a", "in": [{ "n": 1, "b": true }, null] }));
        assert_eq!(some, of(json!({ "id": "b", "in": [{ "n": -7, "b": false }, null] })));
        for other in [
            json!({ "id": 1, "in": [{ "n": 1, "b": true }, null] }),
            json!({ "id": "a", "in": [{ "n": 1.5, "b": true }, null] }),
            json!({ "id": "a", "in": [{ "n": 1, "b": true }] }),
            json!({ "id": "a", "in": [{ "n": 1, "c": true }, null] }),
            json!({ "id": "a", "in": [{ "n": 1, "b": true, "c": null }, null] }),
            json!({ "id": "a" }),
            json!({}),
        ] {
            assert_ne!(some, of(other.clone()), "{other}");
        }
        assert_ne!(of(json!({})), super::of(None, &Variables::default()));
    }
}
