//! Prepares the directory of a run: everything the runner needs, and nothing it shares with anybody.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use secrecy::SecretString;

use super::ansible_files;
use super::run_secrets::{self, write_private};
use super::script_files::{self, ScriptFile};
use super::script_store::{ScriptStore, ScriptStoreError};
use super::spec::{RunSpec, ScriptKind, SpecError};
use super::ssh_key::{SshKey, SshKeyError};

/// What a run needs that must not be written into its description.
#[derive(Debug)]
pub struct PreparedSecrets {
    /// The project's private key, opened.
    pub key: SshKey,
    /// Values of the secret variables.
    pub variables: BTreeMap<String, SecretString>,
}

/// Why a run cannot be prepared. Nothing of it is left on the disk.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PrepareError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Script(#[from] ScriptStoreError),
    #[error(transparent)]
    Key(#[from] SshKeyError),
    #[error("the secret variables given are not the ones declared")]
    SecretVariables,
    #[error("the directory for runs has a character in its path that ssh or Ansible would take for something else")]
    Path,
    #[error("the run's directory cannot be written")]
    Write(#[from] io::Error),
}

/// The script's name in a run directory.
pub(super) fn script_file(kind: ScriptKind) -> &'static str {
    match kind {
        ScriptKind::Ansible => "playbook.yml",
        ScriptKind::Ssh => "script.sh",
    }
}

/// Creates `dir` (which must not exist, its parent must) for this run.
pub fn prepare(
    dir: &Path,
    spec: &RunSpec,
    scripts: &ScriptStore,
    secrets: &PreparedSecrets,
) -> Result<(), PrepareError> {
    spec.validate()?;
    if !secrets.variables.keys().eq(&spec.secret_variables) {
        return Err(PrepareError::SecretVariables);
    }
    let script = scripts.get(&spec.script_digest)?;
    let files =
        spec.files.iter().map(|(path, digest)| Ok(ScriptFile { path: path.clone(), content: scripts.get(digest)? }));
    let files = files.collect::<Result<Vec<_>, ScriptStoreError>>()?;
    fs::DirBuilder::new().mode(0o700).create(dir)?;
    let written =
        dir.canonicalize().map_err(PrepareError::from).and_then(|dir| write_all(&dir, spec, &script, &files, secrets));
    if written.is_err()
        && let Err(error) = fs::remove_dir_all(dir)
    {
        tracing::error!(%error, dir = %dir.display(), "a half-prepared run could not be removed");
    }
    written
}

fn write_all(
    dir: &Path,
    spec: &RunSpec,
    script: &str,
    files: &[ScriptFile],
    secrets: &PreparedSecrets,
) -> Result<(), PrepareError> {
    // ssh expands %, $ and ~ in its file names, ansible.cfg knows comments and templates.
    if dir
        .to_str()
        .is_none_or(|path| path.contains(|letter: char| "%$~;#\"'{}\\".contains(letter) || letter.is_control()))
    {
        return Err(PrepareError::Path);
    }
    write_private(&dir.join(RunSpec::FILE), &serde_json::to_vec_pretty(spec).map_err(io::Error::from)?)?;
    write_private(&dir.join(script_file(spec.kind)), script.as_bytes())?;
    script_files::write(dir, files)?;
    run_secrets::write(dir, &secrets.key.to_openssh()?, &secrets.variables)?;
    match spec.kind {
        ScriptKind::Ansible => Ok(write_ansible_files(dir, spec, &secrets.variables)?),
        ScriptKind::Ssh => Ok(()),
    }
}

fn write_ansible_files(dir: &Path, spec: &RunSpec, secrets: &BTreeMap<String, SecretString>) -> io::Result<()> {
    for name in [run_secrets::HOME, "host_vars", "plugins", "connections"] {
        fs::DirBuilder::new().mode(0o700).create(dir.join(name))?;
    }
    write_private(&dir.join("ansible.cfg"), ansible_files::configuration(dir).as_bytes())?;
    write_private(&dir.join("ssh_config"), ansible_files::ssh_configuration(dir, spec).as_bytes())?;
    write_private(&dir.join("known_hosts"), ansible_files::known_hosts(spec).as_bytes())?;
    write_private(&dir.join("inventory.yml"), ansible_files::inventory(spec).as_bytes())?;
    write_private(&dir.join("plugins/rookery_events.py"), ansible_files::CALLBACK_PLUGIN.as_bytes())?;
    write_private(&dir.join("connections/rookery_ssh.py"), ansible_files::CONNECTION_PLUGIN.as_bytes())?;
    for target in &spec.targets {
        write_private(
            &dir.join(format!("host_vars/{}.yml", target.name)),
            ansible_files::host_variables(target).as_bytes(),
        )?;
    }
    let extra = secrecy::zeroize::Zeroizing::new(ansible_files::extra_variables(spec, secrets));
    write_private(&run_secrets::vars_path(dir), extra.as_bytes())
}
