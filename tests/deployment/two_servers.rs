//! Replicas: two servers on one PostgreSQL.

use crate::support::demo::{LOCAL_SERVER, key};
use crate::support::deployments::assert_gapless;
use crate::support::server::Options;
use crate::support::{Backend, Client, Server, database};
use serde_json::json;

use super::deploy_server_request::NOTE_IT;

#[test]
fn a_subscriber_on_either_sees_every_event_of_a_deployment_dispatched_by_the_other() {
    crate::support::run(async {
        let url = database::fresh(Backend::Postgres).await;
        // Replicas share what seals secrets; each has a data directory of its own.
        let environment = vec![("ROOKERY_MASTER_KEY", "5e".repeat(32))];
        let first =
            Server::start(Options { demo: true, database: url.clone(), environment: environment.clone() }).await;
        let second = Server::start(Options { demo: false, database: url, environment }).await;
        let here = first.sign_in("admin").await;
        // A session of one is a session of the other.
        let there = Client::new(&second.address, here.token().map(str::to_owned));
        let script = here
            .write_commands(&format!("{NOTE_IT}\nfor i in 1 2 3 4 5 6; do echo line $i; sleep 0.2; done"), json!([]))
            .await;
        assert_eq!(here.server(LOCAL_SERVER).await, there.server(LOCAL_SERVER).await);
        for (dispatcher, other) in [(&here, &there), (&there, &here)] {
            let deployment = dispatcher.run_on_local(&script, json!({})).await;
            let (own, others) = (dispatcher.progress(&deployment, None).await, other.progress(&deployment, None).await);
            let (own, others) = tokio::join!(own.until_it_ends(), others.until_it_ends());
            assert_gapless(&own.events, 1);
            assert_eq!(own.events, others.events);
            assert_eq!(own.batches.last().unwrap()["status"], "COMPLETED", "{:?}", own.lines());
            // It arrived as it happened, also at the one that does not run it.
            assert!(others.batches.len() > 3, "{:#?}", others.batches);
            assert_eq!(other.events(&deployment).await, own.events);
            let id = key(&deployment);
            assert_eq!(first.ledger().iter().filter(|line| **line == id).count(), 1);
        }
    });
}
