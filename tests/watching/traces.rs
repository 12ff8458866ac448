//! Operations as spans, and their traces in what they cause.

use super::collector::{Collector, Seen};
use crate::support::demo::unique;
use crate::support::socket::Next;
use crate::support::{Backend, Server, sha256_hex};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both![every_operation_is_one_span, a_trace_goes_on_into_what_is_deployed];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn traceparent() -> String {
    format!("00-{TRACE}-{CALLER}-01")
}

async fn every_operation_is_one_span(backend: Backend) {
    let collector = Collector::start().await;
    // One by our own name for it, the other by everybody's.
    let setting = if backend == Backend::Sqlite { "ROOKERY_OTLP_ENDPOINT" } else { "OTEL_EXPORTER_OTLP_ENDPOINT" };
    let settings = vec![(setting, collector.endpoint.clone()), ("OTEL_SERVICE_NAME", "rookery-tests".into())];
    let mut server = Server::demo_with(backend, settings).await;
    let admin = server.sign_in("admin").await;
    let canary = unique("canary");

    let document = format!(
        "query Mine($secret: String) {{ sites(where: {{ search: $secret }}) {{ totalCount }} users(where: {{ search: \"{canary}\" }}) {{ totalCount }} }}"
    );
    let answer = admin.in_trace(&traceparent()).send(&document, json!({ "secret": canary })).await;
    assert_eq!((answer.status, &answer.headers["x-request-id"]), (200, &TRACE.parse().unwrap()));
    admin.mutate("createProject", json!({ "name": canary }), "project { id }").await.done();
    assert_eq!(admin.in_trace("00-malformed").error("{ invented }", Value::Null).await, "BAD_REQUEST");
    // Whoever asks wants this one not to be recorded.
    admin.in_trace(&format!("00-{TRACE}-{CALLER}-00")).query("{ viewer { level } }", Value::Null).await;
    let nothing = "subscription S { deploymentProgress(deploymentId: \"nothing\") { cursor } }";
    let Next::Errors(errors) = admin.subscribe(nothing, Value::Null).await.next().await else { panic!("an error") };
    let mut query = admin.subscribe("{ viewer { level } }", Value::Null).await;
    query.data().await;
    drop(query);
    assert_eq!(admin.get("/health").await.status(), 200);
    assert!(server.stop().success());

    let spans = collector.spans();
    assert!(spans.iter().all(|(service, _)| service == "rookery-tests"));
    let mut spans: Vec<Seen> = spans.into_iter().map(|(_, span)| span).collect();
    spans.sort_by(|one, other| one.name.cmp(&other.name));
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let expected = [
        "mutation createProject",
        "mutation signIn",
        "query other",
        "query several",
        "query viewer",
        "subscription deploymentProgress",
    ];
    assert_eq!(names, expected);
    let [project, sign_in, invented, several, on_socket, subscription] = spans.try_into().unwrap();

    assert_eq!((several.trace_id.as_str(), several.parent.as_str()), (TRACE, CALLER));
    let attributes = [
        ("graphql.operation.name", "Mine"),
        ("graphql.operation.type", "query"),
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("http.route", "/graphql"),
        ("rookery.code", "OK"),
        ("rookery.document.sha256", &sha256_hex(&document)),
        ("rookery.operation", "several"),
        ("rookery.transport", "http"),
        ("url.path", "/graphql"),
    ];
    let told: Vec<(&str, &str)> =
        several.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(told, attributes);
    assert_eq!(invented.attributes["error.type"], "BAD_REQUEST");
    assert_eq!(subscription.attributes["rookery.transport"], "websocket");
    assert_eq!(subscription.attributes["error.type"], errors[0]["extensions"]["code"].as_str().unwrap());
    assert_eq!(on_socket.attributes["graphql.operation.type"], "query");
    let all = [&project, &sign_in, &invented, &several, &on_socket, &subscription];
    assert_eq!(all.iter().map(|span| &span.span_id).collect::<BTreeSet<_>>().len(), 6);
    for span in all.iter().filter(|span| span.trace_id != TRACE) {
        assert_eq!((span.parent.as_str(), span.trace_id.len(), span.status), ("", 32, 0), "{span:?}");
    }
    let sent = collector.bytes();
    assert!(!sent.windows(canary.len()).any(|bytes| bytes == canary.as_bytes()), "a value of a client was exported");
}

const PLAYBOOK: &str = r#"- hosts: all
  gather_facts: false
  tasks:
    - name: Say where it is
      ansible.builtin.debug:
        msg: "in {{ lookup('ansible.builtin.env', 'TRACEPARENT') }}"
    - name: Say it on the host
      ansible.builtin.command: printenv TRACEPARENT
      environment:
        TRACEPARENT: "{{ lookup('ansible.builtin.env', 'TRACEPARENT') }}"
"#;

async fn a_trace_goes_on_into_what_is_deployed(backend: Backend) {
    let server = Server::shared(backend).await;
    let admin = server.sign_in("admin").await;
    let traced = admin.in_trace(&traceparent());
    let playbook = admin.write_playbook(PLAYBOOK, json!([])).await;
    let commands = admin.write_commands("echo \"in $TRACEPARENT\"", json!([])).await;

    // By a request that was approved, and without one.
    let request = server.approved(&playbook).await;
    let deployed = traced.deploy(&request).await;
    let ran = traced.run_on_local(&commands, json!({})).await;
    let alone = admin.run_on_local(&commands, json!({})).await;
    let mut operations = BTreeSet::new();
    for (deployment, is_traced) in [(&deployed, true), (&ran, true), (&alone, false)] {
        let told = admin.follow(deployment).await;
        let context = admin.deployment(deployment, "status traceParent").await;
        assert_eq!(context["status"], "COMPLETED", "{:?}", told.lines());
        let context = context["traceParent"].as_str().unwrap().to_owned();
        assert!(told.lines().iter().any(|line| *line == format!("in {context}")), "{context}: {:?}", told.lines());
        let parts: Vec<&str> = context.split('-').collect();
        assert_eq!((parts[0], parts[1].len(), parts[2].len(), parts[3]), ("00", 32, 16, "01"), "{context}");
        assert_eq!(parts[1] == TRACE, is_traced, "{context}");
        assert_ne!(parts[2], CALLER, "it is the operation here that asked for it");
        assert!(operations.insert(parts[2].to_owned()));
        // What the server says of the run is found by the trace.
        let (id, log) = (crate::support::demo::key(deployment), server.log());
        let words = ["took up a run", "a run has ended"];
        let lines: Vec<&str> =
            log.lines().filter(|line| line.contains(&id) && words.iter().any(|word| line.contains(word))).collect();
        assert!(lines.len() >= 2 && lines.iter().all(|line| line.contains(parts[1])), "{lines:?}");
    }
    let told = admin.events(&deployed).await;
    let said: Vec<&str> = crate::support::deployments::lines(&told);
    let context = admin.deployment(&deployed, "traceParent").await["traceParent"].take();
    assert!(said.contains(&context.as_str().unwrap()), "the host was told too: {said:?}");
}
