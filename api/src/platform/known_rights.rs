//! What was read of people's rights, kept for a moment: whoever sends many requests is not looked up for each.
//!
//! It counts only while the log of changed rights was read less than [`TRUSTED`] ago, by the clock that nobody sets;
//! otherwise the log is read first, once for all who wait, and whoever it names is forgotten. What cannot be read is
//! refused. So a change holds at once on the server that made it, and on every other one within that time at the latest.

use crate::platform::authority::{Authority, CredentialKey, Hold};
use crate::platform::database::Database;
use crate::platform::error::{AppError, AppResult, database_error};
use crate::platform::kernel::Kernel;
use crate::platform::rights_log::{self, News};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sea_orm::DbErr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// So long after a reading of the log began, no change that was committed since is looked for.
pub const TRUSTED: Duration = Duration::from_millis(750);
/// What is older is read afresh, whatever the log says: somebody may have changed the database by hand.
pub const KEPT: Duration = Duration::from_secs(30);
/// How many credentials' owners are kept.
pub const MOST: u64 = 10_000;

/// So many credentials' owners are read at once: when a thousand followers are judged, whom nothing is known of, most of
/// the connections are left to everything else.
const AT_ONCE: usize = 3;

/// See the module.
#[derive(Clone)]
pub struct KnownRights {
    inner: Arc<Inner>,
}

struct Inner {
    kept: Cache<CredentialKey, Arc<Authority>>,
    turns: Semaphore,
    state: Mutex<State>,
}

/// Where the reading of the log stands.
#[derive(Default)]
struct State {
    /// How far it was read; not yet, if none.
    position: Option<i64>,
    /// How often something was forgotten.
    forgotten: u64,
    /// How often somebody said that there is something to read.
    announced: u64,
    /// The last reading that came to its end.
    done: Option<Begun>,
    /// The one that has not; never more than one.
    under_way: Option<(Begun, Reading)>,
}

/// The beginning of a reading.
#[derive(Debug, Clone, Copy)]
struct Begun {
    at: Instant,
    /// What had been announced by then.
    announced: u64,
}

type Reading = Shared<BoxFuture<'static, Result<(), String>>>;

/// Announces a change when dropped: whichever way a commit ends, or if nobody waits for its end.
pub(in crate::platform) struct Announcement(KnownRights);

impl Drop for Announcement {
    fn drop(&mut self) {
        self.0.announce();
    }
}

impl Begun {
    /// Whether a reading that began so is enough for who asked at `asked`, after so many announcements.
    fn is_enough(self, asked: Instant, announced: u64) -> bool {
        self.announced >= announced && asked.saturating_duration_since(self.at) < TRUSTED
    }
}

impl Default for KnownRights {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(MOST).time_to_live(KEPT).eviction_policy(EvictionPolicy::lru());
        Self { inner: Arc::new(Inner { kept: kept.build(), turns: Semaphore::new(AT_ONCE), state: Mutex::default() }) }
    }
}

impl KnownRights {
    /// What the owner of a credential may do now.
    ///
    /// # Errors
    /// UNAUTHENTICATED if the credential has ended or the account is suspended; INTERNAL if that cannot be told.
    pub(in crate::platform) async fn of_credential(
        &self,
        kernel: &Kernel,
        key: CredentialKey,
    ) -> AppResult<Arc<Authority>> {
        if let Some(known) = self.known(kernel, key).await? {
            return Ok(known);
        }
        // Nobody closes it; and without a turn it could be read all the same.
        let _turn = self.inner.turns.acquire().await;
        // Somebody else with this credential may have had a turn before.
        if let Some(known) = self.known(kernel, key).await? {
            return Ok(known);
        }
        let forgotten = self.inner.state().forgotten;
        let now = kernel.source.now();
        let read = Arc::new(Authority::of_credential(kernel.database.read(), key, now, Hold::Nothing).await?);
        let state = self.inner.state();
        // If the log has named anybody meanwhile, this may have been read before what it told of.
        if state.forgotten == forgotten {
            self.inner.kept.insert(key, read.clone());
        }
        drop(state);
        Ok(read)
    }

    /// What is known of the owner of a credential, as far as the log was read.
    async fn known(&self, kernel: &Kernel, key: CredentialKey) -> AppResult<Option<Arc<Authority>>> {
        self.catch_up(&kernel.database).await?;
        let Some(known) = self.inner.kept.get(&key) else { return Ok(None) };
        // That time passes is in no log.
        let lasts = known.expires_at.is_some_and(|end| end > kernel.source.now());
        if lasts { Ok(Some(known)) } else { Err(AppError::Unauthenticated) }
    }

    /// There is something to read: from now on nothing is trusted until the log was read.
    pub(in crate::platform) fn announce(&self) {
        self.inner.state().announced += 1;
    }

    /// Announces a change once its transaction has ended.
    pub(in crate::platform) fn announcement(&self) -> Announcement {
        Announcement(self.clone())
    }

    /// Returns once the log was read as far as whoever asks now must know it.
    async fn catch_up(&self, database: &Database) -> AppResult<()> {
        let asked = Instant::now();
        let announced = self.inner.state().announced;
        loop {
            let (reading, is_enough) = {
                let mut state = self.inner.state();
                if state.done.is_some_and(|begun| begun.is_enough(asked, announced)) {
                    return Ok(());
                }
                if let Some((begun, reading)) = &state.under_way {
                    (reading.clone(), begun.is_enough(asked, announced))
                } else {
                    let begun = Begun { at: Instant::now(), announced: state.announced };
                    let reading = self.inner.read(database.clone(), begun, state.position);
                    state.under_way = Some((begun, reading.clone()));
                    (reading, true)
                }
            };
            let outcome = reading.await;
            if is_enough {
                return outcome.map_err(AppError::Internal);
            }
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what the log says after a place. It goes on if those who wait for it leave.
    fn read(self: &Arc<Self>, database: Database, begun: Begun, after: Option<i64>) -> Reading {
        let inner = self.clone();
        let task = tokio::spawn(async move { inner.learn(begun, rights_log::read(&database, after).await) });
        let inner = self.clone();
        let ended = async move {
            let outcome = task.await.unwrap_or_else(|_| Err("the reading of changed rights broke off".to_owned()));
            inner.state().under_way = None;
            outcome
        };
        ended.boxed().shared()
    }

    /// Forgets those whom the log names.
    fn learn(&self, begun: Begun, news: Result<News, DbErr>) -> Result<(), String> {
        let News { position, of } = news.map_err(|error| database_error(&error))?;
        let mut state = self.state();
        if !of.is_nobodys() {
            for (key, _) in self.kept.iter().filter(|(_, known)| of.includes(known.user)) {
                self.kept.invalidate(&*key);
            }
            state.forgotten += 1;
        }
        state.position = Some(position);
        state.done = Some(begun);
        Ok(())
    }
}
