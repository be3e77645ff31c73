//! One shape.

use crate::format::{self, section, shape as f, tag};
use crate::{Member, Pack};

/// The types of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the models' own names")]
pub enum ShapeKind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Blob,
    Timestamp,
}

impl ShapeKind {
    /// All, in the order of their numbers in a pack.
    pub const ALL: [ShapeKind; 11] = [
        ShapeKind::Structure,
        ShapeKind::List,
        ShapeKind::Map,
        ShapeKind::String,
        ShapeKind::Integer,
        ShapeKind::Long,
        ShapeKind::Float,
        ShapeKind::Double,
        ShapeKind::Boolean,
        ShapeKind::Blob,
        ShapeKind::Timestamp,
    ];

    /// The models' name.
    pub fn name(self) -> &'static str {
        match self {
            ShapeKind::Structure => "structure",
            ShapeKind::List => "list",
            ShapeKind::Map => "map",
            ShapeKind::String => "string",
            ShapeKind::Integer => "integer",
            ShapeKind::Long => "long",
            ShapeKind::Float => "float",
            ShapeKind::Double => "double",
            ShapeKind::Boolean => "boolean",
            ShapeKind::Blob => "blob",
            ShapeKind::Timestamp => "timestamp",
        }
    }

    /// Whether it is neither structure, list nor map.
    pub fn is_scalar(self) -> bool {
        !matches!(self, ShapeKind::Structure | ShapeKind::List | ShapeKind::Map)
    }
}

/// A `timestampFormat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `iso8601`
    Iso8601,
    /// `unixTimestamp`
    Unix,
    /// `rfc822`
    Rfc822,
}

impl TimestampFormat {
    /// By the models' name.
    pub fn from_name(name: &str) -> Option<TimestampFormat> {
        Some(match name {
            "iso8601" => TimestampFormat::Iso8601,
            "unixTimestamp" => TimestampFormat::Unix,
            "rfc822" => TimestampFormat::Rfc822,
            _ => return None,
        })
    }

    pub(crate) fn from_number(number: u32) -> Option<TimestampFormat> {
        Some(match number {
            1 => TimestampFormat::Iso8601,
            2 => TimestampFormat::Unix,
            3 => TimestampFormat::Rfc822,
            _ => return None,
        })
    }

    /// Its number in a pack.
    pub fn number(self) -> u32 {
        match self {
            TimestampFormat::Iso8601 => 1,
            TimestampFormat::Unix => 2,
            TimestampFormat::Rfc822 => 3,
        }
    }
}

/// An XML namespace; the prefix is empty for a default namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlNamespace {
    /// Its URI.
    pub uri: &'static str,
    /// Its prefix, or the empty text.
    pub prefix: &'static str,
}

/// One shape: a handle into its pack.
#[derive(Clone, Copy)]
pub struct Shape {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl Eq for Shape {}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shape({} {})", self.kind().name(), self.name())
    }
}

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self) -> bool {
            (self.get(f::KIND_FLAGS) >> 8) & f::$flag != 0
        }
    )*};
}

impl Shape {
    fn get(self, field: usize) -> u32 {
        self.pack.field(section::SHAPES, f::FIELDS, self.index, field)
    }

    /// Its place among the pack's shapes: its identity.
    pub fn index(self) -> u32 {
        self.index
    }
    /// The model's name.
    pub fn name(self) -> &'static str {
        self.pack.str_at(self.get(f::NAME))
    }
    /// Its type.
    pub fn kind(self) -> ShapeKind {
        ShapeKind::ALL.get((self.get(f::KIND_FLAGS) & 0xff) as usize).copied().unwrap_or(ShapeKind::String)
    }

    flags! {
        /// `union`
        union = UNION;
        /// `document`
        document = DOCUMENT;
        /// `sensitive`
        sensitive = SENSITIVE;
        /// `eventstream`
        event_stream = EVENT_STREAM;
        /// `event`
        event = EVENT;
        /// `streaming`
        streaming = STREAMING;
        /// `flattened`
        flattened = FLATTENED;
        /// `exception`
        exception = EXCEPTION;
        /// `fault`
        fault = FAULT;
        /// `wrapper`
        wrapper = WRAPPER;
        /// `sparse`
        sparse = SPARSE;
        /// `requiresLength`
        requires_length = REQUIRES_LENGTH;
        /// `retryable`
        retryable = RETRYABLE;
        /// `retryable.throttling`
        throttling = THROTTLING;
    }

    fn member_count(self) -> u32 {
        let most = self.pack.count(section::MEMBERS, format::member::FIELDS * 4) as u32;
        self.get(f::MEMBER_COUNT).min(most.saturating_sub(self.get(f::FIRST_MEMBER)))
    }

    fn member_at(self, at: u32) -> Member {
        Member { pack: self.pack, index: self.get(f::FIRST_MEMBER).saturating_add(at) }
    }

    /// The members of a structure, in the model's order; empty for other shapes.
    pub fn members(self) -> impl ExactSizeIterator<Item = Member> {
        let count = if self.kind() == ShapeKind::Structure { self.member_count() } else { 0 };
        (0..count).map(move |i| self.member_at(i))
    }
    /// The member `name` of a structure.
    pub fn member(self, name: &str) -> Option<Member> {
        self.members().find(|m| m.name() == name)
    }
    /// The element of a list. For other shapes: some member, or an empty one.
    pub fn element(self) -> Member {
        self.member_at(0)
    }
    /// The key of a map.
    pub fn key(self) -> Member {
        self.member_at(0)
    }
    /// The value of a map.
    pub fn value(self) -> Member {
        self.member_at(1)
    }
    /// The member that is the HTTP payload.
    pub fn payload(self) -> Option<Member> {
        self.pack.aux_str(self.get(f::AUX), tag::PAYLOAD).and_then(|name| self.member(name))
    }
    /// `timestampFormat`
    pub fn timestamp_format(self) -> Option<TimestampFormat> {
        self.pack.aux(self.get(f::AUX), tag::TIMESTAMP_FORMAT)?.next().and_then(TimestampFormat::from_number)
    }
    /// `xmlNamespace` of the shape itself.
    pub fn xml_namespace(self) -> Option<XmlNamespace> {
        let (uri, prefix) = self.pack.aux_pairs(self.get(f::AUX), tag::XML_NAMESPACE).next()?;
        Some(XmlNamespace { uri, prefix })
    }
    /// `locationName` of the shape itself.
    pub fn location_name(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::LOCATION_NAME)
    }
    /// `min`: the number's text (a length for text, blobs, lists and maps; a value for numbers).
    pub fn min(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::MIN)
    }
    /// `max`: the number's text.
    pub fn max(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::MAX)
    }
    /// `pattern`
    pub fn pattern(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::PATTERN)
    }
    /// `enum`
    pub fn enum_values(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.get(f::AUX), tag::ENUM)
    }
    /// `error.code`, or the shape's name.
    pub fn error_code(self) -> &'static str {
        self.pack.aux_str(self.get(f::AUX), tag::ERROR_CODE).unwrap_or_else(|| self.name())
    }
    /// `error.httpStatusCode`
    pub fn error_status(self) -> Option<u32> {
        self.pack.aux(self.get(f::AUX), tag::ERROR_STATUS)?.next()
    }
}
