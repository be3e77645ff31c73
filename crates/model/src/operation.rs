//! One operation.

use crate::format::{self, operation as f, section, tag};
use crate::{AuthScheme, Pack, Paginator, Service, Shape, XmlNamespace};

/// A parameter that the endpoint rules take from an operation: its name, and the JSON value or the JMESPath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextParam {
    /// The rule set's parameter.
    pub name: &'static str,
    /// JSON text (static) or a JMESPath expression over the input (operation).
    pub value: &'static str,
}

/// The `httpChecksum` trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChecksumTrait {
    /// The request must carry a checksum.
    pub required: bool,
    /// The member that names the algorithm.
    pub request_algorithm_member: Option<&'static str>,
    /// The member that asks for response validation.
    pub validation_mode_member: Option<&'static str>,
}

/// One operation: a handle into its pack.
#[derive(Clone, Copy)]
pub struct Operation {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
    pub(crate) service: Service,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Operation({} {})", self.service.cli_name(), self.cli_name())
    }
}

impl Operation {
    fn get(self, field: usize) -> u32 {
        self.pack.field(section::OPERATIONS, f::FIELDS, self.index, field)
    }
    fn flag(self, flag: u32) -> bool {
        self.get(f::FLAGS) & flag != 0
    }
    fn text(self, field: usize) -> &'static str {
        self.pack.str_at(self.get(field))
    }
    fn shape(self, field: usize) -> Option<Shape> {
        self.get(field).checked_sub(1).map(|index| Shape { pack: self.pack, index })
    }

    /// Its service.
    pub fn service(self) -> Service {
        self.service
    }
    /// Its place among the pack's operations.
    pub fn index(self) -> u32 {
        self.index
    }
    /// The model's key (`DescribeInstances`; for CloudFront without the version suffix of the wire name).
    pub fn name(self) -> &'static str {
        self.text(f::NAME)
    }
    /// The command's name (`describe-instances`).
    pub fn cli_name(self) -> &'static str {
        self.text(f::CLI_NAME)
    }
    /// The `name` that goes on the wire (`Action=`, `X-Amz-Target`).
    pub fn wire_name(self) -> &'static str {
        self.text(f::WIRE_NAME)
    }
    /// `http.method`.
    pub fn method(self) -> &'static str {
        self.text(f::METHOD)
    }
    /// `http.requestUri`, with `{Label}` and `{Label+}`.
    pub fn uri(self) -> &'static str {
        self.text(f::URI)
    }
    /// The input structure.
    pub fn input(self) -> Option<Shape> {
        self.shape(f::INPUT)
    }
    /// The output structure.
    pub fn output(self) -> Option<Shape> {
        self.shape(f::OUTPUT)
    }
    /// The modelled errors.
    pub fn errors(self) -> impl ExactSizeIterator<Item = Shape> {
        let most = self.pack.count(section::ERRORS, format::SIZE_ERROR) as u32;
        let (first, count) = (self.get(f::FIRST_ERROR), self.get(f::ERROR_COUNT));
        let pack = self.pack;
        (first..first.saturating_add(count).min(most).max(first))
            .map(move |i| Shape { pack, index: pack.field(section::ERRORS, 1, i, 0) })
    }
    /// How it is paged, where it is.
    pub fn paginator(self) -> Option<Paginator> {
        self.get(f::PAGINATOR).checked_sub(1).map(|index| Paginator { pack: self.pack, index })
    }

    /// `deprecated`.
    pub fn deprecated(self) -> bool {
        self.flag(f::DEPRECATED)
    }
    /// `unsignedPayload`.
    pub fn unsigned_payload(self) -> bool {
        self.flag(f::UNSIGNED_PAYLOAD)
    }
    /// `endpointoperation`: the call that discovers endpoints.
    pub fn endpoint_operation(self) -> bool {
        self.flag(f::ENDPOINT_OPERATION)
    }
    /// `endpointdiscovery`: `Some(required)`.
    pub fn endpoint_discovery(self) -> Option<bool> {
        self.flag(f::ENDPOINT_DISCOVERY).then(|| self.flag(f::ENDPOINT_DISCOVERY_REQUIRED))
    }
    /// `httpChecksumRequired` (the older trait).
    pub fn checksum_required(self) -> bool {
        self.flag(f::CHECKSUM_REQUIRED)
    }
    /// The `httpChecksum` trait.
    pub fn http_checksum(self) -> Option<ChecksumTrait> {
        self.flag(f::HTTP_CHECKSUM).then(|| ChecksumTrait {
            required: self.flag(f::HTTP_CHECKSUM_REQUIRED),
            request_algorithm_member: self.pack.aux_str(self.get(f::AUX), tag::CHECKSUM_REQUEST_MEMBER),
            validation_mode_member: self.pack.aux_str(self.get(f::AUX), tag::CHECKSUM_VALIDATION_MEMBER),
        })
    }
    /// `httpChecksum.responseAlgorithms`.
    pub fn response_algorithms(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.get(f::AUX), tag::CHECKSUM_RESPONSE_ALGORITHMS)
    }
    /// `requestcompression.encodings`.
    pub fn compression_encodings(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.get(f::AUX), tag::COMPRESSION)
    }
    /// The operation's own `auth` list; empty where it has none.
    pub fn auth(self) -> impl Iterator<Item = AuthScheme> {
        self.pack.aux_strs(self.get(f::AUX), tag::AUTH).filter_map(AuthScheme::from_name)
    }
    /// `authtype` (`none`, `v4-unsigned-body`).
    pub fn auth_type(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::AUTH_TYPE)
    }
    /// `endpoint.hostPrefix`, with `{Label}`.
    pub fn host_prefix(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::HOST_PREFIX)
    }
    /// `staticContextParams`: values are JSON text.
    pub fn static_context_params(self) -> impl Iterator<Item = ContextParam> {
        self.pack.aux_pairs(self.get(f::AUX), tag::STATIC_CONTEXT).map(|(name, value)| ContextParam { name, value })
    }
    /// `operationContextParams`: values are JMESPath expressions.
    pub fn operation_context_params(self) -> impl Iterator<Item = ContextParam> {
        self.pack.aux_pairs(self.get(f::AUX), tag::OPERATION_CONTEXT).map(|(name, value)| ContextParam { name, value })
    }
    /// The `resultWrapper` of the output (query).
    pub fn result_wrapper(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::RESULT_WRAPPER)
    }
    /// The `locationName` of the input (rest-xml: the root element).
    pub fn input_location_name(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::INPUT_LOCATION_NAME)
    }
    /// The `xmlNamespace` of the input.
    pub fn input_xml_namespace(self) -> Option<XmlNamespace> {
        let (uri, prefix) = self.pack.aux_pairs(self.get(f::AUX), tag::XML_NAMESPACE).next()?;
        Some(XmlNamespace { uri, prefix })
    }
    /// Whether the output's payload is a blob, which botocore streams whether or not the model calls it `streaming`: the
    /// command then takes an `outfile`.
    pub fn has_streaming_output(self) -> bool {
        self.output().is_some_and(has_blob_payload)
    }
    /// Whether the input's payload is a blob.
    pub fn has_streaming_input(self) -> bool {
        self.input().is_some_and(has_blob_payload)
    }
    /// Whether the output holds an event stream.
    pub fn has_event_stream_output(self) -> bool {
        self.output().is_some_and(|o| o.members().any(|m| m.shape().event_stream()))
    }
    /// Whether the input holds an event stream.
    pub fn has_event_stream_input(self) -> bool {
        self.input().is_some_and(|o| o.members().any(|m| m.shape().event_stream()))
    }
}

fn has_blob_payload(shape: Shape) -> bool {
    shape.payload().is_some_and(|m| m.shape().kind() == crate::ShapeKind::Blob)
}
