//! A client that holds many sockets, in a process of its own so that the server's memory and time are its own too.
//!
//! On its standard input come tokens, one a line, then an empty line; it opens as many sockets with each as it was told.
//! Every further line is the number of an event: it waits until all sockets have seen that one, and tells what they saw
//! since the last time. It ends with its input.

mod seen;
mod socket;

use crate::Failure;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use seen::{Report, Seen};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many are opened at once.
const OPENING: usize = 16;
/// Every so many sockets have the delay of each event looked at; of the others events are only counted.
const SAMPLED: usize = 10;
/// How long a socket may take to open; and for so long nothing may be seen anywhere before the rest is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long all of it may take.
const MOST: Duration = Duration::from_mins(5);
const GLANCE: Duration = Duration::from_millis(20);

/// How it is started.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where Rookery serves
    #[arg(long)]
    server: SocketAddr,
    /// How many sockets to open with each token
    #[arg(long)]
    each: usize,
    /// The global id of the deployment that all of them follow; without it they are silent
    #[arg(long)]
    deployment: Option<String>,
}

/// Opens the sockets and does as it is told.
///
/// # Errors
/// If a socket cannot be opened, or ends before it is told to.
pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    let tokens = tokens(&mut input).await?;
    let seen: Vec<Arc<Seen>> =
        (0..tokens.len() * options.each).map(|index| Arc::new(Seen::new(index % SAMPLED == 0))).collect();
    let mut sockets = JoinSet::new();
    let opening = seen.iter().enumerate().map(|(index, seen)| {
        let token = &tokens[index / options.each];
        timeout(PATIENCE, socket::open(options.server, token, options.deployment.as_deref(), seen.clone()))
    });
    let mut opened = stream::iter(opening).buffer_unordered(OPENING);
    while let Some(socket) = opened.try_next().await? {
        sockets.spawn(socket?.listen());
    }
    drop(opened);
    println!("open {}", seen.len());
    loop {
        tokio::select! {
            Some(ended) = sockets.join_next() => return ended?,
            line = input.next_line() => match line? {
                Some(line) => println!("seen {}", serde_json::to_string(&until(line.trim().parse()?, &seen).await)?),
                None => return Ok(()),
            },
        }
    }
}

async fn tokens(input: &mut Lines<BufReader<Stdin>>) -> Result<Vec<String>, Failure> {
    let mut tokens = Vec::new();
    while let Some(line) = input.next_line().await? {
        if line.is_empty() {
            return Ok(tokens);
        }
        tokens.push(line);
    }
    Err("the tokens end with an empty line".into())
}

/// Waits until event `last` was seen on every socket, or until that is no longer to be expected.
async fn until(last: i64, seen: &[Arc<Seen>]) -> Report {
    let begun = Instant::now();
    let (mut so_far, mut since) = (0, begun);
    while begun.elapsed() < MOST && since.elapsed() < PATIENCE && seen.iter().any(|socket| socket.last() < last) {
        let sum = seen.iter().map(|socket| socket.last()).sum();
        if so_far != sum {
            (so_far, since) = (sum, Instant::now());
        }
        sleep(GLANCE).await;
    }
    Report::of(last, seen)
}
