//! What characters are to expat.

/// What may stand in a public id, and its quotes.
pub(crate) fn is_public(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '\n' | '\r') || "!\"#$%'()*+,-./:;=?@_".contains(c)
}

pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Letters of the first plane, which is all that the first edition of XML knew.
pub(crate) fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c <= '\u{ffff}' && c.is_alphabetic())
}

pub(crate) fn is_name(c: char) -> bool {
    starts_name(c)
        || c.is_ascii_digit()
        || matches!(c, '-' | '.' | '\u{b7}')
        || (!c.is_ascii() && c <= '\u{ffff}' && c.is_numeric())
}

/// Whether a character may stand in a document, itself or as a reference.
pub fn is_legal(c: char) -> bool {
    c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}') || is_blank(c)
}
