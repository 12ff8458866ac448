//! Secrets that were torn over several lines: by `fold`, by a tool that wraps what it prints, or by whoever wants to get
//! one past us. Each line is looked at by itself, so that nothing waits for the next one.

use std::collections::HashSet;

/// A piece at the edge of a line is one from this length.
const EDGE_BYTES_MINIMUM: usize = 4;
/// A line that is altogether a piece of a secret is one from this length.
const LINE_BYTES_MINIMUM: usize = 8;

/// Finds pieces of values at the edges of lines.
#[derive(Default)]
pub(super) struct Torn {
    values: Vec<String>,
    /// The beginnings and the ends of values, by their hashes. Two that hash alike cost a word of output.
    beginnings: HashSet<u64>,
    ends: HashSet<u64>,
    longest: usize,
}

impl Torn {
    /// Looks for pieces of this value too.
    pub(super) fn add(&mut self, value: &str) {
        if value.len() < 2 * EDGE_BYTES_MINIMUM
            || value.contains(['\n', '\r'])
            || self.values.iter().any(|known| known == value)
        {
            return;
        }
        // A third at least, so that an ordinary word does not pass for a piece of a long value.
        let shortest = EDGE_BYTES_MINIMUM.max(value.len().div_ceil(3).min(LINE_BYTES_MINIMUM));
        let bytes = value.as_bytes();
        let mut hash = 0_u64;
        for (index, byte) in bytes.iter().enumerate() {
            hash = appended(hash, *byte);
            if (shortest..bytes.len()).contains(&(index + 1)) {
                self.beginnings.insert(hash);
            }
        }
        let (mut hash, mut weight) = (0, 1);
        for (index, byte) in bytes.iter().rev().enumerate() {
            (hash, weight) = prepended(hash, weight, *byte);
            if (shortest..bytes.len()).contains(&(index + 1)) {
                self.ends.insert(hash);
            }
        }
        self.longest = self.longest.max(bytes.len());
        self.values.push(value.to_owned());
    }

    /// Where pieces of values are in a text of one or more lines.
    pub(super) fn ranges(&self, text: &str) -> Vec<(usize, usize)> {
        let mut ranges = Vec::new();
        if self.values.is_empty() {
            return ranges;
        }
        let mut start = 0;
        for line in text.split_inclusive(['\n', '\r']) {
            let whole = line.trim();
            let begin = start + (line.len() - line.trim_start().len());
            start += line.len();
            self.pieces_of_line(whole, |from, to| ranges.push((begin + from, begin + to)));
        }
        ranges
    }

    fn pieces_of_line(&self, line: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = line.as_bytes();
        if bytes.len() < EDGE_BYTES_MINIMUM {
            return;
        }
        if bytes.len() >= LINE_BYTES_MINIMUM
            && bytes.len() < self.longest
            && self.values.iter().any(|value| value.len() > line.len() && value.contains(line))
        {
            found(0, bytes.len());
            return;
        }
        let (mut hash, mut weight, mut longest) = (0, 1, 0);
        for (index, byte) in bytes.iter().rev().take(self.longest).enumerate() {
            (hash, weight) = prepended(hash, weight, *byte);
            if self.beginnings.contains(&hash) {
                longest = index + 1;
            }
        }
        if longest > 0 {
            found(line.floor_char_boundary(bytes.len() - longest), bytes.len());
        }
        let (mut hash, mut longest) = (0, 0);
        for (index, byte) in bytes.iter().take(self.longest).enumerate() {
            hash = appended(hash, *byte);
            if self.ends.contains(&hash) {
                longest = index + 1;
            }
        }
        if longest > 0 {
            found(0, line.ceil_char_boundary(longest));
        }
    }
}

/// Any odd number will do that mixes the bytes of a hash.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

fn term(byte: u8) -> u64 {
    u64::from(byte) + 1
}

/// The hash of a text with a byte more at its end.
fn appended(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(term(byte))
}

/// The hash of a text with a byte more at its beginning, and the weight of the next.
fn prepended(hash: u64, weight: u64, byte: u8) -> (u64, u64) {
    (hash.wrapping_add(term(byte).wrapping_mul(weight)), weight.wrapping_mul(BASE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(torn: &Torn, text: &str) -> String {
        let mut clean = text.to_owned();
        for (start, end) in torn.ranges(text).into_iter().rev() {
            clean.replace_range(start..end, "#");
        }
        clean
    }

    #[test]
    fn however_it_is_torn_little_remains() {
        let secret = "s3cr\"et/Pass+wört&'x-and-0123456789";
        let mut torn = Torn::default();
        torn.add(secret);
        let letters: Vec<char> = secret.chars().collect();
        for width in 4..letters.len() {
            let pieces: Vec<String> = letters.chunks(width).map(|piece| piece.iter().collect()).collect();
            let told: Vec<String> = pieces.iter().map(|piece| clean(&torn, piece)).collect();
            let left: usize = told.iter().map(|piece| piece.trim_matches('#').len()).sum();
            // Of a piece in the middle that is short, nobody can say where it came from.
            assert!(left <= secret.len() / 2 || width < LINE_BYTES_MINIMUM, "{width}: {told:?}");
            let first_and_last = [told.first(), told.last()].map(|piece| piece.cloned().unwrap_or_default());
            assert!(width < LINE_BYTES_MINIMUM || first_and_last[0] == "#", "{width}: {told:?}");
        }
        assert_eq!(clean(&torn, "the password is s3cr\"et/Pass"), "the password is #");
        assert_eq!(clean(&torn, "&'x-and-0123456789 is its end\nand more"), "# is its end\nand more");
        assert_eq!(clean(&torn, "an ordinary line with x-and and 0123"), "an ordinary line with x-and and 0123");
    }
}
