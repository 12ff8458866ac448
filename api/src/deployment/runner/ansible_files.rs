//! The files that tell ansible-playbook what to do and to whom it may talk.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::run_secrets;
use super::spec::{RunSpec, RunTarget, loopback_address};

/// Reports what happens to the runner, through a named pipe.
pub(super) const CALLBACK_PLUGIN: &str = include_str!("rookery_events.py");
/// Connects, without showing what runs there to everybody on this machine.
pub(super) const CONNECTION_PLUGIN: &str = include_str!("rookery_ssh.py");

/// `ansible.cfg`. Everything it writes stays in the run directory; nothing of the machine's or the user's configuration is read.
pub(super) fn configuration(dir: &Path) -> String {
    let dir_text = dir.display();
    let key = run_secrets::key_path(dir);
    format!(
        "[defaults]
inventory = {dir_text}/inventory.yml
callback_plugins = {dir_text}/plugins
connection_plugins = {dir_text}/connections
roles_path = {dir_text}/roles
transport = rookery_ssh
stdout_callback = rookery_events
private_key_file = {key}
host_key_checking = True
interpreter_python = auto_silent
local_tmp = {dir_text}/home/tmp
remote_tmp = $HOME/.ansible/tmp
home = {dir_text}/home
fact_caching = memory
retry_files_enabled = False
deprecation_warnings = False
localhost_warning = False
nocows = True
nocolor = True
forks = 10
timeout = 10

[inventory]
enable_plugins = yaml
unparsed_is_failed = True

[privilege_escalation]
become_ask_pass = False

[connection]
pipelining = True

[ssh_connection]
ssh_args = -F \"{dir_text}/ssh_config\"
scp_extra_args = -F \"{dir_text}/ssh_config\"
sftp_extra_args = -F \"{dir_text}/ssh_config\"
retries = 0
",
        key = key.display()
    )
}

/// OpenSSH's configuration: the pinned host keys and the key of this run, no lasting connections, and no connection to anybody who is
/// not a target, whatever a playbook delegates.
pub(super) fn ssh_configuration(dir: &Path, spec: &RunSpec) -> String {
    let addresses: Vec<String> = spec.targets.iter().map(connection_address).collect();
    format!(
        "Host {addresses}
    ProxyCommand none
    IdentityFile \"{key}\"
    UserKnownHostsFile \"{dir}/known_hosts\"

Host *
    ProxyCommand /bin/false
    BatchMode yes
    ConnectTimeout 10
    ConnectionAttempts 1
    ControlMaster no
    ControlPath none
    ControlPersist no
    ForwardAgent no
    GlobalKnownHostsFile none
    HashKnownHosts no
    IdentitiesOnly yes
    IdentityAgent none
    LogLevel ERROR
    PasswordAuthentication no
    PermitLocalCommand no
    ServerAliveCountMax 3
    ServerAliveInterval 15
    StrictHostKeyChecking yes
    UpdateHostKeys no
    VerifyHostKeyDNS no
",
        addresses = addresses.join(" "),
        key = run_secrets::key_path(dir).display(),
        dir = dir.display(),
    )
}

/// The pinned host keys, as OpenSSH looks them up.
pub(super) fn known_hosts(spec: &RunSpec) -> String {
    spec.targets.iter().fold(String::new(), |mut text, target| {
        let address = connection_address(target);
        // Writing to a string cannot fail.
        _ = match target.port {
            22 => writeln!(text, "{address} {}", target.host_key),
            port => writeln!(text, "[{address}]:{port} {}", target.host_key),
        };
        text
    })
}

/// Which Python to use on a target: the system's own, which alone can handle its packages, before any that a version manager puts
/// first in the path.
const PYTHONS: [&str; 8] = [
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python3.9",
];

/// The inventory: every target in `all` and in the group `targets`.
pub(super) fn inventory(spec: &RunSpec) -> String {
    let hosts: BTreeMap<&str, Value> =
        spec.targets.iter().map(|target| (target.name.as_str(), connection_of(target))).collect();
    let mut text = String::from("all:\n  children:\n    targets:\n      hosts:\n");
    for (name, connection) in hosts {
        // JSON is YAML. Names and addresses are checked and hold nothing that either could misunderstand.
        _ = writeln!(text, "        {}: {}", Value::from(name), connection);
    }
    _ = writeln!(
        text,
        "  vars:\n    ansible_connection: rookery_ssh\n    ansible_interpreter_python_fallback: {}",
        Value::from(PYTHONS.to_vec())
    );
    text
}

fn connection_of(target: &RunTarget) -> Value {
    serde_json::json!({
        "ansible_host": connection_address(target),
        "ansible_port": target.port,
        "ansible_user": target.user,
    })
}

/// A loopback address as a number, so that nothing is resolved for it; any other as it is.
fn connection_address(target: &RunTarget) -> String {
    loopback_address(&target.address).as_ref().map_or_else(|| target.address.clone(), IpAddr::to_string)
}

/// The variables of a host, of the file `host_vars/NAME.yml`.
pub(super) fn host_variables(target: &RunTarget) -> String {
    let mut text = String::from(UNSAFE);
    for (name, value) in given_variables(target) {
        _ = writeln!(text, "{name}: {}", yaml(&value.into()));
    }
    text
}

/// What every script is told of the target it runs on.
pub(super) fn given_variables(target: &RunTarget) -> [(&'static str, &str); 3] {
    [("server_name", &target.name), ("server_ip", &target.address), ("server_type", &target.server_type)]
}

/// The extra variables, which outrank all others. With one target its own are among them, so that a playbook's defaults for
/// `server_name` and its like give way.
pub(super) fn extra_variables(spec: &RunSpec, secrets: &BTreeMap<String, SecretString>) -> String {
    let mut text = String::from(UNSAFE);
    let mut add = |name: &str, value: &Value| _ = writeln!(text, "{name}: {}", yaml(value));
    for (name, value) in &spec.variables {
        add(name, value);
    }
    for (name, value) in secrets {
        add(name, &value.expose_secret().into());
    }
    add("deployment_id", &spec.deployment_id.to_string().into());
    if let [target] = spec.targets.as_slice() {
        for (name, value) in given_variables(target) {
            add(name, &value.into());
        }
    }
    if !spec.become_allowed {
        add("ansible_become", &false.into());
    }
    text
}

/// Begins a file of variables whose values Ansible takes as they are. Without `!unsafe` it would evaluate `{{ … }}` in them, here
/// and with our rights. The whole file is tagged and not each value: of a tagged scalar, ansible-core 2.19 guesses the type anew, as if it
/// had no quotes, and makes a number of a password that looks like one.
/// <https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_advanced_syntax.html#unsafe-or-raw-strings>
const UNSAFE: &str = "--- !unsafe\n";

fn yaml(value: &Value) -> String {
    match value {
        Value::String(text) => yaml_string(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A double-quoted scalar of ASCII only: YAML's readers refuse some characters that JSON allows, and know no surrogate pairs.
fn yaml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            _ => _ = write!(quoted, "\\U{:08x}", u32::from(character)),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_a_template_nor_ends_early() {
        assert_eq!(yaml(&"{{ lookup('pipe', 'id') }}".into()), "\"{{ lookup('pipe', 'id') }}\"");
        assert_eq!(yaml(&"a\"b\\c\nd\u{85}é😀".into()), "\"a\\\"b\\\\c\\U0000000ad\\U00000085\\U000000e9\\U0001f600\"");
        assert_eq!(yaml(&Value::from(7)), "7");
        assert_eq!(yaml(&Value::from(true)), "true");
    }
}
