//! What a script runs on this machine sees nothing of ours.

use super::*;
use rookery_api::deployment::runner::confine;

const CANARY: &str = "the-master-key-of-this-server";

/// A file of ours that scripts would like to read, and one that they would like to write.
struct Prey {
    _dir: tempfile::TempDir,
    key: PathBuf,
    trace: PathBuf,
}

impl Prey {
    fn new() -> Self {
        assert!(
            confine::is_possible(),
            "this kernel has no Landlock (Linux 5.13, and enabled): scripts would not be shut in"
        );
        let dir = tempfile::tempdir().unwrap();
        let (key, trace) = (dir.path().join("master.key"), dir.path().join("trace"));
        fs::write(&key, CANARY).unwrap();
        Self { _dir: dir, key, trace }
    }

    fn aim(&self, script: &str) -> String {
        script.replace("KEY", self.key.to_str().unwrap()).replace("TRACE", self.trace.to_str().unwrap())
    }
}

/// Already a check evaluates templates: each of these reads a file or runs a program then.
const HOSTILE_CHECKS: [&str; 7] = [
    "- hosts: \"{{ lookup('pipe', 'touch TRACE; cat KEY') }}\"\n  tasks: []\n",
    "- hosts: \"{{ lookup('file', 'KEY') }}\"\n  tasks: []\n",
    "- hosts: all\n  tasks:\n    - import_tasks: \"{{ lookup('pipe', 'touch TRACE; cat KEY') }}\"\n",
    "- hosts: all\n  tasks:\n    - import_tasks: \"{{ lookup('file', 'KEY') }}\"\n",
    "- hosts: all\n  tasks:\n    - import_tasks: KEY\n",
    "- import_playbook: KEY\n",
    "- hosts: all\n  vars_files: [KEY]\n  roles: [\"{{ lookup('pipe', 'cp KEY TRACE') }}\"]\n",
];

#[tokio::test]
async fn a_check_reads_and_runs_nothing_of_ours() {
    let prey = Prey::new();
    for script in HOSTILE_CHECKS {
        let said = match syntax_check(&programs(), ScriptKind::Ansible, &prey.aim(script), &[]).await {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(!said.contains(CANARY), "{script}: {said}");
        assert!(!prey.trace.exists(), "{script}");
    }
}

#[tokio::test]
async fn a_check_reaches_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let script = format!("- hosts: \"{{{{ lookup('url', '{url}', timeout=2) }}}}\"\n  tasks: []\n");
    assert!(syntax_check(&programs(), ScriptKind::Ansible, &script, &[]).await.is_err());
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_run_reads_nothing_of_ours_and_does_its_work() {
    let (world, prey) = (World::new().await, Prey::new());
    let other_run = world.prepare_with(&world.spec(ScriptKind::Ssh, "true\n"), &[]);
    // A process of ours with a secret in its environment, as the server has ROOKERY_MASTER_KEY.
    let mut server = Command::new("sleep").arg("60").env("ROOKERY_MASTER_KEY", CANARY).spawn().unwrap();
    let pid = server.id();
    let playbook = prey.aim(
        "- hosts: all
  gather_facts: false
  tasks:
    - name: Here
      delegate_to: localhost
      vars: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}
      ansible.builtin.shell: |
        tried() { \"$@\" && echo DONE \"$@\"; }
        tried cat KEY; tried touch TRACE; tried ls OTHER; tried cat OTHER/secrets/key
        tried cat /proc/PID/environ; tried kill -KILL PID; tried cat /etc/shadow
        echo own $(ls run.json playbook.yml | wc -l)
      args: {chdir: '{{ playbook_dir }}'}
    - name: Look up
      ansible.builtin.debug: {msg: \"{{ lookup('file', 'KEY', errors='ignore') }} {{ lookup('pipe', 'cat KEY || true') }}\"}
    - name: There
      ansible.builtin.command: id -un
",
    );
    let playbook = playbook.replace("OTHER", other_run.to_str().unwrap()).replace("PID", &pid.to_string());
    let dir = world.prepare_with(&world.spec(ScriptKind::Ansible, &playbook), &[]);
    attach::spawn(&dir, &executable()).await.unwrap();
    let records = finished(&dir).await;
    let all = fs::read_to_string(dir.join("spool.jsonl")).unwrap();
    assert_eq!(end(&records).0, FinishReason::Completed, "{all}");
    assert!(all.contains("own 2"), "the script does not run here at all: {all}");
    assert!(!all.contains("DONE"), "{all}");
    assert!(!all.contains(CANARY), "{all}");
    assert!(!prey.trace.exists());
    assert!(server.try_wait().unwrap().is_none(), "a process of ours was ended");
    server.kill().unwrap();
    server.wait().unwrap();
    // It was there to be read.
    assert_eq!(fs::read_to_string(&prey.key).unwrap(), CANARY);
}
