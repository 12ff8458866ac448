//! The harness.

pub mod client;
pub mod database;
pub mod demo;
pub mod deployments;
pub mod janitor;
pub mod proxy;
pub mod requests;
pub mod server;
pub mod socket;

pub use client::{Client, Outcome};
pub use server::Server;

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a test may take before it is taken to hang. The walk of the schema takes two minutes on two cores of its own.
const PATIENCE: Duration = Duration::from_mins(8);
/// How often something is looked at that is waited for.
const GLANCE: Duration = Duration::from_millis(25);

/// Which database a server keeps its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Makes tests of functions that take a [`Backend`]: `sqlite::name` and `postgres::name` of each.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { $crate::support::run(super::$name($crate::support::Backend::Sqlite)); })+
        }
        mod postgres {
            $(#[test] fn $name() { $crate::support::run(super::$name($crate::support::Backend::Postgres)); })+
        }
    };
}

/// Runs a test to its end, or fails it when it hangs.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // A soak goes on for as many rounds as it was told.
    let patience = PATIENCE * u32::try_from(soak_rounds().unwrap_or(1)).unwrap();
    runtime.block_on(async {
        let mut test = std::pin::pin!(test);
        if tokio::time::timeout(patience, &mut test).await.is_err() {
            // While the test still lives: its server shows its log when it falls with it.
            panic!("the test hangs");
        }
    });
    runtime.shutdown_background();
}

/// How many rounds `scripts/soak` asks for; none in an ordinary test, which does with one, and with less.
pub fn soak_rounds() -> Option<usize> {
    std::env::var("ROOKERY_SOAK_ROUNDS").ok().map(|rounds| rounds.parse().expect("a number of rounds"))
}

/// Takes so long over something: this is how slow somebody is, and waits for nothing.
#[expect(clippy::disallowed_methods, reason = "nothing is waited for")]
pub async fn takes(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// What is told of something that happens. Nobody says when they have begun to follow, so it happens again until it is told.
pub async fn until_told<T>(mut happen: impl AsyncFnMut(), mut told: impl AsyncFnMut() -> T) -> T {
    for _ in 0..10 {
        happen().await;
        if let Ok(told) = tokio::time::timeout(Duration::from_secs(5), told()).await {
            return told;
        }
    }
    panic!("nothing is told");
}

/// Waits until `look` answers something, looking again and again.
pub async fn eventually<T>(what: &str, patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < patience, "waited {patience:?} in vain: {what}");
        pause().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that waits between two looks at a condition")]
async fn pause() {
    tokio::time::sleep(GLANCE).await;
}

/// As [`pause`], where no runtime is left.
#[expect(clippy::disallowed_methods, reason = "as above, in destructors")]
fn pause_blocking() {
    std::thread::sleep(GLANCE);
}

/// The checkout.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The built server: beside this test binary, whichever target directory and profile it was built for.
pub fn executable() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.parent().and_then(|deps| deps.parent()).unwrap().join("rookery");
    assert!(path.is_file(), "{} is missing: build it first, by `cargo build --workspace`", path.display());
    path
}

/// The real ansible-playbook.
pub fn ansible_playbook() -> PathBuf {
    let path = std::env::var_os("ROOKERY_ANSIBLE_PLAYBOOK")
        .map_or_else(|| workspace().join(".tools/ansible/bin/ansible-playbook"), PathBuf::from);
    assert!(path.is_file(), "{} is missing: install it first, by `scripts/bootstrap test`", path.display());
    path
}

/// The SHA-256 of a text, in hexadecimal digits.
pub fn sha256_hex(text: impl AsRef<[u8]>) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
