//! A strict reader of metrics as text: <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use std::collections::{BTreeMap, BTreeSet};

/// The labels of a sample.
pub type Labels = BTreeMap<String, String>;

/// What a server exposes.
pub struct Exposition {
    /// The type of each family.
    pub families: BTreeMap<String, String>,
    pub samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    /// Reads a whole exposition, and panics where it breaks a rule.
    pub fn read(text: &str) -> Self {
        let lines = text.strip_suffix("# EOF\n").expect("it ends as it must");
        let mut all = Self { families: BTreeMap::new(), samples: BTreeMap::new() };
        let mut family: Option<Family> = None;
        for line in lines.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                let (word, rest) = comment.split_once(' ').expect("a descriptor");
                let (name, value) = rest.split_once(' ').expect("a name and a value");
                assert_name(name);
                if family.as_ref().is_none_or(|family| family.name != name) {
                    all.end(family.take());
                    assert!(!all.families.contains_key(name), "the samples of {name} are in two places");
                    family = Some(Family::new(name));
                }
                family.as_mut().unwrap().describe(word, value);
            } else {
                let (name, labels, value) = sample(line);
                let family = family.as_mut().unwrap_or_else(|| panic!("{line} belongs to no family"));
                family.admit(&name, &labels);
                let before = all.samples.insert((name, labels), value);
                assert_eq!(before, None, "{line} is there twice");
            }
        }
        all.end(family);
        all.check_histograms();
        all
    }

    /// The value of a sample with exactly these labels; 0 if it is not there yet.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.samples.get(&(name.to_owned(), labels_of(labels))).copied().unwrap_or_default()
    }

    /// All samples of a name.
    pub fn all(&self, name: &str) -> BTreeMap<Labels, f64> {
        let own = self.samples.iter().filter(|((sample, _), _)| sample == name);
        own.map(|((_, labels), value)| (labels.clone(), *value)).collect()
    }

    fn end(&mut self, family: Option<Family>) {
        let Some(family) = family else { return };
        assert!(family.has_help, "{} has no help", family.name);
        if let Some(unit) = &family.unit {
            assert!(family.name.ends_with(&format!("_{unit}")), "{} is not in {unit}", family.name);
        }
        let kind = family.kind.unwrap_or_else(|| panic!("{} has no type", family.name));
        self.families.insert(family.name, kind);
    }

    fn check_histograms(&self) {
        for name in self.families.iter().filter(|(_, kind)| *kind == "histogram").map(|(name, _)| name) {
            let mut series: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
            for (mut labels, count) in self.all(&format!("{name}_bucket")) {
                let bound = labels.remove("le").expect("a bucket has a bound");
                let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap() };
                series.entry(labels).or_default().push((bound, count));
            }
            for (labels, mut buckets) in series {
                buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
                assert!(buckets.is_sorted_by(|one, other| one.1 <= other.1), "{name}: {buckets:?}");
                let (bound, count) = *buckets.last().unwrap();
                let total = self.samples[&(format!("{name}_count"), labels)];
                assert_eq!((bound, count.to_bits()), (f64::INFINITY, total.to_bits()), "{name}");
            }
        }
    }
}

/// Labels, from pairs.
pub fn labels_of(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

struct Family {
    name: String,
    kind: Option<String>,
    unit: Option<String>,
    has_help: bool,
    has_samples: bool,
    seen: BTreeSet<&'static str>,
}

impl Family {
    fn new(name: &str) -> Self {
        let name = name.to_owned();
        Self { name, kind: None, unit: None, has_help: false, has_samples: false, seen: BTreeSet::new() }
    }

    fn describe(&mut self, word: &str, value: &str) {
        assert!(!self.has_samples, "{word} of {} comes after its samples", self.name);
        let word = ["HELP", "TYPE", "UNIT"].into_iter().find(|known| *known == word).expect("a descriptor");
        assert!(self.seen.insert(word), "{} has two of {word}", self.name);
        match word {
            "HELP" => {
                self.has_help = value.len() > 5;
                assert!(value.ends_with('.') && !value.ends_with(".."), "a sentence: {value}");
            }
            "UNIT" => self.unit = Some(value.to_owned()),
            _ => self.kind = Some(value.to_owned()),
        }
    }

    fn admit(&mut self, name: &str, labels: &Labels) {
        self.has_samples = true;
        let suffixes: &[&str] = match self.kind.as_deref() {
            Some("counter") => &["_total"],
            Some("gauge") => &[""],
            Some("info") => &["_info"],
            Some("histogram") => &["_bucket", "_sum", "_count"],
            other => panic!("{} is of type {other:?}", self.name),
        };
        let suffix = name.strip_prefix(&self.name).unwrap_or_else(|| panic!("{name} is not of {}", self.name));
        assert!(suffixes.contains(&suffix), "{name} in a {:?}", self.kind);
        assert_eq!(labels.contains_key("le"), suffix == "_bucket", "{name} {labels:?}");
    }
}

fn assert_name(name: &str) {
    let is_right = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    assert!(is_right && name.starts_with(|first: char| first.is_ascii_lowercase()), "{name}");
}

/// `name{label="value"} number`.
fn sample(line: &str) -> (String, Labels, f64) {
    let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("not a sample: {line}"));
    let (name, mut rest) = line.split_at(end);
    assert_name(name);
    let mut labels = Labels::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no label: {line}"));
            assert_name(label);
            let (value, after) = quoted(after);
            assert_eq!(labels.insert(label.to_owned(), value), None, "{line}");
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let number = rest.strip_prefix(' ').unwrap_or_else(|| panic!("no value: {line}"));
    (name.to_owned(), labels, number.parse().unwrap_or_else(|_| panic!("no number: {line}")))
}

/// What stands before the closing quote, and what after it.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[place + 1..]),
            '\\' => match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, letter @ ('"' | '\\'))) => value.push(letter),
                other => panic!("{other:?} is escaped in {text}"),
            },
            letter => value.push(letter),
        }
    }
    panic!("a value without an end: {text}")
}
