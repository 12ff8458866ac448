use super::slow_clients::p99;
use crate::support::server::Options;
use crate::support::{Backend, Server, database};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

on_both![one_tenant_at_its_limit_leaves_others_alone];

async fn one_tenant_at_its_limit_leaves_others_alone(backend: Backend) {
    let file = "points = { session = 1000000, tenant = 20000, address = 1000 }".to_owned();
    let server = Server::start(Options { database: database::fresh(backend).await, file, ..Options::default() }).await;
    let (greedy, other) = (server.sign_in("admin@acme.example.com").await, server.sign_in("admin@techstart.com").await);
    p99(&other, 50).await;
    let usual = p99(&other, 300).await.max(p99(&other, 300).await);
    let over = Arc::new(AtomicBool::new(false));
    let refused = Arc::new(AtomicUsize::new(0));
    let asking = (0..4).map(|_| {
        let (greedy, over, refused) = (greedy.clone(), over.clone(), refused.clone());
        tokio::spawn(async move {
            // 100 times a second in all, each for as much as one may ask for at once.
            let mut tick = interval(Duration::from_millis(40));
            tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let document = "{ tenants(first: 90) { nodes { sites(first: 60) { nodes { id } } } } }";
            while !over.load(Ordering::Relaxed) {
                tick.tick().await;
                let answer = greedy.send(document, Value::Null).await;
                refused.fetch_add(usize::from(answer.status == 429), Ordering::Relaxed);
            }
        })
    });
    let asking: Vec<_> = asking.collect();
    crate::support::eventually("it is at its limit", Duration::from_secs(60), async || {
        (refused.load(Ordering::Relaxed) > 20).then_some(())
    })
    .await;
    let mut beside = Duration::MAX;
    for _ in 0..4 {
        beside = beside.min(p99(&other, 300).await);
    }
    over.store(true, Ordering::Relaxed);
    for task in asking {
        task.await.unwrap();
    }
    println!(
        "{backend:?}: p99 {usual:?} alone, {beside:?} beside a tenant that was refused {} times",
        refused.load(Ordering::Relaxed)
    );
    assert!(beside < 2 * usual + Duration::from_millis(20), "{beside:?}, alone {usual:?}");
}
