//! The model of one service that a user added. Less is asked of it than of the models that ship: traits that nobody
//! taught are passed over, and what botocore does without may be missing. What it doesn't say about a service that ships
//! too is taken from there.

use crate::service::ServiceFiles;
use crate::source::deep_merge;
use crate::{ModelError, PackBuilder};
use oxaws_model::format::service as sf;
use oxaws_model::{AuthScheme, Protocol, Service, SignatureVersion};
use serde_json::{Map, Value, json};
use std::fmt;

/// zstd: little to compress, and nobody keeps it.
const DOCS_LEVEL: i32 = 1;

/// A file of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `service-2.json`
    Service,
    /// `paginators-1.json`
    Paginators,
    /// `waiters-2.json`
    Waiters,
    /// `endpoint-rule-set-1.json`
    Rules,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 4] = [Part::Service, Part::Paginators, Part::Waiters, Part::Rules];

    /// The file's name without `.json`.
    pub fn stem(self) -> &'static str {
        match self {
            Part::Service => "service-2",
            Part::Paginators => "paginators-1",
            Part::Waiters => "waiters-2",
            Part::Rules => "endpoint-rule-set-1",
        }
    }
}

/// Why a user's model can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserModelError {
    /// A file isn't JSON.
    NotJson(String),
    /// What botocore says of it too, in its words.
    Refused(String),
    /// What the compiler says of it.
    Model(ModelError),
}

impl fmt::Display for UserModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UserModelError::NotJson(text) | UserModelError::Refused(text) => f.write_str(text),
            UserModelError::Model(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for UserModelError {}

impl From<ModelError> for UserModelError {
    fn from(e: ModelError) -> Self {
        UserModelError::Model(e)
    }
}

/// The model of one service, file by file.
#[derive(Debug)]
pub struct UserModel {
    name: String,
    files: ServiceFiles,
    compiled_rules: &'static [u8],
}

impl UserModel {
    /// The model in the directory `name`, without any file yet.
    pub fn new(name: &str) -> UserModel {
        UserModel { name: name.to_owned(), files: ServiceFiles::default(), compiled_rules: &[] }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it isn't JSON.
    pub fn add(&mut self, part: Part, bytes: &[u8]) -> Result<(), UserModelError> {
        *self.slot(part) = parse(bytes)?;
        Ok(())
    }

    /// Lays the `merge` of a `*.sdk-extras.json` over a file that was read.
    ///
    /// # Errors
    /// When it isn't JSON.
    pub fn merge(&mut self, part: Part, extras: &[u8]) -> Result<(), UserModelError> {
        let extras = parse(extras)?;
        if let Some(merge) = extras.get("merge") {
            deep_merge(self.slot(part), merge);
        }
        Ok(())
    }

    /// Whether a file was read.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Service => !self.files.service.is_null(),
            Part::Paginators => self.files.paginators.is_some(),
            Part::Waiters => self.files.waiters.is_some(),
            Part::Rules => self.files.rules.is_some(),
        }
    }

    /// Takes a part from a service that ships.
    pub fn borrow(&mut self, part: Part, from: Service) {
        match part {
            Part::Service => {}
            Part::Paginators => self.files.paginators = Some(paginators(from)),
            Part::Waiters => self.files.waiters = Some(waiters(from)),
            Part::Rules => self.compiled_rules = from.rules(),
        }
    }

    /// The packs of facts and documentation, with this service alone in them. `source` and `partitions` are as in
    /// [`PackBuilder`].
    ///
    /// # Errors
    /// When the model can't be used.
    pub fn compile(mut self, source: &str, partitions: &[u8]) -> Result<(Vec<u8>, Vec<u8>), UserModelError> {
        complete(&self.name, &mut self.files.service)?;
        let mut builder = PackBuilder::new(source).with_docs(DOCS_LEVEL).lenient();
        builder.add_service(&self.name, &self.files)?;
        if self.files.rules.is_none() {
            builder.share_rules(self.compiled_rules);
        }
        builder.set_partitions(partitions.to_vec());
        Ok(builder.finish_with_docs()?)
    }

    fn slot(&mut self, part: Part) -> &mut Value {
        match part {
            Part::Service => &mut self.files.service,
            Part::Paginators => self.files.paginators.get_or_insert(Value::Null),
            Part::Waiters => self.files.waiters.get_or_insert(Value::Null),
            Part::Rules => self.files.rules.get_or_insert(Value::Null),
        }
    }
}

impl PackBuilder {
    /// Gives the service added last rules that are compiled already.
    fn share_rules(&mut self, rules: &[u8]) {
        let offset = if rules.is_empty() { 0 } else { self.add_rules(rules.to_vec()) };
        let Some(at) = self.services.len().checked_sub(sf::FIELDS) else { return };
        self.services[at + sf::RULES_LEN] = rules.len() as u32;
        self.services[at + sf::RULES_OFFSET] = offset;
    }
}

fn parse(bytes: &[u8]) -> Result<Value, UserModelError> {
    serde_json::from_slice(bytes).map_err(|e| UserModelError::NotJson(e.to_string()))
}

/// Puts in what may be missing, and complains about what may not, as botocore does when a call is made.
fn complete(name: &str, service: &mut Value) -> Result<(), UserModelError> {
    let refused = |text: String| Err(UserModelError::Refused(text));
    let kind = match service {
        Value::Object(_) => "dict",
        Value::Array(_) => "list",
        Value::String(_) => "str",
        Value::Bool(_) => "bool",
        Value::Null => "NoneType",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
    };
    let Some(model) = service.as_object_mut() else {
        return refused(format!("'{kind}' object has no attribute 'get'"));
    };
    for key in ["metadata", "operations", "shapes"] {
        if !model.contains_key(key) {
            model.insert(key.into(), Value::Object(Map::new()));
        }
    }
    let mut none = true;
    if let Some(operations) = model.get_mut("operations").and_then(Value::as_object_mut) {
        for operation in operations.values_mut().filter_map(Value::as_object_mut) {
            none = false;
            if !operation.contains_key("http") {
                operation.insert("http".into(), Value::Object(Map::new()));
            }
            known_auth(operation);
        }
    }
    let Some(metadata) = model.get_mut("metadata").and_then(Value::as_object_mut) else { return Ok(()) };
    known_auth(metadata);
    if none {
        // Nothing will be called; a protocol there must be.
        metadata.insert("protocol".into(), json!("json"));
        metadata.remove("protocols");
        metadata.remove("signatureVersion");
        return Ok(());
    }
    let undefined =
        |key: &str| refused(format!("\"{key}\" not defined in the metadata of the model: ServiceModel({name})"));
    if !metadata.contains_key("endpointPrefix") {
        return undefined("endpointPrefix");
    }
    if !metadata.contains_key("serviceId") {
        return refused(format!(
            "The model being used for the service {name} is missing the serviceId metadata property, which is required."
        ));
    }
    match (metadata.get("protocols"), metadata.get("protocol").and_then(Value::as_str)) {
        (Some(_), _) => {}
        (None, None) => return undefined("protocol"),
        (None, Some(protocol)) if Protocol::from_name(protocol).is_none() => return refused(format!("'{protocol}'")),
        (None, Some(_)) => {}
    }
    match metadata.get("signatureVersion").and_then(Value::as_str) {
        Some(version) if !SignatureVersion::ALL.iter().any(|v| v.name() == version) => {
            refused(format!("Unknown Signature Version: ['{version}']."))
        }
        _ => Ok(()),
    }
}

/// Leaves out the schemes that nobody knows: botocore takes the first one that it knows.
fn known_auth(map: &mut Map<String, Value>) {
    if let Some(list) = map.get_mut("auth").and_then(Value::as_array_mut) {
        list.retain(|scheme| scheme.as_str().is_some_and(|s| AuthScheme::from_name(s).is_some()));
    }
}

/// The paginators of a compiled service, as their file has them.
fn paginators(service: Service) -> Value {
    let list = |names: Vec<&str>| json!(names);
    let mut all = Map::new();
    for operation in service.operations() {
        let Some(paginator) = operation.paginator() else { continue };
        let mut rules = Map::new();
        rules.insert("input_token".into(), list(paginator.input_tokens().collect()));
        rules.insert("output_token".into(), list(paginator.output_tokens().collect()));
        rules.insert("result_key".into(), list(paginator.result_keys().collect()));
        let others: Vec<&str> = paginator.non_aggregate_keys().collect();
        if !others.is_empty() {
            rules.insert("non_aggregate_keys".into(), list(others));
        }
        for (key, value) in [("limit_key", paginator.limit_key()), ("more_results", paginator.more_results())] {
            if let Some(value) = value {
                rules.insert(key.into(), json!(value));
            }
        }
        all.insert(operation.name().into(), Value::Object(rules));
    }
    json!({ "pagination": all })
}

/// The waiters of a compiled service, as their file has them.
fn waiters(service: Service) -> Value {
    let mut all = Map::new();
    for waiter in service.waiters() {
        let acceptors: Vec<Value> = waiter
            .acceptors()
            .map(|a| {
                // It was JSON when it was compiled.
                let expected: Value = serde_json::from_str(a.expected).unwrap_or_default();
                json!({
                    "state": a.state.name(),
                    "matcher": a.matcher.name(),
                    "argument": a.argument,
                    "expected": expected,
                })
            })
            .collect();
        let rules = json!({
            "operation": waiter.operation(),
            "delay": waiter.delay(),
            "maxAttempts": waiter.max_attempts(),
            "acceptors": acceptors,
        });
        all.insert(waiter.name().into(), rules);
    }
    json!({ "waiters": all })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_model::Pack;

    const MODEL: &str = r#"{
        "version": "2.0", "novel": 1,
        "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "mine", "protocol": "json", "serviceId": "Mine",
            "jsonVersion": "1.1", "targetPrefix": "Mine", "novel": true},
        "operations": {"GetThing": {"name": "GetThing", "input": {"shape": "In"}, "novel": {}, "auth": ["novel"]}},
        "shapes": {"In": {"type": "structure", "members": {"A": {"shape": "S", "novel": 1}}}, "S": {"type": "string"}}
    }"#;
    const WAITERS: &str = r#"{"waiters": {"ThingExists": {"operation": "GetThing", "delay": 2, "maxAttempts": 3,
        "acceptors": [{"state": "success", "matcher": "status", "expected": 200}]}}}"#;
    const PAGING: &str = r#"{"pagination": {"GetThing": {"input_token": "A", "output_token": "B", "result_key": "C",
        "limit_key": "L", "more_results": "M"}}}"#;

    fn service(model: UserModel) -> Service {
        let (facts, _) = model.compile("test", &[]).expect("a sound model");
        Pack::new(facts.leak()).expect("a pack").services().next().expect("a service")
    }

    fn refusal(text: &str) -> String {
        let mut model = UserModel::new("mine");
        match model.add(Part::Service, text.as_bytes()).and_then(|()| model.compile("test", &[])) {
            Ok(_) => "fine".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn novel_traits_are_passed_over() {
        let mut model = UserModel::new("mine");
        model.add(Part::Service, MODEL.as_bytes()).expect("JSON");
        model.merge(Part::Service, br#"{"merge": {"shapes": {"S": {"max": 5}}}}"#).expect("JSON");
        let found = service(model);
        assert_eq!((found.cli_name(), found.service_id()), ("mine", "Mine"));
        let operation = found.operation("get-thing").expect("an operation");
        assert_eq!((operation.method(), operation.uri(), found.rules().len()), ("POST", "/", 0));
        assert_eq!(operation.input().expect("an input").member("A").expect("a member").shape().max(), Some("5"));
    }

    #[test]
    fn what_is_missing_is_borrowed() {
        let mut first = UserModel::new("mine");
        first.add(Part::Service, MODEL.as_bytes()).expect("JSON");
        first.add(Part::Waiters, WAITERS.as_bytes()).expect("JSON");
        first.add(Part::Paginators, PAGING.as_bytes()).expect("JSON");
        let first = service(first);
        let mut second = UserModel::new("mine");
        second.add(Part::Service, MODEL.as_bytes()).expect("JSON");
        Part::ALL.iter().filter(|p| **p != Part::Service).for_each(|p| second.borrow(*p, first));
        assert!(second.has(Part::Waiters));
        let second = service(second);
        let waiter = second.waiters().next().expect("a waiter");
        assert_eq!((waiter.cli_name(), waiter.delay(), waiter.max_attempts()), ("thing-exists", 2, 3));
        assert_eq!(waiter.acceptors().next().expect("an acceptor").expected, "200");
        let paginator = second.operation("get-thing").expect("an operation").paginator().expect("a paginator");
        assert_eq!(paginator.input_tokens().collect::<Vec<_>>(), ["A"]);
        assert_eq!((paginator.limit_key(), paginator.more_results()), (Some("L"), Some("M")));
    }

    #[test]
    fn broken_models_are_refused_in_known_words() {
        let without = |part: &str| MODEL.replace(part, "");
        for (text, want) in [
            ("[]".to_owned(), "'list' object has no attribute 'get'"),
            ("{}".to_owned(), "fine"),
            (without("\"operations\""), "key must be a string"),
            (without("\"serviceId\": \"Mine\","), "is missing the serviceId metadata property"),
            (without("\"endpointPrefix\": \"mine\","), "\"endpointPrefix\" not defined in the metadata of the model"),
            (without("\"protocol\": \"json\","), "\"protocol\" not defined"),
            (MODEL.replace("\"json\"", "\"nosuch\""), "'nosuch'"),
            (MODEL.replace("\"jsonVersion\"", "\"signatureVersion\""), "Unknown Signature Version: ['1.1']."),
            (MODEL.replace("\"S\": {", "\"T\": {"), "names the missing shape \"S\""),
            (MODEL.replace("\"string\"", "\"nosuch\""), "unknown type \"nosuch\""),
            (MODEL.replace("\"structure\"", "7"), "unknown type"),
            ("{\"operations\": [], \"shapes\": 1}".to_owned(), "missing or no object"),
        ] {
            let got = refusal(&text);
            assert!(got.contains(want), "{got}: {want}");
        }
        assert!(refusal(&"[".repeat(100_000)).contains("recursion limit"));
    }
}
