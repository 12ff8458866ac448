//! However many want the same at the same moment, on however many servers: one of them gets it.

use super::deploy_server_request::NOTE_IT;
use crate::support::demo::key;
use crate::support::{Backend, Client, Outcome, Server, soak_rounds};
use futures::StreamExt as _;
use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use std::collections::HashMap;

on_both![of_many_who_deploy_at_once_one_does, of_an_approval_and_a_rejection_on_two_servers_one_holds];

/// The servers of one database: two, where two can share one.
async fn servers(backend: Backend) -> Vec<Server> {
    match backend {
        Backend::Sqlite => vec![Server::demo(backend).await],
        Backend::Postgres => {
            let (first, second) = Server::two().await;
            vec![first, second]
        }
    }
}

/// The same person at each server.
async fn at_each(servers: &[Server], login: &str) -> Vec<Client> {
    let token = servers[0].sign_in(login).await.token().map(str::to_owned);
    servers.iter().map(|server| Client::new(&server.address, token.clone())).collect()
}

async fn count(server: &Server, sql: &str) -> i64 {
    let db = server.database().await;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Deploys it, and tries again when the server has too much to do: it was not begun then.
async fn deploy(client: &Client, request: &str) -> Outcome {
    for _ in 0..20 {
        match client.mutate("deployServerRequest", json!({ "id": request }), "deployment { id }").await {
            Outcome::Denied(code, _) if code == "UNAVAILABLE" => {}
            outcome => return outcome,
        }
    }
    panic!("the server never has room");
}

async fn of_many_who_deploy_at_once_one_does(backend: Backend) {
    /// A thousand mutations at the same moment.
    const REQUESTS: usize = 20;
    const ATTEMPTS: usize = 50;
    let servers = servers(backend).await;
    let (admins, techs) = (at_each(&servers, "admin").await, at_each(&servers, "tech_agent").await);
    for round in 0..soak_rounds().unwrap_or(1) {
        let before = count(&servers[0], "SELECT count(*) FROM deployment").await;
        let script = admins[0].write_commands(NOTE_IT, json!([])).await;
        let filed = futures::stream::iter(0..REQUESTS).map(|_| servers[0].approved(&script));
        let requests: Vec<String> = filed.buffer_unordered(4).collect().await;
        let attempts = (0..ATTEMPTS).flat_map(|attempt| {
            // Different people, at different servers.
            let client = if attempt % 3 == 0 { &admins } else { &techs };
            let client = client[attempt % servers.len()].clone();
            requests.iter().cloned().map(move |request| {
                let client = client.clone();
                tokio::spawn(async move {
                    let outcome = deploy(&client, &request).await;
                    (request, outcome)
                })
            })
        });
        let mut winners: HashMap<String, String> = HashMap::new();
        let mut conflicts = 0;
        for attempt in join_all(attempts).await {
            let (request, outcome) = attempt.unwrap();
            match outcome {
                Outcome::Done(payload) => {
                    let deployment = payload["deployment"]["id"].as_str().unwrap().to_owned();
                    assert_eq!(winners.insert(request, deployment), None, "dispatched twice");
                }
                other => {
                    assert_eq!(other.refused(), ["CONFLICT"]);
                    conflicts += 1;
                }
            }
        }
        assert_eq!((winners.len(), conflicts), (REQUESTS, REQUESTS * (ATTEMPTS - 1)));
        let mut doubled = 0;
        for deployment in winners.values() {
            let (status, why) = techs[0].end_of(deployment).await;
            assert_eq!(status, "COMPLETED", "{why}");
            // The demo's host is that of whoever started last.
            let noted = servers.last().unwrap().ledger().iter().filter(|line| **line == key(deployment)).count();
            assert!(noted >= 1);
            doubled += noted - 1;
        }
        let after = count(&servers[0], "SELECT count(*) FROM deployment").await;
        assert_eq!((after - before, doubled), (REQUESTS as i64, 0), "round {round}");
        let jobs = count(&servers[0], "SELECT count(*) FROM job WHERE kind = 'deployment'").await;
        assert_eq!(jobs, after, "each deployment is one job");
        println!(
            "soak|{} deploys at once of {REQUESTS} requests|{backend:?}|1|0|{doubled}|0|{conflicts} were told CONFLICT",
            REQUESTS * ATTEMPTS
        );
    }
}

async fn of_an_approval_and_a_rejection_on_two_servers_one_holds(backend: Backend) {
    let servers = servers(backend).await;
    let admins = at_each(&servers, "admin").await;
    let sales = servers[0].sign_in("sales_agent").await;
    let script = admins[0].write_commands("true", json!([])).await;
    for round in 0..10 {
        let id = sales.file_for_local(&script).await;
        let approval = json!({ "id": id, "planDigest": sales.digest(&id).await });
        let (here, there) = (&admins[0], admins.last().unwrap());
        let (one, two) = tokio::join!(
            here.mutate("approveServerRequest", approval, "serverRequest { id }"),
            there.mutate("rejectServerRequest", json!({ "id": id, "reason": "No." }), "serverRequest { id }"),
        );
        let (expected, loser) = match (one, two) {
            (Outcome::Done(_), loser) => ("APPROVED", loser),
            (loser, Outcome::Done(_)) => ("REJECTED", loser),
            other => panic!("{other:#?}"),
        };
        assert_eq!(loser.refused(), ["CONFLICT"], "round {round}");
        assert_eq!(sales.state(&id).await, expected, "round {round}");
        let history = sales.request(&id, "history { action }").await;
        assert_eq!(history["history"].as_array().unwrap().len(), 2, "round {round}");
    }
}
