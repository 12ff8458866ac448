//! How runs go and end.

use super::*;

/// So long the scripts would sleep that are ended.
const SLEEP: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_local_service_is_deployed_once() {
    let world = World::new().await;
    let spec = world.spec(ScriptKind::Ansible, LOCAL_SERVICE.content);
    let records = world.run(&spec).await;
    let (reason, exit_code, message, progress) = end(&records);
    assert_eq!((reason, exit_code, message), (FinishReason::Completed, Some(0), None), "{:#?}", lines(&records));
    assert_eq!(progress, Progress { finished: 10, planned: 10, additional: 0 });
    let steps: Vec<Progress> = records
        .iter()
        .filter_map(|record| match record.body {
            RecordBody::TaskFinished { progress, .. } => Some(progress),
            _ => None,
        })
        .collect();
    assert_eq!(steps, (1..=10).map(|finished| Progress { finished, planned: 10, additional: 0 }).collect::<Vec<_>>());
    assert_eq!(results(&records).len(), 10);
    let ledger = fs::read_to_string(world.host.directory.join("ledger.txt")).unwrap();
    assert_eq!(ledger, format!("{}\n", spec.deployment_id));
    let page = fs::read_to_string(world.host.directory.join("public/index.html")).unwrap();
    assert!(page.contains("loopback at 127.0.0.1"));
    let dir = world.data.path().join("runs").join(spec.deployment_id.to_string());
    assert!(matches!(attach::probe(&dir).unwrap(), Probe::Ended(_)));
    assert!(!dir.join("secrets").exists());
    // Never twice.
    let again = attach::spawn(&dir, &executable()).await;
    assert!(again.is_err(), "{again:?}");
    assert_eq!(fs::read_to_string(world.host.directory.join("ledger.txt")).unwrap(), ledger);
    assert_eq!(SpoolReader::open(&dir, 0).unwrap().read(10_000).unwrap().len(), records.len());
}

#[tokio::test]
async fn a_run_can_be_cancelled() {
    let world = World::new().await;
    for (kind, script) in [(ScriptKind::Ansible, SLEEPING), (ScriptKind::Ssh, "true\nsleep 61\nfalse\n")] {
        let spec = world.spec(kind, script);
        let dir = world.prepare_with(&spec, &[]);
        attach::spawn(&dir, &executable()).await.unwrap();
        wait_for(&dir, sleeps).await;
        assert_eq!(attach::probe(&dir).unwrap(), Probe::Alive);
        assert!(attach::sweep(&dir).is_err());
        let begun = Instant::now();
        attach::cancel(&dir).unwrap();
        let records = finished(&dir).await;
        let (reason, _, message, progress) = end(&records);
        assert_eq!(reason, FinishReason::Cancelled, "{message:?}");
        assert_eq!(progress, Progress { finished: 1, planned: 3, additional: 0 });
        assert!(begun.elapsed() < SLEEP);
        assert!(!dir.join("secrets").exists());
        assert_eq!(processes_in(&dir), 0);
        // A forced command takes no signals.
        if kind == ScriptKind::Ssh && world.host.user != "root" {
            assert_eq!(running("sleep\x0061\x00"), 0);
        }
    }
}

fn running(command_line: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == command_line.as_bytes()))
        .count()
}

#[tokio::test]
async fn a_run_ends_when_its_time_is_over() {
    let world = World::new().await;
    for (kind, script) in [(ScriptKind::Ansible, SLEEPING), (ScriptKind::Ssh, "true\nsleep 60\nfalse\n")] {
        let spec = RunSpec { timeout_seconds: 4, ..world.spec(kind, script) };
        let begun = Instant::now();
        let records = world.run(&spec).await;
        let (reason, _, message, progress) = end(&records);
        assert_eq!((reason, progress.planned), (FinishReason::TimedOut, 3), "{message:?}");
        assert!(begun.elapsed() < SLEEP, "{:?}", begun.elapsed());
        assert_eq!(processes_in(&world.data.path().join("runs").join(spec.deployment_id.to_string())), 0);
    }
}

#[tokio::test]
async fn a_dead_runner_leaves_an_unknown_outcome_and_nothing_else() {
    let world = World::new().await;
    let spec = RunSpec { secret_variables: ["token".to_owned()].into(), ..world.spec(ScriptKind::Ansible, SLEEPING) };
    let dir = world.prepare_with(&spec, &[("token", "canary-of-the-dead")]);
    let runner = attach::spawn(&dir, &executable()).await.unwrap();
    wait_for(&dir, sleeps).await;
    assert!(runner.signal(Signal::SIGKILL));
    eventually("the runner's end", Duration::from_secs(10), async || (!runner.is_alive()).then_some(())).await;
    assert_eq!(attach::probe(&dir).unwrap(), Probe::Dead);
    assert!(dir.join("secrets").exists() && processes_in(&dir) > 0);
    assert!(attach::sweep(&dir).unwrap() > 0);
    assert_eq!(processes_in(&dir), 0);
    assert!(!files(&dir).contains("canary-of-the-dead"));
    assert!(!dir.join("secrets").exists());
    assert_eq!(attach::probe(&dir).unwrap(), Probe::Dead);
    assert_eq!(attach::sweep(&dir).unwrap(), 0);
}

#[tokio::test]
async fn what_no_plan_lists_is_additional() {
    let world = World::new().await;
    let playbook = r"- name: First
  hosts: all
  tasks:
    - name: Change
      ansible.builtin.command: 'true'
      notify: Handler
    - name: Not now
      ansible.builtin.command: 'false'
      when: false
    - name: Never mind
      ansible.builtin.command: 'false'
      ignore_errors: true
    - block:
        - name: Try on {{ server_name }}
          ansible.builtin.command: 'false'
        - name: Not reached
          ansible.builtin.command: 'true'
      rescue:
        - name: Rescue
          ansible.builtin.debug: {msg: saved}
      always:
        - name: Always
          ansible.builtin.debug: {msg: 'always'}
    - ansible.builtin.command: echo {{ item }}
      loop: [a, b]
  handlers:
    - name: Handler
      ansible.builtin.command: 'true'
- name: Second
  hosts: all
  strategy: free
  gather_facts: false
  tasks:
    - name: Change
      ansible.builtin.command: 'true'
    - name: Last
      ansible.builtin.command: 'true'
";
    let mut spec = world.spec(ScriptKind::Ansible, playbook);
    spec.targets.push(world.target("second"));
    let records = world.run(&spec).await;
    let (reason, _, message, progress) = end(&records);
    assert_eq!((reason, message), (FinishReason::Completed, None));
    // Gathering facts, rescue, always and the handler are additional; “Not reached” leaves the plan.
    assert_eq!(progress, Progress { finished: 7, planned: 7, additional: 4 });
    let planned = records.iter().find_map(|record| match &record.body {
        RecordBody::Planned { planned, .. } => Some(*planned),
        _ => None,
    });
    assert_eq!(planned, Some(8));
    let statuses: Vec<TaskStatus> =
        results(&records).into_iter().filter(|(_, host, _)| host == "second").map(|(_, _, status)| status).collect();
    assert!(
        statuses.contains(&TaskStatus::Ignored)
            && statuses.contains(&TaskStatus::Skipped)
            && statuses.contains(&TaskStatus::Changed)
    );
}
