//! Comparing lists by name, and types by who is to be safe.

use async_graphql::parser::types::{BaseType, Type};
use std::collections::{BTreeMap, BTreeSet};

/// What became of one name.
pub(super) enum Pair<'a, T> {
    /// It is new.
    Added(&'a T),
    /// It is gone.
    Removed(&'a T),
    /// It is still there.
    Kept(&'a T, &'a T),
}

/// What became of each name.
pub(super) fn pairs<'a, T>(
    old: &'a BTreeMap<String, T>,
    new: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a String, Pair<'a, T>)> {
    let was = old.iter().map(|(name, before)| match new.get(name) {
        Some(now) => (name, Pair::Kept(before, now)),
        None => (name, Pair::Removed(before)),
    });
    let is_new = new.iter().filter(|(name, _)| !old.contains_key(*name));
    was.chain(is_new.map(|(name, now)| (name, Pair::Added(now))))
}

/// The names that are gone and the new ones.
pub(super) fn gone_and_new<'a>(
    old: &'a BTreeSet<String>,
    new: &'a BTreeSet<String>,
) -> (impl Iterator<Item = &'a String>, impl Iterator<Item = &'a String>) {
    (old.difference(new), new.difference(old))
}

/// Whether who read `old` can read `new`: it may promise more, but never less.
pub(super) fn answers_no_less(old: &Type, new: &Type) -> bool {
    (old.nullable || !new.nullable) && same(old, new, answers_no_less)
}

/// Whether who gave `old` may give the same to `new`: it may ask for less, but never for more.
pub(super) fn takes_no_less(old: &Type, new: &Type) -> bool {
    (new.nullable || !old.nullable) && same(old, new, takes_no_less)
}

fn same(old: &Type, new: &Type, inner: fn(&Type, &Type) -> bool) -> bool {
    match (&old.base, &new.base) {
        (BaseType::Named(old), BaseType::Named(new)) => old == new,
        (BaseType::List(old), BaseType::List(new)) => inner(old, new),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{answers_no_less, takes_no_less};
    use async_graphql::parser::types::Type;

    #[test]
    fn an_answer_may_promise_more_and_an_argument_ask_for_less() {
        let cases = [
            ("Int", "Int", true, true),
            ("Int", "Int!", true, false),
            ("Int!", "Int", false, true),
            ("[Int]", "[Int!]!", true, false),
            ("[Int!]!", "[Int]", false, true),
            ("[Int]!", "[Int!]", false, false),
            ("Int", "[Int]", false, false),
            ("[Int]", "Int", false, false),
            ("Int", "Float", false, false),
            ("[[Int!]]", "[[Int]]", false, true),
        ];
        for (old, new, is_safe_to_read, is_safe_to_give) in cases {
            let (old_type, new_type) = (Type::new(old).unwrap(), Type::new(new).unwrap());
            assert_eq!(answers_no_less(&old_type, &new_type), is_safe_to_read, "{old} to {new}, read");
            assert_eq!(takes_no_less(&old_type, &new_type), is_safe_to_give, "{old} to {new}, given");
        }
    }
}
