//! The plan of a run: exactly what would happen. Its digest is what an approval binds; what runs is a plan with the
//! same digest, or nothing.

use crate::platform::canonical;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// In which portions; on all targets at once where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// With what.
    pub variables: BTreeMap<String, serde_json::Value>,
    /// With which secrets: a mark of each, that changes when the secret does and tells nothing else.
    pub secrets: BTreeMap<String, String>,
    /// What the targets cost a month, in euro cents; none where one has no price.
    pub monthly_price_cents: Option<i32>,
}

/// In which portions a run goes over its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// How many targets at once.
    pub batch: Share,
    /// If more than this fail or are not reached, no further batch is begun.
    pub failures_most: Share,
}

/// Some of the targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// So many.
    Hosts(u32),
    /// So many of a hundred.
    Percent(u32),
}

impl Share {
    /// Of so many targets, a part of one counted as one.
    #[must_use]
    pub fn rounded_up(self, targets: usize) -> u32 {
        self.of(targets, u64::div_ceil)
    }

    /// Of so many targets, whole ones only.
    #[must_use]
    pub fn rounded_down(self, targets: usize) -> u32 {
        self.of(targets, |share, whole| share / whole)
    }

    fn of(self, targets: usize, divide: impl FnOnce(u64, u64) -> u64) -> u32 {
        match self {
            Self::Hosts(hosts) => hosts,
            Self::Percent(percent) => {
                u32::try_from(divide(u64::from(percent) * targets as u64, 100)).unwrap_or(u32::MAX)
            }
        }
    }
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
    /// The SHA-256 of each file beside it, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
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

    /// The parts in which it differs from another, in words: empty only when the digests are the same.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (script, before) = (&self.script, &other.script);
        let mut parts: Vec<String> = [
            ("which script runs", script.id != before.id || script.kind != before.kind),
            ("the script's name", script.name != before.name),
            ("the script's revision", script.revision != before.revision),
            ("the script's content", script.digest != before.digest),
            ("whether the script becomes root", script.requires_root != before.requires_root),
            ("the batches", self.rollout != other.rollout),
            ("the price", self.monthly_price_cents != other.monthly_price_cents),
            ("the layout of plans", self.version != other.version),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(part, _)| part.to_owned())
        .collect();
        parts.extend(different_keys(&script.files, &before.files).map(|path| format!("the script's file {path}")));
        let ids = |plan: &Self| plan.targets.iter().map(|target| target.id).collect::<Vec<_>>();
        if ids(self) == ids(other) {
            parts.extend(self.targets.iter().zip(&other.targets).flat_map(|(now, before)| now.differences(before)));
        } else {
            parts.push("the targets".to_owned());
        }
        parts.extend(different_keys(&self.variables, &other.variables).map(|name| format!("the variable {name}")));
        parts.extend(different_keys(&self.secrets, &other.secrets).map(|name| format!("the secret {name}")));
        parts
    }

    /// The digest of its canonical JSON, such as `sha256:…`.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_of(&self.canonical())
    }
}

impl PlannedTarget {
    fn differences(&self, other: &Self) -> Vec<String> {
        [
            ("name", self.name != other.name),
            ("address", self.address != other.address),
            ("SSH port", self.port != other.port),
            ("user", self.user != other.user),
            ("type", self.r#type != other.r#type),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(part, _)| format!("the {part} of {}", other.name))
        .collect()
    }
}

/// The names of what only one of them has, or has otherwise.
fn different_keys<'m, V: PartialEq>(
    one: &'m BTreeMap<String, V>,
    other: &'m BTreeMap<String, V>,
) -> impl Iterator<Item = &'m String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name))
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
                files: BTreeMap::new(),
                requires_root: false,
            },
            targets: vec![PlannedTarget {
                id: Uuid::from_u128(2),
                name: "web".into(),
                address: "127.0.0.1".into(),
                port: 22,
                user: "deploy".into(),
                r#type: None,
            }],
            rollout: None,
            variables: BTreeMap::from([("port".into(), serde_json::json!(80))]),
            secrets: BTreeMap::new(),
            monthly_price_cents: None,
        }
    }

    #[test]
    fn the_digest_follows_every_part() {
        type Change = fn(&mut Plan);
        let approved = plan();
        assert_eq!(approved.digest(), plan().digest());
        assert_eq!(approved.differences(&plan()), Vec::<String>::new());
        let parts: [(&str, Change); 20] = [
            ("the layout of plans", |plan| plan.version += 1),
            ("which script runs", |plan| plan.script.id = Uuid::nil()),
            ("which script runs", |plan| plan.script.kind = "ssh".into()),
            ("the script's name", |plan| plan.script.name.push('x')),
            ("the script's revision", |plan| plan.script.revision += 1),
            ("the script's content", |plan| plan.script.digest = "cd".into()),
            ("the script's file roles/web/tasks/main.yml", |plan| {
                _ = plan.script.files.insert("roles/web/tasks/main.yml".into(), "ef".into());
            }),
            ("whether the script becomes root", |plan| plan.script.requires_root = true),
            ("the targets", |plan| plan.targets[0].id = Uuid::nil()),
            ("the targets", |plan| plan.targets.clear()),
            ("the name of web", |plan| plan.targets[0].name.push('x')),
            ("the address of web", |plan| plan.targets[0].address.push('1')),
            ("the SSH port of web", |plan| plan.targets[0].port = 2222),
            ("the user of web", |plan| plan.targets[0].user = "root".into()),
            ("the type of web", |plan| plan.targets[0].r#type = Some("cx21".into())),
            // Of another type it is another value.
            ("the variable port", |plan| _ = plan.variables.insert("port".into(), serde_json::json!("80"))),
            ("the variable port", |plan| plan.variables.clear()),
            ("the secret password", |plan| _ = plan.secrets.insert("password".into(), "mark".into())),
            ("the batches", |plan| {
                plan.rollout = Some(Rollout { batch: Share::Hosts(1), failures_most: Share::Percent(0) });
            }),
            ("the price", |plan| plan.monthly_price_cents = Some(0)),
        ];
        for (part, change) in parts {
            let mut now = plan();
            change(&mut now);
            assert_ne!(now.digest(), approved.digest(), "{part}");
            assert_eq!(now.differences(&approved), [part]);
        }
        // What was approved before there were any is the same plan still.
        assert!(!plan().canonical().contains("rollout") && !plan().canonical().contains("files"));
        assert_eq!((Share::Percent(30).rounded_up(4), Share::Percent(30).rounded_down(4)), (2, 1));
        assert_eq!(price([Some("cx21"), Some("cx11")]), Some(1_240));
        assert_eq!(price([Some("cx21"), None]), None);
    }
}
