//! Values that would like to be evaluated by a template, a shell, YAML or ssh on their way to a target: they arrive as they
//! were given, to the byte, by both ways of running a script, and nothing of them runs.

use super::Canary;
use crate::support::demo::{LOCAL, LOCAL_SERVER, key, unique};
use crate::support::{Backend, Server};
use serde_json::{Map, Value, json};
use std::fs;

on_both![values_arrive_as_they_were_given, names_are_only_names];

/// One line each.
const PLAIN: [&str; 70] = [
    // Templates.
    "{{ lookup('pipe', \"RUN\") }}",
    "{{ query('pipe', \"RUN\") }}",
    "{{ lookup('ansible.builtin.pipe', \"RUN\") | default('') }}",
    "{% for x in [1] %}{{ lookup('pipe', \"RUN\") }}{% endfor %}",
    "{%- set x = lookup('pipe', \"RUN\") -%}",
    "{{ self.__init__.__globals__.__builtins__.__import__('os').system(\"RUN\") }}",
    "{{ lookup('file', '/etc/hostname') }}",
    "{{ lookup('env', 'HOME') }}",
    "{{ hostvars }}",
    "{{ 7 * 191 }}",
    "{# gone #}{{ 7 * 191 }}",
    "{{ '{{' }} 7 * 191 }}",
    "{% raw %}{{ 7 * 191 }}{% endraw %}",
    "#jinja2: variable_start_string:'[[', variable_end_string:']]'",
    "{{",
    "}}",
    "{%",
    "{{ omit }}",
    // Tags and other things of YAML.
    "!unsafe x",
    "\" !unsafe \"{{ 7 * 191 }}",
    "!vault |",
    "!!python/object/apply:os.system [\"RUN\"]",
    "!!binary aGVsbG8=",
    "&anchor x",
    "*anchor",
    "<<: *anchor",
    "? key",
    "- item",
    "x: y",
    ": x",
    "{a: b}",
    "[1, 2]",
    "\"x\" # no comment",
    "# no comment",
    "| block",
    "> folded",
    "%YAML 1.1",
    "---",
    "...",
    "@x",
    "yes",
    "null",
    "~",
    "0x1F",
    "1e3",
    "2026-01-01",
    "\\n\\t\\x41\\u0041",
    // Shells.
    "$(RUN)",
    "`RUN`",
    "; RUN #",
    "| RUN",
    "&& RUN",
    "' ; RUN ; '",
    "\" ; RUN ; \"",
    "\\'; RUN; \\'",
    "${x:-$(RUN)}",
    "<(RUN)",
    "> /tmp/x",
    "$HOME $$ $? $0 !! *",
    "trailing backslash \\",
    // Arguments and paths.
    "-oProxyCommand=RUN",
    "--extra-vars=@/etc/passwd",
    "@/etc/passwd",
    "../../../../etc/passwd",
    "~root/.ssh %h %n",
    // Letters.
    "a\u{2028}RUN\u{2029}b",
    "\u{202e}RUN\u{feff}",
    "ünï 😀 e\u{301} \u{fffd}",
    "",
    "  spaces  ",
];

/// Of several lines, for secrets, which may have them.
const SECRET: [&str; 8] = [
    "x\n- hosts: localhost\n  tasks: [{command: RUN}]\n",
    "x\r\nRUN\r\n",
    "EOF\nRUN\n",
    "'\nRUN\n'",
    "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ lookup('pipe', \"RUN\") ]]",
    "x\u{1b}[2J\u{7}\u{8}\u{7f}",
    "{{ lookup('pipe', \"RUN\") }}\n...\n---\n",
    "\tx\u{85}\u{2028}y\u{b}z",
];

/// At most so many variables are declared by a script.
const AT_ONCE: usize = 50;

struct Batch {
    declared: Vec<Value>,
    given: Map<String, Value>,
    values: Vec<(String, String)>,
}

fn batches(canary: &Canary) -> Vec<Batch> {
    let plain = PLAIN.iter().map(|text| ("STRING", *text));
    let all: Vec<_> = plain.chain(SECRET.iter().map(|text| ("SECRET", *text))).enumerate().collect();
    let batch = |part: &[(usize, (&str, &str))]| {
        let mut batch = Batch { declared: Vec::new(), given: Map::new(), values: Vec::new() };
        for (number, (kind, text)) in part {
            let (name, value) = (format!("v{number}"), canary.aim(*number, text));
            batch.declared.push(json!({ "name": name, "type": kind }));
            batch.given.insert(name.clone(), json!(value));
            batch.values.push((name, value));
        }
        batch
    };
    all.chunks(AT_ONCE).map(batch).collect()
}

/// What a run wrote down of its values, each with its end.
fn written(server: &Server, deployment: &str) -> Vec<String> {
    let bytes = fs::read(server.host_directory().join(format!("values-{deployment}"))).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// What is in the server's directory, without what databases and runs change by themselves.
fn around(server: &Server) -> Vec<String> {
    let entries = fs::read_dir(server.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| !name.starts_with("rookery.db")).collect();
    names.sort();
    names
}

async fn values_arrive_as_they_were_given(backend: Backend) {
    let server = Server::demo(backend).await;
    let (canary, admin) = (Canary::new(), server.sign_in("admin").await);
    // That it would be noticed: here, shut in, and on a target.
    let control = canary.command(9_000);
    let script = admin.write_commands(&control, json!([])).await;
    admin.end_of(&admin.run_on_local(&script, json!({})).await).await;
    let control = canary.command(9_001);
    let play = format!(
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.debug:\n        msg: >-\n          {{{{ lookup('pipe', \"{control}\") }}}}\n"
    );
    let playbook = admin.write_playbook(&play, json!([])).await;
    let deployment = admin.run_on_local(&playbook, json!({})).await;
    let end = admin.end_of(&deployment).await;
    assert_eq!(canary.ledger(), ["9000", "9001"], "{end:?}");
    let before = around(&server);

    let mut arrived = 0;
    for Batch { declared, given, values } in batches(&canary) {
        let words: Vec<String> = values.iter().map(|(name, _)| format!("\"${name}\"")).collect();
        let commands = format!(
            "mkdir -p \"$DEMO_DIRECTORY\"; printf '%s\\0' {} > \"$DEMO_DIRECTORY/values-$deployment_id\"",
            words.join(" ")
        );
        let arguments: String = values.iter().map(|(name, _)| format!("          - \"{{{{ {name} }}}}\"\n")).collect();
        let play = format!(
            "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Write them down\n      ansible.builtin.command:\n        expand_argument_vars: false\n        argv:\n          - sh\n          - -c\n          - mkdir -p \"$DEMO_DIRECTORY\"; id=$1; shift; printf '%s\\0' \"$@\" > \"$DEMO_DIRECTORY/values-$id\"\n          - sh\n          - \"{{{{ deployment_id }}}}\"\n{arguments}"
        );
        let declared = Value::from(declared);
        let scripts =
            [admin.write_commands(&commands, declared.clone()).await, admin.write_playbook(&play, declared).await];
        for script in scripts {
            let deployment = admin.run_on_local(&script, Value::from(given.clone())).await;
            let end = admin.end_of(&deployment).await;
            assert_eq!(end.0, "COMPLETED", "{end:?} {:#?}", admin.events(&deployment).await);
            let found = written(&server, &key(&deployment));
            assert_eq!(found.len(), values.len());
            for ((name, value), found) in values.iter().zip(&found) {
                assert_eq!(found, value, "{name}");
                arrived += 1;
            }
        }
    }
    assert_eq!(arrived, 2 * (PLAIN.len() + SECRET.len()));
    assert_eq!(canary.ledger(), ["9000", "9001"], "something ran");
    assert_eq!(around(&server), before);
}

/// Names and words that people choose freely, and a script is told or a page shows.
async fn names_are_only_names(backend: Backend) {
    let server = Server::demo(backend).await;
    let (canary, admin, tech) = (Canary::new(), server.sign_in("admin").await, server.sign_in("tech_agent").await);
    let hostile = [
        "{{ lookup('pipe', \"RUN\") }}",
        "{% if 1 %}{{ lookup('pipe', \"RUN\") }}{% endif %}",
        "$(RUN)",
        "`RUN`",
        "'; RUN; '",
        "\"; RUN; \"",
        "../../x",
        "x\u{2028}RUN",
        "!unsafe x",
        "x: [y",
    ];
    let local = admin.server(LOCAL_SERVER).await;
    for (number, text) in hostile.iter().enumerate() {
        let word = canary.aim(number, text);
        let change = json!({ "id": local, "type": word });
        tech.mutate("updateServer", change, "").await.done();
        let playbook = "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Say\n      ansible.builtin.command:\n        argv: [printf, '%s', '{{ server_type }}']\n";
        for (kind, content) in [("ANSIBLE", playbook), ("SSH", "printf '%s\\n' \"$server_type\"")] {
            let input = json!({ "name": format!("{word} {}", unique("")), "description": word, "kind": kind,
                "content": content });
            let script = admin.mutate("createScript", input, "script { id }").await.done();
            let script = script["script"]["id"].as_str().unwrap();
            let deployment = admin.run_on_local(script, json!({})).await;
            assert_eq!(admin.end_of(&deployment).await.0, "COMPLETED", "{word}");
            let told = admin.events(&deployment).await;
            let lines = crate::support::deployments::lines(&told).join("\n");
            // Python takes it for the end of a line.
            let torn = word.replace('\u{2028}', "\n");
            assert!(lines.contains(&word) || lines.contains(&torn), "{word} is not in {lines}");
        }
    }
    assert_eq!(canary.ledger(), Vec::<String>::new());
    assert!(!admin.project(LOCAL).await.is_empty());
}
