//! Counts in memory what requests use, and writes it down now and then.

use super::client::Client;
use super::policy::RecordUsage;
use super::store::{self, Use};
use crate::platform::error::AppResult;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often the counts are written down.
const PACE: Duration = Duration::from_secs(10);
/// How many counts are held in memory. More are used only by who makes names up.
const COUNTS_MOST: usize = 20_000;
/// How many clients are told apart; of further ones it is known only that there are some.
const CLIENTS_MOST: usize = 100;
/// How many versions of a client are told apart.
const VERSIONS_MOST: usize = 60;

/// Counts uses of fields, cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    /// The fields that can be used, by their numbers.
    names: Arc<[String]>,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    counts: HashMap<Client, HashMap<usize, Count>>,
    /// How many there are, of all clients.
    held: usize,
    /// How many uses found no room.
    lost: u64,
    /// The versions of clients that are told apart.
    known: HashMap<String, HashSet<String>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    times: i64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

/// Counts on their way into the database. Unless they arrive they go back, also if whoever carries them is ended.
struct Load<'r> {
    recorder: &'r Recorder,
    counts: HashMap<Client, HashMap<usize, Count>>,
}

/// Writes down what is used, as long as the server runs.
pub async fn record(kernel: Kernel, recorder: Recorder) {
    loop {
        tokio::time::sleep(PACE).await;
        if let Err(error) = recorder.flush(&kernel).await {
            tracing::error!(error = error.for_log(), "the use of fields could not be written down; trying again");
        }
    }
}

impl Recorder {
    /// A recorder of uses of these fields, which are known by their places in the list.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn start(kernel: &Kernel, fields: &[String]) -> AppResult<Self> {
        let tx = Viewer::system(kernel, "reading which clients are counted").begin().await?;
        let proof = tx.grant_root::<RecordUsage>()?;
        let mut memory = Memory::default();
        for client in store::clients(&tx, &proof).await? {
            memory.known.entry(client.name).or_default().insert(client.version);
        }
        tx.commit().await?;
        Ok(Self { names: fields.into(), memory: Arc::new(Mutex::new(memory)) })
    }

    /// Notes that a client used these fields, each once.
    pub fn note(&self, client: Client, fields: &[usize], now: DateTime<Utc>) {
        let mut memory = self.memory();
        let client = memory.told_apart(client);
        let count = Count { times: 1, first: now, last: now };
        memory.add(&client, fields.iter().map(|field| (*field, count)));
    }

    /// Writes down what was counted since the last time.
    ///
    /// # Errors
    /// INTERNAL; the counts are kept then.
    pub async fn flush(&self, kernel: &Kernel) -> AppResult<()> {
        let (mut load, lost) = self.take();
        if lost > 0 {
            tracing::warn!(lost, "more clients and fields are used than can be counted at once");
        }
        let uses = load.uses();
        if uses.is_empty() {
            return Ok(());
        }
        let tx = Viewer::system(kernel, "writing down which fields are used").begin().await?;
        let proof = tx.grant_root::<RecordUsage>()?;
        store::add(&tx, &proof, &uses).await?;
        tx.commit().await?;
        load.counts.clear();
        Ok(())
    }

    fn take(&self) -> (Load<'_>, u64) {
        let mut memory = self.memory();
        memory.held = 0;
        let load = Load { recorder: self, counts: std::mem::take(&mut memory.counts) };
        (load, std::mem::take(&mut memory.lost))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// The client, or what stands for it where there are too many: its name without the version, or nobody's name.
    fn told_apart(&mut self, mut client: Client) -> Client {
        let count = self.known.len();
        match self.known.get_mut(&client.name) {
            Some(versions) if versions.contains(&client.version) => {}
            Some(versions) if versions.len() < VERSIONS_MOST => {
                versions.insert(client.version.clone());
            }
            Some(_) => client.version.clear(),
            None if count < CLIENTS_MOST => {
                self.known.insert(client.name.clone(), HashSet::from([client.version.clone()]));
            }
            None => client = Client::default(),
        }
        client
    }

    fn add(&mut self, client: &Client, uses: impl IntoIterator<Item = (usize, Count)>) {
        // Looked up first, since it is there nearly always.
        if !self.counts.contains_key(client) {
            self.counts.insert(client.clone(), HashMap::new());
        }
        let Some(counts) = self.counts.get_mut(client) else { return };
        for (field, more) in uses {
            if let Some(count) = counts.get_mut(&field) {
                count.times = count.times.saturating_add(more.times);
                count.first = count.first.min(more.first);
                count.last = count.last.max(more.last);
            } else if self.held < COUNTS_MOST {
                counts.insert(field, more);
                self.held += 1;
            } else {
                self.lost = self.lost.saturating_add(more.times.unsigned_abs());
            }
        }
    }
}

impl Load<'_> {
    fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (client, fields) in &self.counts {
            for (field, count) in fields {
                let Some(name) = self.recorder.names.get(*field) else { continue };
                uses.push(Use {
                    client: client.clone(),
                    field: name.clone(),
                    count: count.times,
                    first_used_at: count.first,
                    last_used_at: count.last,
                });
            }
        }
        // Servers that write at the same time lock the rows in the same order.
        uses.sort_by(|one, other| (&one.client, &one.field).cmp(&(&other.client, &other.field)));
        uses
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        if self.counts.is_empty() {
            return;
        }
        let mut memory = self.recorder.memory();
        for (client, fields) in std::mem::take(&mut self.counts) {
            memory.add(&client, fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CLIENTS_MOST, COUNTS_MOST, Client, Memory, Recorder, VERSIONS_MOST};
    use chrono::{DateTime, Utc};
    use std::sync::{Arc, Mutex};

    fn recorder() -> Recorder {
        let names: Vec<String> = (0..500).map(|number| format!("Type.field{number}")).collect();
        Recorder { names: names.into(), memory: Arc::new(Mutex::new(Memory::default())) }
    }

    fn client(name: &str, version: &str) -> Client {
        Client::named(Some(name), Some(version))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn uses_add_up_and_come_back_unless_they_arrive() {
        let recorder = recorder();
        recorder.note(client("a", "1"), &[1, 2], at(1));
        recorder.note(client("a", "1"), &[1], at(3));
        recorder.note(client("a", "2"), &[1], at(2));
        drop(recorder.take());
        recorder.note(client("a", "1"), &[2], at(4));
        let (mut load, lost) = recorder.take();
        let uses = load.uses().into_iter().map(|used| {
            (used.client.version, used.field, used.count, used.first_used_at.timestamp(), used.last_used_at.timestamp())
        });
        let expected = [("1", 1, 2, 1, 3), ("1", 2, 2, 1, 4), ("2", 1, 1, 2, 2)];
        let expected = expected.map(|(version, field, count, first, last)| {
            (version.to_owned(), format!("Type.field{field}"), count, first, last)
        });
        assert_eq!(uses.collect::<Vec<_>>(), expected);
        assert_eq!(lost, 0);
        load.counts.clear();
        drop(load);
        assert!(recorder.take().0.counts.is_empty());
    }

    #[test]
    fn names_that_are_made_up_fill_nothing() {
        let recorder = recorder();
        for number in 0..VERSIONS_MOST + 5 {
            recorder.note(client("a", &number.to_string()), &[0], at(1));
        }
        for number in 0..CLIENTS_MOST + 5 {
            recorder.note(client(&format!("b{number}"), "1"), &[0], at(1));
        }
        let (mut load, _) = recorder.take();
        let versions = load.counts.keys().filter(|client| client.name == "a");
        assert_eq!(versions.count(), VERSIONS_MOST + 1);
        assert_eq!(load.counts[&Client::named(Some("a"), None)][&0].times, 5);
        assert_eq!(load.counts[&Client::default()][&0].times, 6);
        load.counts.clear();
        drop(load);
        let all: Vec<usize> = (0..500).collect();
        for number in 0..60 {
            recorder.note(client("a", &number.to_string()), &all, at(1));
        }
        let (load, lost) = recorder.take();
        assert_eq!(load.uses().len(), COUNTS_MOST);
        assert_eq!(lost, 60 * 500 - COUNTS_MOST as u64);
    }
}
