//! Acting by an access token: with its owner's rights, but for what would outlive it.

use super::mutations::outcome;
use super::snapshot::{Snapshots, difference};
use super::walk::Findings;
use super::world::World;
use crate::support::{Client, eventually};
use serde_json::{Value, json};
use std::time::Duration;

/// What an access token does for nobody, each with an input that is right but for that.
fn forbidden(world: &World, own: &str, user: &str) -> Vec<(&'static str, Value)> {
    let new = json!({ "name": "walked", "email": "walked@example.com", "password": "a long password" });
    vec![
        ("createAccessToken", json!({ "name": "walked" })),
        ("revokeAccessToken", json!({ "id": own })),
        ("createUser", new),
        ("updateUser", json!({ "id": user, "name": "walked" })),
        ("signOut", json!({})),
        ("signIn", json!({ "login": super::seed::login(world, "ownA"), "password": super::seed::PASSWORD })),
    ]
}

pub async fn walk(world: &World, snapshots: &Snapshots, findings: &mut Findings) {
    for column in ["memA", "guestA", "techW", "admin"] {
        let owner = world.person(column);
        let viewer = owner.client.query("{ viewer { user { id } } }", Value::Null).await;
        let user = viewer["viewer"]["user"]["id"].as_str().unwrap();
        let mut programs = Vec::new();
        for read_only in [false, true] {
            let input = json!({ "name": "walker", "readOnly": read_only });
            let payload = owner.client.mutate("createAccessToken", input, "secret").await.done();
            let secret = payload["secret"].as_str().unwrap().to_owned();
            programs.push(Client::new(&world.server.address, Some(secret)));
        }
        // So that its use is noted before anything is compared.
        for program in &programs {
            program.query("{ viewer { level } }", Value::Null).await;
        }
        eventually("their use is noted", Duration::from_secs(20), async || {
            let tokens =
                "{ viewer { accessTokens(first: 100, where: { search: \"walker\" }) { nodes { lastUsedAt } } } }";
            let data = owner.client.query(tokens, Value::Null).await;
            let nodes = data["viewer"]["accessTokens"]["nodes"].as_array()?.clone();
            nodes.iter().all(|token| token["lastUsedAt"].is_string()).then_some(())
        })
        .await;
        let before = snapshots.take().await;
        for (name, input) in forbidden(world, world.token_of(owner), user) {
            for program in &programs {
                let kind = name[..1].to_uppercase() + &name[1..];
                let document =
                    format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
                let answer = program.send(&document, json!({ "input": input })).await;
                findings.checks += 1;
                if !["no", "role"].contains(&outcome(name, &answer).as_str()) {
                    findings.add(format!("{name} by an access token of {column}: {}", answer.body));
                }
            }
        }
        let changed = difference(&before, &snapshots.take().await);
        if !changed.is_empty() {
            findings.add(format!("access tokens of {column} were refused everything, and yet changed {changed:?}"));
        }
    }
}
