//! Starting, stopping and the command line.

use crate::support::server::{Options, command};
use crate::support::{Backend, Server, database, workspace};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

on_both![
    a_second_start_keeps_the_data,
    the_tables_are_made_and_shown,
    the_first_administrator_is_made_outside_the_demo,
    a_demo_stays_a_demo,
    a_demo_from_before_its_mark_stays_one
];

async fn a_second_start_keeps_the_data(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let user = admin.own_id().await;
    let project = admin.mutate("createProject", json!({ "name": "Kept" }), "project { id }").await.done();
    assert!(server.stop().success());
    server.restart().await;
    let admin = server.new_session("admin").await;
    assert_eq!(admin.own_id().await, user);
    assert_eq!(admin.project("Kept").await, project["project"]["id"].as_str().unwrap());
    let counts = "{ tenants { totalCount } sites { totalCount } devices { totalCount } servers { totalCount } scripts { totalCount } users { totalCount } }";
    let counts = admin.query(counts, Value::Null).await;
    let expected = [("tenants", 4), ("sites", 4), ("devices", 12), ("servers", 16), ("scripts", 4), ("users", 11)];
    for (list, count) in expected {
        assert_eq!(counts[list]["totalCount"], count, "{list}");
    }
    // And it still works.
    let script = admin.write_commands("echo again", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    for name in ["master.key", "node"] {
        let mode = std::fs::metadata(server.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // One server at a time on its data.
    let mut second = command(server.data().parent().unwrap(), server.database_url());
    let said = ended(second.args(["serve", "--demo"]).output().unwrap(), 1);
    assert!(said.contains("another Rookery server is running on this data"), "{said}");
}

/// What a command said that ended with this status.
#[track_caller]
fn ended(output: Output, status: i32) -> String {
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(status), "{said}");
    said
}

async fn the_tables_are_made_and_shown(backend: Backend) {
    let url = database::fresh(backend).await;
    let root = tempfile::tempdir().unwrap();
    let db = |what: &str| command(root.path(), url.as_deref()).args(["db", what]).output().unwrap();
    let before = ended(db("status"), 1);
    assert!(before.contains("pending m0001") && before.contains("rookery db up"), "{before}");
    let made = ended(db("up"), 0);
    assert!(made.contains("applied m0001") && !made.contains("pending"), "{made}");
    assert_eq!(ended(db("status"), 0), made);
    assert_eq!(ended(db("up"), 0), made);
}

async fn the_first_administrator_is_made_outside_the_demo(backend: Backend) {
    let url = database::fresh(backend).await;
    let mut server = Server::start(Options { demo: false, database: url, ..Options::default() }).await;
    let create = |arguments: &[&str], password: &str| {
        let mut command = command(server.data().parent().unwrap(), server.database_url());
        command.args(["user", "create", "--password-stdin"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        child.wait_with_output().unwrap()
    };
    let ann = ["--admin", "--name", "Ann", "--email", "ann@example.com", "--username", "ann"];
    let short = ended(create(&ann, "short"), 2);
    assert!(short.contains("password: At least 10 characters."), "{short}");
    ended(create(&ann, "a long password"), 0);
    let taken = ended(create(&ann, "a long password"), 2);
    assert!(taken.contains("has this"), "{taken}");
    let admin = server.sign_in_with("ann", "a long password").await;
    let seen = admin.query("{ viewer { level demo } tenants { totalCount } servers { totalCount } scripts { totalCount } users { totalCount } }", Value::Null).await;
    assert_eq!(seen["viewer"], json!({ "level": "ADMIN", "demo": false }));
    for (list, count) in [("tenants", 0), ("servers", 0), ("scripts", 3), ("users", 1)] {
        assert_eq!(seen[list]["totalCount"], count, "{list}");
    }
    // It never becomes a demo: nobody's own data gets accounts whose passwords are public.
    assert!(server.stop().success());
    let mut demo = command(server.data().parent().unwrap(), server.database_url());
    let said = ended(demo.args(["serve", "--demo"]).output().unwrap(), 1);
    assert!(said.contains("this database has accounts of its own"), "{said}");
    server.restart().await;
    let admin = server.sign_in_with("ann", "a long password").await;
    assert_eq!(admin.query("{ users { totalCount } }", Value::Null).await["users"]["totalCount"], 1);
    // No demo account exists, and nothing of the demo's host.
    let input = json!({ "login": "admin", "password": "admin123" });
    assert_eq!(server.anonymous().mutate("signIn", input, "").await.refused(), ["WRONG_CREDENTIALS"]);
    assert!(!server.data().join("demo-host").exists() && !server.log().contains("admin123"));
}

async fn a_demo_stays_a_demo(backend: Backend) {
    let mut server = Server::demo(backend).await;
    assert!(server.stop().success());
    let mut ordinary = command(server.data().parent().unwrap(), server.database_url());
    let said = ended(ordinary.arg("serve").output().unwrap(), 1);
    assert!(said.contains("this database holds the demo"), "{said}");
    server.restart().await;
    server.new_session("admin").await;
}

async fn a_demo_from_before_its_mark_stays_one(backend: Backend) {
    let mut server = Server::demo(backend).await;
    assert!(server.stop().success());
    let db = server.database().await;
    for undo in ["DROP TABLE demo_marker", "DELETE FROM seaql_migrations WHERE version = 'm0009_demo_marker'"] {
        db.execute_unprepared(undo).await.unwrap();
    }
    db.close().await.unwrap();
    let mut ordinary = command(server.data().parent().unwrap(), server.database_url());
    let said = ended(ordinary.arg("serve").output().unwrap(), 1);
    assert!(said.contains("this database holds the demo"), "{said}");
    server.restart().await;
    let admin = server.new_session("admin").await;
    assert_eq!(admin.query("{ users { totalCount } }", Value::Null).await["users"]["totalCount"], 11);
}

#[test]
fn settings_that_make_no_sense_stop_the_start_with_a_sentence() {
    let root = tempfile::tempdir().unwrap();
    let cases: [(&str, &str, &str); 10] = [
        ("ROOKERY_LISTEN", "nonsense", "listen: \"nonsense\" is not an address with a port"),
        ("ROOKERY_PUBLIC_URL", "ftp://x", "public_url"),
        (
            "ROOKERY_TRUSTED_PROXIES",
            "10.0.0.0/8, here",
            "trusted_proxies: \"here\" is neither an address nor a network",
        ),
        ("ROOKERY_LOG_FORMAT", "xml", "log_format: \"xml\" is neither text nor json"),
        ("ROOKERY_LOG", "a=b=c", "log:"),
        ("ROOKERY_ANSIBLE_PLAYBOOK", "/nonexistent/ansible", "ansible_playbook: there is no program"),
        ("DATABASE_URL", "mysql://root:hunter22@localhost/x", "database_url: must begin with"),
        ("DATABASE_URL", "sqlite::memory:", "database_url: sqlite: needs the path of a file"),
        ("DATABASE_URL", "postgres://u:hunter22@127.0.0.1:1/x", "the database cannot be opened"),
        ("ROOKERY_MASTER_KEY", "short", "the master key must be 64 hexadecimal digits"),
    ];
    for (name, value, expected) in cases {
        let output = command(root.path(), None).env(name, value).arg("serve").output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{name}={value}: {said}");
        assert!(!said.contains("hunter22") && !said.contains("panicked"), "{said}");
    }
    let open =
        command(root.path(), None).env("ROOKERY_LISTEN", "0.0.0.0:0").args(["serve", "--demo"]).output().unwrap();
    assert!(String::from_utf8_lossy(&open.stderr).contains("serves on a loopback address only"));
    std::fs::write(root.path().join("rookery.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let unknown = command(root.path(), None).arg("serve").output().unwrap();
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert!(!unknown.status.success() && said.contains("lisen"), "{said}");
    // The line that is wrong may be the one with the password.
    std::fs::write(root.path().join("rookery.toml"), "database_url = \"postgres://u:hunter22@localhost/x\n").unwrap();
    let broken = command(root.path(), None).arg("serve").output().unwrap();
    let said = String::from_utf8_lossy(&broken.stderr);
    assert!(said.contains("this is not TOML at line 1") && !said.contains("hunter22"), "{said}");
}

#[test]
fn help_explains_everything() {
    let help = |arguments: &[&str]| {
        let output = Command::new(crate::support::executable()).args(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let all = help(&["--help"]);
    for word in [
        "serve",
        "schema",
        "db",
        "user",
        "ROOKERY_LISTEN",
        "ROOKERY_DATA_DIR",
        "ROOKERY_CONCURRENT_RUNS",
        "DATABASE_URL",
        "rookery.toml",
        "ROOKERY_MASTER_KEY",
    ] {
        assert!(all.contains(word), "{word}");
    }
    assert!(help(&["serve", "--help"]).contains("--demo"));
    assert!(help(&["user", "create", "--help"]).contains("--password-stdin"));
}

#[test]
fn the_schema_of_the_checkout_is_the_program_s() {
    let run = |arguments: &[&str]| {
        Command::new(crate::support::executable()).args(arguments).current_dir(workspace()).output().unwrap()
    };
    ended(run(&["schema", "check"]), 0);
    let printed = String::from_utf8(run(&["schema", "print"]).stdout).unwrap();
    assert_eq!(printed, std::fs::read_to_string(workspace().join("schema.graphql")).unwrap());
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("other.graphql");
    std::fs::write(&file, printed.replace("PLAN_DRIFT", "PLAN_CHANGED")).unwrap();
    let said = ended(run(&["schema", "check", file.to_str().unwrap()]), 1);
    assert!(said.contains("PLAN_CHANGED") && said.contains("PLAN_DRIFT"), "{said}");
}
