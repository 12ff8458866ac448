//! Documents that were parsed, kept for who sends them again.
//!
//! The app's own stay as long as the server runs. Of all others those that are sent most are kept, as far as there is
//! room: some for who has signed in, and less, apart from it, for anybody.

use super::document::Parsed;
use crate::platform::canonical::sha256_hex;
use async_graphql::ServerError;
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// The texts that the app sends, as its build noted them; none if the app is not built into this server.
const NOTED: &str = include_str!(concat!(env!("OUT_DIR"), "/app_documents.json"));

/// Room for who has signed in, in bytes of memory.
const SIGNED_IN_BYTES: usize = 12 * 1024 * 1024;
/// Room for anybody.
const ANYBODY_BYTES: usize = 4 * 1024 * 1024;
/// What a document counts as at least: so there are never more than 1,024, besides the app's.
const LEAST_BYTES: usize = 16 * 1024;

/// See the module.
pub(super) struct Documents {
    app: HashMap<String, AppDocument>,
    signed_in: Kept,
    anybody: Kept,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What is kept, by the SHA-256 of the text.
type Kept = Cache<String, Arc<Parsed>>;

struct AppDocument {
    text: Arc<str>,
    parsed: OnceLock<Arc<Parsed>>,
}

/// How many documents are kept for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// For whom: `app`, `signed_in` or `anybody`.
    pub(super) of: &'static str,
    pub(super) entries: u64,
    /// What they take in memory, about.
    pub(super) bytes: u64,
}

impl Documents {
    /// With what the app sends.
    pub(super) fn noted() -> Self {
        Self::of(serde_json::from_str(NOTED).unwrap_or_else(|error| {
            tracing::error!(error = ?error, "what the app sends was not noted as it should be");
            Vec::new()
        }))
    }

    fn of(app: Vec<Arc<str>>) -> Self {
        let app =
            app.into_iter().map(|text| (sha256_hex(text.as_bytes()), AppDocument { text, parsed: OnceLock::new() }));
        Self {
            app: app.collect(),
            signed_in: kept(SIGNED_IN_BYTES),
            anybody: kept(ANYBODY_BYTES),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// The text of the app's document with this hash.
    pub(super) fn text_of_app(&self, hash: &str) -> Option<Arc<str>> {
        self.app.get(hash).map(|document| document.text.clone())
    }

    /// Admits the document with this text and hash. It is parsed unless it was admitted lately.
    ///
    /// # Errors
    /// Those of parsing it, and those of `admit`: such a document is not kept.
    pub(super) fn admit<A>(
        &self,
        is_signed_in: bool,
        hash: String,
        text: &str,
        admit: impl FnOnce(&Arc<Parsed>) -> Result<A, ServerError>,
    ) -> Result<A, ServerError> {
        let own = self.app.get(&hash).map(|document| &document.parsed);
        let others = if is_signed_in { &self.signed_in } else { &self.anybody };
        let known = own.map_or_else(|| others.get(&hash), |own| own.get().cloned());
        if let Some(parsed) = known {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return admit(&parsed);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let parsed = Arc::new(Parsed::parse(text)?);
        let admitted = admit(&parsed)?;
        match own {
            Some(own) => _ = own.set(parsed),
            None => others.insert(hash, parsed),
        }
        Ok(admitted)
    }

    /// How often a document was there, and how often it had to be parsed.
    pub(super) fn hits_and_misses(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    /// What is kept now.
    pub(super) fn rooms(&self) -> [Room; 3] {
        let own = self.app.values().filter_map(|document| document.parsed.get());
        let (mut entries, mut bytes) = (0, 0);
        for parsed in own {
            entries += 1;
            bytes += u64::from(weight(parsed));
        }
        let room = |of, kept: &Kept| {
            // What has to go goes now.
            kept.run_pending_tasks();
            Room { of, entries: kept.entry_count(), bytes: kept.weighted_size() }
        };
        [Room { of: "app", entries, bytes }, room("signed_in", &self.signed_in), room("anybody", &self.anybody)]
    }
}

fn kept(bytes: usize) -> Kept {
    Cache::builder().max_capacity(bytes as u64).weigher(|_, parsed: &Arc<Parsed>| weight(parsed)).build()
}

fn weight(parsed: &Parsed) -> u32 {
    u32::try_from(parsed.bytes().max(LEAST_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::document::Sizes;
    use serde_json::json;
    use std::sync::LazyLock;

    /// Sends a document; answers what it was refused with, or none.
    fn send(documents: &Documents, is_signed_in: bool, text: &str) -> Option<String> {
        static SIZES: LazyLock<Sizes> = LazyLock::new(Sizes::new);
        let admit = |parsed: &Arc<Parsed>| parsed.admit(&SIZES, None, Some(&json!({ "n": 200 })), false);
        documents.admit(is_signed_in, sha256_hex(text.as_bytes()), text, admit).err().map(|error| error.message)
    }

    #[test]
    fn a_document_is_parsed_once_for_its_kind_of_sender() {
        let documents = Documents::of(vec!["{viewer {level}}".into()]);
        for is_signed_in in [true, true, false, false, true] {
            assert_eq!(send(&documents, is_signed_in, "{viewer {permissions}}"), None);
        }
        assert_eq!(documents.hits_and_misses(), (3, 2));
        for is_signed_in in [true, false] {
            assert_eq!(send(&documents, is_signed_in, "{viewer {level}}"), None);
        }
        assert_eq!(documents.hits_and_misses(), (4, 3));
        assert_eq!(
            documents.rooms().map(|room| (room.of, room.entries)),
            [("app", 1), ("signed_in", 1), ("anybody", 1)]
        );
    }

    #[test]
    fn what_is_not_admitted_is_not_kept() {
        let documents = Documents::of(vec!["query ($n: Int) {devices(first: $n) {nodes {id}}}".into()]);
        let own = documents.app.values().next().unwrap().text.clone();
        for wrong in ["{", "{devices {nodes {id}}}", &"{a".repeat(60), &own] {
            assert!(send(&documents, true, wrong).is_some() && send(&documents, true, wrong).is_some());
        }
        assert_eq!(documents.hits_and_misses(), (0, 8));
        assert!(documents.rooms().iter().all(|room| room.entries == 0));
    }

    #[test]
    fn a_flood_fills_its_own_room_and_no_more() {
        let documents = Documents::of(vec!["{viewer {level}}".into()]);
        let of_somebody = "{viewer {permissions}}";
        send(&documents, false, "{viewer {level}}");
        send(&documents, true, of_somebody);
        let long = "a ".repeat(1_500);
        for number in 0..1_000 {
            let text =
                if number % 2 == 0 { format!("query a{number} {{a}}") } else { format!("query a{number} {{{long}}}") };
            send(&documents, false, &text);
        }
        let [app, signed_in, anybody] = documents.rooms();
        assert_eq!((app.entries, signed_in.entries), (1, 1));
        assert!(anybody.bytes <= ANYBODY_BYTES as u64 && anybody.entries <= 256 && anybody.entries > 5, "{anybody:?}");
        let (hits, _) = documents.hits_and_misses();
        send(&documents, false, "{viewer {level}}");
        send(&documents, true, of_somebody);
        assert_eq!(documents.hits_and_misses().0, hits + 2);
    }
}
