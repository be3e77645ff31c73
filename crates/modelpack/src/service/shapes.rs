//! Shapes and their members.

use super::{Entries, ServiceCompiler, doc, is_true};
use crate::ModelError;
use oxaws_model::format::{member as mf, service as sf, shape as hf, tag};
use oxaws_model::{Location, ShapeKind, TimestampFormat};
use serde_json::{Map, Value};

impl<'a> ServiceCompiler<'a> {
    pub(super) fn shapes(&mut self, model: &'a Map<String, Value>, record: &mut [u32]) -> Result<(), ModelError> {
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

    pub(super) fn xml_namespace(&mut self, map: &Map<String, Value>, aux: &mut Entries) {
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
}
