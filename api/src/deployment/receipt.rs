//! The receipt of a deployment: what was decided, what ran and how it came out, signed, for whoever has to believe it
//! without asking Rookery. It is made when the deployment ends, and never again: `docs/receipts.md`.

pub mod issue;
pub mod verify;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The type in the signature's header. A token has another, and neither is taken for the other.
pub const TYPE: &str = "rookery-receipt+jwt";
/// The audience: whoever checks a receipt as if it were a token finds that it is meant for others.
pub const AUDIENCE: &str = "rookery-receipt";
/// The layout that this version of the program writes.
pub const VERSION: u32 = 1;

/// All that a receipt says. Times are as in the API, ids are those of the API. It has none of the members by which a
/// token is recognised: no `iss`, `sub`, `exp` or `jti`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// [`AUDIENCE`].
    pub aud: String,
    /// [`VERSION`].
    pub version: u32,
    /// Who signed: the issuer of the server's tokens.
    pub issuer: String,
    /// When it was made.
    pub issued_at: String,
    /// For whom it was deployed.
    pub tenant: Named,
    /// On servers of which project.
    pub project: Named,
    /// The deployment itself.
    pub deployment: Ended,
    /// The request that it was for; none without one.
    pub request: Option<Decided>,
    /// What was to be done.
    pub plan: Fixed,
    /// Where, and how it came out there; by name.
    pub targets: Vec<Target>,
    /// What happened on the way.
    pub log: Log,
}

/// Something with a name, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A deployment that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// `COMPLETED`, `FAILED`, `CANCELLED` or `UNKNOWN`.
    pub status: String,
    /// Why it did not complete.
    pub failure_message: Option<String>,
    /// Who started it.
    pub started_by: Named,
    /// When it was dispatched.
    pub created_at: String,
    /// When its runner began; none if none did.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
}

/// A request with what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decided {
    /// Its id.
    pub id: String,
    /// The name asked for.
    pub name: String,
    /// Who filed it.
    pub requester: Named,
    /// When.
    pub filed_at: String,
    /// What was decided, oldest first.
    pub decisions: Vec<Decision>,
}

/// A decision about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decision {
    /// `APPROVED`.
    pub decision: String,
    /// Who decided.
    pub by: Named,
    /// When.
    pub at: String,
    /// The digest of the plan that they saw.
    pub plan_digest: Option<String>,
}

/// What was fixed before it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fixed {
    /// The digest of the whole plan, `sha256:…`.
    pub digest: String,
    /// What ran.
    pub script: Script,
    /// What the targets cost a month, in cents; none where one has no price.
    pub monthly_price_cents: Option<i32>,
    /// Of which currency.
    pub currency: String,
}

/// A script's revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Script {
    /// The script's id.
    pub id: String,
    /// Its name then.
    pub name: String,
    /// `ansible` or `ssh`.
    pub kind: String,
    /// The number of the revision.
    pub revision: i32,
    /// The SHA-256 of its content.
    pub digest: String,
    /// The SHA-256 of each file beside it, by path; left out where there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Whether it becomes root.
    pub requires_root: bool,
}

/// A server, with how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Its name then.
    pub name: String,
    /// Its name or address in the network then.
    pub address: String,
    /// The provider's plan.
    pub r#type: Option<String>,
    /// `OK`, `FAILED`, `UNREACHABLE`, `CANCELLED` or `UNKNOWN`.
    pub result: String,
    /// Tasks that are fine, those that changed something included.
    pub ok: i32,
    /// Tasks that changed something.
    pub changed: i32,
    /// Tasks that failed.
    pub failed: i32,
    /// Tasks that were not needed.
    pub skipped: i32,
    /// Attempts that did not reach it.
    pub unreachable: i32,
}

/// The events, by their digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How many there are, the last of which tells the end.
    pub events: i64,
    /// The chained digest of them all, `sha256:…`.
    pub digest: String,
}

impl Log {
    /// The digest of events that end with this link, as receipts write it.
    #[must_use]
    pub fn digest_of(link: &str) -> String {
        format!("sha256:{link}")
    }
}
