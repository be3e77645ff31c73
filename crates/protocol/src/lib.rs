//! The AWS protocols: an input value becomes an HTTP request by its shape, a reply becomes a value by its shape.
//!
//! [`serialize`] and [`parse`] dispatch on the protocol of the operation's service (`query`, `ec2`, `json`,
//! `rest-json`, `rest-xml`, `smithy-rpc-v2-cbor`). Nothing here opens a socket, reads a clock or knows a host: what
//! varies from call to call comes in through [`SerializeOptions`] and [`ParseOptions`]. The rules are those of
//! botocore 1.43.114 as the AWS CLI 2.38.1 uses it.

mod cbor;
mod cbor_read;
mod cbor_write;
mod errors;
mod event_stream;
mod failure;
mod headers;
mod json;
mod json_read;
mod json_reader;
mod json_write;
mod keys;
mod nodes;
mod query;
mod reply;
mod request;
mod rest;
mod rest_reply;
mod scalar;
mod status;
mod timestamp;
mod uri;
mod xml_chars;
mod xml_declaration;
mod xml_fault;
mod xml_read;
mod xml_reader;
mod xml_tree;
mod xml_write;

pub use errors::{ServiceError, parse_error};
pub use event_stream::{
    Event, EventStreamError, HeaderValue, Message, MessageDecoder, parse_event, parse_initial_response,
};
pub use failure::{Mismatch, ParseFailure, XmlFault, XmlFaultKind};
pub use reply::{ListTaker, Lists, ParseOptions, Parsed, Reply, Timestamps, parse, parse_without_lists};
pub use request::{Body, Request, SerializeError, SerializeOptions, serialize};
pub use status::reason_phrase;
pub use xml_chars::is_legal as is_xml_char;
pub use xml_fault::is_well_formed as is_well_formed_xml;

/// How deep structures, lists and maps may nest on either side. DynamoDB, the deepest, allows 32 levels of attributes,
/// which are 64 of shapes.
pub(crate) const MAX_DEPTH: usize = 128;
