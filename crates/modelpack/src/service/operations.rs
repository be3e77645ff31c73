//! Operations and their traits.

use super::{Entries, ServiceCompiler, doc, is_true};
use crate::ModelError;
use oxaws_model::format::{operation as of, service as sf, tag};
use oxaws_model::names::cli_name;
use serde_json::{Map, Value};

impl<'a> ServiceCompiler<'a> {
    pub(super) fn operations(&mut self, model: &'a Map<String, Value>, record: &mut [u32]) -> Result<(), ModelError> {
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
}
