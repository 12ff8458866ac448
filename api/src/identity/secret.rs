//! The secrets of access tokens: `rookery_`, then 34 random digits of base 62 and six that check them.
//!
//! The beginning lets people and scanners recognise one wherever it leaked, and the check tells it from what only looks
//! alike, without asking anybody.

use crate::platform::clock::Source;

/// How every secret begins.
pub const PREFIX: &str = "rookery_";
/// How many digits are random: 202 bits.
const RANDOM: usize = 34;
/// How many check them: 62⁶ is more than there are sums.
const CHECK: usize = 6;
/// How much of a secret is shown, for its owner to know it again.
const SHOWN: usize = PREFIX.len() + 4;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The largest multiple of 62 that a byte can reach: digits of bytes above would come more often than others.
const EVEN: u8 = 248;

/// A new secret.
#[must_use]
pub fn mint(source: &Source) -> String {
    let mut digits = String::with_capacity(RANDOM + CHECK);
    while digits.len() < RANDOM {
        let even = source.bytes::<RANDOM>().into_iter().filter(|byte| *byte < EVEN);
        digits.extend(even.take(RANDOM - digits.len()).map(|byte| digit(byte.into())));
    }
    let check = check(&digits);
    format!("{PREFIX}{digits}{check}")
}

/// Whether `text` could be a secret of ours.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(PREFIX) else { return false };
    digits.len() == RANDOM + CHECK
        && digits.bytes().all(|digit| digit.is_ascii_alphanumeric())
        && digits[RANDOM..] == check(&digits[..RANDOM])
}

/// How it begins.
#[must_use]
pub fn start(secret: &str) -> &str {
    secret.get(..SHOWN).unwrap_or(PREFIX)
}

/// The CRC-32 of these digits, to the base 62.
fn check(digits: &str) -> String {
    let mut sum = crc32fast::hash(digits.as_bytes());
    let mut check = [digit(0); CHECK];
    for place in check.iter_mut().rev() {
        *place = digit(sum % 62);
        sum /= 62;
    }
    check.iter().collect()
}

fn digit(value: u32) -> char {
    DIGITS[value as usize % DIGITS.len()].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_what_only_looks_alike_is_not() {
        let source = Source::system();
        let secret = mint(&source);
        assert_eq!(secret.len(), 48);
        assert!(is_well_formed(&secret) && secret != mint(&source));
        assert_eq!(start(&secret), &secret[..12]);
        let other = if secret.ends_with('0') { '1' } else { '0' };
        let mistyped = format!("{}{other}", &secret[..47]);
        let longer = format!("{secret}0");
        let umlaut = format!("{PREFIX}{}", "ä".repeat(20));
        for wrong in [&mistyped, &longer, &umlaut, &secret[1..], "rookery_", ""] {
            assert!(!is_well_formed(wrong), "{wrong}");
        }
        // As others compute it: by Python's `zlib.crc32`.
        assert!(is_well_formed("rookery_00000000000000000000000000000000000iqUEf"));
    }

    #[test]
    fn every_digit_comes() {
        let source = Source::system();
        let many: String = (0..200).map(|_| mint(&source)[PREFIX.len()..][..RANDOM].to_owned()).collect();
        assert!(DIGITS.iter().all(|digit| many.contains(char::from(*digit))));
    }
}
