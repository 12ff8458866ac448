//! Global ids and cursors, as Rookery writes them.

use super::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of a row that nobody owns.
pub(super) fn global(type_name: &str, id: Uuid) -> String {
    encode(type_name, &[id])
}

/// The id of a row that a tenant owns.
pub(super) fn owned(type_name: &str, tenant: Uuid, id: Uuid) -> String {
    encode(type_name, &[tenant, id])
}

fn encode(type_name: &str, keys: &[Uuid]) -> String {
    let mut bytes = Vec::with_capacity(type_name.len() + 1 + 16 * keys.len());
    bytes.extend_from_slice(type_name.as_bytes());
    bytes.push(b':');
    for key in keys {
        bytes.extend_from_slice(key.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The tenant and the id of a row that a tenant owns.
///
/// # Errors
/// `BadRequest` for an id of anything else.
pub(super) fn parse(type_name: &str, text: &str) -> Result<(Uuid, Uuid), Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Problem::BadRequest)?;
    let keys = bytes.strip_prefix(type_name.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
    match keys.ok_or(Problem::BadRequest)?.as_chunks::<16>() {
        ([tenant, id], []) => Ok((Uuid::from_bytes(*tenant), Uuid::from_bytes(*id))),
        _ => Err(Problem::BadRequest),
    }
}

/// A place in a list that is ordered by name.
#[derive(Serialize, Deserialize)]
pub(super) struct Cursor<'t> {
    #[serde(rename = "o")]
    order: &'t str,
    #[serde(rename = "v")]
    pub(super) value: Name<'t>,
    #[serde(rename = "i")]
    pub(super) id: Uuid,
}

/// A cursor's value.
#[derive(Serialize, Deserialize)]
pub(super) struct Name<'t> {
    #[serde(rename = "s")]
    pub(super) text: &'t str,
}

impl<'t> Cursor<'t> {
    /// The place of a row.
    pub(super) const fn of(name: &'t str, id: Uuid) -> Self {
        Self { order: "Name", value: Name { text: name }, id }
    }

    /// As it is sent.
    pub(super) fn encode(&self) -> Result<String, Problem> {
        serde_json::to_vec(self).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| Problem::BadRequest)
    }
}

/// What a cursor says, to be read with [`serde_json`].
pub(super) fn opened(cursor: &str) -> Result<Vec<u8>, Problem> {
    URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Problem::BadRequest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_cursors_are_read_as_they_are_written() {
        let (tenant, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(parse("Device", &owned("Device", tenant, id)).ok(), Some((tenant, id)));
        for other in [owned("Site", tenant, id), global("Device", id), "!".to_owned()] {
            assert!(parse("Device", &other).is_err(), "{other}");
        }
        let json = Cursor::of("meter-1", id).encode().and_then(|cursor| opened(&cursor)).unwrap_or_default();
        let cursor: Cursor<'_> = serde_json::from_slice(&json).expect("it was written here");
        assert_eq!((cursor.value.text, cursor.id), ("meter-1", id));
    }
}
