//! Removes secret values from text, in every form in which they commonly reappear.

mod torn;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use torn::Torn;

/// What stands where a secret was.
pub const MARK: &str = "[redacted]";

/// Shorter values are not looked for: they would take half of any output along. Refuse them where secrets are entered.
pub const SECRET_BYTES_MINIMUM: usize = 4;

/// A line of a longer secret is looked for by itself from this length.
const SECRET_LINE_BYTES_MINIMUM: usize = 6;

/// Replaces secret values in plain, base64 (at any alignment, wrapped too), hexadecimal, URL-encoded, JSON-escaped, HTML-escaped and
/// shell- or Python-quoted form. Multi-line secrets are also found line by line, and pieces of them where a line was torn.
pub struct Redactor {
    matcher: Option<AhoCorasick>,
    torn: Torn,
    /// By pattern: found inside a base64 text, of which the neighbouring characters carry bits of the secret as well.
    is_base64: Vec<bool>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Redactor").field("patterns", &self.is_base64.len()).finish_non_exhaustive()
    }
}

impl Redactor {
    /// A redactor of these values. Without any it changes nothing.
    ///
    /// # Errors
    /// When the values together are too large to search for (gigabytes).
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, TooManySecrets> {
        let mut patterns = BTreeMap::new();
        let mut torn = Torn::default();
        for secret in secrets {
            add_torn(&mut torn, secret);
            add_value(&mut patterns, secret, SECRET_BYTES_MINIMUM);
            add_value(&mut patterns, secret.trim(), SECRET_BYTES_MINIMUM);
            if secret.trim().contains(['\n', '\r']) {
                for line in secret.lines() {
                    add_value(&mut patterns, line.trim(), SECRET_LINE_BYTES_MINIMUM);
                }
            }
        }
        let (patterns, is_base64): (Vec<String>, Vec<bool>) = patterns.into_iter().unzip();
        let matcher = if patterns.is_empty() {
            None
        } else {
            Some(AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).map_err(|_| TooManySecrets)?)
        };
        Ok(Self { matcher, torn, is_base64 })
    }

    /// The text with every secret replaced by [`MARK`].
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let ranges = self.secret_ranges(text);
        if ranges.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut position = 0;
        for (start, end) in ranges {
            clean.push_str(&text[position..start]);
            clean.push_str(MARK);
            position = end;
        }
        clean.push_str(&text[position..]);
        Cow::Owned(clean)
    }

    /// Where secrets are, in order and disjoint.
    fn secret_ranges(&self, text: &str) -> Vec<(usize, usize)> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        let mut found: Vec<(usize, usize)> = matcher
            .find_overlapping_iter(text)
            .map(|hit| {
                let range = (hit.start(), hit.end());
                if self.is_base64[hit.pattern().as_usize()] { base64_run_around(text, range) } else { range }
            })
            .collect();
        found.extend(self.torn.ranges(text));
        found.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(found.len());
        for (start, end) in found {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                Some(_) | None => merged.push((start, end)),
            }
        }
        merged
    }
}

/// The secrets are too large to be searched for.
#[derive(Debug, thiserror::Error)]
#[error("the secret values of this run are too large to be kept out of its output")]
pub struct TooManySecrets;

fn add_value(patterns: &mut BTreeMap<String, bool>, value: &str, minimum: usize) {
    if value.len() < minimum {
        return;
    }
    let plain = [value.to_owned()];
    for form in plain.into_iter().chain(escaped_forms(value)).chain(hex_forms(value)).chain(url_forms(value)) {
        patterns.entry(form).or_insert(false);
    }
    for form in base64_forms(value) {
        patterns.entry(form).or_insert(true);
    }
    for line in echoed(value).lines().map(str::trim).filter(|line| line.len() >= SECRET_LINE_BYTES_MINIMUM.max(minimum))
    {
        patterns.entry(line.to_owned()).or_insert(false);
    }
}

/// What tools wrap: the value, and its encodings that have no end in themselves.
fn add_torn(torn: &mut Torn, secret: &str) {
    for line in secret.lines().map(str::trim) {
        torn.add(line);
    }
    let value = secret.trim();
    torn.add(&STANDARD_NO_PAD.encode(value));
    torn.add(&hex(value.as_bytes()));
}

/// What `echo` of Debian's sh makes of a value with backslashes.
fn echoed(value: &str) -> String {
    let mut echoed = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            echoed.push(character);
            continue;
        }
        match characters.next() {
            Some('c') => break,
            Some('n') => echoed.push('\n'),
            Some('t') => echoed.push('\t'),
            Some('r') => echoed.push('\r'),
            Some('a') => echoed.push('\u{7}'),
            Some('b') => echoed.push('\u{8}'),
            Some('f') => echoed.push('\u{c}'),
            Some('v') => echoed.push('\u{b}'),
            Some('\\') | None => echoed.push('\\'),
            Some(other) => echoed.extend(['\\', other]),
        }
    }
    echoed
}

fn escaped_forms(value: &str) -> Vec<String> {
    // JSON in JSON in JSON, by writers that keep letters beyond ASCII and by those that do not.
    let json = json_escaped(value);
    let json_twice = json_escaped(&json);
    let ascii = ascii_json_escaped(value);
    let ascii_twice = json_escaped(&ascii);
    vec![
        json.replace('/', "\\/"),
        ascii_json_escaped(&json),
        ascii_json_escaped(&json_twice),
        json_escaped(&json_twice),
        json_escaped(&ascii_twice),
        json,
        json_twice,
        ascii,
        ascii_twice,
        html_escaped(value, "&quot;", "&#39;"),
        html_escaped(value, "&quot;", "&#x27;"),
        html_escaped(value, "&#34;", "&#39;"),
        // Shells.
        value.replace('\'', "'\\''"),
        value.replace('\'', "'\"'\"'"),
        // Python.
        value.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"),
        // A single-quoted scalar of YAML, a literal of SQL.
        value.replace('\'', "''"),
    ]
}

fn html_escaped(value: &str, double_quote: &str, single_quote: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', double_quote)
        .replace('\'', single_quote)
}

fn json_escaped(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// JSON as Python writes it, with everything that is not ASCII as `\uXXXX`.
fn ascii_json_escaped(value: &str) -> String {
    let mut escaped = String::new();
    for character in json_escaped(value).chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

fn hex_forms(value: &str) -> [String; 2] {
    let lower = hex(value.as_bytes());
    [lower.to_uppercase(), lower]
}

/// Bytes in hexadecimal, lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// Percent-encoding as the common libraries do it; they differ in what they leave alone, in the space and in the case.
fn url_forms(value: &str) -> Vec<String> {
    let encode = |kept: &str, space: &str, upper: bool| -> String {
        value
            .bytes()
            .map(|byte| match byte {
                b' ' => space.to_owned(),
                _ if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) => char::from(byte).to_string(),
                _ if upper => format!("%{byte:02X}"),
                _ => format!("%{byte:02x}"),
            })
            .collect()
    };
    let mut forms = Vec::new();
    for upper in [true, false] {
        for kept in ["-_.~", "-_.~/", "-_.", "-_.!~*'()", "-_.*", ";,/?:@&=+$-_.!~*'()#"] {
            for space in ["%20", "+"] {
                forms.push(encode(kept, space, upper));
            }
        }
    }
    forms
}

/// The characters of base64 that depend on the value alone, for each of the three ways it can lie in the encoded bytes; and the whole
/// encoding as it is wrapped into lines.
fn base64_forms(value: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for offset in 0..3_usize {
        let mut bytes = vec![0; offset];
        bytes.extend_from_slice(value.as_bytes());
        let first = (offset * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            if last - first >= SECRET_BYTES_MINIMUM {
                forms.push(encoded[first..last].to_owned());
            }
            for width in [64, 76] {
                if offset == 0 && encoded.len() > width {
                    forms.extend(
                        encoded
                            .as_bytes()
                            .chunks(width)
                            .filter(|line| line.len() >= 8)
                            .map(|line| String::from_utf8_lossy(line).into_owned()),
                    );
                }
            }
        }
    }
    forms
}

/// The whole base64 text around a match: the characters beside it carry some bits of the secret too.
fn base64_run_around(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let in_run = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    let bytes = text.as_bytes();
    let before = bytes[..start].iter().rev().take_while(|byte| in_run(byte)).count();
    let after = bytes[end..].iter().take_while(|byte| in_run(byte)).count();
    (start - before, end + after)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const SECRET: &str = "s3cr\"et/Pass+wört&'x";

    fn clean(secret: &str, text: &str) -> String {
        Redactor::new([secret]).unwrap().redact(text).into_owned()
    }

    #[test]
    fn finds_a_secret_in_every_form() {
        let json = serde_json::to_string(SECRET).unwrap();
        let forms = [
            SECRET.to_owned(),
            json[1..json.len() - 1].to_owned(),
            serde_json::to_string(&json).unwrap(),
            "s3cr\\\"et/Pass+w\\u00f6rt&'x".to_owned(),
            "s3cr\\\\\\\"et/Pass+w\\\\u00f6rt&'x".to_owned(),
            "s3cr&#34;et/Pass+wört&amp;&#39;x".to_owned(),
            STANDARD.encode(SECRET),
            URL_SAFE.encode(SECRET),
            STANDARD.encode(format!("user:{SECRET}")),
            STANDARD.encode(format!("use:{SECRET}\n")),
            STANDARD.encode(format!("us:{SECRET}/more")),
            "733363722265742f506173732b77c3b672742627".to_owned() + "78",
            "733363722265742F506173732B77C3B672742627".to_owned() + "78",
            "s3cr%22et%2FPass%2Bw%C3%B6rt%26%27x".to_owned(),
            "s3cr%22et/Pass%2bw%c3%b6rt%26%27x".to_owned(),
            "s3cr&quot;et/Pass+wört&amp;&#39;x".to_owned(),
            "s3cr\"et/Pass+wört&'\\''x".to_owned(),
        ];
        for form in forms {
            let text = clean(SECRET, &format!("before {form} after"));
            assert!(text.contains(MARK), "{form} is not found");
            assert!(
                !text.contains("cr") && !text.contains("Pass") && !text.contains("MzY3"),
                "something remains of {form}: {text}"
            );
            assert!(text.starts_with("before ") && text.ends_with(" after"), "more than {form} is gone: {text}");
        }
    }

    #[test]
    fn finds_the_lines_of_a_secret_of_several_lines() {
        let key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2EA\nZm9vYmFyYmF6cXV4\n-----END KEY-----\n";
        assert_eq!(clean(key, "x AAAAB3NzaC1yc2EA y"), format!("x {MARK} y"));
        assert_eq!(clean(key, &format!("key={}", serde_json::to_string(key).unwrap())), format!("key=\"{MARK}\""));
    }

    #[test]
    fn finds_what_base64_wraps_into_lines() {
        let secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-and-some-more-of-it";
        let encoded = STANDARD.encode(secret);
        for line in encoded.as_bytes().chunks(76) {
            let line = std::str::from_utf8(line).unwrap();
            assert_eq!(clean(secret, line), MARK, "{line}");
        }
    }

    #[test]
    fn finds_the_pieces_of_what_was_torn() {
        let secret = "correct-horse-battery-staple-42";
        let redactor = Redactor::new([secret]).unwrap();
        for whole in [secret.to_owned(), STANDARD_NO_PAD.encode(secret), hex(secret.as_bytes())] {
            for width in [9, 10, 16, 20, 25] {
                for piece in whole.as_bytes().chunks(width).filter(|piece| piece.len() >= 8) {
                    let piece = std::str::from_utf8(piece).unwrap();
                    assert_eq!(redactor.redact(piece), MARK, "{piece}");
                }
            }
        }
        assert_eq!(redactor.redact("it is correct-horse-bat"), format!("it is {MARK}"));
        assert_eq!(redactor.redact("it is correct, and a battery"), "it is correct, and a battery");
    }

    #[test]
    fn finds_what_echo_makes_of_backslashes() {
        for secret in ["pass\\word\\\\1", "password\\nsecond", "password\\cgone"] {
            let output = std::process::Command::new("sh").args(["-c", "echo \"$0\"", secret]).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(!clean(secret, &said).contains("word"), "{said}");
        }
    }

    #[test]
    fn overlapping_secrets_leave_nothing() {
        let redactor = Redactor::new(["abcdef", "defghi"]).unwrap();
        assert_eq!(redactor.redact("1 abcdefghi 2"), format!("1 {MARK} 2"));
    }

    #[test]
    fn leaves_the_rest_alone() {
        assert_eq!(clean("abc", "abc abcabc"), "abc abcabc");
        assert_eq!(Redactor::new([]).unwrap().redact("nothing to hide"), "nothing to hide");
        assert_eq!(clean("canary-1", "canary-2 is ünharmed"), "canary-2 is ünharmed");
    }
}
