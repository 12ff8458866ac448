//! Typed ids, and the opaque global ids by which the API names objects.

use crate::platform::error::{AppError, AppResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use rookery_entity::ids::*;
use uuid::Uuid;

/// A global id taken apart: the type's name, and the one or two keys of its row (tenant first).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalId {
    /// The GraphQL type's name.
    pub type_name: String,
    /// The keys: `[id]` for a global row, `[tenant, id]` for one that a tenant owns.
    pub keys: Vec<Uuid>,
}

impl GlobalId {
    /// Encodes a type and the keys of its row.
    #[must_use]
    pub fn encode(type_name: &str, keys: &[Uuid]) -> String {
        let (mut bytes, mut text) = (Vec::new(), String::new());
        Self::begin(type_name, &mut bytes);
        for key in keys {
            bytes.extend_from_slice(key.as_bytes());
        }
        Self::finish(&bytes, &mut text);
        text
    }

    /// Begins an id with its type; the bytes of its keys are to follow.
    pub fn begin(type_name: &str, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(type_name.as_bytes());
        bytes.push(b':');
    }

    /// Appends to `text` the id that these bytes are.
    pub fn finish(bytes: &[u8], text: &mut String) {
        URL_SAFE_NO_PAD.encode_string(bytes, text);
    }

    /// Takes a global id apart; `None` for anything that this server cannot have issued.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let colon = bytes.iter().position(|byte| *byte == b':')?;
        let type_name = String::from_utf8(bytes[..colon].to_vec()).ok()?;
        let (chunks, rest) = bytes[colon + 1..].as_chunks::<16>();
        if !rest.is_empty() || chunks.is_empty() || chunks.len() > 2 {
            return None;
        }
        Some(Self { type_name, keys: chunks.iter().map(|chunk| Uuid::from_bytes(*chunk)).collect() })
    }
}

/// A key that a global id can carry.
pub trait Key: Sized + Copy + Send + Sync + 'static {
    /// The UUIDs of which it consists, tenant first.
    fn parts(self) -> Vec<Uuid>;
    /// Puts it together again.
    fn from_parts(parts: &[Uuid]) -> Option<Self>;

    /// Reads a global id of `type_name`.
    ///
    /// # Errors
    /// `NOT_FOUND` for anything else: an id of another type is an id of nothing here.
    fn parse(type_name: &str, text: &str) -> AppResult<Self> {
        GlobalId::decode(text)
            .filter(|id| id.type_name == type_name)
            .and_then(|id| Self::from_parts(&id.keys))
            .ok_or(AppError::NotFound)
    }
}

macro_rules! key {
    (global: $($id:ident),+; owned: $($owned:ident),+; personal: $($personal:ident),+) => {
        $(impl Key for $id {
            fn parts(self) -> Vec<Uuid> {
                vec![self.0]
            }
            fn from_parts(parts: &[Uuid]) -> Option<Self> {
                if let [id] = parts { Some(Self(*id)) } else { None }
            }
        })+
        $(impl Key for (TenantId, $owned) {
            fn parts(self) -> Vec<Uuid> {
                vec![self.0.0, self.1.0]
            }
            fn from_parts(parts: &[Uuid]) -> Option<Self> {
                if let [tenant, id] = parts { Some((TenantId(*tenant), $owned(*id))) } else { None }
            }
        })+
        $(impl Key for (UserId, $personal) {
            fn parts(self) -> Vec<Uuid> {
                vec![self.0.0, self.1.0]
            }
            fn from_parts(parts: &[Uuid]) -> Option<Self> {
                if let [user, id] = parts { Some((UserId(*user), $personal(*id))) } else { None }
            }
        })+
    };
}

key!(
    global: UserId, SessionId, AccessTokenId, TenantId, ScriptId, ScriptRevisionId, FieldUsageId;
    owned: SiteId, DeviceId, ProjectId, ServerId, ServerRequestId, DeploymentId, ServerRunId, AuditEventId;
    personal: NotificationId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_ids_round_trip_and_refuse_what_was_not_issued() {
        let key = (TenantId(Uuid::from_u128(1)), DeviceId(Uuid::from_u128(2)));
        let text = GlobalId::encode("Device", &key.parts());
        assert_eq!(<(TenantId, DeviceId)>::parse("Device", &text).ok(), Some(key));
        assert!(<(TenantId, SiteId)>::parse("Site", &text).is_err());
        for bad in ["", "!", "RGV2aWNl", &text[..text.len() - 2], "a:b"] {
            assert_eq!(GlobalId::decode(bad), None, "{bad}");
        }
    }
}
