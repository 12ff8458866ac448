//! What a run is to do: `run.json` in its directory. Holds no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::host_key::HostKey;
use super::script_files::{clash, is_path};
use crate::platform::trace::TraceContext;

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The deployment this run belongs to; the script sees it as `deployment_id`.
    pub deployment_id: Uuid,
    /// The fencing token of the lease it was dispatched under.
    pub fence: i64,
    /// How the script is run.
    pub kind: ScriptKind,
    /// SHA-256 of the script's content, in hexadecimal.
    pub script_digest: String,
    /// What lies beside a playbook: SHA-256 by path.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Where it runs. At least one.
    pub targets: Vec<RunTarget>,
    /// How many targets at once, in the order given; all of them where it does not say.
    #[serde(default)]
    pub batch_size: Option<u32>,
    /// If more targets than this have failed or were not reached, no further batch is begun.
    #[serde(default)]
    pub failures_most: u32,
    /// Values of the variables that are not secret: strings, integers or booleans.
    pub variables: BTreeMap<String, serde_json::Value>,
    /// Names of the secret variables; their values are a file that exists only while the run lasts.
    pub secret_variables: BTreeSet<String>,
    /// The operation that asked for it, as a W3C trace context; the script sees it as `TRACEPARENT`.
    #[serde(default)]
    pub trace_parent: Option<String>,
    /// The time allowed, in seconds.
    pub timeout_seconds: u64,
    /// Whether the script may become root on the target.
    pub become_allowed: bool,
    /// Whether to look what it would change, and change nothing.
    #[serde(default)]
    pub preview: bool,
    /// Demo mode: refuse every target that is not loopback.
    pub loopback_only: bool,
    /// The ansible-playbook to run.
    pub ansible_playbook: PathBuf,
}

/// How a script is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptKind {
    /// A playbook, by ansible-playbook.
    Ansible,
    /// Shell commands, one a line, or one script beginning with `#!`, by the target's shell over SSH.
    Ssh,
}

/// A host to run on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTarget {
    /// The server's id, as the server knows it.
    pub server_id: String,
    /// The server's name; the script sees it as `server_name`.
    pub name: String,
    /// Name or address; the script sees it as `server_ip`.
    pub address: String,
    /// Port of its sshd.
    pub port: u16,
    /// Whom to sign in as.
    pub user: String,
    /// What kind of server it is; the script sees it as `server_type`.
    pub server_type: String,
    /// The only host key accepted.
    pub host_key: HostKey,
}

/// Why a run is refused before anything is touched.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SpecError {
    #[error("there is no target to run on")]
    NoTarget,
    #[error("two targets are named {0}")]
    DuplicateTarget(String),
    #[error("“{0}” cannot be the name of a target: letters, digits, dots, dashes and underscores, up to 63")]
    TargetName(String),
    #[error("“{0}” is neither an IP address nor a host name")]
    Address(String),
    #[error("“{0}” cannot be the name of a user")]
    User(String),
    #[error("demo mode refuses {name}: {address} is not a loopback address")]
    NotLoopback { name: String, address: String },
    #[error("“{0}” cannot be the name of a variable here")]
    VariableName(String),
    #[error("variable {0} must be a string, an integer or a boolean")]
    VariableValue(String),
    #[error("“{0}” cannot be the path of a file beside a playbook")]
    FilePath(String),
    #[error("commands over SSH have no files beside them")]
    NoFiles,
    #[error("commands over SSH cannot be previewed: a shell does what it is told, or nothing")]
    NoPreview,
    #[error("the trace context of the run is malformed")]
    TraceParent,
    #[error("the run's description is unreadable")]
    Unreadable(#[source] std::io::Error),
}

/// How long scripts may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// A playbook.
    pub playbook: Duration,
    /// Commands over SSH.
    pub command: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { playbook: Duration::from_mins(30), command: Duration::from_mins(5) }
    }
}

impl RunLimits {
    /// The time that a script of this kind has.
    #[must_use]
    pub const fn of(self, kind: ScriptKind) -> Duration {
        match kind {
            ScriptKind::Ansible => self.playbook,
            ScriptKind::Ssh => self.command,
        }
    }
}

/// Names with a meaning of their own in Ansible: <https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html>
const RESERVED_VARIABLES: [&str; 19] = [
    "deployment_id",
    "environment",
    "group_names",
    "groups",
    "hostvars",
    "inventory_dir",
    "inventory_file",
    "inventory_hostname",
    "inventory_hostname_short",
    "item",
    "omit",
    "play_hosts",
    "playbook_dir",
    "role_name",
    "server_ip",
    "server_name",
    "server_type",
    "vars",
    "lookup",
];

impl RunSpec {
    pub(super) const FILE: &str = "run.json";

    pub(super) fn load(dir: &Path) -> Result<Self, SpecError> {
        let text = fs::read(dir.join(Self::FILE)).map_err(SpecError::Unreadable)?;
        serde_json::from_slice(&text).map_err(|error| SpecError::Unreadable(error.into()))
    }

    /// The targets, batch by batch.
    pub(super) fn batches(&self) -> Vec<&[RunTarget]> {
        let size = self.batch_size.map_or(self.targets.len(), |size| size as usize).max(1);
        self.targets.chunks(size).collect()
    }

    /// Checks everything that can be wrong with it, the loopback rule of demo mode included. Done when the directory is prepared and
    /// again where the run is launched.
    pub fn validate(&self) -> Result<(), SpecError> {
        if self.targets.is_empty() {
            return Err(SpecError::NoTarget);
        }
        let mut names = BTreeSet::new();
        for target in &self.targets {
            target.validate(self.loopback_only)?;
            if !names.insert(target.name.to_lowercase()) {
                return Err(SpecError::DuplicateTarget(target.name.clone()));
            }
        }
        for name in self.variables.keys().chain(&self.secret_variables) {
            check_variable_name(name)?;
        }
        for (name, value) in &self.variables {
            if !(value.is_string() || value.is_i64() || value.is_u64() || value.is_boolean()) {
                return Err(SpecError::VariableValue(name.clone()));
            }
        }
        if let Some(path) = self.files.keys().find(|path| !is_path(path)) {
            return Err(SpecError::FilePath(path.clone()));
        }
        if let Some(path) = clash(self.files.keys().map(String::as_str)) {
            return Err(SpecError::FilePath(path.to_owned()));
        }
        if self.kind == ScriptKind::Ssh && !self.files.is_empty() {
            return Err(SpecError::NoFiles);
        }
        if self.preview && self.kind == ScriptKind::Ssh {
            return Err(SpecError::NoPreview);
        }
        if self.trace_parent.as_deref().is_some_and(|context| TraceContext::parse(context).is_none()) {
            return Err(SpecError::TraceParent);
        }
        Ok(())
    }
}

impl RunTarget {
    fn validate(&self, loopback_only: bool) -> Result<(), SpecError> {
        if !is_word(&self.name, ".-_", 63)
            || self.name.starts_with(['-', '.'])
            || self.name == "all"
            || self.name == "ungrouped"
        {
            return Err(SpecError::TargetName(self.name.clone()));
        }
        let is_host_name = is_word(&self.address, ".-", 253) && !self.address.starts_with(['-', '.']);
        if self.address.parse::<IpAddr>().is_err() && !is_host_name {
            return Err(SpecError::Address(self.address.clone()));
        }
        if !is_word(&self.user, ".-_", 32) || self.user.starts_with('-') {
            return Err(SpecError::User(self.user.clone()));
        }
        if loopback_only && loopback_address(&self.address).is_none() {
            return Err(SpecError::NotLoopback { name: self.name.clone(), address: self.address.clone() });
        }
        Ok(())
    }
}

/// The loopback address meant by this text, if it means one. Names other than `localhost` mean none: to resolve them would already
/// talk to somebody else.
#[must_use]
pub fn loopback_address(address: &str) -> Option<IpAddr> {
    if address.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::from([127, 0, 0, 1]));
    }
    address.parse::<IpAddr>().ok().map(|address| address.to_canonical()).filter(IpAddr::is_loopback)
}

/// Whether a script may declare a variable of this name. `ansible_*` decide how and as whom Ansible connects, so that a value from a
/// request could run a program here.
pub fn check_variable_name(name: &str) -> Result<(), SpecError> {
    let is_identifier = is_word(name, "_", 64) && name.starts_with(|first: char| first.is_ascii_alphabetic());
    if !is_identifier || name.to_ascii_lowercase().starts_with("ansible_") || RESERVED_VARIABLES.contains(&name) {
        return Err(SpecError::VariableName(name.to_owned()));
    }
    Ok(())
}

pub(super) fn is_word(text: &str, punctuation: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || punctuation.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> RunSpec {
        let host_key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHZZdOLN2gXq2LBzfQFo6Ad+N7JTMPyvZ0uvP5CkEpd".parse().unwrap();
        RunSpec {
            batch_size: None,
            failures_most: 0,
            deployment_id: Uuid::nil(),
            fence: 1,
            kind: ScriptKind::Ansible,
            script_digest: String::new(),
            files: BTreeMap::new(),
            targets: vec![RunTarget {
                server_id: "1".into(),
                name: "web-01".into(),
                address: "127.0.0.1".into(),
                port: 22,
                user: "demo".into(),
                server_type: "cx21".into(),
                host_key,
            }],
            variables: BTreeMap::new(),
            secret_variables: BTreeSet::new(),
            trace_parent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
            timeout_seconds: 10,
            become_allowed: false,
            preview: false,
            loopback_only: true,
            ansible_playbook: PathBuf::new(),
        }
    }

    fn refusal(change: impl FnOnce(&mut RunSpec)) -> String {
        let mut spec = spec();
        change(&mut spec);
        spec.validate().unwrap_err().to_string()
    }

    #[test]
    fn accepts_what_is_in_order_and_survives_the_file() {
        let spec = spec();
        spec.validate().unwrap();
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<RunSpec>(&text).unwrap(), spec);
    }

    #[test]
    fn demo_mode_knows_loopback_when_it_sees_it() {
        for address in ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost", "LOCALHOST"] {
            assert!(loopback_address(address).is_some(), "{address}");
        }
        for address in [
            "168.119.249.64",
            "0.0.0.0",
            "::",
            "::ffff:10.0.0.1",
            "127.1",
            "2130706433",
            "localhost.example.com",
            "127.0.0.1.nip.io",
            "",
        ] {
            assert!(loopback_address(address).is_none(), "{address}");
        }
        assert!(refusal(|spec| spec.targets[0].address = "192.0.2.1".into()).contains("not a loopback address"));
    }

    #[test]
    fn refuses_what_could_mean_something_else_to_ansible() {
        for name in ["", "-i", "web[1:3]", "web,db", "all", "{{ x }}", "a b"] {
            assert!(refusal(|spec| spec.targets[0].name = name.into()).contains("name of a target"), "{name}");
        }
        for user in ["", "-oProxyCommand=x", "a b", "a\nb", "{{ x }}"] {
            assert!(refusal(|spec| spec.targets[0].user = user.into()).contains("name of a user"), "{user}");
        }
        for name in [
            "ansible_connection",
            "ANSIBLE_CONNECTION",
            "Ansible_ssh_common_args",
            "hostvars",
            "server_ip",
            "1a",
            "a-b",
            "a b",
            "",
        ] {
            assert!(
                refusal(|spec| _ = spec.secret_variables.insert(name.into())).contains("name of a variable"),
                "{name}"
            );
            assert!(
                refusal(|spec| _ = spec.variables.insert(name.into(), 1.into())).contains("name of a variable"),
                "{name}"
            );
        }
        assert!(refusal(|spec| spec.trace_parent = Some("00-$(id)".into())).contains("trace context"));
        assert!(refusal(|spec| (spec.kind, spec.preview) = (ScriptKind::Ssh, true)).contains("cannot be previewed"));
        let address = |address: &str| {
            refusal(|spec| {
                spec.loopback_only = false;
                spec.targets[0].address = address.into();
            })
        };
        for text in ["", "-oProxyCommand=x", "a b", "*", "a;b", "$(x)"] {
            assert!(address(text).contains("neither an IP address"), "{text}");
        }
    }
}
