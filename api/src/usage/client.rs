//! How clients call themselves.

/// The longest name and the longest version, in characters.
const LONGEST: usize = 100;

/// A version of a client, by its own word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Client {
    /// Its name; empty for one that gives none.
    pub name: String,
    /// Its version; empty for one that gives none.
    pub version: String,
}

impl Client {
    /// A client that calls itself so. What is no printable text of at most 100 characters is not taken for a name, and a
    /// version says nothing without a name.
    #[must_use]
    pub fn named(name: Option<&str>, version: Option<&str>) -> Self {
        let Some(name) = name.and_then(readable) else { return Self::default() };
        Self { name: name.to_owned(), version: version.and_then(readable).unwrap_or_default().to_owned() }
    }
}

fn readable(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_readable = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_readable.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn a_name_is_short_and_printable() {
        let named = |name: &str, version: &str| {
            let client = Client::named(Some(name), Some(version));
            (client.name, client.version)
        };
        let of = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(named(" acme-sync ", "2.1 (build 7)"), of("acme-sync", "2.1 (build 7)"));
        assert_eq!(named(&"a".repeat(100), &"1".repeat(101)), of(&"a".repeat(100), ""));
        for bad in ["", " ", "a\nb", "a\u{1b}[31m", "Zoë", &"a".repeat(101)] {
            assert_eq!(named(bad, "2.1"), of("", ""), "{bad:?}");
        }
        assert_eq!(Client::named(None, Some("2.1")), Client::default());
        assert_eq!(Client::named(Some("a"), None).version, "");
    }
}
