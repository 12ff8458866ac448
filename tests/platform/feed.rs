//! Whoever follows gets everything once and in order, whatever else goes on.

use crate::support::{Backend, Server, takes};
use futures::future::join_all;
use futures::{StreamExt as _, TryStreamExt as _};
use rookery_api::platform::error::{AppError, AppResult};
use rookery_api::platform::feed::{Followed, Given, Page, Start};
use rookery_api::platform::kernel::Kernel;
use rookery_api::platform::viewer::Viewer;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

on_both![
    everybody_gets_everything_once_whatever_the_interleaving,
    who_reads_nothing_slows_nobody_down,
    a_topic_is_read_as_long_as_somebody_follows_it,
    whoever_comes_again_from_anywhere_catches_up_with_the_others,
    what_fails_for_a_moment_ends_nobody,
];

/// Numbers from 1 to a last one, as they are written.
#[derive(Clone, Default)]
struct Numbers(Arc<State>);

#[derive(Default)]
struct State {
    written: AtomicI64,
    last: AtomicI64,
    reads: AtomicI64,
    /// Every so many readings one fails.
    fails_each: AtomicI64,
}

const TOPIC: &str = "numbers";

impl Followed for Numbers {
    type Batch = Vec<i64>;

    const PAGE: i64 = 500;

    fn topic(&self) -> String {
        format!("{TOPIC}:{:p}", self.0)
    }

    async fn look(&self, _: &Viewer) -> AppResult<Start> {
        let newest = self.0.written.load(Ordering::SeqCst);
        Ok(Start { newest, is_over: newest == self.0.last.load(Ordering::SeqCst) })
    }

    async fn read(&self, _: &Viewer, after: i64) -> AppResult<Page<Vec<i64>>> {
        let count = self.0.reads.fetch_add(1, Ordering::SeqCst) + 1;
        let each = self.0.fails_each.load(Ordering::SeqCst);
        if each > 0 && count % each == 0 {
            return Err(AppError::Internal("the pool is busy".to_owned()));
        }
        let written = self.0.written.load(Ordering::SeqCst);
        // What is read is handed on a while later.
        takes(Duration::from_millis(u64::try_from(count % 4).unwrap())).await;
        let batch: Vec<i64> = (after + 1..=written.min(after + Self::PAGE)).collect();
        let last = batch.last().copied().unwrap_or(after);
        let is_over = written == self.0.last.load(Ordering::SeqCst);
        Ok(Page { is_full: batch.len() as i64 == Self::PAGE, last, is_over, batch })
    }

    fn rest(batch: &Vec<i64>, after: i64) -> Vec<i64> {
        batch.iter().copied().filter(|number| *number > after).collect()
    }
}

impl Numbers {
    fn up_to(last: i64) -> Self {
        let numbers = Self::default();
        numbers.0.last.store(last, Ordering::SeqCst);
        numbers
    }

    /// Writes so many more.
    fn write(&self, kernel: &Kernel, count: i64) {
        let last = self.0.last.load(Ordering::SeqCst);
        let written = self.0.written.load(Ordering::SeqCst);
        self.0.written.store(last.min(written + count), Ordering::SeqCst);
        kernel.bus.wake(&self.topic());
    }

    fn is_done(&self) -> bool {
        self.0.written.load(Ordering::SeqCst) == self.0.last.load(Ordering::SeqCst)
    }

    /// Follows after a place to the end, and pauses after each batch.
    async fn follow(&self, kernel: &Kernel, after: i64, pause: Duration) -> Vec<i64> {
        let viewer = Viewer::system(kernel, "a test");
        let batches = kernel.feeds.follow(viewer, self.clone(), after).await.expect("begun");
        let mut batches = pin!(batches);
        let mut seen = Vec::new();
        while let Some(given) = batches.try_next().await.expect("no error") {
            match given {
                Given::Shared(batch) => seen.extend(batch.iter()),
                Given::Own(batch) => seen.extend(batch),
            }
            takes(pause).await;
        }
        seen
    }
}

/// A sequence of numbers without an order, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % most
    }
}

async fn kernel(backend: Backend) -> Kernel {
    Server::shared(backend).await.kernel().await
}

fn counted(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

async fn everybody_gets_everything_once_whatever_the_interleaving(backend: Backend) {
    const LAST: i64 = 12_000;
    let kernel = kernel(backend).await;
    let numbers = Numbers::up_to(LAST);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut followers = Vec::new();
    for _ in 0..80 {
        let (numbers, kernel) = (numbers.clone(), kernel.clone());
        let after = i64::try_from(random.below(200)).unwrap();
        let begins = Duration::from_millis(random.below(3_000));
        // One in four is too slow for the ring.
        let pause = Duration::from_millis(if random.below(4) == 0 { 100 + random.below(300) } else { random.below(5) });
        followers.push(tokio::spawn(async move {
            takes(begins).await;
            (after, numbers.follow(&kernel, after, pause).await)
        }));
    }
    while !numbers.is_done() {
        numbers.write(&kernel, 1 + i64::try_from(random.below(30)).unwrap());
        takes(Duration::from_millis(random.below(20))).await;
    }
    for follower in join_all(followers).await {
        let (after, seen) = follower.unwrap();
        assert!(seen.iter().copied().eq(after + 1..=LAST), "after {after}: {} numbers", seen.len());
    }
    let counts = kernel.feeds.counts();
    println!("{backend:?}: {counts:?}");
    assert!(counted(&counts.fallen_behind) > 0, "{counts:?}");
    assert!(counted(&counts.batches) > 50 && counted(&counts.readings) < 2 * counted(&counts.batches), "{counts:?}");
    assert_eq!((counted(&counts.followers), counted(&counts.tails)), (0, 0));
}

async fn who_reads_nothing_slows_nobody_down(backend: Backend) {
    const LAST: i64 = 400;
    let kernel = kernel(backend).await;
    let numbers = Numbers::up_to(LAST);
    let mut idle = Vec::new();
    for _ in 0..10 {
        let viewer = Viewer::system(&kernel, "a test");
        let mut batches = Box::pin(kernel.feeds.follow(viewer, numbers.clone(), 0).await.expect("begun"));
        numbers.write(&kernel, 1);
        batches.next().await.expect("the first").expect("no error");
        idle.push(batches);
    }
    let quick = tokio::spawn({
        let (numbers, kernel) = (numbers.clone(), kernel.clone());
        async move { numbers.follow(&kernel, 0, Duration::ZERO).await }
    });
    let begun = Instant::now();
    while !numbers.is_done() {
        numbers.write(&kernel, 2);
        takes(Duration::from_millis(5)).await;
    }
    let wrote = begun.elapsed();
    let seen = quick.await.unwrap();
    let rest = begun.elapsed() - wrote;
    assert!(seen.into_iter().eq(1..=LAST));
    println!("{backend:?}: written within {wrote:?}, seen {rest:?} later");
    assert!(rest < Duration::from_secs(2), "{rest:?}");
    // They read on, and have missed nothing.
    for batches in idle {
        let mut seen = Vec::new();
        let given: Vec<Given<Vec<i64>>> = batches.try_collect().await.expect("no error");
        for given in given {
            match given {
                Given::Shared(batch) => seen.extend(batch.iter()),
                Given::Own(batch) => seen.extend(batch),
            }
        }
        assert!(seen.len() as i64 >= LAST - 10 && seen.is_sorted() && seen.last() == Some(&LAST));
    }
}

async fn a_topic_is_read_as_long_as_somebody_follows_it(backend: Backend) {
    let kernel = kernel(backend).await;
    let numbers = Numbers::up_to(1_000);
    let counts = kernel.feeds.counts();
    for _ in 0..3 {
        let mut following = Vec::new();
        for _ in 0..20 {
            let viewer = Viewer::system(&kernel, "a test");
            let mut batches = Box::pin(kernel.feeds.follow(viewer, numbers.clone(), 0).await.expect("begun"));
            batches.next().await.expect("the first").expect("no error");
            following.push(batches);
        }
        assert_eq!((counted(&counts.followers), counted(&counts.tails)), (20, 1));
        numbers.write(&kernel, 5);
        for batches in &mut following {
            batches.next().await.expect("the next").expect("no error");
        }
        drop(following);
        crate::support::eventually("nobody reads it", Duration::from_secs(10), async || {
            ((counted(&counts.followers), counted(&counts.tails)) == (0, 0)).then_some(())
        })
        .await;
    }
    let reads = numbers.0.reads.load(Ordering::SeqCst);
    // Each follower once alone; the tail a few times.
    assert!((60..=60 + 3 * 4).contains(&reads), "{reads}");
}

/// As after a failure of the network: each has read another part of what is long over.
async fn whoever_comes_again_from_anywhere_catches_up_with_the_others(backend: Backend) {
    const PAGES: i64 = 30;
    const LAST: i64 = PAGES * Numbers::PAGE;
    const FOLLOWERS: i64 = 150;
    let kernel = kernel(backend).await;
    let numbers = Numbers::up_to(LAST);
    numbers.write(&kernel, LAST);
    let followers = (0..FOLLOWERS).map(|number| {
        let (numbers, kernel, after) = (numbers.clone(), kernel.clone(), number * 97);
        tokio::spawn(async move { (after, numbers.follow(&kernel, after, Duration::ZERO).await) })
    });
    for follower in join_all(followers).await {
        let (after, seen) = follower.unwrap();
        assert!(seen.iter().copied().eq(after + 1..=LAST), "after {after}: {} numbers", seen.len());
    }
    let reads = numbers.0.reads.load(Ordering::SeqCst);
    // Alone, they would have read fifteen pages each. A few read the same at the same time.
    println!("{backend:?}: {reads} readings for {FOLLOWERS} followers");
    assert!(reads < 4 * PAGES, "{reads}");
}

async fn what_fails_for_a_moment_ends_nobody(backend: Backend) {
    const LAST: i64 = 500;
    let kernel = kernel(backend).await;
    let numbers = Numbers::up_to(LAST);
    numbers.0.fails_each.store(3, Ordering::SeqCst);
    let followers: Vec<_> = (0..10).map(|_| numbers.follow(&kernel, 0, Duration::ZERO)).collect();
    let writing = async {
        while !numbers.is_done() {
            numbers.write(&kernel, 7);
            takes(Duration::from_millis(10)).await;
        }
    };
    let (all, ()) = tokio::join!(join_all(followers), writing);
    for seen in all {
        assert!(seen.into_iter().eq(1..=LAST));
    }
}
