//! The layout of a facts pack. Everything is little-endian; offsets count from the start of the file.
//!
//! ```text
//! header   magic "AWSP", format version, source text, then one {offset, count} pair per section
//! records  fixed size per section (the SIZE_* constants), fields are u32
//! AUX      tag/length/value lists for traits that few records have; offset 0 means none
//! STRINGS  u32 length + UTF-8; reference 0 is the empty string
//! ```
#![allow(missing_docs, reason = "field numbers; the record comments say what each holds")]

pub const MAGIC: u32 = u32::from_le_bytes(*b"AWSP");
pub const FORMAT: u32 = 1;

/// Where the section table starts: after magic, format, source string reference.
pub const HEADER: usize = 12;

/// Sections, by their place in the table.
pub mod section {
    /// {name, service}: command names, sorted.
    pub const NAMES: usize = 0;
    /// {name, operation}: per service contiguous, sorted.
    pub const OP_NAMES: usize = 1;
    pub const SERVICES: usize = 2;
    pub const OPERATIONS: usize = 3;
    pub const SHAPES: usize = 4;
    pub const MEMBERS: usize = 5;
    /// {shape}: the errors of operations.
    pub const ERRORS: usize = 6;
    pub const PAGINATORS: usize = 7;
    pub const WAITERS: usize = 8;
    pub const ACCEPTORS: usize = 9;
    pub const AUX: usize = 10;
    /// Compiled endpoint rule sets, raw bytes.
    pub const RULES: usize = 11;
    /// Compiled partitions, raw bytes.
    pub const PARTITIONS: usize = 12;
    pub const STRINGS: usize = 13;
    pub const COUNT: usize = 14;
}

pub const SIZE_NAME: usize = 8;
pub const SIZE_ERROR: usize = 4;

/// Service record fields (u32 each).
pub mod service {
    pub const DIRECTORY: usize = 0;
    pub const CLI_NAME: usize = 1;
    pub const SERVICE_ID: usize = 2;
    pub const ENDPOINT_PREFIX: usize = 3;
    pub const SIGNING_NAME: usize = 4;
    pub const TARGET_PREFIX: usize = 5;
    pub const API_VERSION: usize = 6;
    pub const UID: usize = 7;
    pub const FULL_NAME: usize = 8;
    pub const PROTOCOL: usize = 9;
    pub const JSON_VERSION: usize = 10;
    pub const SIGNATURE_VERSION: usize = 11;
    pub const GLOBAL_ENDPOINT: usize = 12;
    pub const XML_NAMESPACE: usize = 13;
    pub const FLAGS: usize = 14;
    pub const FIRST_OP: usize = 15;
    pub const OP_COUNT: usize = 16;
    pub const FIRST_OP_NAME: usize = 17;
    pub const OP_NAME_COUNT: usize = 18;
    pub const FIRST_SHAPE: usize = 19;
    pub const SHAPE_COUNT: usize = 20;
    pub const FIRST_MEMBER: usize = 21;
    pub const MEMBER_COUNT: usize = 22;
    pub const FIRST_WAITER: usize = 23;
    pub const WAITER_COUNT: usize = 24;
    pub const RULES_OFFSET: usize = 25;
    pub const RULES_LEN: usize = 26;
    pub const AUX: usize = 27;
    pub const ABBREVIATION: usize = 28;
    pub const FIELDS: usize = 29;

    pub const QUERY_COMPATIBLE: u32 = 1;
    pub const DEPRECATED: u32 = 2;
}

/// Operation record fields.
pub mod operation {
    pub const NAME: usize = 0;
    pub const CLI_NAME: usize = 1;
    pub const WIRE_NAME: usize = 2;
    pub const METHOD: usize = 3;
    pub const URI: usize = 4;
    pub const CODE: usize = 5;
    pub const FLAGS: usize = 6;
    /// Shape index + 1; 0 = none.
    pub const INPUT: usize = 7;
    pub const OUTPUT: usize = 8;
    pub const FIRST_ERROR: usize = 9;
    pub const ERROR_COUNT: usize = 10;
    /// Paginator index + 1.
    pub const PAGINATOR: usize = 11;
    pub const AUX: usize = 12;
    pub const FIELDS: usize = 13;

    pub const DEPRECATED: u32 = 1;
    pub const UNSIGNED_PAYLOAD: u32 = 2;
    pub const ENDPOINT_OPERATION: u32 = 4;
    pub const CHECKSUM_REQUIRED: u32 = 8;
    pub const IDEMPOTENT: u32 = 16;
    pub const READONLY: u32 = 32;
    pub const ENDPOINT_DISCOVERY: u32 = 64;
    pub const ENDPOINT_DISCOVERY_REQUIRED: u32 = 128;
    pub const HTTP_CHECKSUM: u32 = 256;
    pub const HTTP_CHECKSUM_REQUIRED: u32 = 512;
}

/// Shape record fields.
pub mod shape {
    pub const NAME: usize = 0;
    /// Kind in the low byte, flags above it.
    pub const KIND_FLAGS: usize = 1;
    pub const FIRST_MEMBER: usize = 2;
    /// Members of a structure; 1 for a list (its element), 2 for a map (key, value).
    pub const MEMBER_COUNT: usize = 3;
    pub const AUX: usize = 4;
    pub const FIELDS: usize = 5;

    pub const UNION: u32 = 1;
    pub const DOCUMENT: u32 = 2;
    pub const SENSITIVE: u32 = 4;
    pub const EVENT_STREAM: u32 = 8;
    pub const EVENT: u32 = 16;
    pub const STREAMING: u32 = 32;
    pub const FLATTENED: u32 = 64;
    pub const EXCEPTION: u32 = 128;
    pub const FAULT: u32 = 256;
    pub const WRAPPER: u32 = 512;
    pub const SPARSE: u32 = 1024;
    pub const BOX: u32 = 2048;
    pub const REQUIRES_LENGTH: u32 = 4096;
    pub const SYNTHETIC: u32 = 8192;
    pub const RETRYABLE: u32 = 1 << 14;
    pub const THROTTLING: u32 = 1 << 15;
    pub const SENDER_FAULT: u32 = 1 << 16;
    pub const DEPRECATED: u32 = 1 << 17;
}

/// Member record fields.
pub mod member {
    pub const NAME: usize = 0;
    pub const SHAPE: usize = 1;
    /// Location in the low three bits, flags above.
    pub const FLAGS: usize = 2;
    /// `locationName`, or 0.
    pub const WIRE_NAME: usize = 3;
    pub const AUX: usize = 4;
    pub const FIELDS: usize = 5;

    pub const REQUIRED: u32 = 8;
    pub const IDEMPOTENCY_TOKEN: u32 = 16;
    pub const HOST_LABEL: u32 = 32;
    pub const JSON_VALUE: u32 = 64;
    pub const FLATTENED: u32 = 128;
    pub const XML_ATTRIBUTE: u32 = 256;
    pub const STREAMING: u32 = 512;
    pub const EVENT_PAYLOAD: u32 = 1024;
    pub const EVENT_HEADER: u32 = 2048;
    pub const DEPRECATED: u32 = 4096;
    pub const BOX: u32 = 8192;
}

/// Paginator record: aux list of strings.
pub const PAGINATOR_FIELDS: usize = 1;

/// Waiter record fields.
pub mod waiter {
    pub const NAME: usize = 0;
    pub const CLI_NAME: usize = 1;
    pub const OPERATION: usize = 2;
    pub const DELAY: usize = 3;
    pub const MAX_ATTEMPTS: usize = 4;
    pub const FIRST_ACCEPTOR: usize = 5;
    pub const ACCEPTOR_COUNT: usize = 6;
    pub const AUX: usize = 7;
    pub const FIELDS: usize = 8;
}

/// Acceptor record fields.
pub mod acceptor {
    pub const STATE: usize = 0;
    pub const MATCHER: usize = 1;
    pub const ARGUMENT: usize = 2;
    /// The expected value as JSON text.
    pub const EXPECTED: usize = 3;
    pub const FIELDS: usize = 4;
}

/// Tags of aux entries. A payload is a list of u32: string references unless said otherwise.
pub mod tag {
    pub const END: u8 = 0;
    pub const AUTH: u8 = 1;
    pub const AUTH_TYPE: u8 = 2;
    pub const HOST_PREFIX: u8 = 3;
    /// name, JSON value.
    pub const STATIC_CONTEXT: u8 = 4;
    /// name, JMESPath.
    pub const OPERATION_CONTEXT: u8 = 5;
    pub const CHECKSUM_REQUEST_MEMBER: u8 = 6;
    pub const CHECKSUM_VALIDATION_MEMBER: u8 = 7;
    pub const CHECKSUM_RESPONSE_ALGORITHMS: u8 = 8;
    pub const COMPRESSION: u8 = 9;
    pub const RESULT_WRAPPER: u8 = 10;
    pub const INPUT_LOCATION_NAME: u8 = 11;
    /// uri, prefix.
    pub const XML_NAMESPACE: u8 = 12;
    pub const PAYLOAD: u8 = 13;
    /// 1 iso8601, 2 unixTimestamp, 3 rfc822 (a number).
    pub const TIMESTAMP_FORMAT: u8 = 14;
    pub const LOCATION_NAME: u8 = 15;
    /// The number's JSON text.
    pub const MIN: u8 = 16;
    pub const MAX: u8 = 17;
    pub const PATTERN: u8 = 18;
    pub const ENUM: u8 = 19;
    pub const ERROR_CODE: u8 = 20;
    /// A number.
    pub const ERROR_STATUS: u8 = 21;
    pub const CONTEXT_PARAM: u8 = 22;
    pub const QUERY_NAME: u8 = 23;
    pub const INPUT_TOKEN: u8 = 24;
    pub const OUTPUT_TOKEN: u8 = 25;
    pub const RESULT_KEY: u8 = 26;
    pub const LIMIT_KEY: u8 = 27;
    pub const MORE_RESULTS: u8 = 28;
    pub const NON_AGGREGATE_KEYS: u8 = 29;
    pub const H2: u8 = 30;
    /// name, type.
    pub const CLIENT_CONTEXT: u8 = 31;
    pub const CHECKSUM_FORMAT: u8 = 32;
    /// On a paginator: result_key was a list in the model (a number, 1).
    pub const MEMBER_ENUM: u8 = 33;
}
