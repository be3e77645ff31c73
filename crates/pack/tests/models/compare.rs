//! One service: every fact of the JSON against what the handles say.
//!
//! What is expected is worked out from the JSON alone, by the rules botocore reads it with: a member's own traits hide
//! those of its shape, and a trait holds when Python takes its value for true.

use crate::names::{command_name, dashed};
use crate::source::Json;
use oxaws_model::{Member, Operation, Paginator, Service, Shape, Waiter, XmlNamespace};
use oxaws_pack::ServiceDocs;
use serde_json::{Map, Value, json};
use std::fmt::Debug;

/// How many things were compared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub services: u64,
    pub operations: u64,
    pub errors: u64,
    pub shapes: u64,
    /// Of structures, and elements of lists, keys and values of maps.
    pub members: u64,
    pub paginators: u64,
    pub waiters: u64,
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.services += other.services;
        self.operations += other.operations;
        self.errors += other.errors;
        self.shapes += other.shapes;
        self.members += other.members;
        self.paginators += other.paginators;
        self.waiters += other.waiters;
    }
}

/// A service being compared.
pub struct Comparison<'j> {
    json: &'j Json,
    shapes: &'j Map<String, Value>,
    docs: ServiceDocs,
    pub counts: Counts,
    pub differences: Vec<String>,
}

/// The text at a key, or nothing; an empty one counts as none.
fn text<'j>(of: &'j Value, key: &str) -> Option<&'j str> {
    of[key].as_str().filter(|t| !t.is_empty())
}

fn or_empty<'j>(of: &'j Value, key: &str) -> &'j str {
    of[key].as_str().unwrap_or_default()
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(o) => !o.is_empty(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A member's trait, else its shape's.
fn merged<'j>(member: &'j Value, shape: &'j Value, key: &str) -> &'j Value {
    member.get(key).unwrap_or(&shape[key])
}

fn namespace(value: &Value) -> Option<(&str, &str)> {
    match value {
        Value::Null => None,
        Value::String(uri) => Some((uri, "")),
        object => Some((or_empty(object, "uri"), or_empty(object, "prefix"))),
    }
}

fn pair(namespace: Option<XmlNamespace>) -> Option<(&'static str, &'static str)> {
    namespace.map(|n| (n.uri, n.prefix))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

/// The name of one of `model`'s enums, by the models' name for it.
macro_rules! auth_names {
    ($schemes:expr) => {
        $schemes
            .map(|scheme| match scheme {
                oxaws_model::AuthScheme::SigV4 => "aws.auth#sigv4",
                oxaws_model::AuthScheme::SigV4a => "aws.auth#sigv4a",
                oxaws_model::AuthScheme::Bearer => "smithy.api#httpBearerAuth",
                oxaws_model::AuthScheme::None => "smithy.api#noAuth",
            })
            .collect::<Vec<_>>()
    };
}

impl<'j> Comparison<'j> {
    pub fn of(json: &'j Json, service: Service) -> Self {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let docs = oxaws_pack::docs(service).unwrap_or_else(|e| panic!("{}: {e}", json.directory));
        let shapes = json.service["shapes"].as_object().unwrap_or(&NONE);
        let mut comparison = Comparison {
            json,
            shapes,
            docs,
            counts: Counts { services: 1, ..Counts::default() },
            differences: Vec::new(),
        };
        comparison.service(service);
        comparison.all_shapes(service);
        comparison.all_operations(service);
        comparison.all_waiters(service);
        comparison
    }

    fn same<T: PartialEq + Debug>(&mut self, place: &dyn Fn() -> String, what: &str, found: T, expected: T) {
        if found != expected {
            let place = place();
            self.differences
                .push(format!("{} {place}: {what}: packed {found:?}, in the model {expected:?}", self.json.directory));
        }
    }

    fn service(&mut self, service: Service) {
        let at = || "metadata".to_owned();
        let json = self.json;
        let (model, meta) = (&json.service, &json.service["metadata"]);
        self.same(&at, "directory", service.directory(), json.directory.as_str());
        self.same(&at, "command", service.cli_name(), command_name(&json.directory));
        let by_name = oxaws_pack::facts().service(command_name(&json.directory)).map(Service::index);
        self.same(&at, "command leads here", by_name, Some(service.index()));
        let prefix = or_empty(meta, "endpointPrefix");
        for (key, found) in [
            ("serviceId", service.service_id()),
            ("endpointPrefix", service.endpoint_prefix()),
            ("targetPrefix", service.target_prefix()),
            ("apiVersion", service.api_version()),
            ("uid", service.uid()),
            ("serviceFullName", service.full_name()),
            ("serviceAbbreviation", service.abbreviation()),
            ("jsonVersion", service.json_version()),
            ("globalEndpoint", service.global_endpoint()),
        ] {
            self.same(&at, key, found, or_empty(meta, key));
        }
        self.same(&at, "signingName", service.signing_name(), text(meta, "signingName").unwrap_or(prefix));
        let listed = if meta["protocols"].is_array() { texts(&meta["protocols"]) } else { texts(&meta["protocol"]) };
        let order = ["json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2"];
        let spoken = order.into_iter().find(|p| listed.contains(p)).unwrap_or("none");
        self.same(&at, "protocol", service.protocol().name(), spoken);
        self.same(&at, "signatureVersion", service.signature_version().name(), or_empty(meta, "signatureVersion"));
        self.same(&at, "auth", auth_names!(service.auth()), texts(&meta["auth"]));
        let uri = namespace(&meta["xmlNamespace"]).map_or("", |n| n.0);
        self.same(&at, "xmlNamespace", service.xml_namespace(), uri);
        let compatible = meta.get("awsQueryCompatible").is_some();
        self.same(&at, "awsQueryCompatible", service.query_compatible(), compatible);
        self.same(&at, "protocolSettings.h2", service.h2(), meta["protocolSettings"]["h2"].as_str());
        let context = model["clientContextParams"].as_object().into_iter().flatten();
        let context: Vec<_> = context.map(|(name, param)| (name.as_str(), or_empty(param, "type"))).collect();
        self.same(&at, "clientContextParams", service.client_context_params().collect::<Vec<_>>(), context);
        self.same(&at, "has rules", service.rules().is_empty(), json.rules.is_null());
        self.same(&at, "documentation", self.docs.service().to_owned(), or_empty(model, "documentation").to_owned());
    }

    // ------------------------------------------------------------------------------------------------ shapes

    fn all_shapes(&mut self, service: Service) {
        let names: Vec<&str> = service.shapes().map(|s| s.name()).collect();
        let expected: Vec<&str> = self.shapes.keys().map(String::as_str).collect();
        self.same(&|| "shapes".into(), "names", names, expected);
        for (shape, (name, model)) in service.shapes().zip(self.shapes) {
            self.counts.shapes += 1;
            self.shape(shape, name, model);
        }
    }

    fn shape(&mut self, shape: Shape, name: &str, model: &'j Value) {
        let at = || format!("shape {name}");
        let kind = match or_empty(model, "type") {
            "character" => "string",
            "short" | "byte" => "integer",
            "bigdecimal" => "double",
            kind => kind,
        };
        self.same(&at, "type", shape.kind().name(), kind);
        for (key, found) in [
            ("union", shape.union()),
            ("document", shape.document()),
            ("sensitive", shape.sensitive()),
            ("eventstream", shape.event_stream()),
            ("event", shape.event()),
            ("streaming", shape.streaming()),
            ("flattened", shape.flattened()),
            ("exception", shape.exception()),
            ("fault", shape.fault()),
            ("wrapper", shape.wrapper()),
            ("sparse", shape.sparse()),
            ("requiresLength", shape.requires_length()),
        ] {
            self.same(&at, key, found, is_set(&model[key]));
        }
        self.same(&at, "retryable", shape.retryable(), model["retryable"].is_object());
        self.same(&at, "retryable.throttling", shape.throttling(), is_set(&model["retryable"]["throttling"]));
        for (key, found) in [("min", shape.min()), ("max", shape.max())] {
            self.same(&at, key, found.map_or(Value::Null, parsed), model[key].clone());
        }
        self.same(&at, "pattern", shape.pattern(), model["pattern"].as_str());
        self.same(&at, "enum", shape.enum_values().collect::<Vec<_>>(), texts(&model["enum"]));
        self.same(&at, "locationName", shape.location_name(), model["locationName"].as_str());
        self.same(&at, "payload", shape.payload().map(|m| m.name()), model["payload"].as_str());
        let format = shape.timestamp_format().map(|f| match f {
            oxaws_model::TimestampFormat::Iso8601 => "iso8601",
            oxaws_model::TimestampFormat::Unix => "unixTimestamp",
            oxaws_model::TimestampFormat::Rfc822 => "rfc822",
        });
        self.same(&at, "timestampFormat", format, model["timestampFormat"].as_str());
        self.same(&at, "xmlNamespace", pair(shape.xml_namespace()), namespace(&model["xmlNamespace"]));
        self.same(&at, "error.code", shape.error_code(), text(&model["error"], "code").unwrap_or(name));
        let status = shape.error_status().map(u64::from);
        self.same(&at, "error.httpStatusCode", status, model["error"]["httpStatusCode"].as_u64());
        self.same(&at, "documentation", self.docs.shape(shape).to_owned(), or_empty(model, "documentation").to_owned());
        self.members(shape, name, kind, model);
    }

    fn members(&mut self, shape: Shape, name: &str, kind: &str, model: &'j Value) {
        let required = texts(&model["required"]);
        let parts: &[(&str, Member)] = match kind {
            "list" => &[("member", shape.element())],
            "map" => &[("key", shape.key()), ("value", shape.value())],
            _ => &[],
        };
        for (part, member) in parts {
            let at = || format!("shape {name} {part}");
            self.same(&at, "name", member.name(), "");
            self.member(&at, *member, &model[*part], false);
        }
        let expected: Vec<&str> = match kind {
            "structure" => model["members"].as_object().into_iter().flatten().map(|(n, _)| n.as_str()).collect(),
            _ => Vec::new(),
        };
        let names: Vec<&str> = shape.members().map(|m| m.name()).collect();
        self.same(&|| format!("shape {name}"), "members", names, expected);
        for member in shape.members() {
            let at = || format!("shape {name} member {}", member.name());
            let is_required = required.contains(&member.name());
            self.member(&at, member, &model["members"][member.name()], is_required);
        }
    }

    fn member(&mut self, at: &dyn Fn() -> String, member: Member, model: &'j Value, required: bool) {
        self.counts.members += 1;
        let target = or_empty(model, "shape");
        let shapes = self.shapes;
        let shape = shapes.get(target).unwrap_or(&Value::Null);
        self.same(at, "shape", member.shape().name(), target);
        let location = member.location().map(|l| match l {
            oxaws_model::Location::Uri => "uri",
            oxaws_model::Location::QueryString => "querystring",
            oxaws_model::Location::Header => "header",
            oxaws_model::Location::Headers => "headers",
            oxaws_model::Location::StatusCode => "statusCode",
        });
        self.same(at, "location", location, model["location"].as_str());
        let wire = text(model, "locationName").or_else(|| shape["locationName"].as_str());
        self.same(at, "locationName", member.location_name(), wire);
        self.same(at, "name on the wire", member.wire_name(), wire.unwrap_or(member.name()));
        self.same(at, "required", member.required(), required);
        for (key, found) in [
            ("idempotencyToken", member.idempotency_token()),
            ("hostLabel", member.host_label()),
            ("jsonvalue", member.json_value()),
            ("xmlAttribute", member.xml_attribute()),
            ("eventpayload", member.event_payload()),
            ("eventheader", member.event_header()),
            ("deprecated", member.deprecated()),
        ] {
            self.same(at, key, found, is_set(&model[key]));
        }
        for (key, found) in [("flattened", member.flattened()), ("streaming", member.streaming())] {
            self.same(at, key, found, is_set(merged(model, shape, key)));
        }
        self.same(at, "contextParam", member.context_param(), model["contextParam"]["name"].as_str());
        self.same(at, "queryName", member.query_name(), model["queryName"].as_str());
        self.same(at, "enum", member.enum_values().collect::<Vec<_>>(), texts(&model["enum"]));
        let namespace = namespace(merged(model, shape, "xmlNamespace"));
        self.same(at, "xmlNamespace", pair(member.xml_namespace()), namespace);
        // No model says it on a member, and no handle can tell it.
        self.same(at, "timestampFormat", false, model.get("timestampFormat").is_some());
        let documentation = text(model, "documentation").unwrap_or_else(|| or_empty(shape, "documentation"));
        if self.docs.member(member) != documentation {
            let found = self.docs.member(member).to_owned();
            self.same(at, "documentation", found, documentation.to_owned());
        }
    }

    // -------------------------------------------------------------------------------------------- operations

    fn all_operations(&mut self, service: Service) {
        let models = self.json.service["operations"].as_object();
        let expected: Vec<&str> = models.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let names: Vec<&str> = service.operations().map(|o| o.name()).collect();
        self.same(&|| "operations".into(), "names", names, expected.clone());
        let mut commands: Vec<String> = expected.iter().map(|name| dashed(name)).collect();
        commands.sort();
        let found: Vec<String> = service.operation_names().map(|(name, _)| name.to_owned()).collect();
        self.same(&|| "operations".into(), "commands", found, commands);
        for (operation, (name, model)) in service.operations().zip(models.into_iter().flatten()) {
            self.counts.operations += 1;
            self.operation(operation, name, model);
        }
        let paged = self.json.paginators["pagination"].as_object().into_iter().flatten();
        let lost: Vec<&String> = paged.map(|(name, _)| name).filter(|n| !expected.contains(&n.as_str())).collect();
        self.same(&|| "paginators".into(), "of no operation", lost, Vec::new());
    }

    fn operation(&mut self, operation: Operation, name: &str, model: &'j Value) {
        let at = || format!("operation {name}");
        let command = dashed(name);
        self.same(&at, "command", operation.cli_name(), command.as_str());
        let service = operation.service();
        self.same(&at, "command leads here", service.operation(&command).map(|o| o.index()), Some(operation.index()));
        self.same(&at, "name leads here", service.operation_named(name).map(|o| o.index()), Some(operation.index()));
        self.same(&at, "name", operation.wire_name(), text(model, "name").unwrap_or(name));
        self.same(&at, "http.method", operation.method(), text(&model["http"], "method").unwrap_or("POST"));
        self.same(&at, "http.requestUri", operation.uri(), text(&model["http"], "requestUri").unwrap_or("/"));
        let (input, output) = (&model["input"], &model["output"]);
        self.same(&at, "input", operation.input().map(|s| s.name()), input["shape"].as_str());
        self.same(&at, "output", operation.output().map(|s| s.name()), output["shape"].as_str());
        self.same(&at, "input.locationName", operation.input_location_name(), input["locationName"].as_str());
        let namespace = namespace(&input["xmlNamespace"]);
        self.same(&at, "input.xmlNamespace", pair(operation.input_xml_namespace()), namespace);
        self.same(&at, "output.resultWrapper", operation.result_wrapper(), output["resultWrapper"].as_str());
        let errors: Vec<&str> =
            model["errors"].as_array().into_iter().flatten().map(|e| or_empty(e, "shape")).collect();
        self.counts.errors += errors.len() as u64;
        self.same(&at, "errors", operation.errors().map(|s| s.name()).collect::<Vec<_>>(), errors);
        for (key, found) in [
            ("deprecated", operation.deprecated()),
            ("unsignedPayload", operation.unsigned_payload()),
            ("endpointoperation", operation.endpoint_operation()),
            ("httpChecksumRequired", operation.checksum_required()),
        ] {
            self.same(&at, key, found, is_set(&model[key]));
        }
        self.same(&at, "auth", auth_names!(operation.auth()), texts(&model["auth"]));
        self.same(&at, "authtype", operation.auth_type(), model["authtype"].as_str());
        self.same(&at, "endpoint.hostPrefix", operation.host_prefix(), model["endpoint"]["hostPrefix"].as_str());
        let discovery = model["endpointdiscovery"].as_object().map(|d| d.get("required").is_some_and(is_set));
        self.same(&at, "endpointdiscovery", operation.endpoint_discovery(), discovery);
        self.checksum(&at, operation, &model["httpChecksum"]);
        let encodings = texts(&model["requestcompression"]["encodings"]);
        self.same(&at, "requestcompression", operation.compression_encodings().collect::<Vec<_>>(), encodings);
        let params = model["staticContextParams"].as_object().into_iter().flatten();
        let params: Vec<_> = params.map(|(name, param)| (name.as_str(), param["value"].clone())).collect();
        let found: Vec<_> = operation.static_context_params().map(|p| (p.name, parsed(p.value))).collect();
        self.same(&at, "staticContextParams", found, params);
        let params = model["operationContextParams"].as_object().into_iter().flatten();
        let params: Vec<_> = params.map(|(name, param)| (name.as_str(), or_empty(param, "path"))).collect();
        let found: Vec<_> = operation.operation_context_params().map(|p| (p.name, p.value)).collect();
        self.same(&at, "operationContextParams", found, params);
        let streams = |of: &Value| {
            let shape = &self.shapes.get(or_empty(of, "shape")).unwrap_or(&Value::Null);
            let payload = &shape["members"][or_empty(shape, "payload")];
            let is_blob = self.shapes.get(or_empty(payload, "shape")).is_some_and(|s| s["type"] == "blob");
            let members = shape["members"].as_object().into_iter().flatten();
            let mut targets = members.filter_map(|(_, m)| self.shapes.get(or_empty(m, "shape")));
            (is_blob, targets.any(|target| is_set(&target["eventstream"])))
        };
        let expected = (streams(input), streams(output));
        let found_in = (operation.has_streaming_input(), operation.has_event_stream_input());
        let found_out = (operation.has_streaming_output(), operation.has_event_stream_output());
        self.same(&at, "streams", (found_in, found_out), expected);
        self.paginator(&at, operation.paginator(), &self.json.paginators["pagination"][name]);
        let found = self.docs.operation(operation).to_owned();
        self.same(&at, "documentation", found, or_empty(model, "documentation").to_owned());
    }

    fn checksum(&mut self, at: &dyn Fn() -> String, operation: Operation, model: &Value) {
        let expected = model.is_object().then(|| {
            let required = is_set(&model["requestChecksumRequired"]);
            (required, model["requestAlgorithmMember"].as_str(), model["requestValidationModeMember"].as_str())
        });
        let found =
            operation.http_checksum().map(|c| (c.required, c.request_algorithm_member, c.validation_mode_member));
        self.same(at, "httpChecksum", found, expected);
        let algorithms = texts(&model["responseAlgorithms"]);
        self.same(at, "responseAlgorithms", operation.response_algorithms().collect::<Vec<_>>(), algorithms);
    }

    fn paginator(&mut self, at: &dyn Fn() -> String, paginator: Option<Paginator>, model: &Value) {
        self.same(at, "is paged", paginator.is_some(), model.is_object());
        let Some(paginator) = paginator else { return };
        self.counts.paginators += 1;
        self.same(at, "input_token", paginator.input_tokens().collect::<Vec<_>>(), texts(&model["input_token"]));
        self.same(at, "output_token", paginator.output_tokens().collect::<Vec<_>>(), texts(&model["output_token"]));
        self.same(at, "result_key", paginator.result_keys().collect::<Vec<_>>(), texts(&model["result_key"]));
        self.same(at, "limit_key", paginator.limit_key(), model["limit_key"].as_str());
        self.same(at, "more_results", paginator.more_results(), model["more_results"].as_str());
        let others = texts(&model["non_aggregate_keys"]);
        self.same(at, "non_aggregate_keys", paginator.non_aggregate_keys().collect::<Vec<_>>(), others);
    }

    // ----------------------------------------------------------------------------------------------- waiters

    fn all_waiters(&mut self, service: Service) {
        let models = self.json.waiters["waiters"].as_object();
        let expected: Vec<&str> = models.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let names: Vec<&str> = service.waiters().map(|w| w.name()).collect();
        self.same(&|| "waiters".into(), "names", names, expected);
        for (waiter, (name, model)) in service.waiters().zip(models.into_iter().flatten()) {
            self.counts.waiters += 1;
            self.waiter(waiter, name, model);
        }
    }

    fn waiter(&mut self, waiter: Waiter, name: &str, model: &Value) {
        let at = || format!("waiter {name}");
        self.same(&at, "command", waiter.cli_name(), dashed(name).as_str());
        self.same(&at, "operation", waiter.operation(), or_empty(model, "operation"));
        self.same(&at, "delay", json!(waiter.delay()), model["delay"].clone());
        self.same(&at, "maxAttempts", json!(waiter.max_attempts()), model["maxAttempts"].clone());
        let acceptors = model["acceptors"].as_array().into_iter().flatten();
        let expected: Vec<_> = acceptors
            .map(|a| (or_empty(a, "state"), or_empty(a, "matcher"), or_empty(a, "argument"), a["expected"].clone()))
            .collect();
        let found: Vec<_> =
            waiter.acceptors().map(|a| (a.state.name(), a.matcher.name(), a.argument, parsed(a.expected))).collect();
        self.same(&at, "acceptors", found, expected);
    }
}
