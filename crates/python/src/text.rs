//! Texts as Python shows and reads them: `repr`, UTF-8 with its complaints, blanks and lines.

use std::fmt::Write;

/// `repr` of a text.
pub fn repr_str(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_repr_str(&mut out, text);
    out
}

/// `repr` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    write_repr_bytes(&mut out, bytes);
    out
}

/// `repr` of a list of texts.
pub fn repr_list<T: AsRef<str>>(items: &[T]) -> String {
    let mut out = String::from("[");
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        write_repr_str(&mut out, item.as_ref());
    }
    out.push(']');
    out
}

/// Adds `repr` of a text: single quotes unless only double ones spare escapes, and escapes for what isn't printable.
pub fn write_repr_str(out: &mut String, text: &str) {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    for c in text.chars() {
        write_char(out, c, quote);
    }
    out.push(quote);
}

/// Adds `repr` of bytes: `b'…'`.
pub fn write_repr_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for byte in bytes {
        if byte.is_ascii() {
            write_char(out, char::from(*byte), quote);
        } else {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push(quote);
}

fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_char(out: &mut String, c: char, quote: char) {
    // Writing to a string can't fail.
    let _ = match c {
        '\\' => out.write_str("\\\\"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        _ if c == quote => write!(out, "\\{c}"),
        _ if is_printable(c) => out.write_char(c),
        '\0'..='\u{ff}' => write!(out, "\\x{:02x}", u32::from(c)),
        '\u{100}'..='\u{ffff}' => write!(out, "\\u{:04x}", u32::from(c)),
        _ => write!(out, "\\U{:08x}", u32::from(c)),
    };
}

/// Whether Python prints the character as it is. The standard library's `escape_debug` asks the same of Unicode
/// (no controls, formats, unassigned code points, or separators but the blank), except for marks at the start of a text.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut buffer = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
}

/// Bytes as text.
///
/// # Errors
/// What Python says of bytes that aren't UTF-8.
pub fn decode_utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let reason = match error.error_len() {
            None => "unexpected end of data",
            Some(_) if (0xc2..=0xf4).contains(&byte) => "invalid continuation byte",
            Some(_) => "invalid start byte",
        };
        let place = match error.error_len().unwrap_or(bytes.len() - at) {
            1 => format!("byte 0x{byte:02x} in position {at}"),
            length => format!("bytes in position {at}-{}", at + length - 1),
        };
        format!("'utf-8' codec can't decode {place}: {reason}")
    })
}

/// Whether Python's `str.strip` and `\s` count a character as blank.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `text.strip()`.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The pieces of `text.splitlines()`, without their ends.
pub fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = match after.strip_prefix("\r\n") {
            Some(next) => next,
            None => {
                let mut chars = after.chars();
                chars.next();
                chars.as_str()
            }
        };
        Some(line)
    })
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, want) in [
            ("many", "'many'"),
            ("it's", r#""it's""#),
            ("a\"b", r#"'a"b'"#),
            ("'\"", r#"'\'"'"#),
            ("it's \"x\"", r#"'it\'s "x"'"#),
            ("a\n\t\\\u{7f}\u{0}\u{1}", r"'a\n\t\\\x7f\x00\x01'"),
            ("é☃😀", "'é☃😀'"),
            ("\u{a0}\u{ad}\u{200b}\u{feff}\u{e0001}\u{e000}", r"'\xa0\xad\u200b\ufeff\U000e0001\ue000'"),
            ("\u{301}e\u{301}", "'\u{301}e\u{301}'"),
            ("\u{3000}\u{2028}", r"'\u3000\u2028'"),
        ] {
            assert_eq!(repr_str(text), want);
        }
        assert_eq!(repr_bytes(b"A: b\n'\xff"), r#"b"A: b\n'\xff""#);
        assert_eq!(repr_bytes(b"a'\x00\xff\""), "b'a\\'\\x00\\xff\"'");
        assert_eq!(repr_list(&["p", "x"]), "['p', 'x']");
    }

    #[test]
    fn bytes_that_are_no_text() {
        for (bytes, want) in [
            (&b"a\xff"[..], "byte 0xff in position 1: invalid start byte"),
            (b"\xc3(", "byte 0xc3 in position 0: invalid continuation byte"),
            (b"\xe2\x82(", "bytes in position 0-1: invalid continuation byte"),
            (b"\xe2\x82", "bytes in position 0-1: unexpected end of data"),
            (b"ab\xe2", "byte 0xe2 in position 2: unexpected end of data"),
        ] {
            assert_eq!(decode_utf8(bytes), Err(format!("'utf-8' codec can't decode {want}")));
        }
        assert_eq!(decode_utf8("é".as_bytes()), Ok("é"));
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        let lines: Vec<&str> = split_lines("a\r\nb\rc\u{2028}\n\nd\n").collect();
        assert_eq!(lines, ["a", "b", "c", "", "", "d"]);
        assert_eq!(split_lines("").count(), 0);
    }
}
