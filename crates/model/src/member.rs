//! One member of a structure, or the element of a list, or the key or value of a map.

use crate::format::{member as f, section, tag};
use crate::{Pack, Shape, XmlNamespace};

/// Where a member stands in an HTTP message, when it isn't in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A label of the URI.
    Uri,
    /// The query string.
    QueryString,
    /// One header.
    Header,
    /// All headers with a prefix.
    Headers,
    /// The status code.
    StatusCode,
}

impl Location {
    /// All, in the order of their numbers in a pack less one.
    pub const ALL: [Location; 5] =
        [Location::Uri, Location::QueryString, Location::Header, Location::Headers, Location::StatusCode];

    /// By the models' name.
    pub fn from_name(name: &str) -> Option<Location> {
        Some(match name {
            "uri" => Location::Uri,
            "querystring" => Location::QueryString,
            "header" => Location::Header,
            "headers" => Location::Headers,
            "statusCode" => Location::StatusCode,
            _ => return None,
        })
    }
}

/// One member: a handle into its pack.
#[derive(Clone, Copy)]
pub struct Member {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({}: {})", self.name(), self.shape().name())
    }
}

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self) -> bool {
            self.get(f::FLAGS) & f::$flag != 0
        }
    )*};
}

impl Member {
    fn get(self, field: usize) -> u32 {
        self.pack.field(section::MEMBERS, f::FIELDS, self.index, field)
    }

    /// Its place among the pack's members: its identity.
    pub fn index(self) -> u32 {
        self.index
    }
    /// The model's name; empty for the element of a list and the key and value of a map.
    pub fn name(self) -> &'static str {
        self.pack.str_at(self.get(f::NAME))
    }
    /// Its shape.
    pub fn shape(self) -> Shape {
        Shape { pack: self.pack, index: self.get(f::SHAPE) }
    }
    /// `location`
    pub fn location(self) -> Option<Location> {
        let number = (self.get(f::FLAGS) & 7) as usize;
        number.checked_sub(1).and_then(|n| Location::ALL.get(n)).copied()
    }
    /// `locationName`: the member's own, else that of its shape.
    pub fn location_name(self) -> Option<&'static str> {
        match self.get(f::WIRE_NAME) {
            0 => self.shape().location_name(),
            r => Some(self.pack.str_at(r)),
        }
    }
    /// The name on the wire: `locationName`, else the member's name.
    pub fn wire_name(self) -> &'static str {
        self.location_name().unwrap_or_else(|| self.name())
    }

    flags! {
        /// Named in the structure's `required` list.
        required = REQUIRED;
        /// `idempotencyToken`
        idempotency_token = IDEMPOTENCY_TOKEN;
        /// `hostLabel`
        host_label = HOST_LABEL;
        /// `jsonvalue`
        json_value = JSON_VALUE;
        /// `xmlAttribute`
        xml_attribute = XML_ATTRIBUTE;
        /// `eventpayload`
        event_payload = EVENT_PAYLOAD;
        /// `eventheader`
        event_header = EVENT_HEADER;
        /// `deprecated`
        deprecated = DEPRECATED;
    }

    /// `flattened`, on the member or its shape.
    pub fn flattened(self) -> bool {
        self.get(f::FLAGS) & f::FLATTENED != 0 || self.shape().flattened()
    }
    /// `streaming`, on the member or its shape.
    pub fn streaming(self) -> bool {
        self.get(f::FLAGS) & f::STREAMING != 0 || self.shape().streaming()
    }
    /// `contextParam.name`
    pub fn context_param(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::CONTEXT_PARAM)
    }
    /// `queryName` (ec2)
    pub fn query_name(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::QUERY_NAME)
    }
    /// `xmlNamespace`: the member's own, else that of its shape.
    pub fn xml_namespace(self) -> Option<XmlNamespace> {
        let own = self.pack.aux_pairs(self.get(f::AUX), tag::XML_NAMESPACE).next();
        own.map(|(uri, prefix)| XmlNamespace { uri, prefix }).or_else(|| self.shape().xml_namespace())
    }
    /// `enum` on the member itself.
    pub fn enum_values(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.get(f::AUX), tag::MEMBER_ENUM)
    }
}
