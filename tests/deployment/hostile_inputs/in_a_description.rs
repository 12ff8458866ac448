//! What is refused where a run is prepared, whoever let it come so far: nothing is made on the disk then.

use super::super::runner::World;
use rookery_api::deployment::runner::prepare::{PreparedSecrets, prepare};
use rookery_api::deployment::runner::spec::{RunSpec, ScriptKind};
use rookery_api::deployment::runner::ssh_key::SshKey;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

fn names(dir: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_no_name_is_refused_in_a_description() {
    let world = World::new().await;
    let words = [
        "",
        "-i",
        "-oProxyCommand=id",
        "--flush-cache",
        "a b",
        "a\tb",
        "a\nb",
        "a\n    ProxyCommand id",
        "a\r",
        "a\0b",
        "a\u{2028}b",
        "a\u{2029}b",
        "a\u{85}b",
        "\u{feff}a",
        "{{ 7 }}",
        "{% raw %}",
        "!unsafe a",
        "!!python/name:os.system",
        "*",
        "!a",
        "a,b",
        "a[1:3]",
        "a:b@c",
        "$(id)",
        "`id`",
        "a;id",
        "a|id",
        "a&id",
        "'a'",
        "\"a\"",
        "a\\b",
        "~",
        "%h",
        "../a",
        "/etc/passwd",
        "a/b",
        "#a",
        "<(id)",
        "ä",
    ];
    let huge = "a".repeat(1024 * 1024);
    let mut tried = 0;
    let mut refused = |what: &str, change: &dyn Fn(&mut RunSpec)| {
        for kind in [ScriptKind::Ansible, ScriptKind::Ssh] {
            let mut spec = world.spec(kind, "true\n");
            spec.loopback_only = false;
            change(&mut spec);
            let dir = world.data.path().join("runs").join("hostile");
            let key = SshKey::parse(&world.host.private_key, None).unwrap();
            let secrets = PreparedSecrets { key, variables: BTreeMap::new() };
            let error = prepare(&dir, &spec, &world.scripts, &secrets).expect_err(what).to_string();
            assert!(!error.is_empty() && error.len() < 2_000_000, "{what}");
            assert_eq!(names(&world.data.path().join("runs")), Vec::<String>::new(), "{what}");
            tried += 1;
        }
    };
    for word in words.iter().copied().chain([huge.as_str()]) {
        let what = &word[..word.floor_char_boundary(40)];
        refused(&format!("the name {what:?}"), &|spec| spec.targets[0].name = word.to_owned());
        refused(&format!("the user {what:?}"), &|spec| spec.targets[0].user = word.to_owned());
        refused(&format!("the variable {what:?}"), &|spec| _ = spec.variables.insert(word.to_owned(), 1.into()));
        refused(&format!("the secret {what:?}"), &|spec| _ = spec.secret_variables.insert(word.to_owned()));
        if word != "::1" {
            refused(&format!("the address {what:?}"), &|spec| spec.targets[0].address = word.to_owned());
        }
    }
    for name in
        ["ansible_connection", "ansible_ssh_common_args", "Ansible_Become", "hostvars", "lookup", "omit", "vars"]
    {
        refused(name, &|spec| _ = spec.variables.insert(name.to_owned(), "x".into()));
    }
    for value in
        [serde_json::json!(null), serde_json::json!([1]), serde_json::json!({ "a": 1 }), serde_json::json!(1.5)]
    {
        refused("a value", &|spec| _ = spec.variables.insert("word".to_owned(), value.clone()));
    }
    for digest in ["../../../etc/passwd", "/etc/passwd", "", "-", "{{ x }}"] {
        refused(digest, &|spec| spec.script_digest = digest.to_owned());
    }
    let digest = world.scripts.put("text").unwrap();
    for path in words.iter().copied().chain([
        "../ansible.cfg",
        "ansible.cfg",
        "roles/../../x",
        "files/",
        "files/{{ x }}",
        "home/x",
    ]) {
        refused(path, &|spec| _ = spec.files.insert(path.to_owned(), digest.clone()));
    }
    refused("a file in a file", &|spec| {
        spec.files.extend(["files/a", "files/a/b"].map(|path| (path.to_owned(), digest.clone())));
    });
    refused("a file that is not there", &|spec| _ = spec.files.insert("files/a".into(), "0".repeat(64)));
    refused("a trace", &|spec| spec.trace_parent = Some("00-$(id)-x-01".to_owned()));
    assert!(tried >= 400, "{tried}");
}

#[tokio::test]
async fn what_lies_in_the_way_is_not_followed() {
    let world = World::new().await;
    let outside = tempfile::tempdir().unwrap();
    let spec = world.spec(ScriptKind::Ansible, "- hosts: all\n");
    let prepared = |spec: &RunSpec, name: &str| {
        let key = SshKey::parse(&world.host.private_key, None).unwrap();
        let secrets = PreparedSecrets { key, variables: BTreeMap::new() };
        prepare(&world.data.path().join("runs").join(name), spec, &world.scripts, &secrets)
    };
    // A directory of a run that is somewhere else.
    symlink(outside.path(), world.data.path().join("runs/elsewhere")).unwrap();
    assert!(prepared(&spec, "elsewhere").is_err());
    symlink(outside.path().join("missing"), world.data.path().join("runs/dangling")).unwrap();
    assert!(prepared(&spec, "dangling").is_err());
    // A script that is somewhere else: what it is called is what it must hold.
    let content = "- hosts: all\n  tasks: []\n";
    let digest = rookery_api::deployment::runner::script_store::digest(content);
    fs::write(outside.path().join("other"), "- hosts: others\n").unwrap();
    symlink(outside.path().join("other"), world.data.path().join("scripts").join(&digest)).unwrap();
    assert_eq!(world.scripts.put(content).unwrap(), digest);
    let spec = RunSpec { script_digest: digest.clone(), ..spec };
    assert!(prepared(&spec, "changed").unwrap_err().to_string().contains("changed on the disk"));
    assert_eq!(fs::read_to_string(outside.path().join("other")).unwrap(), "- hosts: others\n");
    assert_eq!(names(outside.path()), ["other"]);
    assert_eq!(names(&world.data.path().join("runs")), ["dangling", "elsewhere"]);
}
