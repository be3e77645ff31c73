//! Why a reply can't be read.

use oxaws_python::{repr_bytes, repr_str};
use std::fmt;

/// Why a reply can't be read. Where the AWS CLI has words of its own for it, `Display` gives those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFailure {
    /// The body isn't well-formed XML.
    Xml {
        /// What is wrong, and where.
        fault: XmlFault,
        /// The body, which the message shows.
        body: Vec<u8>,
    },
    /// The body isn't UTF-8.
    NotUtf8 {
        /// The offending bytes.
        bytes: Vec<u8>,
        /// Where they stand.
        position: usize,
        /// Python's reason.
        reason: &'static str,
    },
    /// An answer that isn't of the service's protocol: HTML, cut short, of another type.
    NotOfProtocol {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type` header.
        content_type: Option<String>,
        /// The beginning of the body.
        first_bytes: Vec<u8>,
        /// What is wrong with it.
        mismatch: Mismatch,
    },
    /// Text that is no integer.
    Integer(String),
    /// Text that is no float.
    Float(String),
    /// A timestamp that isn't one, with botocore's words.
    Timestamp(String),
    /// A union without a member, or with several.
    Union {
        /// The shape.
        shape: &'static str,
    },
    /// Something other than key and value in an entry of an XML map.
    UnknownTag(String),
    /// Half a surrogate pair in a JSON text, which no output can hold. (The AWS CLI fails once it prints it.)
    Surrogate {
        /// The half.
        code: u32,
        /// Characters before it in its text.
        position: usize,
    },
    /// Nested deeper than any service answers.
    TooDeep,
}

/// How an answer fails to be of its protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// An HTML page.
    Html,
    /// Not a JSON text.
    Json {
        /// Bytes from the start.
        position: usize,
    },
    /// Not a CBOR item, or cut short.
    Cbor,
    /// Something follows the value.
    ExtraData,
    /// The result element is missing.
    Wrapper(&'static str),
    /// A value of another type than its member.
    Type {
        /// The member, or the shape where it has no name.
        place: String,
        /// The type of its shape.
        wanted: &'static str,
        /// What came.
        found: &'static str,
    },
    /// An empty body where there must be one.
    Empty,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Html => f.write_str("it is an HTML page"),
            Mismatch::Json { position } => write!(f, "it is no valid JSON from byte {position} on"),
            Mismatch::Cbor => f.write_str("it is no valid CBOR"),
            Mismatch::ExtraData => f.write_str("something follows its end"),
            Mismatch::Wrapper(name) => write!(f, "it has no element '{name}'"),
            Mismatch::Type { place, wanted, found } => write!(f, "{place} is a {found} where a {wanted} is expected"),
            Mismatch::Empty => f.write_str("it is empty"),
        }
    }
}

/// A fault of XML, at a line (from 1) and a column (in characters, from 0), as expat counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlFault {
    /// What is wrong.
    pub kind: XmlFaultKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 0.
    pub column: usize,
}

/// The kinds of fault, in expat's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlFaultKind {
    /// The text ends before the root element does, or there is none.
    NoElement,
    /// Not XML at its beginning.
    Syntax,
    /// An end tag that doesn't belong to the open element.
    MismatchedTag,
    /// A tag, comment or section that isn't closed.
    UnclosedToken,
    /// A character that may not stand there.
    InvalidToken,
    /// A reference to an entity that XML doesn't know.
    UndefinedEntity,
    /// Something after the root element.
    Junk,
    /// A `CDATA` section that isn't closed.
    UnclosedCdata,
    /// A reference to a character by a number that none has.
    CharacterNumber,
    /// Two attributes of one name.
    DuplicateAttribute,
    /// `<?xml … ?>` somewhere other than at the very beginning.
    MisplacedDeclaration,
    /// `<?xml … ?>` with something else in it.
    Declaration,
    /// `%name;` outside a document type.
    ParameterEntity,
    /// A character that a document type's public id may not have.
    PublicId,
    /// A prefix that no `xmlns:` makes known.
    UnboundPrefix,
}

impl fmt::Display for XmlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.kind {
            XmlFaultKind::NoElement => "no element found",
            XmlFaultKind::Syntax => "syntax error",
            XmlFaultKind::MismatchedTag => "mismatched tag",
            XmlFaultKind::UnclosedToken => "unclosed token",
            XmlFaultKind::InvalidToken => "not well-formed (invalid token)",
            XmlFaultKind::UndefinedEntity => "undefined entity",
            XmlFaultKind::Junk => "junk after document element",
            XmlFaultKind::UnclosedCdata => "unclosed CDATA section",
            XmlFaultKind::CharacterNumber => "reference to invalid character number",
            XmlFaultKind::DuplicateAttribute => "duplicate attribute",
            XmlFaultKind::MisplacedDeclaration => "XML or text declaration not at start of entity",
            XmlFaultKind::Declaration => "XML declaration not well-formed",
            XmlFaultKind::ParameterEntity => "illegal parameter entity reference",
            XmlFaultKind::PublicId => "illegal character(s) in public id",
            XmlFaultKind::UnboundPrefix => "unbound prefix",
        };
        write!(f, "{words}: line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for ParseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseFailure::Xml { fault, body } => write!(
                f,
                "Unable to parse response ({fault}), invalid XML received. Further retries may succeed:\n{}",
                repr_bytes(body)
            ),
            ParseFailure::NotUtf8 { bytes, position, reason } => match bytes.as_slice() {
                [byte] => write!(f, "'utf-8' codec can't decode byte 0x{byte:02x} in position {position}: {reason}"),
                _ => write!(
                    f,
                    "'utf-8' codec can't decode bytes in position {position}-{}: {reason}",
                    (position + bytes.len()).saturating_sub(1)
                ),
            },
            ParseFailure::NotOfProtocol { status, content_type, first_bytes, mismatch } => write!(
                f,
                "The answer is not what the service's protocol calls for: {mismatch} (status {status}, content type {}, \
                 it begins with {})",
                content_type.as_deref().unwrap_or("none"),
                repr_bytes(first_bytes)
            ),
            ParseFailure::Integer(text) => {
                write!(f, "invalid literal for int() with base 10: {}", repr_str(text))
            }
            ParseFailure::Float(text) => write!(f, "could not convert string to float: {}", repr_str(text)),
            ParseFailure::Timestamp(message) => f.write_str(message),
            ParseFailure::Union { shape } => {
                write!(f, "Invalid service response: {shape} must have one and only one member set.")
            }
            ParseFailure::UnknownTag(tag) => write!(f, "Unknown tag: {tag}"),
            ParseFailure::Surrogate { code, position } => write!(
                f,
                "'utf-8' codec can't encode character '\\u{code:04x}' in position {position}: surrogates not allowed"
            ),
            ParseFailure::TooDeep => f.write_str("The answer is nested too deeply"),
        }
    }
}

impl std::error::Error for ParseFailure {}

impl ParseFailure {
    /// The failure for bytes that aren't UTF-8, in Python's words.
    pub(crate) fn not_utf8(body: &[u8], e: std::str::Utf8Error) -> ParseFailure {
        let position = e.valid_up_to();
        let rest = &body[position.min(body.len())..];
        let (bytes, reason) = match (e.error_len(), rest) {
            (None, _) => (rest.to_vec(), "unexpected end of data"),
            (Some(n), [first, ..]) => {
                let starts_nothing = matches!(first, 0x80..=0xc1 | 0xf5..);
                let reason = if starts_nothing { "invalid start byte" } else { "invalid continuation byte" };
                (rest.get(..n).unwrap_or(rest).to_vec(), reason)
            }
            (Some(_), []) => (Vec::new(), "unexpected end of data"),
        };
        ParseFailure::NotUtf8 { bytes, position, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pythons_words() {
        let fault = XmlFault { kind: XmlFaultKind::NoElement, line: 1, column: 0 };
        assert_eq!(
            ParseFailure::Xml { fault, body: b"\xff'\"\n".to_vec() }.to_string(),
            "Unable to parse response (no element found: line 1, column 0), invalid XML received. Further retries may \
             succeed:\nb'\\xff\\'\"\\n'"
        );
        for (body, message) in [
            (&b"\x1f\x8b"[..], "'utf-8' codec can't decode byte 0x8b in position 1: invalid start byte"),
            (b"\xe2\x82", "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"),
            (b"\xe2\x82x", "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"),
            (b"a\xe2x", "'utf-8' codec can't decode byte 0xe2 in position 1: invalid continuation byte"),
        ] {
            let e = std::str::from_utf8(body).unwrap_err();
            assert_eq!(ParseFailure::not_utf8(body, e).to_string(), message);
        }
    }
}
