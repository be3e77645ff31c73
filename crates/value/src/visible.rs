//! Text for a terminal: characters that would drive it are shown instead of obeyed.
//!
//! A key, a tag or an error message comes from whoever could write it. An escape sequence in it can rewrite the screen,
//! set the window's title or the clipboard; a bidirectional override makes `gpj.exe` look like `exe.jpg`.

use crate::{Map, Value};
use std::borrow::Cow;

/// Whether a terminal would obey the character instead of showing it: C0 but for the line end and the tab, DEL, C1,
/// bidirectional marks, embeddings, overrides and isolates, and the separators and annotations that some terminals act
/// upon.
pub fn is_controlling(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => true,
        c if c < '\u{61c}' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fff9}'..='\u{fffb}' => true,
        _ => false,
    }
}

/// Appends the character as Python's `repr` spells it: `\r`, `\x1b`, `\u202e`.
pub fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if u32::from(c) <= 0xff => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
    }
}

/// The text with the controlling characters spelled out. Line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    spelled(text, is_controlling)
}

/// The same for a name inside a line, where a line end or a tab would begin a line or a column that isn't one.
pub fn visible_name(text: &str) -> Cow<'_, str> {
    spelled(text, |c| is_controlling(c) || matches!(c, '\n' | '\t'))
}

fn spelled(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&is_bad) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        if is_bad(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// A value whose keys and texts are [`visible`].
pub fn visible_value(value: &Value) -> Cow<'_, Value> {
    if is_visible(value) { Cow::Borrowed(value) } else { Cow::Owned(spelled_value(value)) }
}

fn is_visible(value: &Value) -> bool {
    let plain = |text: &str| !text.contains(is_controlling);
    match value {
        Value::String(text) => plain(text),
        Value::List(items) => items.iter().all(is_visible),
        Value::Map(map) => map.iter().all(|(key, value)| plain(key) && is_visible(value)),
        _ => true,
    }
}

fn spelled_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(visible(text).into_owned()),
        Value::List(items) => Value::List(items.iter().map(spelled_value).collect()),
        Value::Map(map) => {
            let mut out = Map::new();
            for (key, value) in map.iter() {
                out.insert(visible(key).into_owned(), spelled_value(value));
            }
            Value::Map(out)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("a\x1b]0;x\x07\u{9b}31m\u{202e}b\r\x7f\0"), "a\\x1b]0;x\\x07\\x9b31m\\u202eb\\r\\x7f\\x00");
        for plain in ["", "caf\u{e9} \u{5e9}\u{5dc} \u{1f600}\u{200d}\u{1f525}", "a\tb\nc", "\u{a0}\u{ad}"] {
            assert!(matches!(visible(plain), Cow::Borrowed(_)), "{plain}");
        }
        assert_eq!(visible_name("a\tb\nc\x1b"), "a\\tb\\nc\\x1b");
    }

    #[test]
    fn values() {
        let value = |key: &'static str, text: &str| {
            let list = Value::List(vec![Value::from(text), Value::Int(1)]);
            Value::Map([(key, list)].into_iter().collect())
        };
        assert_eq!(*visible_value(&value("k\x1b", "t\x07")), value("k\\x1b", "t\\x07"));
        assert!(matches!(visible_value(&value("k", "t\n")), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_controlling_is_left(text: String) {
            prop_assert!(!visible(&text).contains(is_controlling));
            prop_assert!(!visible_name(&text).contains(char::is_control));
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}
