//! Trace contexts: which operation of which trace goes on, and what it was asked for by.
//!
//! They are written as W3C says, <https://www.w3.org/TR/trace-context/>, and hold nothing but random numbers.

pub mod export;

use crate::platform::canonical::hex;
use crate::platform::clock::Source;
use std::fmt;

/// The header that carries a context, and by the convention for environments the variable in small letters.
pub const HEADER: &str = "traceparent";
/// The variable that carries a context to a program.
pub const VARIABLE: &str = "TRACEPARENT";

/// What a trace is told by: the lowest bit of the flags.
const SAMPLED: u8 = 1;
/// The flags that are known: sampled, and random.
const KNOWN_FLAGS: u8 = 3;
/// How long a context of version 0 is.
const LENGTH: usize = 55;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace, the same in all systems that take part.
    pub trace_id: [u8; 16],
    /// The operation.
    pub span_id: [u8; 8],
    flags: u8,
}

impl TraceContext {
    /// The first operation of a new trace. It asks those that it calls to record what they do.
    #[must_use]
    pub fn fresh(source: &Source) -> Self {
        Self { trace_id: random(source), span_id: random(source), flags: SAMPLED }
    }

    /// An operation that this one asked for.
    #[must_use]
    pub fn child(&self, source: &Source) -> Self {
        Self { span_id: random(source), ..*self }
    }

    /// Reads a context; none if it is malformed. A later version's is read as far as it is like version 0.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let version = byte(text.get(..2)?)?;
        let is_whole = match version {
            0 => text.len() == LENGTH,
            0xff => false,
            _ => text.len() == LENGTH || text.as_bytes().get(LENGTH) == Some(&b'-'),
        };
        let mut parts = text.get(3..LENGTH)?.split('-');
        let trace_id = bytes(parts.next()?)?;
        let span_id = bytes(parts.next()?)?;
        let flags = byte(parts.next()?)? & KNOWN_FLAGS;
        let is_right = is_whole && text.as_bytes()[2] == b'-' && parts.next().is_none();
        (is_right && trace_id != [0; 16] && span_id != [0; 8]).then_some(Self { trace_id, span_id, flags })
    }

    /// The trace's id, in hexadecimal.
    #[must_use]
    pub fn trace_id(&self) -> String {
        hex(&self.trace_id)
    }

    /// Whether who asked wants it to be recorded.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The flags.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// Lets `work` know that it is done here.
    pub fn around<F: Future>(self, work: F) -> impl Future<Output = F::Output> + use<F> {
        // Not an async function: that would have room for the work twice, and there are thousands of subscriptions.
        CURRENT.scope(self, work)
    }

    /// Lets `work` know that it is done here.
    pub fn during<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Where the calling task is, if it works for an operation.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|current| *current).ok()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", hex(&self.trace_id), hex(&self.span_id), self.flags)
    }
}

/// Random bytes that are not all zero, which would mean none.
fn random<const N: usize>(source: &Source) -> [u8; N] {
    loop {
        let bytes = source.bytes();
        if bytes != [0; N] {
            return bytes;
        }
    }
}

/// Two hexadecimal digits, in small letters as the standard wants them.
fn byte(digits: &str) -> Option<u8> {
    let is_small = digits.len() == 2 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    is_small.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (index, value) in bytes.iter_mut().enumerate() {
        *value = byte(digits.get(2 * index..2 * index + 2)?)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_context_survives_being_written_and_read() {
        let read = TraceContext::parse(RIGHT).unwrap();
        assert_eq!((read.to_string().as_str(), read.is_sampled()), (RIGHT, true));
        let fresh = TraceContext::fresh(&Source::system());
        assert_eq!(TraceContext::parse(&fresh.to_string()), Some(fresh));
        let child = fresh.child(&Source::system());
        assert_eq!((child.trace_id, child.flags), (fresh.trace_id, fresh.flags));
        assert_ne!(child.span_id, fresh.span_id);
    }

    #[test]
    fn later_versions_and_unknown_flags_are_taken_for_what_is_known_of_them() {
        let later = RIGHT.replacen("00", "cc", 1);
        assert_eq!(TraceContext::parse(&later), TraceContext::parse(RIGHT));
        assert_eq!(TraceContext::parse(&format!("{later}-what-the-future-will-be-like")), TraceContext::parse(RIGHT));
        let flags = TraceContext::parse(&RIGHT.replace("-01", "-fe")).unwrap();
        assert!(!flags.is_sampled() && flags.to_string().ends_with("-02"));
    }

    #[test]
    fn what_is_malformed_is_none() {
        for wrong in [
            String::new(),
            "00".to_owned(),
            RIGHT.to_uppercase(),
            RIGHT.replacen("00", "ff", 1),
            RIGHT.replacen("00", "0x", 1),
            RIGHT.replace('-', "_"),
            format!("{RIGHT}-more"),
            format!("{RIGHT}0"),
            RIGHT.replacen("00", "cc", 1) + "more",
            RIGHT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
            RIGHT.replace("00f067aa0ba902b7", "0000000000000000"),
            RIGHT.replace("4bf9", "4bg9"),
            RIGHT.replace("4bf9", "+bf9"),
            RIGHT.replace("4bf9", "4bé"),
            RIGHT.replace("36-00", "360-0"),
            format!(" {RIGHT}"),
        ] {
            assert_eq!(TraceContext::parse(&wrong), None, "{wrong}");
        }
    }
}
