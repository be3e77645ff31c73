//! The XML declaration, as strict as expat is with it.

use crate::xml_chars::is_blank;

/// Whether the declaration at `at` is one, and at the beginning.
pub(crate) fn is_declaration(text: &str, at: usize) -> bool {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let end = text.find("?>").map(|end| end + "?>".len());
    let begins = text[start..].starts_with("<?xml");
    at <= start && begins && end.is_some_and(|end| check(text, start, end).is_ok())
}

/// Where it goes wrong, if it does, what stands in `<?xml … ?>`: version, encoding, standalone, in this order.
pub(crate) fn check(text: &str, start: usize, end: usize) -> Result<(), usize> {
    let inner = &text[..end - "?>".len()];
    let mut at = start + "<?xml".len();
    let mut next = 0;
    loop {
        let rest = &inner[at..];
        let trimmed = rest.trim_start_matches(is_blank);
        if trimmed.is_empty() {
            return if next == 0 { Err(at) } else { Ok(()) };
        }
        if trimmed.len() == rest.len() {
            return Err(at);
        }
        let name_at = inner.len() - trimmed.len();
        let name_end =
            trimmed.find(|c: char| is_blank(c) || c == '=' || !c.is_ascii()).map_or(inner.len(), |i| name_at + i);
        if name_end == name_at {
            return Err(name_at);
        }
        let after = inner[name_end..].trim_start_matches(is_blank);
        let Some(after) = after.strip_prefix('=') else { return Err(inner.len() - after.len()) };
        let after = after.trim_start_matches(is_blank);
        let quoted_at = inner.len() - after.len();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Err(quoted_at) };
        let value_at = quoted_at + 1;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let length = inner[value_at..].find(|c| !plain(c)).unwrap_or(inner.len() - value_at);
        if !inner[value_at + length..].starts_with(quote) {
            return Err(value_at + length);
        }
        let value = &inner[value_at..value_at + length];
        next = match &inner[name_at..name_end] {
            "version" if next == 0 && is_version(value) => 1,
            "version" if next == 0 => return Err(value_at),
            "encoding" if next == 1 && value.starts_with(|c: char| c.is_ascii_alphabetic()) => 2,
            "encoding" if next == 1 => return Err(value_at),
            "standalone" if matches!(next, 1 | 2) && matches!(value, "yes" | "no") => 3,
            "standalone" if matches!(next, 1 | 2) => return Err(value_at),
            _ => return Err(name_at),
        };
        at = value_at + length + 1;
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
}
