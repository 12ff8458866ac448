//! What is refused, and what it is told as.

use super::*;

#[tokio::test]
async fn another_host_key_is_refused() {
    let world = World::new().await;
    let other: String = {
        let dir = tempfile::tempdir().unwrap();
        assert!(
            Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(dir.path().join("k"))
                .status()
                .unwrap()
                .success()
        );
        fs::read_to_string(dir.path().join("k.pub")).unwrap()
    };
    let other: rookery_api::deployment::runner::host_key::HostKey = other.parse().unwrap();
    for (kind, script) in [(ScriptKind::Ansible, LOCAL_SERVICE.content), (ScriptKind::Ssh, "mkdir $DEMO_DIRECTORY\n")] {
        let mut spec = world.spec(kind, script);
        spec.targets[0].host_key = other.clone();
        let records = world.run(&spec).await;
        let (reason, _, _, progress) = end(&records);
        assert_eq!((reason, progress.finished), (FinishReason::Failed, 1));
        assert_eq!(results(&records), [(1, "loopback".to_owned(), TaskStatus::Unreachable)]);
        assert!(!world.host.directory.exists());
    }
    let connector = Connector { loopback_only: true };
    let destination = Destination { address: "localhost".into(), port: world.host.port, user: world.host.user.clone() };
    let key = &world.host.private_key;
    let test = connector.test_connection(&destination, Some(key), None, Some(&other)).await;
    assert_eq!(
        test.status,
        ConnectionTestStatus::HostKeyMismatch {
            fingerprint: world.host.host_key.fingerprint(),
            public_key_line: world.host.host_key.line()
        }
    );
    let test = connector.test_connection(&destination, Some(key), None, None).await;
    assert_eq!(
        test.status,
        ConnectionTestStatus::HostKeyUnknown {
            fingerprint: world.host.host_key.fingerprint(),
            public_key_line: world.host.host_key.line()
        }
    );
    let test = connector.test_connection(&destination, Some(key), None, Some(&world.host.host_key)).await;
    assert_eq!(test.status, ConnectionTestStatus::Ok, "{}", test.message);
    let stranger = Destination { user: "stranger".into(), ..destination.clone() };
    let test = connector.test_connection(&stranger, Some(key), None, Some(&world.host.host_key)).await;
    assert_eq!(test.status, ConnectionTestStatus::AuthenticationFailed, "{}", test.message);
    let test = connector.test_connection(&destination, None, None, None).await;
    assert_eq!((test.status, test.message.as_str()), (ConnectionTestStatus::NoKey, "The project has no private key."));
    let away = Destination { address: "192.0.2.1".into(), ..destination };
    let test = connector.test_connection(&away, Some(key), None, None).await;
    assert_eq!(test.status, ConnectionTestStatus::Refused, "{}", test.message);
}

#[tokio::test]
async fn failures_are_told_with_their_reason() {
    let world = World::new().await;
    let run = async |playbook: &str| {
        let records = world.run(&world.spec(ScriptKind::Ansible, playbook)).await;
        let (reason, _, message, _) = end(&records);
        (reason, message.unwrap_or_default())
    };
    let (reason, message) = run("- hosts: nobody_here\n  tasks:\n    - ansible.builtin.command: 'true'\n").await;
    assert_eq!((reason, message.as_str()), (FinishReason::Failed, "the playbook has no task for loopback"));
    let (reason, message) = run("- hosts: all\n  tasks:\n    - name: x\n      no_such_module:\n").await;
    assert_eq!(reason, FinishReason::Failed);
    assert!(message.starts_with("line 3: couldn't resolve module"), "{message}");
    let (_, message) = run("- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Root\n      become: true\n      ansible.builtin.command: id -u\n      register: who\n    - name: Check\n      ansible.builtin.assert: {that: who.stdout != '0'}\n    - name: Break\n      ansible.builtin.fail: {msg: on purpose}\n").await;
    assert_eq!(message, "“Break” failed on loopback: on purpose");
    // Somebody who is not a target is not even connected to.
    let listener = TcpListener::bind(("127.0.0.2", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (away, _) = run(&format!("- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Away\n      delegate_to: 127.0.0.2\n      vars: {{ansible_port: {port}}}\n      ansible.builtin.command: id\n")).await;
    assert_eq!(away, FinishReason::Failed);
    assert!(listener.accept().is_err());
    let mut spec = world.spec(ScriptKind::Ansible, SLEEPING);
    let dir = world.prepare_with(&spec, &[]);
    spec.targets[0].address = "192.0.2.1".into();
    fs::write(dir.join("run.json"), serde_json::to_vec(&spec).unwrap()).unwrap();
    attach::spawn(&dir, &executable()).await.unwrap();
    let (reason, _, message, _) = end(&finished(&dir).await);
    assert_eq!(
        (reason, message.unwrap().as_str()),
        (FinishReason::Failed, "demo mode refuses loopback: 192.0.2.1 is not a loopback address")
    );
    assert!(!dir.join("secrets").exists());
}

#[tokio::test]
async fn samples_are_sound_and_those_that_need_root_refuse_the_demo_host() {
    let world = World::new().await;
    for sample in SAMPLES {
        syntax_check(&programs(), ScriptKind::Ansible, sample.content, &[]).await.unwrap();
        let requirements = Requirements::of(ScriptKind::Ansible, [sample.content], sample.requires_root);
        let refusals = preflight(
            Connector { loopback_only: true },
            &[world.target("loopback")],
            &world.host.private_key,
            None,
            requirements,
        )
        .await;
        assert_eq!(refusals.is_empty(), !sample.requires_root);
        assert!(refusals.iter().all(|refusal| refusal.message.contains("needs root")));
    }
    let error = syntax_check(
        &programs(),
        ScriptKind::Ansible,
        &NGINX.content.replace("ansible.builtin.assert", "no.such.module"),
        &[],
    )
    .await
    .unwrap_err();
    assert!(matches!(&error, SyntaxCheckError::Invalid(error) if error.line.is_some()), "{error}");
}

#[tokio::test]
async fn the_demo_host_keeps_its_place_and_lets_nobody_be_root() {
    let world = World::new().await;
    let (port, key) = (world.host.port, world.host.host_key.clone());
    // Another server finds it running and takes it over.
    let adopted = DemoHost::start(world.data.path()).await.unwrap();
    assert_eq!((adopted.port, &adopted.host_key), (port, &key));
    adopted.stop();
    drop(adopted);
    eventually("the host's end", Duration::from_secs(10), async || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    })
    .await;
    let again = DemoHost::start(world.data.path()).await.unwrap();
    assert_eq!((again.port, &again.host_key), (port, &key));
    let spec = world.spec(ScriptKind::Ssh, "id -u; id -un; pwd; echo $HOME; echo ~; env; grep -E 'NoNewPrivs|CapEff' /proc/self/status; sudo -n true; true");
    let records = world.run(&spec).await;
    assert_ne!(lines(&records)[0], "0");
    assert!(lines(&records).iter().any(|line| line == "NoNewPrivs:\t1"));
}
