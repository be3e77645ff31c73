//! One service.

use crate::format::{self, section, service as f, tag};
use crate::pack::binary_search;
use crate::{Operation, Pack, Shape, Waiter};

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `json`: POST with `x-amz-target`.
    Json,
    /// `rest-json`
    RestJson,
    /// `rest-xml`
    RestXml,
    /// `smithy-rpc-v2-cbor`
    Cbor,
    /// `query`
    Query,
    /// `ec2`
    Ec2,
}

impl Protocol {
    /// All, in the order in which one is chosen when a model lists several.
    pub const ORDER: [Protocol; 6] =
        [Protocol::Json, Protocol::RestJson, Protocol::RestXml, Protocol::Cbor, Protocol::Query, Protocol::Ec2];

    /// The models' name.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Json => "json",
            Protocol::RestJson => "rest-json",
            Protocol::RestXml => "rest-xml",
            Protocol::Cbor => "smithy-rpc-v2-cbor",
            Protocol::Query => "query",
            Protocol::Ec2 => "ec2",
        }
    }

    /// By the models' name.
    pub fn from_name(name: &str) -> Option<Protocol> {
        Protocol::ORDER.into_iter().find(|p| p.name() == name)
    }
}

/// The `signatureVersion` of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVersion {
    /// `v4`
    V4,
    /// `s3`
    S3,
    /// `s3v4`
    S3V4,
    /// `v2`
    V2,
    /// `bearer`
    Bearer,
}

impl SignatureVersion {
    /// All.
    pub const ALL: [SignatureVersion; 5] = [
        SignatureVersion::V4,
        SignatureVersion::S3,
        SignatureVersion::S3V4,
        SignatureVersion::V2,
        SignatureVersion::Bearer,
    ];

    /// The models' name.
    pub fn name(self) -> &'static str {
        match self {
            SignatureVersion::V4 => "v4",
            SignatureVersion::S3 => "s3",
            SignatureVersion::S3V4 => "s3v4",
            SignatureVersion::V2 => "v2",
            SignatureVersion::Bearer => "bearer",
        }
    }
}

/// An entry of an `auth` list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// `aws.auth#sigv4`
    SigV4,
    /// `aws.auth#sigv4a`
    SigV4a,
    /// `smithy.api#httpBearerAuth`
    Bearer,
    /// `smithy.api#noAuth`
    None,
}

impl AuthScheme {
    /// By the models' name.
    pub fn from_name(name: &str) -> Option<AuthScheme> {
        Some(match name {
            "aws.auth#sigv4" => AuthScheme::SigV4,
            "aws.auth#sigv4a" => AuthScheme::SigV4a,
            "smithy.api#httpBearerAuth" => AuthScheme::Bearer,
            "smithy.api#noAuth" => AuthScheme::None,
            _ => return None,
        })
    }
}

/// One service: a handle into its pack.
#[derive(Clone, Copy)]
pub struct Service {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.cli_name())
    }
}

impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.directory() == other.directory()
    }
}

impl Service {
    fn get(self, field: usize) -> u32 {
        self.pack.field(section::SERVICES, f::FIELDS, self.index, field)
    }
    fn text(self, field: usize) -> &'static str {
        self.pack.str_at(self.get(field))
    }

    /// The pack this service is in.
    pub fn pack(self) -> Pack {
        self.pack
    }
    /// Its place among the pack's services.
    pub fn index(self) -> u32 {
        self.index
    }
    /// The directory of its model: the SDK's name (`s3`, `codedeploy`).
    pub fn directory(self) -> &'static str {
        self.text(f::DIRECTORY)
    }
    /// The name of its command (`s3api`, `deploy`).
    pub fn cli_name(self) -> &'static str {
        self.text(f::CLI_NAME)
    }
    /// `serviceId` (`Elastic Load Balancing v2`).
    pub fn service_id(self) -> &'static str {
        self.text(f::SERVICE_ID)
    }
    /// `endpointPrefix`.
    pub fn endpoint_prefix(self) -> &'static str {
        self.text(f::ENDPOINT_PREFIX)
    }
    /// `signingName`, or the endpoint prefix where the model has none.
    pub fn signing_name(self) -> &'static str {
        match self.get(f::SIGNING_NAME) {
            0 => self.endpoint_prefix(),
            r => self.pack.str_at(r),
        }
    }
    /// `targetPrefix` (json protocol).
    pub fn target_prefix(self) -> &'static str {
        self.text(f::TARGET_PREFIX)
    }
    /// `apiVersion`.
    pub fn api_version(self) -> &'static str {
        self.text(f::API_VERSION)
    }
    /// `uid`.
    pub fn uid(self) -> &'static str {
        self.text(f::UID)
    }
    /// `serviceFullName`.
    pub fn full_name(self) -> &'static str {
        self.text(f::FULL_NAME)
    }
    /// `serviceAbbreviation`, or the empty text.
    pub fn abbreviation(self) -> &'static str {
        self.text(f::ABBREVIATION)
    }
    /// The protocol it is spoken to in (models.md: JSON before CBOR where a model lists both).
    pub fn protocol(self) -> Protocol {
        Protocol::ORDER.get(self.get(f::PROTOCOL) as usize).copied().unwrap_or(Protocol::Json)
    }
    /// `jsonVersion` (`1.0`, `1.1`), or the empty text.
    pub fn json_version(self) -> &'static str {
        self.text(f::JSON_VERSION)
    }
    /// `signatureVersion`.
    pub fn signature_version(self) -> SignatureVersion {
        SignatureVersion::ALL.get(self.get(f::SIGNATURE_VERSION) as usize).copied().unwrap_or(SignatureVersion::V4)
    }
    /// The service's `auth` list, in its order.
    pub fn auth(self) -> impl Iterator<Item = AuthScheme> {
        self.pack.aux_strs(self.get(f::AUX), tag::AUTH).filter_map(AuthScheme::from_name)
    }
    /// `globalEndpoint`, or the empty text.
    pub fn global_endpoint(self) -> &'static str {
        self.text(f::GLOBAL_ENDPOINT)
    }
    /// `xmlNamespace`'s URI, or the empty text.
    pub fn xml_namespace(self) -> &'static str {
        self.text(f::XML_NAMESPACE)
    }
    /// Whether errors may carry `x-amzn-query-error` (`awsQueryCompatible`).
    pub fn query_compatible(self) -> bool {
        self.get(f::FLAGS) & f::QUERY_COMPATIBLE != 0
    }
    /// `clientContextParams`: name and type.
    pub fn client_context_params(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.pack.aux_pairs(self.get(f::AUX), tag::CLIENT_CONTEXT)
    }
    /// `protocolSettings.h2`.
    pub fn h2(self) -> Option<&'static str> {
        self.pack.aux_str(self.get(f::AUX), tag::H2)
    }
    /// The compiled endpoint rule set; empty where the service has none.
    pub fn rules(self) -> &'static [u8] {
        let base = self.pack.section(section::RULES).0;
        self.pack.bytes(base + self.get(f::RULES_OFFSET) as usize, self.get(f::RULES_LEN) as usize)
    }

    /// The operations, in the model's order.
    pub fn operations(self) -> impl ExactSizeIterator<Item = Operation> {
        let most = self.pack.count(section::OPERATIONS, format::operation::FIELDS * 4) as u32;
        let (first, count) = (self.get(f::FIRST_OP), self.get(f::OP_COUNT));
        (first..first.saturating_add(count).min(most).max(first)).map(move |i| self.pack.operation(i, self))
    }

    /// The operations by command name, sorted.
    pub fn operation_names(self) -> impl ExactSizeIterator<Item = (&'static str, Operation)> {
        (0..self.op_name_count()).map(move |i| self.op_name(i))
    }

    fn op_name_count(self) -> usize {
        (self.get(f::OP_NAME_COUNT) as usize).min(self.pack.count(section::OP_NAMES, format::SIZE_NAME))
    }

    fn op_name(self, at: usize) -> (&'static str, Operation) {
        let offset =
            self.pack.section(section::OP_NAMES).0 + (self.get(f::FIRST_OP_NAME) as usize + at) * format::SIZE_NAME;
        let name = self.pack.str_at(self.pack.u32_at(offset));
        (name, self.pack.operation(self.pack.u32_at(offset + 4), self))
    }

    /// The operation whose command is `name` (`describe-instances`).
    pub fn operation(self, name: &str) -> Option<Operation> {
        binary_search(self.op_name_count(), |i| self.op_name(i).0.cmp(name)).map(|i| self.op_name(i).1)
    }

    /// The operation named `name` in the model (`DescribeInstances`).
    pub fn operation_named(self, name: &str) -> Option<Operation> {
        // Nearly always the command name is the transformed model name: a binary search finds it.
        self.operation(&crate::names::cli_name(name))
            .filter(|o| o.name() == name)
            .or_else(|| self.operations().find(|o| o.name() == name))
    }

    /// All shapes.
    pub fn shapes(self) -> impl ExactSizeIterator<Item = Shape> {
        let most = self.pack.count(section::SHAPES, format::shape::FIELDS * 4) as u32;
        let (first, count) = (self.get(f::FIRST_SHAPE), self.get(f::SHAPE_COUNT));
        (first..first.saturating_add(count).min(most).max(first)).map(move |i| Shape { pack: self.pack, index: i })
    }

    /// The first of its shapes' indexes: what cold data is numbered from.
    pub fn first_shape(self) -> u32 {
        self.get(f::FIRST_SHAPE)
    }
    /// The first of its members' indexes and how many there are.
    pub fn member_range(self) -> (u32, u32) {
        (self.get(f::FIRST_MEMBER), self.get(f::MEMBER_COUNT))
    }
    /// The first of its operations' indexes.
    pub fn first_operation(self) -> u32 {
        self.get(f::FIRST_OP)
    }

    /// The waiters, in the model's order.
    pub fn waiters(self) -> impl ExactSizeIterator<Item = Waiter> {
        let most = self.pack.count(section::WAITERS, format::waiter::FIELDS * 4) as u32;
        let (first, count) = (self.get(f::FIRST_WAITER), self.get(f::WAITER_COUNT));
        (first..first.saturating_add(count).min(most).max(first)).map(move |i| Waiter { pack: self.pack, index: i })
    }
}
