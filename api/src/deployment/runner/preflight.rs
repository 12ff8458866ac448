//! Whether a target can run a script at all, asked before it is started.

use secrecy::SecretString;

use super::connector::{self, ConnectError, Connector, Destination, sentence};
use super::remote_shell::output_of;
use super::spec::{RunTarget, ScriptKind};
use super::ssh_key::SshKey;

/// What a script needs of its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Root, or sudo without a password.
    pub root: bool,
    /// Python, by which Ansible works.
    pub python: bool,
    /// Debian or a relative, with apt.
    pub apt: bool,
}

/// Why a target cannot run the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The target's name.
    pub target: String,
    /// Why, as a sentence.
    pub message: String,
    /// Whether it could not be reached at all.
    pub is_unreachable: bool,
}

/// Oldest Python on a target that ansible-core 2.19 works with:
/// <https://docs.ansible.com/ansible/latest/reference_appendices/release_and_maintenance.html#ansible-core-support-matrix>
const OLDEST_PYTHON: (u32, u32) = (3, 8);

/// Says what it finds as `name=value` lines.
const SURVEY: &str = r#"
echo "uid=$(id -u)"
echo "user=$(id -un 2>/dev/null || id -u)"
command -v python3 >/dev/null 2>&1 && echo "python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)"
command -v apt-get >/dev/null 2>&1 && echo "apt=yes"
[ -r /etc/os-release ] && (. /etc/os-release && echo "system=${PRETTY_NAME:-$ID}")
if [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true </dev/null >/dev/null 2>&1; }; then echo "root=yes"; fi
exit 0
"#;

impl Requirements {
    /// What a script of this kind needs, with this in it and in the files beside it.
    #[must_use]
    pub fn of<'c>(kind: ScriptKind, contents: impl IntoIterator<Item = &'c str>, requires_root: bool) -> Self {
        let uses_apt = |line: &str| {
            let line = line.trim_start_matches([' ', '-']);
            ["ansible.builtin.apt:", "apt:", "ansible.builtin.apt_repository:", "apt_repository:"]
                .iter()
                .any(|module| line.starts_with(module))
        };
        let is_playbook = kind == ScriptKind::Ansible;
        Self {
            root: requires_root,
            python: is_playbook,
            apt: is_playbook && contents.into_iter().flat_map(str::lines).any(uses_apt),
        }
    }
}

/// Looks at each target over SSH, by its pinned key, and changes nothing. No refusals: go ahead.
pub async fn preflight(
    connector: Connector,
    targets: &[RunTarget],
    private_key: &SecretString,
    passphrase: Option<&SecretString>,
    requirements: Requirements,
) -> Vec<Refusal> {
    let key = match SshKey::parse(private_key, passphrase) {
        Ok(key) => key,
        Err(error) => return targets.iter().map(|target| refusal(target, sentence(&error))).collect(),
    };
    let looks = targets.iter().map(|target| look(connector, target, &key, requirements));
    futures::future::join_all(looks).await.into_iter().flatten().collect()
}

async fn look(connector: Connector, target: &RunTarget, key: &SshKey, requirements: Requirements) -> Vec<Refusal> {
    let session = match connector.connect(&Destination::from(target), key, Some(&target.host_key)).await {
        Ok(session) => session,
        Err(error) => {
            let is_unreachable = matches!(error, ConnectError::Unreachable { .. });
            return vec![Refusal { is_unreachable, ..refusal(target, sentence(&error)) }];
        }
    };
    let survey = tokio::time::timeout(connector::CONNECT_TIMEOUT, output_of(&session, SURVEY)).await;
    connector::close(&session).await;
    match survey {
        Ok(Ok(survey)) => Survey::read(&survey)
            .refusals(target, requirements)
            .into_iter()
            .map(|message| refusal(target, message))
            .collect(),
        Ok(Err(error)) => vec![refusal(target, format!("{}: {error} while looking at it.", target.address))],
        Err(_) => vec![refusal(target, format!("{} did not answer in time.", target.address))],
    }
}

fn refusal(target: &RunTarget, message: String) -> Refusal {
    Refusal { target: target.name.clone(), message, is_unreachable: false }
}

#[derive(Debug, Default)]
struct Survey<'t> {
    user: &'t str,
    python: Option<&'t str>,
    system: &'t str,
    has_apt: bool,
    can_be_root: bool,
}

impl<'t> Survey<'t> {
    fn read(text: &'t str) -> Self {
        let mut survey = Self { system: "an unknown system", ..Self::default() };
        for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
            match name {
                "user" => survey.user = value,
                "python" => survey.python = Some(value),
                "system" => survey.system = value,
                "apt" => survey.has_apt = true,
                "root" => survey.can_be_root = true,
                _ => {}
            }
        }
        survey
    }

    fn refusals(&self, target: &RunTarget, requirements: Requirements) -> Vec<String> {
        let address = &target.address;
        let mut refusals = Vec::new();
        if requirements.root && !self.can_be_root {
            let user = if self.user.is_empty() { &target.user } else { self.user };
            refusals.push(format!(
                "This script needs root; user {user} on {address} is not root and may not use sudo without a password."
            ));
        }
        if requirements.python {
            match self.python {
                None => refusals.push(format!("Ansible needs Python on the target; {address} has no python3.")),
                Some(version) if !is_new_enough(version) => {
                    let (major, minor) = OLDEST_PYTHON;
                    refusals.push(format!(
                        "Ansible needs Python {major}.{minor} or newer on the target; {address} has {version}."
                    ));
                }
                Some(_) => {}
            }
        }
        if requirements.apt && !self.has_apt {
            refusals
                .push(format!("This script installs Debian packages; {address} runs {} and has no apt.", self.system));
        }
        refusals
    }
}

fn is_new_enough(version: &str) -> bool {
    let parsed = version.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    parsed.is_some_and(|version| version >= OLDEST_PYTHON)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(survey: &str, requirements: Requirements) -> Vec<String> {
        let host_key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHZZdOLN2gXq2LBzfQFo6Ad+N7JTMPyvZ0uvP5CkEpd".parse().unwrap();
        let (server_id, name, server_type) = ("1".into(), "web".into(), "cx11".into());
        let target = RunTarget {
            server_id,
            name,
            address: "127.0.0.1".into(),
            port: 22,
            user: "demo".into(),
            server_type,
            host_key,
        };
        Survey::read(survey).refusals(&target, requirements)
    }

    const ALL: Requirements = Requirements { root: true, python: true, apt: true };

    #[test]
    fn says_what_is_missing() {
        assert_eq!(refusals("uid=0\nuser=root\npython=3.11\napt=yes\nroot=yes\n", ALL), [""; 0]);
        assert_eq!(
            refusals("uid=1000\nuser=demo\npython=3.6\nsystem=Alpine Linux v3.20\n", ALL),
            [
                "This script needs root; user demo on 127.0.0.1 is not root and may not use sudo without a password.",
                "Ansible needs Python 3.8 or newer on the target; 127.0.0.1 has 3.6.",
                "This script installs Debian packages; 127.0.0.1 runs Alpine Linux v3.20 and has no apt.",
            ]
        );
        assert_eq!(
            refusals("user=demo\n", Requirements { python: true, ..Requirements::default() }),
            ["Ansible needs Python on the target; 127.0.0.1 has no python3."]
        );
        assert_eq!(refusals("", Requirements::default()), [""; 0]);
    }

    #[test]
    fn a_playbook_that_installs_packages_needs_apt() {
        let content = "- hosts: all\n  tasks:\n    - name: x\n      ansible.builtin.apt:\n        name: nginx\n";
        assert_eq!(Requirements::of(ScriptKind::Ansible, ["- hosts: all", content], true), ALL);
        let needs = Requirements::of(
            ScriptKind::Ansible,
            ["- hosts: all\n  tasks:\n    - name: capt\n      ansible.builtin.debug:\n"],
            false,
        );
        assert_eq!(needs, Requirements { python: true, ..Requirements::default() });
        assert_eq!(Requirements::of(ScriptKind::Ssh, ["apt: x"], false), Requirements::default());
    }
}
