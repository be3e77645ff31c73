//! Python's ideas of blanks, lines and quoted text, where the file grammar or a message depends on them.

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

/// `repr(text)`: quoted as Python quotes it, for messages that show a value that way.
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if c.is_control() || (c != ' ' && is_blank(c) && (c as u32) < 0x100) => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            c if c != ' ' && is_blank(c) => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `repr` of a list of texts.
pub fn repr_list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|i| repr(i.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        assert_eq!(repr("many"), "'many'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("it's \"x\""), "'it\\'s \"x\"'");
        assert_eq!(repr("a\nb\u{1}\u{a0}é"), "'a\\nb\\x01\\xa0é'");
        assert_eq!(repr_list(&["p", "x"]), "['p', 'x']");
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        let lines: Vec<&str> = split_lines("a\r\nb\rc\u{2028}\n\nd\n").collect();
        assert_eq!(lines, ["a", "b", "c", "", "", "d"]);
        assert_eq!(split_lines("").count(), 0);
    }
}
