//! Compiles one service's JSON to records. Every key of the model is either honoured, known to mean nothing here, or an
//! error that names it: a new trait must not be overlooked.

mod operations;
mod paging;
mod shapes;
mod waiters;

use crate::builder::PackBuilder;
use crate::docs::ServiceDocs;
use crate::{ModelError, rules};
use oxaws_model::format::{service as sf, tag};
use oxaws_model::{AuthScheme, Protocol, SignatureVersion};
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
        match map.keys().find(|k| !self.pack.lenient && !known.contains(&k.as_str())) {
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
