//! Secrets go through every feature that takes one, are shown to have been used, and are found nowhere afterwards.

use super::hunt::Hunt;
use super::transports;
use crate::support::demo::{LOCAL, LOCAL_SERVER};
use crate::support::requests::{form, with};
use crate::support::server::{self, Options};
use crate::support::{Backend, Client, Server, database, sha256_hex};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

on_both![no_secret_is_found_anywhere];

/// Writes the digests of what it was given, and says it all aloud.
const PLAYBOOK: &str = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Use {{ one }}
      ansible.builtin.shell: |
        mkdir -p "$DEMO_DIRECTORY"
        for name in ONE TWO THREE; do
          eval "value=\$$name"
          printf %s "$value" | sha256sum | cut -c1-64 >> "$DEMO_DIRECTORY/proof"
          printf '%s\n' "$value"; printf '%s\n' "$value" >&2
        done
      environment: {ONE: "{{ one }}", TWO: "{{ two }}", THREE: "{{ three }}"}
    - name: Say them
      ansible.builtin.debug: {msg: "{{ one }} {{ two }} {{ three }}"}
    - name: Say them otherwise
      ansible.builtin.debug:
        msg: "{{ one | b64encode }} {{ ('x' ~ two) | b64encode }} {{ three | urlencode }} {{ [one, two, three] | to_json }}"
    - name: Dump one
      ansible.builtin.debug: {var: one}
"#;

const COMMANDS: &str = r#"mkdir -p "$DEMO_DIRECTORY"
for value in "$one" "$two" "$three"; do printf %s "$value" | sha256sum | cut -c1-64 >> "$DEMO_DIRECTORY/proof"; done
printf '%s\n' "$one" "$two" "$three"
printf '%s' "$one" | base64; printf '%s' "$two" | od -An -v -tx1 | tr -d ' \n'; echo
printf '%s\n' "$three" >&2
sleep 1
"#;

/// The secrets, by name.
#[derive(Default)]
pub struct Canaries(BTreeMap<String, Vec<u8>>);

impl Canaries {
    /// A new one, unlike anything else in the world.
    pub fn hatch(&mut self, name: &str) -> String {
        self.hatch_as(name, |word| word)
    }

    /// A new one that can be a name in a document.
    pub fn hatch_word(&mut self, name: &str) -> String {
        self.hatch_as(name, |word| word.replace('-', "_"))
    }

    fn hatch_as(&mut self, name: &str, make: impl FnOnce(String) -> String) -> String {
        let secret = make(format!("canary-{}", sha256_hex(uuid::Uuid::now_v7().as_bytes())));
        self.keep(name, secret.as_bytes());
        secret
    }

    fn keep(&mut self, name: &str, secret: &[u8]) {
        assert!(self.0.insert(name.to_owned(), secret.to_vec()).is_none());
    }

    fn hunt(&self) -> Hunt {
        Hunt::new(&self.0.iter().map(|(name, secret)| (name.clone(), secret.clone())).collect::<Vec<_>>())
    }

    /// The values for a script's three variables: plain, with everything that needs quoting, and of several lines.
    fn variables(&mut self, of: &str) -> Value {
        json!({
            "one": self.hatch(&format!("{of}: one")),
            "two": self.hatch_as(&format!("{of}: two"), |word| format!("{word}/with\"quote'and $(id) {{{{ 7 * 7 }}}} & ünï\\code")),
            "three": self.hatch_as(&format!("{of}: three"), |word| format!("{word}\nsecond-{word}")),
        })
    }
}

async fn no_secret_is_found_anywhere(backend: Backend) {
    let begun = now();
    let database = database::fresh(backend).await;
    let mut canaries = Canaries::default();
    // In the server's own environment, where its operator put it: looked for elsewhere.
    let metrics_token = format!("canary-{}", sha256_hex(uuid::Uuid::now_v7().as_bytes()));
    let format = if backend == Backend::Sqlite { "text" } else { "json" };
    let environment = vec![
        // As much as there is.
        ("ROOKERY_LOG", "trace".to_owned()),
        ("ROOKERY_LOG_FORMAT", format.to_owned()),
        ("ROOKERY_METRICS_TOKEN", metrics_token.clone()),
    ];
    let server = Server::start(Options { database, environment, ..Options::default() }).await;
    let mut answers: Vec<(String, String)> = Vec::new();
    let admin = server.new_session("admin").await;

    let decider = people(&server, &admin, &mut canaries, &mut answers).await;
    keys(&server, &admin, &mut canaries, &mut answers).await;
    let master_key = fs::read_to_string(server.data().join("master.key")).unwrap();
    canaries.keep("the master key", master_key.trim().as_bytes());

    transports::carry(&server, &admin, &mut canaries).await;
    let runs = scripts(&admin, &mut canaries).await;
    let refused = refused_values(&admin, &runs, &mut canaries).await;
    answers.extend(refused);
    let hunt = canaries.hunt();
    let watch = hunt.watch_processes(host_pid(&server.data()));
    let deployments = deploy_all(&server, &admin, &decider, &runs).await;
    let (seen, rounds) = watch.end();
    assert!(rounds > 5, "looked at the processes only {rounds} times");
    let mut found = seen;
    assert!(canaries.0.len() >= 20, "{}", canaries.0.len());

    for deployment in &deployments {
        let events = json!(admin.events(deployment).await).to_string();
        assert!(events.matches("[redacted]").count() >= 3, "the script said its secrets: {events}");
        found.extend(hunt.look("events", events.as_bytes()));
        let selection = "failureMessage plan { variables { name value } canonicalJson } tasks { name } request { history { note } }";
        found.extend(hunt.look("a deployment", admin.deployment(deployment, selection).await.to_string().as_bytes()));
    }
    for run in &runs {
        let selection =
            "variables plan { variables { value } canonicalJson } approvedPlan { canonicalJson } history { note }";
        found.extend(hunt.look("a request", admin.request(&run.request, selection).await.to_string().as_bytes()));
    }
    let told = admin.query("{ viewer { notifications(first: 100) { nodes { title body } } } }", Value::Null).await;
    found.extend(hunt.look("notifications", told.to_string().as_bytes()));
    for (what, answer) in &answers {
        found.extend(hunt.look(what, answer.as_bytes()));
    }
    let log = server.log();
    // A line of ours that only who asks for much gets to see: the rest of that level is there too.
    assert!(log.contains("closing a socket"), "{log}");
    let token = Hunt::new(&[("the token for metrics".into(), metrics_token.as_bytes().to_vec())]);
    for (place, bytes) in [("the log", log.as_bytes()), ("the database", &server.dump())] {
        found.extend(hunt.look(place, bytes));
        found.extend(token.look(place, bytes));
    }
    found.extend(hunt.look("the metrics", transports::metrics(&server, &metrics_token).await.as_bytes()));
    // The master key's own file, and the other side: the host's.
    let own = [server.data().join("master.key"), server.data().join("demo-host")];
    let skip = |path: &Path| own.iter().any(|own| own == path);
    found.extend(hunt.look_below(server.data().parent().unwrap(), begun, &skip));
    found.extend(hunt.look_below(&server.host_directory(), begun, &|_| false));
    // What else was left where temporary files go. Other tests' servers have their own.
    let others = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rookery-"));
    for dir in ["/tmp", "/var/tmp", "/dev/shm"] {
        found.extend(hunt.look_below(Path::new(dir), begun, &others));
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn now() -> SystemTime {
    SystemTime::now()
}

fn host_pid(data: &Path) -> u32 {
    let state: Value = serde_json::from_slice(&fs::read(data.join("demo-host/state.json")).unwrap()).unwrap();
    u32::try_from(state["process"]["pid"].as_u64().expect("the host's process")).unwrap()
}

/// Passwords, tokens and cookies. Answers another administrator.
async fn people(
    server: &Server,
    admin: &Client,
    canaries: &mut Canaries,
    answers: &mut Vec<(String, String)>,
) -> Client {
    let password = canaries.hatch("a password");
    let eve = json!({ "name": "Eve", "email": "eve@example.com", "username": "eve", "password": password });
    admin.mutate("createUser", eve, "user { id }").await.done();
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { token userErrors { message } } }";
    let sign_in = async |password: &str| {
        server.anonymous().send(document, json!({ "input": { "login": "eve", "password": password } })).await
    };
    let answer = sign_in(&password).await;
    let token = answer.body["data"]["signIn"]["token"].as_str().expect("the password was used").to_owned();
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    canaries.keep("a token's signature", token.rsplit('.').next().unwrap().as_bytes());
    canaries.keep("a cookie's secret", cookie.split_once('=').unwrap().1.as_bytes());
    let (by_token, by_cookie) = (Client::new(&server.address, Some(token)), server.anonymous().with_cookie(&cookie));
    assert_eq!(by_token.own_id().await, by_cookie.own_id().await);

    let input = json!({ "name": "a program" });
    let shown = "secret accessToken { id name secretStart }";
    let mut payload = by_token.mutate("createAccessToken", input, shown).await.done();
    let secret = payload["secret"].take();
    canaries.keep("an access token's secret", secret.as_str().unwrap().as_bytes());
    answers.push(("the answer to a new access token, but for its secret".into(), payload.to_string()));
    let program = Client::new(&server.address, secret.as_str().map(str::to_owned));
    assert_eq!(program.own_id().await, by_token.own_id().await, "the access token was used");
    let mut socket = program.subscribe("subscription { notificationReceived { id } }", Value::Null).await;
    assert!(socket.is_silent().await);
    let mistyped = canaries.hatch_as("a mistyped access token", |word| format!("rookery_{}", &word[7..47]));
    let refused = Client::new(&server.address, Some(mistyped)).send("{ viewer { level } }", Value::Null).await;
    assert_eq!(refused.status, 401);
    answers.push(("the answer to a mistyped access token".into(), refused.body.to_string()));
    let revoked = json!({ "id": payload["accessToken"]["id"] });
    let payload = by_token.mutate("revokeAccessToken", revoked, "accessToken { id name secretStart }").await.done();
    answers.push(("the answer to revoking an access token".into(), payload.to_string()));

    let wrong = sign_in(&canaries.hatch("a mistyped password")).await;
    assert_eq!(wrong.body["data"]["signIn"]["token"], Value::Null);
    answers.push(("the answer to a wrong password".into(), wrong.body.to_string()));
    let literal = canaries.hatch("a password in a wrong document");
    for document in [
        format!("mutation {{ signIn(input: {{ login: \"eve\", password: \"{literal}\" }}) {{ nothing }} }}"),
        format!("mutation {{ signIn(input: {{ login: \"eve\", password: \"{literal}\" }}"),
        format!("mutation {{ signIn(input: {{ login: 7, password: \"{literal}\" }}) {{ token }} }}"),
        format!("mutation {{ signIn(input: \"{literal}\") {{ token }} }}"),
    ] {
        let answer = server.anonymous().send(&document, Value::Null).await;
        answers.push(("the answer to a wrong document".into(), answer.body.to_string()));
    }
    let answer = server.anonymous().send(document, json!({ "input": literal })).await;
    answers.push(("the answer to wrong variables".into(), answer.body.to_string()));

    let password = canaries.hatch("a password given to the command line");
    let mut command = server::command(server.data().parent().unwrap(), server.database_url());
    command.args(["user", "create", "--admin", "--name", "Frank", "--email", "frank@example.com", "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    answers.push(("the command line's output".into(), said));
    server.sign_in_with("frank@example.com", &password).await
}

/// A private key with a passphrase: the host's own, locked anew.
async fn keys(server: &Server, admin: &Client, canaries: &mut Canaries, answers: &mut Vec<(String, String)>) {
    let passphrase = canaries.hatch("a passphrase");
    let dir = tempfile::Builder::new().prefix("rookery-key-").tempdir().unwrap();
    let file = dir.path().join("key");
    fs::copy(server.data().join("demo-host/user_key"), &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let plain = fs::read_to_string(&file).unwrap();
    // In the middle of the body, where the key itself is; its first line is the same for all keys.
    canaries.keep("the unlocked private key", plain.lines().nth(3).unwrap().as_bytes());
    let lock = Command::new("ssh-keygen")
        .args(["-q", "-p", "-a", "1", "-P", "", "-N", &passphrase, "-f"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(lock.success());
    let locked = fs::read_to_string(&file).unwrap();
    canaries.keep("the locked private key", locked.lines().nth(4).unwrap().as_bytes());
    drop(dir);
    let project = admin.project(LOCAL).await;
    let wrong = canaries.hatch("a wrong passphrase");
    for (key, passphrase) in [(locked.as_str(), wrong.as_str()), (&locked.replace("OPENSSH", "OTHER"), &passphrase)] {
        let input = json!({ "projectId": project, "privateKey": key, "passphrase": passphrase });
        let outcome = admin.mutate("updateProjectSsh", input, "project { id }").await;
        answers.push(("the refusal of a key".into(), format!("{outcome:?}")));
        assert_eq!(outcome.refused(), ["INVALID privateKey"]);
    }
    let input = json!({ "projectId": project, "privateKey": locked, "passphrase": passphrase });
    let shown = "project { ssh { user hasPrivateKey hasPassphrase publicKey } }";
    let payload = admin.mutate("updateProjectSsh", input, shown).await.done();
    assert_eq!(payload["project"]["ssh"]["hasPassphrase"], true);
    answers.push(("the answer to a key".into(), payload.to_string()));
    let test = json!({ "projectId": project });
    let payload = admin.mutate("testProjectConnection", test, "results { status message fingerprint }").await.done();
    assert_eq!(payload["results"][0]["status"], "OK", "the key and its passphrase were used: {payload:#}");
    answers.push(("the connection test".into(), payload.to_string()));
}

struct Run {
    script: String,
    request: String,
    /// What its deployment writes on the host.
    proof: Vec<String>,
    /// For a run without a request.
    direct: Value,
}

fn proof(variables: &Value) -> Vec<String> {
    ["one", "two", "three"].map(|name| sha256_hex(variables[name].as_str().unwrap())).to_vec()
}

/// A playbook and commands that take secrets, each with a request that gives it some and was changed since.
async fn scripts(admin: &Client, canaries: &mut Canaries) -> Vec<Run> {
    let declared: Vec<Value> = ["one", "two", "three"]
        .iter()
        .map(|name| json!({ "name": name, "type": "SECRET", "required": true }))
        .collect();
    let playbook = admin.write_playbook(PLAYBOOK, json!(declared)).await;
    let commands = admin.write_commands(COMMANDS, json!(declared)).await;
    let mut runs = Vec::new();
    for (kind, script) in [("a playbook", playbook), ("commands", commands)] {
        let before = canaries.variables(&format!("replaced values of {kind}"));
        let more =
            json!({ "scriptId": script, "targetServerId": admin.server(LOCAL_SERVER).await, "variables": before });
        let request = admin.file(with(form(&admin.project(LOCAL).await), more)).await;
        let digest = admin.digest(&request).await;
        let variables = canaries.variables(&format!("a request for {kind}"));
        let input = json!({ "id": request, "variables": variables });
        admin.mutate("updateServerRequest", input, "").await.done();
        assert_ne!(admin.digest(&request).await, digest, "the replaced values were used: they made another plan");
        let direct = canaries.variables(&format!("a direct run of {kind}"));
        runs.push(Run { script, request, proof: [proof(&variables), proof(&direct)].concat(), direct });
    }
    runs
}

/// Values that are not taken.
async fn refused_values(admin: &Client, runs: &[Run], canaries: &mut Canaries) -> Vec<(String, String)> {
    let long = canaries.hatch_as("a value that is too long", |word| format!("{word}{}", "x".repeat(4_100)));
    canaries.keep("the beginning of one", &long.as_bytes()[..60]);
    let mut answers = Vec::new();
    for variables in [json!({ "one": long }), json!({ "one": [long] }), json!({ "one": { "a": long } })] {
        let outcome =
            admin.mutate("updateServerRequest", json!({ "id": runs[0].request, "variables": variables }), "").await;
        answers.push(("the refusal of a value".into(), format!("{outcome:?}")));
        assert_eq!(outcome.refused(), ["INVALID variables.one"]);
    }
    answers
}

/// Deploys everything; the host has seen every value.
async fn deploy_all(server: &Server, admin: &Client, decider: &Client, runs: &[Run]) -> Vec<String> {
    let mut deployments = Vec::new();
    for run in runs {
        decider.approve(&run.request).await;
        let by_request = admin.deploy(&run.request).await;
        let (status, why) = admin.end_of(&by_request).await;
        assert_eq!((status.as_str(), why.as_str()), ("COMPLETED", ""));
        let direct = admin.run_on_local(&run.script, run.direct.clone()).await;
        assert_eq!(admin.end_of(&direct).await.0, "COMPLETED");
        deployments.extend([by_request, direct]);
    }
    let written = fs::read_to_string(server.host_directory().join("proof")).unwrap();
    let seen: Vec<&str> = written.lines().collect();
    let expected: Vec<&String> = runs.iter().flat_map(|run| &run.proof).collect();
    assert_eq!(seen, expected, "the host saw every value");
    deployments
}
