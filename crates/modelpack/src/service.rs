//! Compiles one service's JSON to records. Every key of the model is either honoured, known to mean nothing here, or an
//! error that names it: a new trait must not be overlooked.

use crate::builder::PackBuilder;
use crate::docs::ServiceDocs;
use crate::{ModelError, rules};
use oxaws_model::format::{self, member as mf, operation as of, service as sf, shape as hf, tag};
use oxaws_model::names::cli_name;
use oxaws_model::{
    AcceptorState, AuthScheme, Location, Matcher, Protocol, ShapeKind, SignatureVersion, TimestampFormat,
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The files of one service's model, with their extras merged.
#[derive(Debug, Clone, Default)]
pub struct ServiceFiles {
    /// `service-2.json`
    pub service: Value,
    /// `paginators-1.json`
    pub paginators: Option<Value>,
    /// `waiters-2.json`
    pub waiters: Option<Value>,
    /// `endpoint-rule-set-1.json`
    pub rules: Option<Value>,
}

pub(crate) struct ServiceCompiler<'a> {
    pack: &'a mut PackBuilder,
    name: &'a str,
    files: &'a ServiceFiles,
    shape_index: HashMap<&'a str, u32>,
    docs: ServiceDocs,
}

type Entries = Vec<(u8, Vec<u32>)>;

impl<'a> ServiceCompiler<'a> {
    pub(crate) fn new(pack: &'a mut PackBuilder, name: &'a str, files: &'a ServiceFiles) -> Self {
        ServiceCompiler { pack, name, files, shape_index: HashMap::new(), docs: ServiceDocs::default() }
    }

    fn error(&self, what: impl Into<String>) -> ModelError {
        ModelError::new(self.name, what)
    }

    fn text(&mut self, map: &Map<String, Value>, key: &str) -> u32 {
        self.pack.strings.add(map.get(key).and_then(Value::as_str).unwrap_or_default())
    }

    fn strings(&mut self, value: &Value) -> Vec<u32> {
        match value {
            Value::String(s) => vec![self.pack.strings.add(s)],
            Value::Array(list) => list.iter().filter_map(Value::as_str).map(|s| self.pack.strings.add(s)).collect(),
            _ => Vec::new(),
        }
    }

    fn object<'v>(&self, value: Option<&'v Value>, what: &str) -> Result<&'v Map<String, Value>, ModelError> {
        value.and_then(Value::as_object).ok_or_else(|| self.error(format!("{what} is missing or no object")))
    }

    fn known(&self, map: &Map<String, Value>, known: &[&str], place: &str) -> Result<(), ModelError> {
        match map.keys().find(|k| !known.contains(&k.as_str())) {
            Some(key) => Err(self.error(format!("unknown trait {key:?} in {place}"))),
            None => Ok(()),
        }
    }

    pub(crate) fn compile(mut self) -> Result<(), ModelError> {
        let files = self.files;
        let model = self.object(Some(&files.service), "the model")?;
        self.known(
            model,
            &[
                "version",
                "metadata",
                "operations",
                "shapes",
                "documentation",
                "clientContextParams",
                "deprecated",
                "deprecatedMessage",
                "examples",
                "authorizers",
            ],
            "the model",
        )?;
        self.docs.service = doc(model);
        let mut record = vec![0u32; sf::FIELDS];
        self.metadata(model, &mut record)?;
        self.shapes(model, &mut record)?;
        self.operations(model, &mut record)?;
        self.waiters(&mut record)?;
        if let Some(rule_set) = &files.rules {
            let bytes = rules::compile_rules(self.name, rule_set)?;
            record[sf::RULES_LEN] = bytes.len() as u32;
            record[sf::RULES_OFFSET] = self.pack.add_rules(bytes);
        }
        self.pack.services.extend(record);
        if let Some(docs) = &mut self.pack.docs {
            docs.add(self.name, &self.docs)?;
        }
        Ok(())
    }

    fn metadata(&mut self, model: &Map<String, Value>, record: &mut [u32]) -> Result<(), ModelError> {
        let meta = self.object(model.get("metadata"), "metadata")?;
        self.known(
            meta,
            &[
                "apiVersion",
                "auth",
                "endpointPrefix",
                "protocol",
                "protocols",
                "serviceFullName",
                "serviceId",
                "signatureVersion",
                "signingName",
                "uid",
                "jsonVersion",
                "serviceAbbreviation",
                "targetPrefix",
                "xmlNamespace",
                "protocolSettings",
                "globalEndpoint",
                "awsQueryCompatible",
                "checksumFormat",
                "ripServiceName",
                "timestampFormat",
            ],
            "metadata",
        )?;
        let command = crate::renames::command_names(self.name).first().copied().unwrap_or(self.name);
        record[sf::DIRECTORY] = self.pack.strings.add(self.name);
        record[sf::CLI_NAME] = self.pack.strings.add(command);
        for (field, key) in [
            (sf::SERVICE_ID, "serviceId"),
            (sf::ENDPOINT_PREFIX, "endpointPrefix"),
            (sf::SIGNING_NAME, "signingName"),
            (sf::TARGET_PREFIX, "targetPrefix"),
            (sf::API_VERSION, "apiVersion"),
            (sf::UID, "uid"),
            (sf::FULL_NAME, "serviceFullName"),
            (sf::ABBREVIATION, "serviceAbbreviation"),
            (sf::JSON_VERSION, "jsonVersion"),
            (sf::GLOBAL_ENDPOINT, "globalEndpoint"),
        ] {
            record[field] = self.text(meta, key);
        }
        // One model writes the namespace as an object, the others as its URI.
        let namespace = match meta.get("xmlNamespace") {
            Some(Value::Object(o)) => o.get("uri").and_then(Value::as_str).unwrap_or_default(),
            Some(Value::String(s)) => s,
            _ => "",
        };
        record[sf::XML_NAMESPACE] = self.pack.strings.add(namespace);
        record[sf::PROTOCOL] = self.protocol(meta)?;
        let version = meta.get("signatureVersion").and_then(Value::as_str).unwrap_or("v4");
        record[sf::SIGNATURE_VERSION] = SignatureVersion::ALL
            .iter()
            .position(|v| v.name() == version)
            .ok_or_else(|| self.error(format!("unknown signatureVersion {version:?}")))?
            as u32;
        if meta.contains_key("awsQueryCompatible") {
            record[sf::FLAGS] |= sf::QUERY_COMPATIBLE;
        }
        if model.get("deprecated").and_then(Value::as_bool) == Some(true) {
            record[sf::FLAGS] |= sf::DEPRECATED;
        }
        let mut aux: Entries = Vec::new();
        self.auth(meta, "metadata", &mut aux)?;
        if let Some(settings) = meta.get("protocolSettings").and_then(Value::as_object) {
            self.known(settings, &["h2"], "protocolSettings")?;
            aux.push((tag::H2, vec![self.text(settings, "h2")]));
        }
        if meta.contains_key("checksumFormat") {
            aux.push((tag::CHECKSUM_FORMAT, vec![self.text(meta, "checksumFormat")]));
        }
        if let Some(params) = model.get("clientContextParams").and_then(Value::as_object) {
            let mut pairs = Vec::new();
            for (name, param) in params {
                let kind = param.get("type").and_then(Value::as_str).unwrap_or_default();
                pairs.extend([self.pack.strings.add(name), self.pack.strings.add(kind)]);
            }
            aux.push((tag::CLIENT_CONTEXT, pairs));
        }
        record[sf::AUX] = self.pack.aux.add(&aux);
        Ok(())
    }

    /// `protocol` names only the first of a list, which isn't the one that is spoken: a list decides where there is one.
    fn protocol(&self, meta: &Map<String, Value>) -> Result<u32, ModelError> {
        let listed: Vec<&str> = match meta.get("protocols").and_then(Value::as_array) {
            Some(list) => list.iter().filter_map(Value::as_str).collect(),
            None => meta.get("protocol").and_then(Value::as_str).into_iter().collect(),
        };
        if let Some(unknown) = listed.iter().find(|p| Protocol::from_name(p).is_none()) {
            return Err(self.error(format!("unknown protocol {unknown:?}")));
        }
        let chosen = Protocol::ORDER.iter().position(|p| listed.contains(&p.name()));
        chosen.map(|p| p as u32).ok_or_else(|| self.error("no protocol"))
    }

    fn auth(&mut self, map: &Map<String, Value>, place: &str, aux: &mut Entries) -> Result<(), ModelError> {
        let Some(list) = map.get("auth").and_then(Value::as_array) else { return Ok(()) };
        for scheme in list.iter().filter_map(Value::as_str) {
            if AuthScheme::from_name(scheme).is_none() {
                return Err(self.error(format!("unknown auth scheme {scheme:?} in {place}")));
            }
        }
        let names = self.strings(&Value::Array(list.clone()));
        aux.push((tag::AUTH, names));
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------ shapes

    fn shapes(&mut self, model: &'a Map<String, Value>, record: &mut [u32]) -> Result<(), ModelError> {
        let shapes = self.object(model.get("shapes"), "shapes")?;
        let first = (self.pack.shapes.len() / hf::FIELDS) as u32;
        record[sf::FIRST_SHAPE] = first;
        record[sf::SHAPE_COUNT] = shapes.len() as u32;
        record[sf::FIRST_MEMBER] = (self.pack.members.len() / mf::FIELDS) as u32;
        for (i, name) in shapes.keys().enumerate() {
            self.shape_index.insert(name, first + i as u32);
        }
        for (name, shape) in shapes {
            let shape = self.object(Some(shape), name)?;
            self.shape(name, shape)?;
        }
        record[sf::MEMBER_COUNT] = (self.pack.members.len() / mf::FIELDS) as u32 - record[sf::FIRST_MEMBER];
        Ok(())
    }

    fn shape(&mut self, name: &str, shape: &Map<String, Value>) -> Result<(), ModelError> {
        self.known(
            shape,
            &[
                "type",
                "members",
                "documentation",
                "member",
                "max",
                "min",
                "sensitive",
                "enum",
                "required",
                "error",
                "exception",
                "pattern",
                "union",
                "box",
                "key",
                "value",
                "fault",
                "retryable",
                "timestampFormat",
                "deprecated",
                "deprecatedMessage",
                "deprecatedSince",
                "payload",
                "document",
                "event",
                "eventstream",
                "streaming",
                "xmlOrder",
                "synthetic",
                "sparse",
                "wrapper",
                "locationName",
                "requiresLength",
                "flattened",
                "xmlNamespace",
                "order",
                "internal",
            ],
            &format!("shape {name}"),
        )?;
        let type_name = shape.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = match type_name {
            // Written so in older models and in users' own.
            "character" => ShapeKind::String,
            "bigdecimal" => ShapeKind::Double,
            "short" | "byte" => ShapeKind::Integer,
            _ => *ShapeKind::ALL
                .iter()
                .find(|k| k.name() == type_name)
                .ok_or_else(|| self.error(format!("unknown type {type_name:?} of shape {name}")))?,
        };
        let mut flags = 0;
        for (key, flag) in [
            ("union", hf::UNION),
            ("document", hf::DOCUMENT),
            ("sensitive", hf::SENSITIVE),
            ("eventstream", hf::EVENT_STREAM),
            ("event", hf::EVENT),
            ("streaming", hf::STREAMING),
            ("flattened", hf::FLATTENED),
            ("exception", hf::EXCEPTION),
            ("fault", hf::FAULT),
            ("wrapper", hf::WRAPPER),
            ("sparse", hf::SPARSE),
            ("box", hf::BOX),
            ("requiresLength", hf::REQUIRES_LENGTH),
            ("synthetic", hf::SYNTHETIC),
            ("deprecated", hf::DEPRECATED),
        ] {
            if is_true(shape.get(key)) {
                flags |= flag;
            }
        }
        let mut aux: Entries = Vec::new();
        self.shape_aux(name, shape, &mut flags, &mut aux)?;
        let first_member = (self.pack.members.len() / mf::FIELDS) as u32;
        let mut count = 0;
        match kind {
            ShapeKind::Structure => {
                let required: Vec<&str> = shape
                    .get("required")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let empty = Map::new();
                let members = shape.get("members").and_then(Value::as_object).unwrap_or(&empty);
                for (member_name, member) in members {
                    self.member(name, member_name, member, required.contains(&member_name.as_str()))?;
                    count += 1;
                }
            }
            ShapeKind::List => {
                self.member(name, "", shape.get("member").unwrap_or(&Value::Null), false)?;
                count = 1;
            }
            ShapeKind::Map => {
                self.member(name, "", shape.get("key").unwrap_or(&Value::Null), false)?;
                self.member(name, "", shape.get("value").unwrap_or(&Value::Null), false)?;
                count = 2;
            }
            _ => {}
        }
        let name_ref = self.pack.strings.add(name);
        let aux = self.pack.aux.add(&aux);
        self.pack.shapes.extend([name_ref, kind as u32 | flags << 8, first_member, count, aux]);
        self.docs.shapes.push(doc(shape));
        Ok(())
    }

    fn shape_aux(
        &mut self,
        name: &str,
        shape: &Map<String, Value>,
        flags: &mut u32,
        aux: &mut Entries,
    ) -> Result<(), ModelError> {
        for (key, tag) in [("payload", tag::PAYLOAD), ("locationName", tag::LOCATION_NAME), ("pattern", tag::PATTERN)] {
            if shape.contains_key(key) {
                aux.push((tag, vec![self.text(shape, key)]));
            }
        }
        for (key, tag) in [("min", tag::MIN), ("max", tag::MAX)] {
            if let Some(number) = shape.get(key).filter(|n| n.is_number()) {
                aux.push((tag, vec![self.pack.strings.add(&number.to_string())]));
            }
        }
        if let Some(format) = shape.get("timestampFormat").and_then(Value::as_str) {
            let known = TimestampFormat::from_name(format)
                .ok_or_else(|| self.error(format!("unknown timestampFormat {format:?} of shape {name}")))?;
            aux.push((tag::TIMESTAMP_FORMAT, vec![known.number()]));
        }
        self.xml_namespace(shape, aux);
        if let Some(values) = shape.get("enum") {
            let values = self.strings(values);
            aux.push((tag::ENUM, values));
        }
        if let Some(error) = shape.get("error").and_then(Value::as_object) {
            self.known(error, &["code", "httpStatusCode", "senderFault", "fault"], &format!("error of shape {name}"))?;
            if error.contains_key("code") {
                aux.push((tag::ERROR_CODE, vec![self.text(error, "code")]));
            }
            if let Some(status) = error.get("httpStatusCode").and_then(Value::as_u64) {
                aux.push((tag::ERROR_STATUS, vec![status as u32]));
            }
            if is_true(error.get("senderFault")) {
                *flags |= hf::SENDER_FAULT;
            }
        }
        if let Some(retryable) = shape.get("retryable").and_then(Value::as_object) {
            self.known(retryable, &["throttling"], &format!("retryable of shape {name}"))?;
            *flags |= hf::RETRYABLE;
            if is_true(retryable.get("throttling")) {
                *flags |= hf::THROTTLING;
            }
        }
        Ok(())
    }

    fn xml_namespace(&mut self, map: &Map<String, Value>, aux: &mut Entries) {
        match map.get("xmlNamespace") {
            Some(Value::Object(o)) => {
                let pair = vec![self.text(o, "uri"), self.text(o, "prefix")];
                aux.push((tag::XML_NAMESPACE, pair));
            }
            Some(Value::String(uri)) => aux.push((tag::XML_NAMESPACE, vec![self.pack.strings.add(uri), 0])),
            _ => {}
        }
    }

    fn member(&mut self, shape: &str, name: &str, member: &Value, required: bool) -> Result<(), ModelError> {
        let place = format!("member {name:?} of shape {shape}");
        let map = self.object(Some(member), &place)?;
        self.known(
            map,
            &[
                "shape",
                "documentation",
                "idempotencyToken",
                "location",
                "locationName",
                "deprecated",
                "deprecatedMessage",
                "deprecatedSince",
                "box",
                "enum",
                "jsonvalue",
                "xmlNamespace",
                "contextParam",
                "eventpayload",
                "eventheader",
                "queryName",
                "hostLabel",
                "flattened",
                "streaming",
                "xmlAttribute",
                "timestampFormat",
                "internal",
                "order",
            ],
            &place,
        )?;
        let target = map.get("shape").and_then(Value::as_str).unwrap_or_default();
        let target = *self
            .shape_index
            .get(target)
            .ok_or_else(|| self.error(format!("{place} names the missing shape {target:?}")))?;
        let mut flags = 0;
        if let Some(location) = map.get("location").and_then(Value::as_str) {
            let known = Location::from_name(location)
                .ok_or_else(|| self.error(format!("unknown location {location:?} of {place}")))?;
            flags |= known as u32 + 1;
        }
        if required {
            flags |= mf::REQUIRED;
        }
        for (key, flag) in [
            ("idempotencyToken", mf::IDEMPOTENCY_TOKEN),
            ("hostLabel", mf::HOST_LABEL),
            ("jsonvalue", mf::JSON_VALUE),
            ("flattened", mf::FLATTENED),
            ("xmlAttribute", mf::XML_ATTRIBUTE),
            ("streaming", mf::STREAMING),
            ("eventpayload", mf::EVENT_PAYLOAD),
            ("eventheader", mf::EVENT_HEADER),
            ("deprecated", mf::DEPRECATED),
            ("box", mf::BOX),
        ] {
            if is_true(map.get(key)) {
                flags |= flag;
            }
        }
        let mut aux: Entries = Vec::new();
        self.xml_namespace(map, &mut aux);
        if let Some(context) = map.get("contextParam").and_then(Value::as_object) {
            aux.push((tag::CONTEXT_PARAM, vec![self.text(context, "name")]));
        }
        if map.contains_key("queryName") {
            aux.push((tag::QUERY_NAME, vec![self.text(map, "queryName")]));
        }
        if let Some(format) = map.get("timestampFormat").and_then(Value::as_str) {
            let known = TimestampFormat::from_name(format)
                .ok_or_else(|| self.error(format!("unknown timestampFormat {format:?} of {place}")))?;
            aux.push((tag::TIMESTAMP_FORMAT, vec![known.number()]));
        }
        if let Some(values) = map.get("enum") {
            let values = self.strings(values);
            aux.push((tag::MEMBER_ENUM, values));
        }
        let (name_ref, wire) = (self.pack.strings.add(name), self.text(map, "locationName"));
        let aux = self.pack.aux.add(&aux);
        self.pack.members.extend([name_ref, target, flags, wire, aux]);
        self.docs.members.push(doc(map));
        Ok(())
    }

    // -------------------------------------------------------------------------------------------- operations

    fn operations(&mut self, model: &'a Map<String, Value>, record: &mut [u32]) -> Result<(), ModelError> {
        let operations = self.object(model.get("operations"), "operations")?;
        record[sf::FIRST_OP] = (self.pack.operations.len() / of::FIELDS) as u32;
        record[sf::OP_COUNT] = operations.len() as u32;
        let mut names: Vec<(String, u32)> = Vec::new();
        for (name, operation) in operations {
            let index = (self.pack.operations.len() / of::FIELDS) as u32;
            let operation = self.object(Some(operation), name)?;
            self.operation(name, operation)?;
            names.push((cli_name(name), index));
        }
        names.sort();
        if let Some(twice) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(self.error(format!("two operations have the command name {}", twice[0].0)));
        }
        record[sf::FIRST_OP_NAME] = (self.pack.op_names.len() / 2) as u32;
        record[sf::OP_NAME_COUNT] = names.len() as u32;
        for (name, index) in names {
            let name = self.pack.strings.add(&name);
            self.pack.op_names.extend([name, index]);
        }
        Ok(())
    }

    fn operation(&mut self, name: &str, operation: &Map<String, Value>) -> Result<(), ModelError> {
        let place = format!("operation {name}");
        self.known(
            operation,
            &[
                "name",
                "http",
                "input",
                "errors",
                "documentation",
                "idempotent",
                "output",
                "readonly",
                "staticContextParams",
                "deprecated",
                "deprecatedMessage",
                "deprecatedSince",
                "requestcompression",
                "authtype",
                "auth",
                "endpoint",
                "endpointdiscovery",
                "operationContextParams",
                "endpointoperation",
                "unsignedPayload",
                "httpChecksum",
                "httpChecksumRequired",
                "documentationUrl",
                "alias",
                "internal",
            ],
            &place,
        )?;
        let mut record = [0u32; of::FIELDS];
        record[of::NAME] = self.pack.strings.add(name);
        record[of::CLI_NAME] = self.pack.strings.add(&cli_name(name));
        record[of::WIRE_NAME] = self.pack.strings.add(operation.get("name").and_then(Value::as_str).unwrap_or(name));
        let http = self.object(operation.get("http"), &format!("http of {place}"))?;
        self.known(http, &["method", "requestUri", "responseCode"], &format!("http of {place}"))?;
        record[of::METHOD] = self.pack.strings.add(http.get("method").and_then(Value::as_str).unwrap_or("POST"));
        record[of::URI] = self.pack.strings.add(http.get("requestUri").and_then(Value::as_str).unwrap_or("/"));
        record[of::CODE] = http.get("responseCode").and_then(Value::as_u64).unwrap_or(200) as u32;
        let mut aux: Entries = Vec::new();
        for (field, key) in [(of::INPUT, "input"), (of::OUTPUT, "output")] {
            let Some(reference) = operation.get(key) else { continue };
            let reference = self.object(Some(reference), &format!("{key} of {place}"))?;
            self.known(
                reference,
                &["shape", "documentation", "locationName", "xmlNamespace", "resultWrapper"],
                &format!("{key} of {place}"),
            )?;
            record[field] = self.shape_ref(reference, &place)? + 1;
            if key == "input" {
                if reference.contains_key("locationName") {
                    aux.push((tag::INPUT_LOCATION_NAME, vec![self.text(reference, "locationName")]));
                }
                self.xml_namespace(reference, &mut aux);
            } else if reference.contains_key("resultWrapper") {
                aux.push((tag::RESULT_WRAPPER, vec![self.text(reference, "resultWrapper")]));
            }
        }
        record[of::FIRST_ERROR] = self.pack.errors.len() as u32;
        for error in operation.get("errors").and_then(Value::as_array).into_iter().flatten() {
            let error = self.object(Some(error), &format!("errors of {place}"))?;
            let index = self.shape_ref(error, &place)?;
            self.pack.errors.push(index);
        }
        record[of::ERROR_COUNT] = self.pack.errors.len() as u32 - record[of::FIRST_ERROR];
        self.operation_traits(&place, operation, &mut record, &mut aux)?;
        record[of::PAGINATOR] = self.paginator(name)?;
        record[of::AUX] = self.pack.aux.add(&aux);
        self.pack.operations.extend(record);
        self.docs.operations.push(doc(operation));
        Ok(())
    }

    fn shape_ref(&self, reference: &Map<String, Value>, place: &str) -> Result<u32, ModelError> {
        let name = reference.get("shape").and_then(Value::as_str).unwrap_or_default();
        self.shape_index
            .get(name)
            .copied()
            .ok_or_else(|| self.error(format!("{place} names the missing shape {name:?}")))
    }

    fn operation_traits(
        &mut self,
        place: &str,
        operation: &Map<String, Value>,
        record: &mut [u32],
        aux: &mut Entries,
    ) -> Result<(), ModelError> {
        for (key, flag) in [
            ("deprecated", of::DEPRECATED),
            ("unsignedPayload", of::UNSIGNED_PAYLOAD),
            ("endpointoperation", of::ENDPOINT_OPERATION),
            ("httpChecksumRequired", of::CHECKSUM_REQUIRED),
            ("idempotent", of::IDEMPOTENT),
            ("readonly", of::READONLY),
        ] {
            if is_true(operation.get(key)) {
                record[of::FLAGS] |= flag;
            }
        }
        if let Some(discovery) = operation.get("endpointdiscovery").and_then(Value::as_object) {
            self.known(discovery, &["required"], &format!("endpointdiscovery of {place}"))?;
            record[of::FLAGS] |= of::ENDPOINT_DISCOVERY;
            if is_true(discovery.get("required")) {
                record[of::FLAGS] |= of::ENDPOINT_DISCOVERY_REQUIRED;
            }
        }
        if let Some(checksum) = operation.get("httpChecksum").and_then(Value::as_object) {
            self.known(
                checksum,
                &[
                    "requestAlgorithmMember",
                    "requestChecksumRequired",
                    "requestValidationModeMember",
                    "responseAlgorithms",
                ],
                &format!("httpChecksum of {place}"),
            )?;
            record[of::FLAGS] |= of::HTTP_CHECKSUM;
            if is_true(checksum.get("requestChecksumRequired")) {
                record[of::FLAGS] |= of::HTTP_CHECKSUM_REQUIRED;
            }
            for (key, tag) in [
                ("requestAlgorithmMember", tag::CHECKSUM_REQUEST_MEMBER),
                ("requestValidationModeMember", tag::CHECKSUM_VALIDATION_MEMBER),
                ("responseAlgorithms", tag::CHECKSUM_RESPONSE_ALGORITHMS),
            ] {
                if let Some(value) = checksum.get(key) {
                    let value = self.strings(value);
                    aux.push((tag, value));
                }
            }
        }
        self.auth(operation, place, aux)?;
        if let Some(kind) = operation.get("authtype").and_then(Value::as_str) {
            if !["none", "v4", "v4-unsigned-body"].contains(&kind) {
                return Err(self.error(format!("unknown authtype {kind:?} of {place}")));
            }
            aux.push((tag::AUTH_TYPE, vec![self.pack.strings.add(kind)]));
        }
        if let Some(endpoint) = operation.get("endpoint").and_then(Value::as_object) {
            self.known(endpoint, &["hostPrefix"], &format!("endpoint of {place}"))?;
            aux.push((tag::HOST_PREFIX, vec![self.text(endpoint, "hostPrefix")]));
        }
        if let Some(compression) = operation.get("requestcompression").and_then(Value::as_object) {
            self.known(compression, &["encodings"], &format!("requestcompression of {place}"))?;
            let encodings = self.strings(compression.get("encodings").unwrap_or(&Value::Null));
            aux.push((tag::COMPRESSION, encodings));
        }
        for (key, part, tag) in [
            ("staticContextParams", "value", tag::STATIC_CONTEXT),
            ("operationContextParams", "path", tag::OPERATION_CONTEXT),
        ] {
            let Some(params) = operation.get(key).and_then(Value::as_object) else { continue };
            let mut pairs = Vec::new();
            for (name, param) in params {
                let value = match param.get(part) {
                    Some(Value::String(path)) if part == "path" => path.clone(),
                    Some(value) => value.to_string(),
                    None => return Err(self.error(format!("{key} {name} of {place} has no {part}"))),
                };
                pairs.extend([self.pack.strings.add(name), self.pack.strings.add(&value)]);
            }
            aux.push((tag, pairs));
        }
        Ok(())
    }

    fn paginator(&mut self, operation: &str) -> Result<u32, ModelError> {
        let files = self.files;
        let rules = files.paginators.as_ref().and_then(|p| p.get("pagination")).and_then(|p| p.get(operation));
        let Some(rules) = rules.and_then(Value::as_object) else { return Ok(0) };
        self.known(
            rules,
            &[
                "input_token",
                "output_token",
                "result_key",
                "limit_key",
                "more_results",
                "non_aggregate_keys",
                "py_input_token",
            ],
            &format!("paginator {operation}"),
        )?;
        // The merge of the extras may leave an entry without a result: then the operation isn't paged.
        if !rules.contains_key("input_token") || !rules.contains_key("result_key") {
            return Ok(0);
        }
        let mut aux: Entries = Vec::new();
        for (key, tag) in [
            ("input_token", tag::INPUT_TOKEN),
            ("output_token", tag::OUTPUT_TOKEN),
            ("result_key", tag::RESULT_KEY),
            ("limit_key", tag::LIMIT_KEY),
            ("more_results", tag::MORE_RESULTS),
            ("non_aggregate_keys", tag::NON_AGGREGATE_KEYS),
        ] {
            if let Some(value) = rules.get(key) {
                let value = self.strings(value);
                aux.push((tag, value));
            }
        }
        let aux = self.pack.aux.add(&aux);
        self.pack.paginators.push(aux);
        Ok((self.pack.paginators.len() / format::PAGINATOR_FIELDS) as u32)
    }

    fn waiters(&mut self, record: &mut [u32]) -> Result<(), ModelError> {
        use format::waiter as wf;
        record[sf::FIRST_WAITER] = (self.pack.waiters.len() / wf::FIELDS) as u32;
        let files = self.files;
        let Some(waiters) = files.waiters.as_ref().and_then(|w| w.get("waiters")).and_then(Value::as_object) else {
            return Ok(());
        };
        record[sf::WAITER_COUNT] = waiters.len() as u32;
        for (name, waiter) in waiters {
            let place = format!("waiter {name}");
            let waiter = self.object(Some(waiter), &place)?;
            self.known(
                waiter,
                &[
                    "operation",
                    "delay",
                    "maxAttempts",
                    "acceptors",
                    "description",
                    "type",
                    "deprecated",
                    "deprecatedMessage",
                ],
                &place,
            )?;
            let first_acceptor = (self.pack.acceptors.len() / format::acceptor::FIELDS) as u32;
            let acceptors = waiter.get("acceptors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for acceptor in acceptors {
                let acceptor = self.object(Some(acceptor), &place)?;
                self.known(acceptor, &["state", "matcher", "argument", "expected", "comment"], &place)?;
                let get = |key| acceptor.get(key).and_then(Value::as_str).unwrap_or_default();
                let state = AcceptorState::ALL.iter().position(|s| s.name() == get("state"));
                let matcher = Matcher::ALL.iter().position(|m| m.name() == get("matcher"));
                let (Some(state), Some(matcher)) = (state, matcher) else {
                    return Err(self.error(format!("unknown state or matcher of {place}")));
                };
                let argument = self.pack.strings.add(get("argument"));
                let expected = acceptor.get("expected").unwrap_or(&Value::Null).to_string();
                let expected = self.pack.strings.add(&expected);
                self.pack.acceptors.extend([state as u32, matcher as u32, argument, expected]);
            }
            let number = |key| waiter.get(key).and_then(Value::as_u64).unwrap_or(0) as u32;
            let mut fields = [0u32; wf::FIELDS];
            fields[wf::NAME] = self.pack.strings.add(name);
            fields[wf::CLI_NAME] = self.pack.strings.add(&cli_name(name));
            fields[wf::OPERATION] = self.text(waiter, "operation");
            fields[wf::DELAY] = number("delay");
            fields[wf::MAX_ATTEMPTS] = number("maxAttempts");
            fields[wf::FIRST_ACCEPTOR] = first_acceptor;
            fields[wf::ACCEPTOR_COUNT] = acceptors.len() as u32;
            self.pack.waiters.extend(fields);
        }
        Ok(())
    }
}

fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(b)) => *b,
        // `"flattened": "true"` and the like.
        Some(Value::String(s)) => s == "true",
        Some(Value::Object(_)) => true,
        _ => false,
    }
}

fn doc(map: &Map<String, Value>) -> String {
    map.get("documentation").and_then(Value::as_str).unwrap_or_default().to_owned()
}
