//! Canonical JSON and its digest: the same value is always the same bytes.

use sha2::{Digest, Sha256};

/// Writes `value` with its keys sorted and without spaces.
#[must_use]
pub fn json(value: &serde_json::Value) -> String {
    // serde_json's map is a BTreeMap here (its `preserve_order` feature is off), so keys come sorted.
    value.to_string()
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_sorted_whatever_their_order() {
        let one: serde_json::Value = serde_json::from_str(r#"{"b":1,"a":{"d":2,"c":3}}"#).unwrap_or_default();
        assert_eq!(super::json(&one), r#"{"a":{"c":3,"d":2},"b":1}"#);
    }
}
