//! Which quotes a string needs so that it reads back as that string.

use super::{Emitter, Options};
use crate::implicit::{Kind, kind, old_truth};

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
}

/// The lightest style that keeps `text`, which as a key before its colon has to stay on its line.
pub(super) fn style(text: &str, is_key: bool, options: Options) -> Style {
    let old_truth = options.quote_yes_no && old_truth(text).is_some();
    if !old_truth && is_plain_word(text) {
        return Style::Plain;
    }
    match (analyse(text, options.emitter), options.emitter) {
        (Style::Plain, _) if !old_truth && kind(text) == Kind::Text => Style::Plain,
        (Style::Double, _) => Style::Double,
        (_, Emitter::Python) if text.contains(['\'', '\n']) || is_key && text.contains(is_break) => Style::Double,
        _ => Style::Single,
    }
}

/// The short way for most of what replies hold: names, identifiers, ARNs without a blank.
fn is_plain_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts_plainly = match bytes.first() {
        // What may be `true`, `false` or `null`, or a number, takes the long way.
        Some(b't' | b'T' | b'f' | b'F' | b'n' | b'N') | None => false,
        Some(b) => b.is_ascii_alphabetic() || *b == b'/',
    };
    starts_plainly && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'.'))
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that stand for themselves. Tabs don't; anything beyond U+FFFF and U+0085 only where Python writes.
pub(super) fn is_printable(c: char, emitter: Emitter) -> bool {
    match c {
        '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' => true,
        '\u{85}' | '\u{10000}'.. => emitter == Emitter::Python,
        _ => false,
    }
}

fn ends_word(c: Option<char>) -> bool {
    c.is_none_or(|c| matches!(c, ' ' | '\t' | '\0') || is_break(c))
}

/// The style by the characters alone.
fn analyse(text: &str, emitter: Emitter) -> Style {
    if text.is_empty() {
        return Style::Single;
    }
    let mut plain = !text.starts_with("---") && !text.starts_with("...");
    let mut single = true;
    let mut previous: Option<char> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let edge = previous.is_none() || next.is_none();
        match c {
            ' ' => {
                // A blank at the edge would be trimmed, one after a line break folded away.
                plain &= !edge;
                single &= !previous.is_some_and(is_break);
            }
            _ if is_break(c) => {
                plain = false;
                single &= previous != Some(' ');
            }
            ':' => plain &= !ends_word(next),
            '#' => plain &= !ends_word(previous),
            '?' | '-' if previous.is_none() => plain &= !ends_word(next),
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                plain &= previous.is_some();
            }
            _ => {}
        }
        single &= is_printable(c, emitter);
        previous = Some(c);
    }
    match (plain, single) {
        (_, false) => Style::Double,
        (true, true) => Style::Plain,
        (false, true) => Style::Single,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_look_like_other_types_are_quoted() {
        for text in [
            "1",
            "-1",
            "+1",
            "012",
            "0o17",
            "0x1f",
            "-0b1_0",
            "1_000",
            "-_",
            "1e3",
            "1.",
            ".5",
            "1.5E+3",
            ".inf",
            "-.INF",
            ".NaN",
            "~",
            "null",
            "NULL",
            "true",
            "FALSE",
            "=",
            "<<",
            "2020-01-01",
            "2020-01-02T03:04:05+00:00",
            "2020-1-2 3:04:05",
            "2020-01-02 03:04:05.67 Z",
            "2020-01-02t3:04:05 -5:30",
        ] {
            assert_eq!(style(text, false, Options::default()), Style::Single, "{text}");
        }
        for text in [
            "a",
            "yes",
            "No",
            "on",
            "_1",
            "1a",
            "0b2",
            "0x",
            "0o8",
            "1e",
            "e1",
            "1.5.2",
            ".5e3",
            "nUll",
            "tRUE",
            "2020-1-1",
            "2020-01-01T00:00:00.000+0000",
            "2020-01-02T03:04",
            "+.nan",
            "a#b",
            "a:b",
            "-a",
            "?a",
            "a b",
            "1 2",
            "http://x/y?z=1",
        ] {
            assert_eq!(style(text, false, Options::default()), Style::Plain, "{text}");
        }
    }

    #[test]
    fn strings_with_structure_are_quoted() {
        for text in [
            "", "- a", "-", "a: b", "a:", ":", "#a", "a #b", "'q'", "\"dq\"", " a", "a ", "[x]", "{x}", "&a", "*a",
            "!a", "|", ">", "%a", "@a", "`a", ",", "? x", "---", "...a", "a\nb", "a\n",
        ] {
            assert_eq!(style(text, false, Options::default()), Style::Single, "{text}");
        }
        for text in ["a\tb", "a\n b", "a \nb", "\u{1}", "\u{7f}", "\u{85}", "\u{feff}", "\u{ffff}", "😀"] {
            assert_eq!(style(text, false, Options::default()), Style::Double, "{text}");
        }
    }
}
