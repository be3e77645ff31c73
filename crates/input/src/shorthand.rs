//! The shorthand language: `Name=a,Values=b,c`, with lists in brackets, maps in braces, quoted texts, and `key@=file://…`
//! for texts that come from files.
//!
//! The parser knows no model: everything it gives is text, lists and maps; what a member should have been is put right by
//! the caller. A comma separates both the items of a list and the keys, so after `a=b,` the parser tries another item, and
//! goes back to the comma when that item turns out to be the next key.

use oxaws_python::is_blank;
use oxaws_value::{MAX_DEPTH, Map, Value};
use std::fmt;

/// Why a text isn't shorthand. `E` is the error of the resolver that reads files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShorthandError<E> {
    /// Something else should have stood at a place. Displays with the AWS CLI's words, the input, and a caret.
    Syntax {
        /// What should have stood there.
        expected: String,
        /// What stood there: a character, `EOF` or `<none>`.
        received: String,
        /// The whole input.
        input: String,
        /// Where, in characters.
        index: usize,
    },
    /// A key was given twice at the top level.
    DuplicateKey {
        /// The key.
        key: String,
        /// The whole input.
        input: String,
        /// Where the second begins, in characters.
        index: usize,
    },
    /// Lists and maps are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The resolver failed.
    File(E),
}

impl<E: fmt::Display> fmt::Display for ShorthandError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShorthandError::Syntax { expected, received, input, index } => {
                write!(f, "Expected: '{expected}', received: '{received}' for input:\n {}", with_caret(input, *index))
            }
            ShorthandError::DuplicateKey { key, input, index } => write!(
                f,
                "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often because there is a preceding \
                 \",\" instead of a space.",
                with_caret(input, *index)
            ),
            ShorthandError::TooDeep => f.write_str("maximum recursion depth exceeded"),
            ShorthandError::File(e) => e.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for ShorthandError<E> {}

/// The input with a caret on a line of its own after the line that holds `index`, under that character.
fn with_caret(input: &str, index: usize) -> String {
    let at = input.char_indices().nth(index).map_or(input.len(), |(at, _)| at);
    let line_start = input[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = input[at..].find('\n').map_or(input.len(), |newline| at + newline);
    let column = input[line_start..at].chars().count();
    format!("{}\n{}^{}", &input[..line_end], " ".repeat(column), &input[line_end..])
}

/// Parses one argument; the value is a [`Value::Map`].
///
/// `resolve` gets every text after `@=` that starts with `file://` or `fileb://`, and gives what stands in its place.
///
/// # Errors
/// When the text isn't shorthand, or `resolve` fails.
pub fn parse<E>(input: &str, resolve: &mut dyn FnMut(&str) -> Result<Value, E>) -> Result<Value, ShorthandError<E>> {
    let mut parser = Parser { input, at: 0, resolving: false, depth: 0, resolve };
    parser.parameter().map_err(|fault| {
        let index = |at: usize| input.get(..at).map_or(0, |before| before.chars().count());
        match fault {
            Fault::Syntax { expected, received, at } => ShorthandError::Syntax {
                expected: expected.to_string(),
                received: received.to_string(),
                input: input.into(),
                index: index(at),
            },
            Fault::DuplicateKey { key, at } => {
                ShorthandError::DuplicateKey { key, input: input.into(), index: index(at) }
            }
            Fault::TooDeep => ShorthandError::TooDeep,
            Fault::File(e) => ShorthandError::File(e),
        }
    })
}

/// What should have stood at a place.
enum Expected {
    Char(char),
    Named(&'static str),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Char(c) => write!(f, "{c}"),
            Expected::Named(name) => write!(f, "<{name}>"),
        }
    }
}

/// What stood there.
enum Received {
    Char(char),
    End,
    Nothing,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Received::Char(c) => write!(f, "{c}"),
            Received::End => f.write_str("EOF"),
            Received::Nothing => f.write_str("<none>"),
        }
    }
}

enum Fault<E> {
    Syntax { expected: Expected, received: Received, at: usize },
    DuplicateKey { key: String, at: usize },
    TooDeep,
    File(E),
}

/// An item of a comma-separated list.
enum Item {
    /// Another one may follow.
    Inner(Value),
    /// The input ends after it.
    Last(Value),
}

/// Which characters go on a bare text: those of a first value, or those of the values after a comma.
#[derive(Clone, Copy)]
enum Bare {
    First,
    Later,
}

impl Bare {
    fn continues_with(self, c: char) -> bool {
        if is_blank(c) {
            return true;
        }
        let closing = match self {
            Bare::First => matches!(c, ']' | '}'),
            Bare::Later => c == '=',
        };
        !closing && c > ' ' && c <= '\u{ffff}' && !matches!(c, '"' | '\'' | ',')
    }
}

/// Whether a bare text may start with `c`. No-break spaces may.
fn starts_bare(c: char) -> bool {
    c > ' ' && c <= '\u{ffff}' && !matches!(c, '"' | '\'' | ',' | '=' | '[' | '{')
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '#' | '/' | ':')
}

struct Parser<'a, E> {
    input: &'a str,
    /// Bytes from the start.
    at: usize,
    /// Whether the key of the last `=` had an `@`.
    resolving: bool,
    depth: usize,
    resolve: &'a mut dyn FnMut(&str) -> Result<Value, E>,
}

impl<'a, E> Parser<'a, E> {
    fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or("")
    }

    fn current(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn at_end(&self) -> bool {
        self.at >= self.input.len()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        let blank = |c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
        self.at += rest.len() - rest.trim_start_matches(blank).len();
    }

    fn expect(&mut self, expected: char) -> Result<(), Fault<E>> {
        if self.current() == Some(expected) {
            self.at += expected.len_utf8();
            return Ok(());
        }
        let received = self.current().map_or(Received::End, Received::Char);
        Err(Fault::Syntax { expected: Expected::Char(expected), received, at: self.at })
    }

    /// The character with blanks on both sides. Those before it are taken even where it isn't there.
    fn expect_spaced(&mut self, expected: char) -> Result<(), Fault<E>> {
        self.blanks();
        self.expect(expected)?;
        self.blanks();
        Ok(())
    }

    fn parameter(&mut self) -> Result<Value, Fault<E>> {
        let mut map = Map::new();
        let mut end = None;
        loop {
            if end.is_some() {
                if self.at_end() {
                    return Ok(Value::Map(map));
                }
                self.expect_spaced(',')?;
            }
            let key = self.key();
            self.assignment()?;
            let value = self.values()?;
            if map.contains_key(&key) {
                return Err(Fault::DuplicateKey { key, at: end.unwrap_or(0) + 1 });
            }
            map.insert(key, value);
            end = Some(self.at);
        }
    }

    fn key(&mut self) -> String {
        let rest = self.rest();
        let key = &rest[..rest.find(|c| !is_key_char(c)).unwrap_or(rest.len())];
        self.at += key.len();
        key.to_owned()
    }

    /// `=` or `@=`.
    fn assignment(&mut self) -> Result<(), Fault<E>> {
        self.resolving = self.expect_spaced('@').is_ok();
        self.expect_spaced('=')
    }

    fn values(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[') => self.list(),
            Some('{') => self.hash(),
            Some(_) => self.comma_separated(),
        }
    }

    fn comma_separated(&mut self) -> Result<Value, Fault<E>> {
        let first = self.first_value()?;
        self.blanks();
        if self.current() != Some(',') {
            return Ok(first);
        }
        self.expect_spaced(',')?;
        let mut items = vec![first];
        loop {
            match self.later_item() {
                Ok(Item::Inner(item)) => items.push(item),
                Ok(Item::Last(item)) => {
                    items.push(item);
                    break;
                }
                Err(Fault::Syntax { .. }) if !self.at_end() => {
                    // That was the next key: it starts after the last comma, be it one inside quotes.
                    if self.current() != Some(',') {
                        self.at = self.input.get(..self.at).and_then(|before| before.rfind(',')).unwrap_or(0);
                    }
                    break;
                }
                Err(fault) => return Err(fault),
            }
        }
        match items.pop() {
            Some(only) if items.is_empty() => Ok(only),
            Some(last) => {
                items.push(last);
                Ok(Value::List(items))
            }
            None => Ok(Value::List(items)),
        }
    }

    fn later_item(&mut self) -> Result<Item, Fault<E>> {
        let value = match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote)?,
            _ => match self.bare(Bare::Later) {
                Some(text) => self.resolved(text)?,
                None => return Err(self.no_match("second")),
            },
        };
        self.blanks();
        if self.at_end() {
            return Ok(Item::Last(value));
        }
        self.expect_spaced(',')?;
        Ok(Item::Inner(value))
    }

    fn no_match(&self, name: &'static str) -> Fault<E> {
        Fault::Syntax { expected: Expected::Named(name), received: Received::Nothing, at: self.at }
    }

    fn first_value(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => match self.bare(Bare::First) {
                Some(text) => self.resolved(text),
                None => Ok(Value::String(String::new())),
            },
        }
    }

    /// A text without quotes; `None` when none starts here.
    fn bare(&mut self, kind: Bare) -> Option<String> {
        let rest = self.rest();
        let mut length = 0;
        while let Some(c) = rest[length..].chars().next() {
            if rest[length..].starts_with("\\,") {
                length += 2;
            } else if if length == 0 { starts_bare(c) } else { kind.continues_with(c) } {
                length += c.len_utf8();
            } else {
                break;
            }
        }
        self.at += length;
        (length > 0).then(|| rest[..length].replace("\\,", ",").trim_end_matches(is_blank).to_owned())
    }

    fn quoted(&mut self, quote: char) -> Result<Value, Fault<E>> {
        let rest = self.rest();
        let inside = rest.get(1..).unwrap_or("");
        // The first quote that no backslash stands before; where there is none, the last one.
        let mut end = None;
        for (at, _) in inside.match_indices(quote) {
            end = Some(at);
            if !inside[..at].ends_with('\\') {
                break;
            }
        }
        let Some(end) = end else {
            return Err(self.no_match(if quote == '\'' { "singled quoted" } else { "double quoted" }));
        };
        self.at += end + 2;
        let text = inside[..end].replace(&format!("\\{quote}"), &quote.to_string()).replace("\\\\", "\\");
        self.resolved(text)
    }

    fn resolved(&mut self, text: String) -> Result<Value, Fault<E>> {
        if self.resolving && (text.starts_with("file://") || text.starts_with("fileb://")) {
            return (self.resolve)(&text).map_err(Fault::File);
        }
        Ok(Value::String(text))
    }

    fn enter(&mut self) -> Result<(), Fault<E>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Fault::TooDeep) } else { Ok(()) }
    }

    fn nested_value(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            Some('[') => self.list(),
            Some('{') => self.hash(),
            _ => self.first_value(),
        }
    }

    /// What follows a value inside brackets or braces.
    fn separator(&mut self, close: char) -> Result<(), Fault<E>> {
        self.blanks();
        if self.current() != Some(close) {
            self.expect(',')?;
            self.blanks();
        }
        Ok(())
    }

    fn list(&mut self) -> Result<Value, Fault<E>> {
        self.enter()?;
        self.expect_spaced('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.nested_value()?);
            self.separator(']')?;
        }
        self.expect(']')?;
        self.depth -= 1;
        Ok(Value::List(items))
    }

    fn hash(&mut self) -> Result<Value, Fault<E>> {
        self.enter()?;
        self.expect_spaced('{')?;
        let mut map = Map::new();
        while self.current() != Some('}') {
            let key = self.key();
            self.assignment()?;
            let value = self.nested_value()?;
            self.separator('}')?;
            map.insert(key, value);
        }
        self.expect('}')?;
        self.depth -= 1;
        Ok(Value::Map(map))
    }
}

/// Shorthand that [`parse`] reads back as the same value. `None` for what shorthand can't say: anything but a map at the
/// top, an empty one, keys with other characters, scalars other than text, and some texts with both quotes and a
/// backslash at their end.
pub fn to_text(value: &Value) -> Option<String> {
    let map = value.as_map().filter(|map| !map.is_empty())?;
    let mut out = String::new();
    write_entries(&mut out, map, 1)?;
    Some(out)
}

fn write_entries(out: &mut String, map: &Map, depth: usize) -> Option<()> {
    for (i, (key, value)) in map.iter().enumerate() {
        if !key.chars().all(is_key_char) {
            return None;
        }
        if i > 0 {
            out.push(',');
        }
        out.push_str(key);
        out.push('=');
        write_value(out, value, depth)?;
    }
    Some(())
}

fn write_value(out: &mut String, value: &Value, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::String(text) => write_text(out, text),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(out, item, depth + 1)?;
            }
            out.push(']');
            Some(())
        }
        Value::Map(map) => {
            out.push('{');
            write_entries(out, map, depth + 1)?;
            out.push('}');
            Some(())
        }
        _ => None,
    }
}

fn write_text(out: &mut String, text: &str) -> Option<()> {
    let plain = |c: char| Bare::First.continues_with(c) && Bare::Later.continues_with(c) && !is_blank(c);
    if !text.is_empty() && text.chars().all(plain) && text.starts_with(starts_bare) {
        out.push_str(text);
        if text.ends_with('\\') {
            // Keeps the backslash off the comma; blanks at the end are dropped.
            out.push(' ');
        }
        return Some(());
    }
    // A quote after a backslash doesn't end a text.
    if text.ends_with('\\') {
        return None;
    }
    out.push('\'');
    out.push_str(&text.replace('\\', "\\\\").replace('\'', "\\'"));
    out.push('\'');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};
    use proptest::prelude::*;

    fn parsed(input: &str) -> Result<Value, ShorthandError<String>> {
        parse(input, &mut |file| match file {
            "file://missing" => Err("no file".to_owned()),
            _ => Ok(Value::String(format!("<{file}>"))),
        })
    }

    fn json(input: &str) -> String {
        match parsed(input) {
            Ok(value) => to_json(&value, JsonStyle::COMPACT),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn values() {
        for (input, want) in [
            ("a=b", r#"{"a":"b"}"#),
            ("a=b=c", r#"{"a":"b=c"}"#),
            ("a=b c=d", r#"{"a":"b c=d"}"#),
            ("a=]x", r#"{"a":"]x"}"#),
            ("a=b,c]", r#"{"a":["b","c]"]}"#),
            ("a=b,,c=d", r#"{"a":"b","c":"d"}"#),
            ("a=,b=c", r#"{"a":"","b":"c"}"#),
            ("a=", r#"{"a":""}"#),
            ("=x", r#"{"":"x"}"#),
            ("a= b c , d", r#"{"a":["b c","d"]}"#),
            ("a=[b,c,]", r#"{"a":["b","c"]}"#),
            ("a=[ ]", r#"{"a":[]}"#),
            ("a={b=1,b=2}", r#"{"a":{"b":"2"}}"#),
            ("a={b=[c,{d=e}],f='g,h'}", r#"{"a":{"b":["c",{"d":"e"}],"f":"g,h"}}"#),
            ("a=b,c,d=e", r#"{"a":["b","c"],"d":"e"}"#),
            ("Name=x,Values=1,2", r#"{"Name":"x","Values":["1","2"]}"#),
            (r"a=b\,c", r#"{"a":"b,c"}"#),
            (r"a=\,", r#"{"a":","}"#),
            (r"Key='it\'s',Value='a\\b'", r#"{"Key":"it's","Value":"a\\b"}"#),
            (r#"Key="a\"b",Value="\\""#, r#"{"Key":"a\"b","Value":"\\"}"#),
            (r"a='b\'", r#"{"a":"b\\"}"#),
            ("a='b',\"c\"", r#"{"a":["b","c"]}"#),
            ("a@=file://x,b=file://x", r#"{"a":"<file://x>","b":"file://x"}"#),
            ("a @= file://x,y", r#"{"a":["<file://x>","y"]}"#),
            (
                "a@=[fileb://x,{b=file://y,c@=file://y},file://z]",
                r#"{"a":["<fileb://x>",{"b":"file://y","c":"<file://y>"},"<file://z>"]}"#,
            ),
            ("a@=file://missing", "no file"),
            ("a=😀", "Expected: ',', received: '😀' for input:\n a=😀\n  ^"),
            ("a='😀'", r#"{"a":"😀"}"#),
        ] {
            assert_eq!(json(input), want, "{input}");
        }
    }

    #[test]
    fn errors_point_at_the_place() {
        for (input, want) in [
            ("Name=a,Value==b", "Expected: ',', received: '=' for input:\n Name=a,Value==b\n             ^"),
            ("Key=a,Value=b[c]", "Expected: ',', received: ']' for input:\n Key=a,Value=b[c]\n               ^"),
            ("a={S=x", "Expected: ',', received: 'EOF' for input:\n a={S=x\n      ^"),
            ("a={S=x}}", "Expected: ',', received: '}' for input:\n a={S=x}}\n       ^"),
            ("a+b=v", "Expected: '=', received: '+' for input:\n a+b=v\n ^"),
            ("", "Expected: '=', received: 'EOF' for input:\n \n^"),
            (" a=b", "Expected: '=', received: 'a' for input:\n  a=b\n ^"),
            ("a=b,", "Expected: '<second>', received: '<none>' for input:\n a=b,\n    ^"),
            ("a='b", "Expected: '<singled quoted>', received: '<none>' for input:\n a='b\n  ^"),
            ("a=\"b", "Expected: '<double quoted>', received: '<none>' for input:\n a=\"b\n  ^"),
            ("a=b,\nc==d\n,e=f", "Expected: ',', received: '=' for input:\n a=b,\nc==d\n  ^\n,e=f"),
            (
                "a=b,a=c",
                "Second instance of key \"a\" encountered for input:\na=b,a=c\n    ^\nThis is often because there is a \
                 preceding \",\" instead of a space.",
            ),
        ] {
            assert_eq!(json(input), want, "{input}");
        }
    }

    #[test]
    fn depth_is_limited() {
        for open in ["[", "{a="] {
            assert_eq!(parsed(&format!("a={}", open.repeat(100_000))), Err(ShorthandError::TooDeep));
        }
        assert!(parsed(&format!("a={}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH))).is_ok());
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[a-z0-9]{0,6}", "[ -~]{0,8}", r#"[,\\'"=\[\]{} a]{0,6}"#, ".{0,4}"];
        let leaf = text.prop_map(Value::String);
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                proptest::collection::vec(("[a-zA-Z0-9_.#/:-]{0,4}", inner), 0..4)
                    .prop_map(|entries| Value::Map(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn printed_and_parsed_again_is_the_same(entries in proptest::collection::vec(("[a-zA-Z0-9_.#/:-]{0,4}", value()), 0..5)) {
            let value = Value::Map(entries.into_iter().collect());
            if let Some(text) = to_text(&value) {
                prop_assert_eq!(parsed(&text), Ok(value), "{}", text);
            }
        }

        #[test]
        fn never_panics(input in r#"[a-c=,@\[\]{}'"\\ \né😀/:]{0,24}|\PC*"#) {
            let _ = json(&input);
        }
    }
}
