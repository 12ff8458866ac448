//! Looking for secrets wherever they must not be.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::SystemTime;

/// Secrets, in every form in which they could show up.
#[derive(Clone)]
pub struct Hunt {
    names: Vec<String>,
    forms: Vec<(usize, String)>,
    finder: AhoCorasick,
}

impl Hunt {
    /// Prepares to look for these, each with a name.
    pub fn new(secrets: &[(String, Vec<u8>)]) -> Self {
        let mut patterns = Vec::new();
        let mut forms = Vec::new();
        for (index, (_, secret)) in secrets.iter().enumerate() {
            // Output comes in lines, so each line of a secret is one.
            let lines = secret.split(|byte| *byte == b'\n').filter(|line| line.len() >= 12);
            for part in lines.chain([secret.as_slice()]) {
                for (form, pattern) in forms_of(part) {
                    forms.push((index, form));
                    patterns.push(pattern);
                }
            }
        }
        let finder = AhoCorasick::new(&patterns).unwrap();
        Self { names: secrets.iter().map(|(name, _)| name.clone()).collect(), forms, finder }
    }

    /// What is found in `place`.
    pub fn look(&self, place: &str, bytes: &[u8]) -> BTreeSet<String> {
        let found = self.finder.find_overlapping_iter(bytes).map(|found| &self.forms[found.pattern().as_usize()]);
        found.map(|(secret, form)| format!("{} in {place}, {form}", self.names[*secret])).collect()
    }

    /// What is found in the files below `dir` that were written since then, but for those that `skip` names.
    pub fn look_below(&self, dir: &Path, since: SystemTime, skip: &dyn Fn(&Path) -> bool) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else { continue };
            if skip(&path) || metadata.is_symlink() {
                continue;
            }
            if metadata.is_dir() {
                found.extend(self.look_below(&path, since, skip));
            } else if metadata.is_file() && metadata.modified().is_ok_and(|time| time >= since) {
                found.extend(self.look(&path.display().to_string(), &fs::read(&path).unwrap_or_default()));
            }
        }
        found
    }

    /// Watches the arguments and environments of all processes, but for those that descend from `host`: what scripts
    /// do on their target is theirs.
    pub fn watch_processes(&self, host: u32) -> Watch {
        let over = Arc::new(AtomicBool::new(false));
        let (hunt, ended) = (self.clone(), Arc::clone(&over));
        let watching = std::thread::spawn(move || {
            let (mut found, mut rounds) = (BTreeSet::new(), 0_usize);
            while !ended.load(Ordering::Relaxed) {
                // Parents first: what has ended by the time its words are read can then still be told.
                let parents = parents();
                for pid in parents.keys().filter(|pid| !descends(**pid, host, &parents)) {
                    let parts = words(*pid);
                    let program = parts.split(|byte| *byte == 0).next().unwrap_or_default();
                    found.extend(hunt.look(&format!("a process of {}", String::from_utf8_lossy(program)), &parts));
                }
                rounds += 1;
                std::thread::yield_now();
            }
            (found, rounds)
        });
        Watch { over, watching }
    }
}

/// A watch that goes on.
pub struct Watch {
    over: Arc<AtomicBool>,
    watching: JoinHandle<(BTreeSet<String>, usize)>,
}

impl Watch {
    /// Ends it: what was found, and how often it looked.
    pub fn end(self) -> (BTreeSet<String>, usize) {
        self.over.store(true, Ordering::Relaxed);
        self.watching.join().unwrap()
    }
}

/// The parent of every process but this one.
fn parents() -> BTreeMap<u32, u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let parent = |pid: u32| {
        // The name, in brackets, may hold anything; the parent is the second field after it.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| *pid != std::process::id()).filter_map(|pid| Some((pid, parent(pid)?))).collect()
}

/// The arguments and the environment of a process.
fn words(pid: u32) -> Vec<u8> {
    ["cmdline", "environ"].map(|name| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default()).concat()
}

fn descends(mut pid: u32, ancestor: u32, parents: &BTreeMap<u32, u32>) -> bool {
    while pid != ancestor {
        let Some(parent) = parents.get(&pid) else { return false };
        pid = *parent;
    }
    true
}

fn forms_of(secret: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut forms = vec![("plain".to_owned(), secret.to_vec())];
    let hex = secret.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    forms.push(("hex".into(), hex.to_uppercase().into_bytes()));
    forms.push(("hex".into(), hex.into_bytes()));
    if let Ok(text) = std::str::from_utf8(secret) {
        let json = serde_json::to_string(text).unwrap();
        forms.push(("JSON".into(), json.trim_matches('"').as_bytes().to_vec()));
    }
    let url = secret.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    });
    forms.push(("URL-encoded".into(), url.clone().into_bytes()));
    forms.push(("URL-encoded".into(), url.to_lowercase().into_bytes()));
    // Among other bytes it may begin at each third of a group; what depends on its neighbours is left out.
    for shift in 0..3_usize {
        let padded = [vec![0; shift], secret.to_vec()].concat();
        let (from, to) = ((shift * 8).div_ceil(6), padded.len() * 8 / 6);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(("base64".into(), engine.encode(&padded).as_bytes()[from..to].to_vec()));
        }
    }
    forms.sort();
    forms.dedup_by(|one, other| one.1 == other.1);
    forms
}

#[test]
fn what_is_there_is_found_in_every_form() {
    let secret = "a \"quoted\" secret/with+signs & ünïcode";
    let hunt = Hunt::new(&[("it".into(), secret.as_bytes().to_vec())]);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let forms = [
        secret.to_owned(),
        serde_json::to_string(secret).unwrap(),
        hex.to_uppercase(),
        hex,
        "a%20%22quoted%22%20secret%2Fwith%2Bsigns%20%26%20%C3%BCn%C3%AFcode".into(),
        STANDARD_NO_PAD.encode(secret),
        STANDARD_NO_PAD.encode(format!("x{secret}y")),
        URL_SAFE_NO_PAD.encode(format!("xx{secret}yy")),
    ];
    for form in forms {
        assert!(!hunt.look("a text", format!("before {form} after").as_bytes()).is_empty(), "{form}");
    }
    assert!(hunt.look("a text", b"nothing of the kind").is_empty());
}
