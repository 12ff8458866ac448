//! Counts a document's tokens and brackets, without understanding any of it.

/// As many as a very large form's mutation has several times over.
const TOKENS_MOST: usize = 4_000;
/// The introspection of GraphiQL has 15.
const NESTING_MOST: usize = 40;

/// Looks at a document's tokens; answers how many there are.
///
/// # Errors
/// The limit that it breaks.
pub(super) fn check(query: &str) -> Result<usize, String> {
    let mut rest = query.as_bytes();
    let (mut tokens, mut nesting) = (0, 0_usize);
    while let [first, tail @ ..] = rest {
        rest = match first {
            b'#' => after_line(tail),
            b'"' => {
                tokens += 1;
                after_string(tail)
            }
            byte if is_word(*byte) => {
                tokens += 1;
                let end = tail.iter().position(|byte| !is_word(*byte)).unwrap_or(tail.len());
                &tail[end..]
            }
            byte if byte.is_ascii_whitespace() || *byte == b',' => tail,
            byte => {
                tokens += 1;
                match byte {
                    b'{' | b'[' | b'(' => nesting += 1,
                    b'}' | b']' | b')' => nesting = nesting.saturating_sub(1),
                    _ => {}
                }
                tail
            }
        };
        if tokens > TOKENS_MOST {
            return Err(format!("A document has at most {TOKENS_MOST} words, values and signs."));
        }
        if nesting > NESTING_MOST {
            return Err(format!("Brackets are nested at most {NESTING_MOST} deep."));
        }
    }
    Ok(tokens)
}

/// Names and numbers, roughly.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+') || !byte.is_ascii()
}

fn after_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len());
    &text[end..]
}

/// What follows a string whose opening quote was read. One that does not end goes on to the end: the parser says so.
fn after_string(text: &[u8]) -> &[u8] {
    let (mut rest, is_block) = match text.strip_prefix(br#""""#) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    loop {
        rest = match rest {
            [] => return rest,
            [b'\\', b'"', b'"', b'"', tail @ ..] if is_block => tail,
            [b'"', b'"', b'"', tail @ ..] if is_block => return tail,
            [b'\\', _, tail @ ..] if !is_block => tail,
            [b'"', tail @ ..] if !is_block => return tail,
            // A string on one line ends with it at the latest.
            [b'\n' | b'\r', ..] if !is_block => return rest,
            [_, tail @ ..] => tail,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_brackets_are_counted_outside_strings_and_comments() {
        let deep = |count: usize| "{a".repeat(count) + &"}".repeat(count);
        assert!(check(&deep(NESTING_MOST)).is_ok());
        assert!(check(&deep(NESTING_MOST + 1)).is_err());
        assert!(check(&"[".repeat(NESTING_MOST + 1)).is_err());
        assert_eq!(check(&"a ".repeat(TOKENS_MOST)), Ok(TOKENS_MOST));
        assert!(check(&"a ".repeat(TOKENS_MOST + 1)).is_err());
        let brackets = "{".repeat(1_000);
        for hidden in [
            format!("# {brackets}\n{{a}}"),
            format!("{{a(b:\"{brackets}\\\"{brackets}\")}}"),
            format!("{{a(b:\"\"\"{brackets}\" \\\"\"\" {brackets}\"\"\")}}"),
            format!("{{a(b:\"\")}} # {brackets}"),
        ] {
            assert!(check(&hidden).is_ok(), "{hidden}");
        }
        // Nothing hides behind a string that has ended, nor behind one that never ends.
        assert!(check(&format!("\"\"{brackets}")).is_err());
        assert!(check(&format!("\"\"\"\"\"\"{brackets}")).is_err());
        assert!(check(&format!("\"a\n{brackets}")).is_err());
    }
}
