use super::slow_clients::p99;
use crate::support::server::Options;
use crate::support::{Backend, Server, database};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

const REST: u8 = 0;
const ASK: u8 = 1;
const OVER: u8 = 2;
const ROUNDS: usize = 8;

on_both![one_tenant_at_its_limit_leaves_others_alone];

async fn one_tenant_at_its_limit_leaves_others_alone(backend: Backend) {
    let file = "points = { session = 1000000, tenant = 20000, address = 1000 }".to_owned();
    let server = Server::start(Options { database: database::fresh(backend).await, file, ..Options::default() }).await;
    let (greedy, other) = (server.sign_in("admin@acme.example.com").await, server.sign_in("admin@techstart.com").await);
    p99(&other, 50).await;
    let turn = Arc::new(AtomicU8::new(REST));
    let refused = Arc::new(AtomicUsize::new(0));
    let asking = (0..4).map(|_| {
        let (greedy, turn, refused) = (greedy.clone(), turn.clone(), refused.clone());
        tokio::spawn(async move {
            // 100 times a second in all, each for as much as one may ask for at once.
            let mut tick = interval(Duration::from_millis(40));
            tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let document = "{ tenants(first: 90) { nodes { sites(first: 60) { nodes { id } } } } }";
            loop {
                tick.tick().await;
                match turn.load(Ordering::Relaxed) {
                    REST => continue,
                    ASK => {}
                    _ => break,
                }
                let answer = greedy.send(document, Value::Null).await;
                refused.fetch_add(usize::from(answer.status == 429), Ordering::Relaxed);
            }
        })
    });
    let asking: Vec<_> = asking.collect();
    // In turns, since other things happen on this machine too: what the greedy one costs, it would cost in each of them.
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let alone = p99(&other, 200).await;
        let before = refused.load(Ordering::Relaxed);
        turn.store(ASK, Ordering::Relaxed);
        crate::support::eventually("it is at its limit", Duration::from_secs(60), async || {
            (refused.load(Ordering::Relaxed) > before + 20).then_some(())
        })
        .await;
        let beside = p99(&other, 200).await;
        turn.store(REST, Ordering::Relaxed);
        rounds.push((alone, beside));
        if beside < 2 * alone {
            break;
        }
    }
    turn.store(OVER, Ordering::Relaxed);
    for task in asking {
        task.await.unwrap();
    }
    let refused = refused.load(Ordering::Relaxed);
    println!("{backend:?}: p99 alone and beside a tenant that was refused {refused} times: {rounds:?}");
    assert!(rounds.iter().any(|(alone, beside)| *beside < 2 * *alone), "{rounds:?}");
}
