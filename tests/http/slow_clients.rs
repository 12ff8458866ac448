use crate::support::socket::Socket;
use crate::support::{Backend, Client, Server};
use futures::future::join_all;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

on_both![
    who_dawdles_is_hung_up_on_and_slows_nobody_down,
    who_pauses_between_requests_is_not,
    a_flood_of_subscriptions_costs_little_memory,
];

const SLOW_HEADERS: usize = 400;
const SLOW_BODIES: usize = 200;
/// How long a request's head and body may each take, with something to spare.
const PATIENCE: Duration = Duration::from_secs(15);

/// Begins a request and sends a byte a second of it. Answers after how long the server hung up.
async fn dawdle(address: &str, begin: &str) -> Duration {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(begin.as_bytes()).await.unwrap();
    let begun = Instant::now();
    let mut tick = interval(Duration::from_secs(1));
    let mut answer = [0; 1024];
    loop {
        tokio::select! {
            _ = tick.tick() => if stream.write_all(b"x").await.is_err() { return begun.elapsed() },
            read = stream.read(&mut answer) => if matches!(read, Ok(0) | Err(_)) { return begun.elapsed() },
        }
    }
}

/// The 99th percentile of what `count` queries took, one after the other.
pub(super) async fn p99(client: &Client, count: usize) -> Duration {
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        client.query("{ viewer { level user { name } } }", Value::Null).await;
        took.push(begun.elapsed());
    }
    took.sort();
    took[count * 99 / 100]
}

async fn who_dawdles_is_hung_up_on_and_slows_nobody_down(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    p99(&admin, 50).await;
    let before = p99(&admin, 300).await.max(p99(&admin, 300).await);
    let head = "POST /graphql HTTP/1.1\r\nhost: rookery\r\nx-slow: ";
    let body =
        "POST /graphql HTTP/1.1\r\nhost: rookery\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    let begun = Instant::now();
    let begins = [vec![head; SLOW_HEADERS], vec![body; SLOW_BODIES]].concat();
    let slow = tokio::spawn({
        let address = server.address.clone();
        async move { join_all(begins.into_iter().map(|begin| dawdle(&address, begin))).await }
    });
    // While they dawdle, and before and after: the machine may have other things to do at any time, not all the time.
    let mut while_slow = Duration::MAX;
    for _ in 0..4 {
        while_slow = while_slow.min(p99(&admin, 300).await);
    }
    let rounds = begun.elapsed();
    let took = timeout(2 * PATIENCE, slow).await.expect("all were hung up on").unwrap();
    let longest = took.iter().max().unwrap();
    let usual = before.max(p99(&admin, 300).await).max(p99(&admin, 300).await);
    println!(
        "{backend:?}: p99 {usual:?} alone, {while_slow:?} beside {} slow clients ({rounds:?}), hung up on within {longest:?}",
        took.len()
    );
    assert!(*longest <= PATIENCE, "{longest:?}");
    assert!(while_slow < 2 * usual + Duration::from_millis(2), "{while_slow:?}, alone {usual:?}");
}

async fn who_pauses_between_requests_is_not(backend: Backend) {
    const REQUEST: &[u8] = b"GET /health HTTP/1.1\r\nhost: rookery\r\n\r\n";
    let server = Server::shared(backend).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let mut bytes = [0; 4096];
    for pause in [PATIENCE, Duration::ZERO] {
        stream.write_all(REQUEST).await.unwrap();
        let length = stream.read(&mut bytes).await.unwrap();
        let answer = String::from_utf8_lossy(&bytes[..length]);
        assert!(answer.starts_with("HTTP/1.1 200 ") && !answer.contains("connection: close"), "{answer}");
        assert!(
            timeout(pause, stream.read(&mut bytes)).await.is_err(),
            "the connection stays, with nothing more to read"
        );
    }
    // The next head has begun, and never ends.
    stream.write_all(&REQUEST[..10]).await.unwrap();
    assert_eq!(timeout(2 * PATIENCE, stream.read(&mut bytes)).await.expect("hung up on").unwrap_or(0), 0);
}

async fn a_flood_of_subscriptions_costs_little_memory(backend: Backend) {
    let server = Server::demo(backend).await;
    let admin = server.sign_in("admin").await;
    // What is made at first use, the sockets' own code included.
    p99(&admin, 200).await;
    drop(admin.open_socket().await);
    let before = least_resident(&server, &admin).await;
    let grown = async || least_resident(&server, &admin).await.saturating_sub(before);
    let mut sockets = Vec::new();
    flood(&admin, &mut sockets, 20_000).await;
    let one = grown().await;
    // As many as one session can hold: 20 sockets with 100 each.
    for _ in 1..20 {
        flood(&admin, &mut sockets, 200).await;
    }
    let all = grown().await;
    println!(
        "{backend:?}: 20,000 subscriptions asked for on one socket: {} kB more; 2,000 held: {} kB",
        one / 1024,
        all / 1024
    );
    assert!(one < 20 * 1024 * 1024, "{one} bytes");
    // Each is a document, a stream and its place in a trace, in a build that is not optimised.
    assert!(all < 2_000 * 40 * 1024, "{all} bytes");
}

/// Asks for so many subscriptions on a socket, which holds a hundred of them and refuses the others.
async fn flood(client: &Client, sockets: &mut Vec<Socket>, count: usize) {
    let mut socket = client.open_socket().await.expect("accepted");
    for batch in 0..count / 100 {
        for id in 0..100 {
            let id = format!("{batch}.{id}");
            socket.subscribe(&id, "subscription { notificationReceived { id title } }", Value::Null).await;
        }
        for _ in 0..if batch == 0 { 0 } else { 100 } {
            let refused = socket.receive().await.unwrap();
            assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
        }
    }
    sockets.push(socket);
}

/// What the server needs for good: what it needed for a moment, it gives back within seconds.
async fn least_resident(server: &Server, client: &Client) -> u64 {
    let begun = Instant::now();
    let mut least = u64::MAX;
    while begun.elapsed() < Duration::from_secs(12) {
        least = least.min(server.resident_bytes());
        p99(client, 5).await;
    }
    least
}
