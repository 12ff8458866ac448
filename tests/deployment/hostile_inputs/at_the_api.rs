//! What is refused where it is entered: by a user error that names the field, and without a trace.

use super::Canary;
use crate::support::demo::{LOCAL, LOCAL_SERVER, unique};
use crate::support::requests::{form, with};
use crate::support::{Backend, Client, Server};
use serde_json::{Value, json};

on_both![what_is_no_name_is_refused_at_the_api, what_is_too_large_is_refused_at_the_api];

/// Texts that are neither a name, nor an address, nor a user.
const NO_WORDS: [&str; 22] = [
    "{{ lookup('pipe', \"RUN\") }}",
    "{% for x in [1] %}{{ lookup('pipe', \"RUN\") }}{% endfor %}",
    "!unsafe x",
    "x\nProxyCommand RUN",
    "x\r\n  ProxyCommand RUN",
    "x\u{2028}ProxyCommand RUN",
    "x\u{2029}ProxyCommand RUN",
    "x\u{85}ProxyCommand RUN",
    "-oProxyCommand=RUN",
    "--extra-vars=@/etc/passwd",
    "a b",
    "a\tb",
    "'; RUN; '",
    "\"; RUN; \"",
    "$(RUN)",
    "`RUN`",
    "x;RUN",
    "x|RUN",
    "../../etc/passwd",
    "/etc/passwd",
    "x: {a: b}",
    "\u{202e}b-ew",
];

/// What there is, to see that nothing was added.
async fn counts(client: &Client) -> Value {
    let query = "{ servers { totalCount } serverRequests { totalCount } scripts { totalCount } projects { totalCount }
        deployments { totalCount } }";
    client.query(query, Value::Null).await
}

async fn what_is_no_name_is_refused_at_the_api(backend: Backend) {
    let server = Server::demo(backend).await;
    let (canary, admin, tech) = (Canary::new(), server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let sales = server.sign_in("sales_agent").await;
    let (project, local) = (admin.project(LOCAL).await, admin.server(LOCAL_SERVER).await);
    let declared = json!([{ "name": "word", "type": "STRING" }, { "name": "count", "type": "INTEGER" },
        { "name": "mode", "type": "CHOICE", "choices": ["a", "b"] }]);
    let script = admin.write_commands("true", declared).await;
    let kept = async || {
        let query = "query($p: ID!, $s: ID!) { project: node(id: $p) { ... on Project { ssh { user port } } }
            server: node(id: $s) { ... on Server { name address } } }";
        admin.query(query, json!({ "p": project, "s": local })).await
    };
    let (before, kept_before) = (counts(&admin).await, kept().await);
    let mut tried = 0;
    for (number, word) in NO_WORDS.iter().enumerate() {
        let word = canary.aim(number, word);
        let new = json!({ "projectId": project, "name": unique("hostile"), "address": "127.0.77.9" });
        let cases = [
            (&tech, "registerServer", with(new.clone(), json!({ "name": word })), "INVALID name"),
            (&tech, "registerServer", with(new, json!({ "address": word })), "INVALID address"),
            (&tech, "updateServer", json!({ "id": local, "name": word }), "INVALID name"),
            (&tech, "updateServer", json!({ "id": local, "address": word }), "INVALID address"),
            (&admin, "updateProjectSsh", json!({ "projectId": project, "user": word }), "INVALID user"),
            (&sales, "createServerRequest", with(form(&project), json!({ "name": word })), "INVALID name"),
            (
                &admin,
                "createScript",
                json!({ "name": unique("script"), "kind": "SSH", "content": "true",
                    "variables": [{ "name": word, "type": "STRING" }] }),
                "INVALID variables.0.name",
            ),
            (
                &admin,
                "runScript",
                json!({ "scriptId": script, "serverIds": [local], "variables": { "count": word } }),
                "INVALID variables.count",
            ),
            (
                &admin,
                "runScript",
                json!({ "scriptId": script, "serverIds": [local], "variables": { "mode": word } }),
                "INVALID variables.mode",
            ),
        ];
        for (client, mutation, input, expected) in cases {
            assert_eq!(client.mutate(mutation, input.clone(), "").await.refused(), [expected], "{mutation} {input}");
            tried += 1;
        }
        // A name that no script declares, whatever it is.
        let mut variables = serde_json::Map::new();
        variables.insert(word.clone(), json!("x"));
        let input = json!({ "scriptId": script, "serverIds": [local], "variables": variables });
        assert_eq!(admin.mutate("runScript", input, "").await.refused().len(), 1, "{word}");
    }
    // Values that are more than one line, or no text at all.
    for value in
        [json!("a\nb"), json!("a\rb"), json!("a\u{85}b"), json!("\u{1b}[2J"), json!(["a"]), json!({ "a": "b" })]
    {
        let input = json!({ "scriptId": script, "serverIds": [local], "variables": { "word": value } });
        assert_eq!(admin.mutate("runScript", input, "").await.refused(), ["INVALID variables.word"], "{value}");
        tried += 1;
    }
    // Names with a meaning of their own.
    for name in
        ["ansible_connection", "ANSIBLE_SSH_ARGS", "ansible_python_interpreter", "hostvars", "server_ip", "vars"]
    {
        let input = json!({ "name": unique("script"), "kind": "SSH", "content": "true",
            "variables": [{ "name": name, "type": "STRING" }] });
        assert_eq!(admin.mutate("createScript", input, "").await.refused(), ["INVALID variables.0.name"], "{name}");
        tried += 1;
    }
    assert!(tried >= 200, "{tried}");
    assert_eq!(counts(&admin).await, before);
    assert_eq!(kept().await, kept_before);
    assert_eq!(canary.ledger(), Vec::<String>::new());
}

async fn what_is_too_large_is_refused_at_the_api(backend: Backend) {
    let server = Server::shared(backend).await;
    let (admin, tech) = (server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let (project, local) = (admin.project(LOCAL).await, admin.server(LOCAL_SERVER).await);
    let declared = json!([{ "name": "word", "type": "STRING" }, { "name": "key", "type": "SECRET" }]);
    let script = admin.write_commands("true", declared).await;
    // Just below what a request may hold, and far beyond.
    let (large, huge) = ("x".repeat(250_000), "x".repeat(1024 * 1024));
    let new = |text: &str, field: &str| {
        let new = json!({ "projectId": project, "name": unique("hostile"), "address": "127.0.77.9" });
        with(new, json!({ field: text }))
    };
    let run =
        |text: &str, field: &str| json!({ "scriptId": script, "serverIds": [local], "variables": { field: text } });
    type Make<'m> = &'m dyn Fn(&str, &str) -> Value;
    let cases: [(&Client, &str, Make<'_>, &str, &str); 7] = [
        (&tech, "registerServer", &new, "name", "INVALID name"),
        (&tech, "registerServer", &new, "address", "INVALID address"),
        (&tech, "registerServer", &new, "type", "INVALID type"),
        (
            &admin,
            "updateProjectSsh",
            &|text, field| json!({ "projectId": project, field: text }),
            "user",
            "INVALID user",
        ),
        (&admin, "runScript", &run, "word", "INVALID variables.word"),
        (&admin, "runScript", &run, "key", "INVALID variables.key"),
        (
            &admin,
            "createScript",
            &|text, field| json!({ field: text, "kind": "SSH", "content": "true" }),
            "name",
            "INVALID name",
        ),
    ];
    for (client, mutation, input, field, expected) in cases {
        assert_eq!(client.mutate(mutation, input(&large, field), "").await.refused(), [expected], "{mutation}");
        let kind = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!("mutation($i: {kind}Input!) {{ {mutation}(input: $i) {{ userErrors {{ code }} }} }}");
        let body = json!({ "query": document, "variables": { "i": input(&huge, field) } });
        // The server may hang up before all of it was sent.
        if let Ok(response) = client.message().json(&body).send().await {
            assert_eq!(response.status(), 413, "{mutation} {field}");
        }
    }
}
