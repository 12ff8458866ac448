//! The runner itself, on a real sshd with a real ansible-playbook, without a server.
mod confined;
mod refusing;
mod running;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{ansible_playbook, eventually, executable};
use nix::sys::signal::Signal;
use rookery_api::deployment::runner::attach::{self, Probe};
use rookery_api::deployment::runner::connector::{ConnectionTestStatus, Connector, Destination};
use rookery_api::deployment::runner::demo_host::{self, DemoHost};
use rookery_api::deployment::runner::preflight::{Requirements, preflight};
use rookery_api::deployment::runner::prepare::{PreparedSecrets, prepare};
use rookery_api::deployment::runner::record::{FinishReason, Progress, Record, RecordBody, TaskStatus};
use rookery_api::deployment::runner::script_store::ScriptStore;
use rookery_api::deployment::runner::spec::{RunSpec, RunTarget, ScriptKind};
use rookery_api::deployment::runner::spool::SpoolReader;
use rookery_api::deployment::runner::ssh_key::SshKey;
use rookery_api::deployment::runner::syntax_check::{Programs, SyntaxCheckError, syntax_check};
use rookery_api::fleet::samples::{LOCAL_SERVICE, NGINX, SAMPLES};
use secrecy::{ExposeSecret, SecretString};

fn programs() -> Programs {
    Programs { rookery: executable(), ansible_playbook: ansible_playbook() }
}

pub struct World {
    pub data: tempfile::TempDir,
    pub host: DemoHost,
    pub scripts: ScriptStore,
}

impl Drop for World {
    fn drop(&mut self) {
        // Its own directory may lie elsewhere.
        if let Some(dir) = self.host.directory.ancestors().find(|dir| dir.parent() == Some(Path::new("/var/tmp"))) {
            _ = fs::remove_dir_all(dir);
        }
    }
}

impl World {
    pub async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir(data.path().join("runs")).unwrap();
        let host = DemoHost::start(data.path()).await.unwrap();
        let scripts = ScriptStore::new(data.path());
        Self { data, host, scripts }
    }

    fn target(&self, name: &str) -> RunTarget {
        RunTarget {
            server_id: "server-1".into(),
            name: name.into(),
            address: demo_host::ADDRESS.into(),
            port: self.host.port,
            user: self.host.user.clone(),
            server_type: "cx21".into(),
            host_key: self.host.host_key.clone(),
        }
    }

    pub fn spec(&self, kind: ScriptKind, content: &str) -> RunSpec {
        RunSpec {
            deployment_id: uuid::Uuid::now_v7(),
            fence: 7,
            kind,
            script_digest: self.scripts.put(content).unwrap(),
            files: BTreeMap::new(),
            targets: vec![self.target("loopback")],
            batch_size: None,
            failures_most: 0,
            variables: BTreeMap::new(),
            secret_variables: BTreeSet::new(),
            trace_parent: None,
            timeout_seconds: 60,
            become_allowed: false,
            preview: false,
            loopback_only: true,
            ansible_playbook: ansible_playbook(),
        }
    }

    fn prepare_with(&self, spec: &RunSpec, secrets: &[(&str, &str)]) -> PathBuf {
        let dir = self.data.path().join("runs").join(spec.deployment_id.to_string());
        let key = SshKey::parse(&self.host.private_key, None).unwrap();
        let variables = secrets.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
        prepare(&dir, spec, &self.scripts, &PreparedSecrets { key, variables }).unwrap();
        dir
    }

    async fn run(&self, spec: &RunSpec) -> Vec<Record> {
        let dir = self.prepare_with(spec, &[]);
        attach::spawn(&dir, &executable()).await.unwrap();
        finished(&dir).await
    }
}

async fn finished(dir: &Path) -> Vec<Record> {
    wait_for(dir, |body| matches!(body, RecordBody::Finished { .. })).await
}

async fn wait_for(dir: &Path, wanted: impl Fn(&RecordBody) -> bool) -> Vec<Record> {
    let mut reader = SpoolReader::open(dir, 0).unwrap();
    let mut records: Vec<Record> = Vec::new();
    eventually("the record", Duration::from_secs(90), async || {
        records.extend(reader.read(100).unwrap().into_iter().map(|spooled| spooled.record));
        records.iter().any(|record| wanted(&record.body)).then_some(())
    })
    .await;
    records
}

fn end(records: &[Record]) -> (FinishReason, Option<i32>, Option<String>, Progress) {
    let numbers: Vec<u64> = records.iter().map(|record| record.number).collect();
    assert_eq!(numbers, (1..=records.len() as u64).collect::<Vec<_>>());
    match &records.last().unwrap().body {
        RecordBody::Finished { reason, exit_code, message, progress } => {
            (*reason, *exit_code, message.clone(), *progress)
        }
        other => panic!("{other:?}"),
    }
}

fn lines(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .filter_map(|record| match &record.body {
            RecordBody::Line { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect()
}

fn results(records: &[Record]) -> Vec<(u32, String, TaskStatus)> {
    records
        .iter()
        .filter_map(|record| match &record.body {
            RecordBody::HostResult { task, host, status, .. } => Some((*task, host.clone(), *status)),
            _ => None,
        })
        .collect()
}

/// Every file of the run as text.
fn files(dir: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            text += &files(&entry.path());
        } else if kind.is_file() {
            text += &String::from_utf8_lossy(&fs::read(entry.path()).unwrap());
        }
    }
    text
}

const SLEEPING: &str = "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Begin\n      ansible.builtin.command: 'true'\n    - name: Sleep\n      ansible.builtin.command: sleep 60\n    - name: Never\n      ansible.builtin.command: 'false'\n";

fn sleeps(body: &RecordBody) -> bool {
    matches!(body, RecordBody::HostStarted { task: 2, .. })
}

fn processes_in(dir: &Path) -> usize {
    let dir = dir.canonicalize().unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == dir)).count()
}
