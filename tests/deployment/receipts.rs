//! Receipts: what they say, that they stay, and that nothing else is taken for one.

use super::clearing_up::kill_runner;
use crate::support::server::command;
use crate::support::{Backend, Client, Server, executable};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rookery_api::deployment::receipt::verify::{KeySet, verify};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

on_both![
    a_receipt_says_what_was_decided_and_done,
    a_log_is_checked_to_the_byte,
    a_receipt_is_no_token_and_a_token_no_receipt,
    every_end_has_a_receipt,
    a_receipt_outlives_the_key_that_signed_it,
    a_changed_byte_is_noticed,
    who_does_not_see_a_deployment_does_not_see_its_receipt,
];

const SECRET: &str = "hunter22-of-the-receipt";

async fn receipt(client: &Client, deployment: &str) -> Option<String> {
    client.deployment(deployment, "receipt").await["receipt"].as_str().map(str::to_owned)
}

async fn keys(client: &Client) -> Value {
    client.get("/.well-known/jwks.json").await.json().await.unwrap()
}

fn said(receipt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(receipt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A directory with a receipt and the keys, in which it is checked without settings, database or server.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(receipt: &str, keys: &Value) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.put("receipt.jws", receipt);
        desk.put("jwks.json", keys.to_string());
        desk
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    /// The status with which it ends, and what it says.
    fn check(&self, more: &[&str]) -> (i32, String) {
        let mut command = Command::new(executable());
        command.current_dir(self.0.path()).env_clear();
        let output =
            command.args(["receipt", "verify", "receipt.jws", "--jwks", "jwks.json"]).args(more).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        // Nothing is made on the way.
        assert!(fs::read_dir(self.0.path()).unwrap().all(|entry| Path::new(&entry.unwrap().path()).is_file()));
        (output.status.code().unwrap(), said)
    }
}

async fn a_receipt_says_what_was_decided_and_done(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let declared = json!([{ "name": "word", "type": "SECRET", "default": null }]);
    let script = admin.write_commands("test -n \"$word\" && echo \"said $word\"; sleep 1", declared).await;
    let sales = server.sign_in("sales_agent").await;
    let request = sales.file_for_local(&script).await;
    let given = json!({ "id": request, "variables": { "word": SECRET } });
    sales.mutate("updateServerRequest", given, "").await.done();
    let note = "a note between colleagues";
    let input = json!({ "id": request, "planDigest": admin.digest(&request).await, "note": note });
    admin.mutate("approveServerRequest", input, "").await.done();
    let deployment = tech.deploy(&request).await;
    assert_eq!(receipt(&tech, &deployment).await, None, "it has not ended");
    assert_eq!(tech.end_of(&deployment).await.0, "COMPLETED");
    let signed = receipt(&tech, &deployment).await.unwrap();
    assert_eq!(receipt(&sales, &deployment).await.unwrap(), signed);

    let told = said(&signed);
    let facts =
        "id createdAt startedAt finishedAt startedBy { id name } project { id name } request { id name createdAt
        decidedAt decidedBy { id name } requester { id name } approvedPlan { digest } }
        plan { digest scriptName scriptRevision scriptDigest monthlyPriceCents targets { name address type } }
        hosts { name result ok changed failed skipped unreachable server { id } } events(last: 1) { totalCount }";
    let facts = tech.deployment(&deployment, facts).await;
    assert_eq!(told["deployment"]["id"], facts["id"]);
    assert_eq!(told["deployment"]["status"], "COMPLETED");
    for time in ["createdAt", "startedAt", "finishedAt"] {
        assert_eq!(told["deployment"][time], facts[time], "{time}");
    }
    assert_eq!(told["deployment"]["startedBy"], facts["startedBy"]);
    assert_eq!(told["project"], facts["project"]);
    let asked = &facts["request"];
    assert_eq!(told["request"]["id"], asked["id"]);
    assert_eq!(told["request"]["requester"], asked["requester"]);
    let decision = json!({ "decision": "APPROVED", "by": asked["decidedBy"], "at": asked["decidedAt"],
        "planDigest": asked["approvedPlan"]["digest"] });
    assert_eq!(told["request"]["decisions"], json!([decision]));
    assert_eq!(told["plan"]["digest"], facts["plan"]["digest"]);
    assert_eq!(told["plan"]["script"]["digest"], facts["plan"]["scriptDigest"]);
    assert_eq!(told["plan"]["monthlyPriceCents"], facts["plan"]["monthlyPriceCents"]);
    let (host, target) = (&facts["hosts"][0], &told["targets"][0]);
    assert_eq!(target["id"], host["server"]["id"]);
    for count in ["result", "ok", "changed", "failed", "skipped", "unreachable"] {
        assert_eq!(target[count], host[count], "{count}");
    }
    assert_eq!(told["log"]["events"], facts["events"]["totalCount"]);
    for hidden in [SECRET, note, "iss\"", "sub\"", "exp\"", "jti\""] {
        assert!(!told.to_string().contains(hidden), "{hidden} is in {told:#}");
    }

    let desk = Desk::new(&signed, &keys(&tech).await);
    let (status, text) = desk.check(&[]);
    assert_eq!(status, 0, "{text}");
    for word in ["Proven", "COMPLETED", "APPROVED by System Administrator", "Technical Agent", "no log was given"] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    // Nobody else's keys prove it, and no file is not a forgery.
    desk.put("jwks.json", json!({ "keys": [] }).to_string());
    assert_eq!(desk.check(&[]).0, 2);
    fs::remove_file(desk.0.path().join("receipt.jws")).unwrap();
    assert_eq!(desk.check(&[]).0, 2);
}

/// A log as the documentation says: the events of the API, one a line, with their members in order.
fn log_of(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

async fn a_log_is_checked_to_the_byte(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("printf 'ü \\t\\001 \\342\\200\\250 \"x\"\\\\\\n'; seq 1 700", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED");
    let signed = receipt(&admin, &deployment).await.unwrap();
    assert_eq!(said(&signed)["request"], Value::Null);
    let desk = Desk::new(&signed, &keys(&admin).await);
    let events = admin.events(&deployment).await;
    assert!(events.len() > 700);
    let whole = log_of(&events);
    desk.put("log", &whole);
    let (status, text) = desk.check(&["--events", "log"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("it is the log that was given"), "{text}");
    let mut swapped = events.clone();
    swapped.swap(3, 4);
    let others = [
        log_of(&events[1..]),
        log_of(&events[..events.len() - 1]),
        log_of(&swapped),
        whole.replacen("700", "701", 1),
        whole.replacen('\n', "\r\n", 1),
        format!("{whole}\n"),
        String::new(),
    ];
    for other in others {
        desk.put("log", &other);
        let (status, text) = desk.check(&["--events", "log"]);
        assert_eq!(status, 1, "{text}");
        assert!(text.contains("log: not proven") && !text.contains("Proven"), "{text}");
    }
    assert_eq!(desk.check(&["--events", "none"]).0, 2);
}

async fn a_receipt_is_no_token_and_a_token_no_receipt(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("true", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&deployment).await;
    let signed = receipt(&admin, &deployment).await.unwrap();
    let by_receipt = Client::new(&server.address, Some(signed.clone()));
    assert_eq!(by_receipt.send("{ viewer { level } }", Value::Null).await.code().as_deref(), Some("UNAUTHENTICATED"));
    let keys = keys(&admin).await;
    let desk = Desk::new(admin.token().unwrap(), &keys);
    let (status, text) = desk.check(&[]);
    assert_eq!(status, 1);
    assert!(text.contains("signed as JWT, which is not a receipt"), "{text}");
    // Whoever checks tokens by the key set alone refuses a receipt as well: it is meant for others, and says nothing of
    // what a token must.
    let header = jsonwebtoken::decode_header(&signed).unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == *header.kid.as_ref().unwrap()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap());
    let validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    assert!(jsonwebtoken::decode::<Value>(&signed, &key.unwrap(), &validation).is_err());
}

async fn every_end_has_a_receipt(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let keys = keys(&admin).await;
    let script = admin.write_commands("echo began; sleep 600", json!([])).await;
    let cancelled = admin.run_on_local(&script, json!({})).await;
    admin.line(&cancelled, "began").await;
    admin.mutate("cancelDeployment", json!({ "id": cancelled }), "").await.done();
    admin.end_of(&cancelled).await;
    let lost = admin.run_on_local(&script, json!({})).await;
    admin.line(&lost, "began").await;
    let dir = fs::read_dir(server.data().join("runs")).unwrap().map(|entry| entry.unwrap().path());
    kill_runner(&dir.into_iter().find(|dir| dir.to_str().unwrap().contains(&uuid_of(&lost))).unwrap());
    admin.end_of(&lost).await;
    let script = admin.write_commands("echo no; exit 3", json!([])).await;
    let failed = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&failed).await;
    let never = admin.run_on_local(&admin.script("Nginx").await, json!({})).await;
    admin.end_of(&never).await;
    for (deployment, status, result) in [
        (cancelled, "CANCELLED", "CANCELLED"),
        (lost, "UNKNOWN", "UNKNOWN"),
        (failed, "FAILED", "FAILED"),
        (never.clone(), "FAILED", "NOT_RUN"),
    ] {
        let signed = receipt(&admin, &deployment).await.unwrap();
        let told = said(&signed);
        assert_eq!(told["deployment"]["status"], status);
        assert_eq!(told["deployment"]["startedAt"] == Value::Null, deployment == never);
        assert_eq!(told["targets"][0]["result"], result);
        let desk = Desk::new(&signed, &keys);
        desk.put("log", log_of(&admin.events(&deployment).await));
        let (code, text) = desk.check(&["--events", "log"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(status), "{text}");
    }
}

/// The deployment's own id, as its run directory is called.
fn uuid_of(global: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(global).unwrap();
    uuid::Uuid::from_slice(&bytes[bytes.len() - 16..]).unwrap().to_string()
}

async fn a_receipt_outlives_the_key_that_signed_it(backend: Backend) {
    let mut server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("true", json!([])).await;
    let first = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&first).await;
    let before = receipt(&admin, &first).await.unwrap();
    server.stop();
    let database = server.database().await;
    database.execute_unprepared("update signing_key set retired_at = created_at").await.unwrap();
    server.restart().await;
    let admin = server.new_session("admin").await;
    let second = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&second).await;
    let after = receipt(&admin, &second).await.unwrap();
    let kid = |signed: &str| jsonwebtoken::decode_header(signed).unwrap().kid.unwrap();
    assert_ne!(kid(&before), kid(&after));
    assert_eq!(receipt(&admin, &first).await.unwrap(), before, "it is the same for ever");
    let keys = keys(&admin).await;
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    for signed in [before, after] {
        assert_eq!(Desk::new(&signed, &keys).check(&[]).0, 0);
    }
}

async fn a_changed_byte_is_noticed(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("true", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&deployment).await;
    let signed = receipt(&admin, &deployment).await.unwrap().into_bytes();
    let keys = keys(&admin).await;
    let set = KeySet::read(keys.to_string().as_bytes()).unwrap();
    assert!(verify(&signed, &set).is_ok());
    let mut tried = 0;
    let mut refused = |changed: &[u8], what: &dyn Fn() -> String| {
        tried += 1;
        assert!(verify(changed, &set).is_err(), "{}", what());
    };
    for at in 0..signed.len() {
        let mut changed = signed.clone();
        // Each of its bits, and letters of base64 that may leave the same bytes.
        let letters = signed[at].wrapping_sub(8)..=signed[at].saturating_add(8);
        let others = (0..8).map(|bit| signed[at] ^ (1 << bit)).chain(letters).filter(|other| *other != signed[at]);
        for other in others {
            changed[at] = other;
            refused(&changed, &|| format!("byte {at} as {other}"));
        }
        let mut shorter = signed.clone();
        shorter.remove(at);
        refused(&shorter, &|| format!("without byte {at}"));
    }
    for at in 0..=signed.len() {
        for more in *b" \n\r\t\0=.A-_" {
            let mut longer = signed.clone();
            longer.insert(at, more);
            refused(&longer, &|| format!("with {more} at {at}"));
        }
    }
    refused(&[signed.clone(), signed.clone()].concat(), &|| "twice".to_owned());
    refused(&["\u{feff}".as_bytes(), &signed].concat(), &|| "with a byte order mark".to_owned());
    refused(&[], &|| "nothing".to_owned());
    assert!(tried > signed.len() * 30);
    // And by the program.
    for changed in [
        [&signed[..], b"\n"].concat(),
        signed[1..].to_vec(),
        String::from_utf8(signed).unwrap().to_uppercase().into_bytes(),
    ] {
        let desk = Desk::new("", &keys);
        desk.put("receipt.jws", &changed);
        let (status, text) = desk.check(&[]);
        assert_eq!(status, 1, "{text}");
        assert!(text.contains("not proven") && !text.contains("Proven"), "{text}");
    }
}

async fn who_does_not_see_a_deployment_does_not_see_its_receipt(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let script = admin.write_commands("true", json!([])).await;
    let deployment = admin.run_on_local(&script, json!({})).await;
    admin.end_of(&deployment).await;
    let query = "query($id: ID!) { deployment(id: $id) { receipt } }";
    let other = server.sign_in("admin@acme.example.com").await;
    let answer = other.query(query, json!({ "id": deployment })).await;
    assert_eq!(answer["deployment"], Value::Null);
    // The command line knows no such command without its arguments.
    let root = tempfile::tempdir().unwrap();
    let output = command(root.path(), None).args(["receipt", "verify"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
