//! The layout of compiled rule sets and of compiled partitions: `modelpack` writes it, `endpoint` reads it.
//!
//! All numbers are little-endian. Strings are interned: a `u16` names one, [`NONE`] names none. Nothing here is a public
//! contract: both sides are built together, and [`rules::VERSION`] and [`partitions::VERSION`] guard against a mix.

/// No string, no slot, no record.
pub const NONE: u16 = u16::MAX;

/// The string table, the same in both files: `u32` starts (count + 1) relative to the text that follows them.
pub mod strings {
    /// Bytes of one start.
    pub const START: usize = 4;
}

/// Compiled rule sets.
///
/// `header | parameters | slot names | expression index | expressions | endpoint index | endpoints | rules | strings`
///
/// Rules: `kind u8, conditions u8, condition ids u16…`, then for a tree `length u32` and its rules, for an endpoint its
/// id `u16`, for an error the id `u16` of its text. Variables are slots; the first slots are the parameters.
pub mod rules {
    /// The first four bytes.
    pub const MAGIC: u32 = u32::from_le_bytes(*b"OXER");
    /// Raised with every change of layout.
    pub const VERSION: u16 = 1;
    /// Bytes of the header.
    pub const HEADER: usize = 44;
    /// Deepest nesting of rules, and of expressions, that is compiled and followed.
    pub const MAX_DEPTH: u8 = 48;

    /// Places in the header.
    pub mod header {
        /// `u32` magic.
        pub const MAGIC: usize = 0;
        /// `u16` version.
        pub const VERSION: usize = 4;
        /// `u16` number of slots.
        pub const SLOTS: usize = 6;
        /// `u16` number of parameters.
        pub const PARAMS: usize = 8;
        /// `u16` number of strings.
        pub const STRINGS: usize = 10;
        /// `u16` number of expressions.
        pub const EXPRS: usize = 12;
        /// `u16` number of endpoints.
        pub const ENDPOINTS: usize = 14;
        /// `u32` start of the parameters.
        pub const PARAMS_AT: usize = 16;
        /// `u32` start of the slot names (`u16` each).
        pub const SLOTS_AT: usize = 20;
        /// `u32` start of the expression index (`u32` each).
        pub const EXPRS_AT: usize = 24;
        /// `u32` start of the endpoint index (`u32` each).
        pub const ENDPOINTS_AT: usize = 28;
        /// `u32` start of the rules.
        pub const RULES_AT: usize = 32;
        /// `u32` end of the rules.
        pub const RULES_END: usize = 36;
        /// `u32` start of the strings.
        pub const STRINGS_AT: usize = 40;
    }

    /// A parameter: `name u16, kind u8, flags u8, builtin u16`, then its default by kind
    /// (text: `u16`; truth: `u8`; list: `u8` count and `u16` each).
    pub mod param {
        /// A text.
        pub const STRING: u8 = 0;
        /// A truth value.
        pub const BOOL: u8 = 1;
        /// A list of texts.
        pub const LIST: u8 = 2;
        /// Flag: required.
        pub const REQUIRED: u8 = 1;
        /// Flag: has a default.
        pub const DEFAULT: u8 = 2;
    }

    /// Expressions: one tag byte, then what it needs.
    pub mod expr {
        /// `slot u16`: a variable, unset when absent.
        pub const REF: u8 = 1;
        /// `string u16`.
        pub const TEXT: u8 = 2;
        /// Nothing more.
        pub const FALSE: u8 = 3;
        /// Nothing more.
        pub const TRUE: u8 = 4;
        /// `i32`.
        pub const INT: u8 = 5;
        /// `parts u8`; each a `0` and `string u16`, or `1`, `slot u16` and a path.
        pub const TEMPLATE: u8 = 6;
        /// A path, then the expression it is applied to.
        pub const ATTR: u8 = 7;
        /// `slot u16`, then the expression whose value is kept.
        pub const ASSIGN: u8 = 8;
        /// Added to a function's code: its arguments follow.
        pub const CALL: u8 = 16;
        /// Template part: literal.
        pub const PART_TEXT: u8 = 0;
        /// Template part: variable.
        pub const PART_VAR: u8 = 1;
        /// A path is `steps u8`; a step of a name is this and `attribute u8`.
        pub const STEP_NAME: u8 = 0;
        /// A step of an index is this, `attribute u8` ([`NO_ATTR`] for the value itself) and `u16`; it ends the path.
        pub const STEP_INDEX: u8 = 1;
        /// No attribute before the index.
        pub const NO_ATTR: u8 = u8::MAX;
    }

    /// Kinds of rules.
    pub mod kind {
        /// Rules within.
        pub const TREE: u8 = 0;
        /// An endpoint.
        pub const ENDPOINT: u8 = 1;
        /// An error.
        pub const ERROR: u8 = 2;
    }

    /// An endpoint: `url u16, flags u8, headers u8`, headers (`name u16, values u8, u16…`), then, by flag, the backend
    /// `u16`, the metric values (`u8`, `u16…`), and the schemes (`u8`, each `name u16, flags u8` and what the flags say).
    /// All but header names are expression ids.
    pub mod endpoint {
        /// Flag: has `authSchemes`.
        pub const AUTH: u8 = 1;
        /// Flag: has `backend`.
        pub const BACKEND: u8 = 2;
        /// Flag: has `metricValues`.
        pub const METRICS: u8 = 4;
        /// Scheme flag: `signingName` follows.
        pub const SCHEME_NAME: u8 = 1;
        /// Scheme flag: `signingRegion` follows.
        pub const SCHEME_REGION: u8 = 2;
        /// Scheme flag: `signingRegionSet` follows (`u8`, `u16…`).
        pub const SCHEME_REGION_SET: u8 = 4;
        /// Scheme flag: says whether to encode the path twice.
        pub const SCHEME_ENCODING: u8 = 8;
        /// Scheme flag: says not to encode the path twice.
        pub const SCHEME_SINGLE: u8 = 16;
    }

    /// Codes of the functions; `getAttr` is [`expr::ATTR`].
    pub mod function {
        /// Two truth values are the same.
        pub const BOOLEAN_EQUALS: u8 = 0;
        /// There is a value.
        pub const IS_SET: u8 = 1;
        /// Two texts are the same.
        pub const STRING_EQUALS: u8 = 2;
        /// The partition of a region.
        pub const PARTITION: u8 = 3;
        /// The opposite.
        pub const NOT: u8 = 4;
        /// A text can be part of a host name.
        pub const IS_VALID_HOST_LABEL: u8 = 5;
        /// Part of a text.
        pub const SUBSTRING: u8 = 6;
        /// A URL in pieces.
        pub const PARSE_URL: u8 = 7;
        /// An ARN in pieces.
        pub const PARSE_ARN: u8 = 8;
        /// A bucket's name can stand before the host.
        pub const IS_VIRTUAL_HOSTABLE_S3_BUCKET: u8 = 9;
        /// A text, percent-encoded.
        pub const URI_ENCODE: u8 = 10;

        /// Name and number of arguments, by code.
        pub const ALL: [(&str, usize); 11] = [
            ("booleanEquals", 2),
            ("isSet", 1),
            ("stringEquals", 2),
            ("aws.partition", 1),
            ("not", 1),
            ("isValidHostLabel", 2),
            ("substring", 4),
            ("parseURL", 1),
            ("aws.parseArn", 1),
            ("aws.isVirtualHostableS3Bucket", 2),
            ("uriEncode", 1),
        ];
    }

    /// Codes of the attributes of partitions, ARNs and URLs.
    pub mod attribute {
        /// `name`
        pub const NAME: u8 = 0;
        /// `dnsSuffix`
        pub const DNS_SUFFIX: u8 = 1;
        /// `dualStackDnsSuffix`
        pub const DUAL_STACK_DNS_SUFFIX: u8 = 2;
        /// `implicitGlobalRegion`
        pub const IMPLICIT_GLOBAL_REGION: u8 = 3;
        /// `supportsFIPS`
        pub const SUPPORTS_FIPS: u8 = 4;
        /// `supportsDualStack`
        pub const SUPPORTS_DUAL_STACK: u8 = 5;
        /// `partition`
        pub const PARTITION: u8 = 6;
        /// `service`
        pub const SERVICE: u8 = 7;
        /// `region`
        pub const REGION: u8 = 8;
        /// `accountId`
        pub const ACCOUNT_ID: u8 = 9;
        /// `resourceId`
        pub const RESOURCE_ID: u8 = 10;
        /// `scheme`
        pub const SCHEME: u8 = 11;
        /// `authority`
        pub const AUTHORITY: u8 = 12;
        /// `path`
        pub const PATH: u8 = 13;
        /// `normalizedPath`
        pub const NORMALIZED_PATH: u8 = 14;
        /// `isIp`
        pub const IS_IP: u8 = 15;

        /// Names, by code.
        pub const ALL: [&str; 16] = [
            "name",
            "dnsSuffix",
            "dualStackDnsSuffix",
            "implicitGlobalRegion",
            "supportsFIPS",
            "supportsDualStack",
            "partition",
            "service",
            "region",
            "accountId",
            "resourceId",
            "scheme",
            "authority",
            "path",
            "normalizedPath",
            "isIp",
        ];
    }
}

/// Compiled partitions.
///
/// `header | partitions | regions | prefixes | legacy partitions | services | endpoints | records | strings`
pub mod partitions {
    /// The first four bytes.
    pub const MAGIC: u32 = u32::from_le_bytes(*b"OXPA");
    /// Raised with every change of layout.
    pub const VERSION: u16 = 1;
    /// Bytes of the header.
    pub const HEADER: usize = 60;

    /// Places in the header; tables are a `u32` start and a `u32` count.
    pub mod header {
        /// `u32` magic.
        pub const MAGIC: usize = 0;
        /// `u16` version.
        pub const VERSION: usize = 4;
        /// `u16` number of strings.
        pub const STRINGS: usize = 6;
        /// `u32` start of the strings.
        pub const STRINGS_AT: usize = 8;
        /// Table of partitions (`partitions.json`).
        pub const PARTITIONS: usize = 12;
        /// Table of regions.
        pub const REGIONS: usize = 20;
        /// Table of region prefixes (`u16` each).
        pub const PREFIXES: usize = 28;
        /// Table of partitions (`endpoints.json`).
        pub const LEGACY: usize = 36;
        /// Table of services.
        pub const SERVICES: usize = 44;
        /// `u32` start of the endpoint rows.
        pub const ENDPOINTS_AT: usize = 52;
        /// `u32` start of the records; the first says nothing.
        pub const RECORDS_AT: usize = 56;
    }

    /// A partition: `id, name, dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion: u16, flags u16`, regions and
    /// prefixes (`first u16, count u16` each).
    pub mod partition {
        /// Bytes of a record.
        pub const SIZE: usize = 20;
        /// `u16` each from here: id, name, dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion.
        pub const ID: usize = 0;
        /// Output `name`.
        pub const NAME: usize = 2;
        /// Output `dnsSuffix`.
        pub const DNS_SUFFIX: usize = 4;
        /// Output `dualStackDnsSuffix`.
        pub const DUAL_STACK_DNS_SUFFIX: usize = 6;
        /// Output `implicitGlobalRegion`.
        pub const GLOBAL_REGION: usize = 8;
        /// Flags.
        pub const FLAGS: usize = 10;
        /// First region and count.
        pub const REGIONS: usize = 12;
        /// First prefix and count.
        pub const PREFIXES: usize = 16;
        /// Flag: `supportsFIPS`.
        pub const FIPS: u16 = 1;
        /// Flag: `supportsDualStack`.
        pub const DUAL_STACK: u16 = 2;
    }

    /// A region: `name u16, description u16`.
    pub const REGION: usize = 4;

    /// A partition of `endpoints.json`: `id, dnsSuffix, title: u16`, its default record `u16`, regions, prefixes, services
    /// (`first u16, count u16` each).
    pub mod legacy {
        /// Bytes of a record.
        pub const SIZE: usize = 20;
        /// `id`.
        pub const ID: usize = 0;
        /// `dnsSuffix`.
        pub const DNS_SUFFIX: usize = 2;
        /// `partitionName`.
        pub const TITLE: usize = 4;
        /// Default record.
        pub const DEFAULTS: usize = 6;
        /// First region and count.
        pub const REGIONS: usize = 8;
        /// First prefix and count.
        pub const PREFIXES: usize = 12;
        /// First service and count; sorted by name.
        pub const SERVICES: usize = 16;
    }

    /// A service in a partition: `name, partitionEndpoint, defaults, flags: u16`, `first endpoint u32, count u16`.
    pub mod service {
        /// Bytes of a record.
        pub const SIZE: usize = 14;
        /// `name` (an endpoint prefix).
        pub const NAME: usize = 0;
        /// `partitionEndpoint`.
        pub const PARTITION_ENDPOINT: usize = 2;
        /// Default record.
        pub const DEFAULTS: usize = 4;
        /// Flags.
        pub const FLAGS: usize = 6;
        /// First endpoint, `u32`.
        pub const FIRST: usize = 8;
        /// Number of endpoints.
        pub const COUNT: usize = 12;
        /// Flag: regions have endpoints of their own beside the partition's.
        pub const REGIONALIZED: u16 = 1;
    }

    /// An endpoint of a service: `name u16, record u16`.
    pub const ENDPOINT: usize = 4;

    /// What is said of an endpoint, shared by all that say the same:
    /// `hostname, credential region, credential service: u16, flags u8, variants u8`, then for each of the three variants
    /// `hostname u16, dnsSuffix u16`. `{region}` in a host name stands for the endpoint's name.
    pub mod record {
        /// Bytes of a record.
        pub const SIZE: usize = 20;
        /// `hostname`.
        pub const HOSTNAME: usize = 0;
        /// `credentialScope.region`, or [`SAME`] for the endpoint's own name.
        pub const REGION: usize = 2;
        /// `credentialScope.service`.
        pub const SERVICE: usize = 4;
        /// Flags.
        pub const FLAGS: usize = 6;
        /// Which variants there are, by bit.
        pub const VARIANTS: usize = 7;
        /// The variants: FIPS, dual-stack, both.
        pub const VARIANT: usize = 8;
        /// The endpoint's own name.
        pub const SAME: u16 = u16::MAX - 1;
        /// Flag: has `protocols`.
        pub const PROTOCOLS: u8 = 1;
        /// Flag: `https` is among them.
        pub const HTTPS: u8 = 2;
        /// Flag: has `credentialScope`.
        pub const SCOPE: u8 = 4;
        /// Flag: `deprecated`.
        pub const DEPRECATED: u8 = 8;
    }
}
