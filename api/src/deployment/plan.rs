//! The plan of a run: exactly what would happen. Its digest is what an approval binds; what runs is a plan with the
//! same digest, or nothing.

use crate::platform::canonical;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What would run where, with what. Serialised with sorted keys, its SHA-256 is its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The layout of this plan.
    pub version: u32,
    /// What runs.
    pub script: PlannedScript,
    /// Where.
    pub targets: Vec<PlannedTarget>,
    /// With what.
    pub variables: BTreeMap<String, serde_json::Value>,
    /// With which secrets: a mark of each, that changes when the secret does and tells nothing else.
    pub secrets: BTreeMap<String, String>,
    /// What the targets cost a month, in euro cents; none where one has no price.
    pub monthly_price_cents: Option<i32>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedScript {
    /// Its id.
    pub id: Uuid,
    /// Its name, for people.
    pub name: String,
    /// `ansible` or `ssh`.
    pub kind: String,
    /// The number of the revision.
    pub revision: i32,
    /// The SHA-256 of its content.
    pub digest: String,
    /// Whether it becomes root.
    pub requires_root: bool,
}

/// Where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTarget {
    /// The server's id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its name or address in the network.
    pub address: String,
    /// Its SSH port.
    pub port: i32,
    /// As whom.
    pub user: String,
    /// The provider's plan.
    pub r#type: Option<String>,
}

impl Plan {
    /// The layout that this version of the program writes.
    pub const VERSION: u32 = 1;

    /// The plan in canonical JSON.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_value(self).map(|value| canonical::json(&value)).unwrap_or_default()
    }

    /// The digest of its canonical JSON, such as `sha256:…`.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_of(&self.canonical())
    }
}

/// The digest of a plan in canonical JSON.
#[must_use]
pub fn digest_of(canonical: &str) -> String {
    format!("sha256:{}", canonical::sha256_hex(canonical))
}

/// The price of servers of these plans together; none if one has no price.
pub fn price<'t>(types: impl IntoIterator<Item = Option<&'t str>>) -> Option<i32> {
    types.into_iter().try_fold(0_i32, |sum, plan| Some(sum + crate::fleet::catalogue::monthly_price_cents(plan)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            version: Plan::VERSION,
            script: PlannedScript {
                id: Uuid::from_u128(1),
                name: "Web server".into(),
                kind: "ansible".into(),
                revision: 1,
                digest: "ab".into(),
                requires_root: false,
            },
            targets: Vec::new(),
            variables: BTreeMap::from([("port".into(), serde_json::json!(80))]),
            secrets: BTreeMap::new(),
            monthly_price_cents: None,
        }
    }

    #[test]
    fn the_digest_follows_every_part() {
        let digest = plan().digest();
        assert_eq!(digest, plan().digest());
        let mut others = [plan(), plan(), plan(), plan()];
        others[0].script.digest = "cd".into();
        others[1].variables.insert("port".into(), serde_json::json!("80"));
        others[2].secrets.insert("password".into(), "mark".into());
        others[3].monthly_price_cents = Some(0);
        assert!(others.iter().all(|other| other.digest() != digest));
        assert_eq!(price([Some("cx21"), Some("cx11")]), Some(1_240));
        assert_eq!(price([Some("cx21"), None]), None);
    }
}
