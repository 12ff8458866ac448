//! Secrets reach the target and nothing else.

use super::*;

const SSH_CANARY: &str = "sshc4n/with\"quote'and $(id) & ünï\\code";
const CANARY: &str = "c4nary/with\"quote'and {{ 7 * 7 }} & ünï\\code";

#[tokio::test]
async fn secrets_reach_the_target_and_nothing_else() {
    let world = World::new().await;
    let playbook = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Use it on {{ token }}
      ansible.builtin.shell: printf %s "$TOKEN" > $DEMO_DIRECTORY-used; sleep 1
      environment: {TOKEN: "{{ token }}"}
    - name: Say it
      ansible.builtin.debug: {msg: "x {{ token }} y {{ token | b64encode }} z {{ ('user:' ~ token) | b64encode }} {{ token | urlencode }}"}
    - name: Dump it
      ansible.builtin.debug: {var: token}
    - name: Nest it
      ansible.builtin.debug: {msg: "{{ {'a': [token, {'b': token} | to_json]} | to_json }}"}
    - name: Hex it
      ansible.builtin.shell: printf %s "$TOKEN" | od -An -v -tx1 | tr -d ' \n'; echo; printf %s "$TOKEN" | base64 -w0; echo >&2 "$TOKEN"; printf '%s\n' "$KEY"
      environment: {TOKEN: "{{ token }}", KEY: "{{ lookup('file', 'secrets/key') }}"}
    - name: Loop it
      ansible.builtin.command: echo {{ item | quote }}
      loop: ["{{ token }}"]
    - name: Hide it
      ansible.builtin.command: echo {{ token | quote }}
      no_log: true
    - name: Fail with it
      ansible.builtin.fail: {msg: "no {{ token }}"}
"#;
    let spec = RunSpec { secret_variables: ["token".to_owned()].into(), ..world.spec(ScriptKind::Ansible, playbook) };
    let dir = world.prepare_with(&spec, &[("token", CANARY)]);
    for path in ["secrets/key", "secrets/vars.yml", "secrets/values.json", "run.json"] {
        assert_eq!(fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
    }
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!fs::read_to_string(dir.join("run.json")).unwrap().contains("c4nary"));
    attach::spawn(&dir, &executable()).await.unwrap();
    wait_for(&dir, |body| matches!(body, RecordBody::TaskStarted { .. })).await;
    // While it runs: nothing of ours has it in its arguments or environment. (On the target's side the playbook itself puts it there.)
    let mut looked_at = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == dir.canonicalize().unwrap()) {
            looked_at += 1;
            for file in ["cmdline", "environ"] {
                let text = fs::read(entry.path().join(file)).unwrap_or_default();
                let text = String::from_utf8_lossy(&text);
                // ssh carries the module, and with it the task's environment, by standard input: pipelining.
                assert!(!text.contains("c4nary"), "{text}");
            }
        }
    }
    assert!(looked_at > 0);
    let records = finished(&dir).await;
    let (reason, _, _, _) = end(&records);
    assert_eq!(reason, FinishReason::Failed);
    assert_eq!(fs::read_to_string(world.host.directory.with_file_name("demo-used")).unwrap(), CANARY);
    let left = files(&dir) + &fs::read_to_string(dir.join("spool.jsonl")).unwrap();
    let key = world.host.private_key.expose_secret().lines().nth(1).unwrap().to_owned();
    for trace in ["c4nary", "nï", "\\u00ef", "YzRuYXJ5", "NG5hcn", "c4nar", "63346e617279", "%C3%AF", &key] {
        assert!(!left.contains(trace), "{trace} is in {:#?}", records);
    }
    assert!(!left.contains("49 &"), "a value was evaluated");
    assert!(lines(&records).iter().filter(|line| line.contains("[redacted]")).count() >= 8);
}

#[tokio::test]
async fn ssh_commands_run_in_order_and_stop_at_a_failure() {
    let world = World::new().await;
    let script = "# A comment\necho \"hello $server_name, $count\" | tee $DEMO_DIRECTORY-greeting\nprintf '%s' \"$token\" > $DEMO_DIRECTORY-token; echo \"$token\"\nps -ef | cat; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c 'sshc4[n]' || true\necho out; echo err >&2; exit 3\necho never > $DEMO_DIRECTORY-never\n";
    let mut spec = RunSpec { secret_variables: ["token".to_owned()].into(), ..world.spec(ScriptKind::Ssh, script) };
    spec.variables.insert("count".into(), 3.into());
    spec.targets.push(world.target("second"));
    let dir = world.prepare_with(&spec, &[("token", SSH_CANARY)]);
    attach::spawn(&dir, &executable()).await.unwrap();
    let records = finished(&dir).await;
    let (reason, exit_code, message, progress) = end(&records);
    assert_eq!(
        (reason, exit_code, progress),
        (FinishReason::Failed, Some(3), Progress { finished: 4, planned: 5, additional: 0 }),
        "{records:#?}"
    );
    assert!(message.unwrap().contains("ended with status 3 on loopback"));
    let said = lines(&records);
    assert!(
        said.contains(&"hello loopback, 3".to_owned()) && said.contains(&"hello second, 3".to_owned()),
        "{said:#?}"
    );
    assert!(said.contains(&"out".to_owned()) && said.contains(&"err".to_owned()));
    assert!(!fs::read_to_string(dir.join("spool.jsonl")).unwrap().contains("sshc4n"));
    assert_eq!(fs::read_to_string(world.host.directory.with_file_name("demo-token")).unwrap(), SSH_CANARY);
    assert!(!world.host.directory.with_file_name("demo-never").exists());
    let records = world
        .run(&world.spec(ScriptKind::Ssh, "#!/bin/bash\nset -e\nfor i in 1 2; do echo \"run $i\"; done\ncat\n"))
        .await;
    assert_eq!(end(&records).0, FinishReason::Completed, "{records:#?}");
    assert_eq!(lines(&records), ["run 1", "run 2"]);
}
