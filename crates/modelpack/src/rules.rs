//! Endpoint rule sets, compiled: conditions and texts are written once each, rules become codes that name them.

pub(crate) mod tables;

use self::tables::{Interner, Pool, bounded};
use crate::ModelError;
use oxaws_model::endpoint_format::NONE;
use oxaws_model::endpoint_format::rules::{self as f, attribute, endpoint as ep, expr, function, kind, param};
use serde_json::{Map, Value};

/// Compiles `endpoint-rule-set-1.json` to the bytes that the endpoint interpreter reads.
///
/// # Errors
/// For an unknown function, parameter type, rule type or property, named; and for rules nested too deep.
pub fn compile_rules(service: &str, rule_set: &Value) -> Result<Vec<u8>, ModelError> {
    Compiler::default().compile(rule_set).map_err(|what| ModelError::new(service, format!("endpoint rules: {what}")))
}

type Compiled<T> = Result<T, String>;

#[derive(Default)]
struct Compiler {
    strings: Interner,
    /// The variables' names by slot; parameters first.
    slots: Vec<String>,
    exprs: Pool,
    endpoints: Pool,
}

fn object<'j>(value: &'j Value, what: &str, keys: &[&str]) -> Compiled<&'j Map<String, Value>> {
    let object = value.as_object().ok_or_else(|| format!("{what} is no object"))?;
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(unknown) => Err(format!("unknown {what} key {unknown}")),
        None => Ok(object),
    }
}

fn array<'j>(value: Option<&'j Value>, what: &str) -> Compiled<&'j [Value]> {
    value.and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("{what} is no list"))
}

fn text<'j>(value: Option<&'j Value>, what: &str) -> Compiled<&'j str> {
    value.and_then(Value::as_str).ok_or_else(|| format!("{what} is no text"))
}

fn byte(number: usize, what: &str) -> Compiled<u8> {
    u8::try_from(number).map_err(|_| format!("too many {what}: {number}"))
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend(number.to_le_bytes());
}

impl Compiler {
    fn compile(mut self, rule_set: &Value) -> Compiled<Vec<u8>> {
        let set = object(rule_set, "rule set", &["version", "parameters", "rules", "documentation"])?;
        let none = Map::new();
        let parameters = set.get("parameters").and_then(Value::as_object).unwrap_or(&none);
        let mut params = Vec::new();
        for (name, parameter) in parameters {
            self.slots.push(name.clone());
            self.parameter(&mut params, name, parameter)?;
        }
        let mut rules = Vec::new();
        for rule in array(set.get("rules"), "rules")? {
            self.rule(&mut rules, rule, 0)?;
        }
        self.write(bounded(parameters.len())?, &params, &rules)
    }

    fn write(mut self, param_count: u16, params: &[u8], rules: &[u8]) -> Compiled<Vec<u8>> {
        let mut slots = Vec::new();
        for name in &self.slots {
            put16(&mut slots, self.strings.id(name)?);
        }
        let mut out = Vec::new();
        let place = |at: usize| u32::try_from(at).map_err(|_| "too large".to_owned());
        let params_at = f::HEADER;
        let slots_at = params_at + params.len();
        let exprs_at = slots_at + slots.len();
        let endpoints_at = exprs_at + self.exprs.size();
        let rules_at = endpoints_at + self.endpoints.size();
        let rules_end = rules_at + rules.len();
        out.extend(f::MAGIC.to_le_bytes());
        for number in [
            f::VERSION,
            bounded(self.slots.len())?,
            param_count,
            self.strings.count()?,
            self.exprs.count()?,
            self.endpoints.count()?,
        ] {
            put16(&mut out, number);
        }
        for at in [params_at, slots_at, exprs_at, endpoints_at, rules_at, rules_end, rules_end] {
            out.extend(place(at)?.to_le_bytes());
        }
        out.extend(params);
        out.extend(slots);
        self.exprs.write(&mut out)?;
        self.endpoints.write(&mut out)?;
        out.extend(rules);
        self.strings.write(&mut out)?;
        Ok(out)
    }

    fn parameter(&mut self, out: &mut Vec<u8>, name: &str, parameter: &Value) -> Compiled<()> {
        let keys = ["type", "builtIn", "default", "required", "documentation", "deprecated"];
        let parameter = object(parameter, "parameter", &keys)?;
        let declared = text(parameter.get("type"), "parameter type")?;
        let kind = match declared.to_lowercase().as_str() {
            "string" => param::STRING,
            "boolean" => param::BOOL,
            "stringarray" => param::LIST,
            _ => return Err(format!("unknown parameter type {declared}")),
        };
        let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
        let default = parameter.get("default").filter(|value| !value.is_null());
        put16(out, self.strings.id(name)?);
        out.push(kind);
        out.push(if required { param::REQUIRED } else { 0 } | if default.is_some() { param::DEFAULT } else { 0 });
        put16(
            out,
            match parameter.get("builtIn").and_then(Value::as_str) {
                Some(builtin) => self.strings.id(builtin)?,
                None => NONE,
            },
        );
        match (kind, default) {
            (_, None) => {}
            (param::STRING, Some(Value::String(value))) => put16(out, self.strings.id(value)?),
            (param::BOOL, Some(Value::Bool(value))) => out.push(u8::from(*value)),
            (param::LIST, Some(Value::Array(list))) => {
                out.push(byte(list.len(), "default values")?);
                for value in list {
                    put16(out, self.strings.id(text(Some(value), "default")?)?);
                }
            }
            (_, Some(other)) => return Err(format!("default of parameter {name}: {other}")),
        }
        Ok(())
    }

    fn rule(&mut self, out: &mut Vec<u8>, rule: &Value, depth: u8) -> Compiled<()> {
        if depth >= f::MAX_DEPTH {
            return Err("rules nested too deep".to_owned());
        }
        let rule = object(rule, "rule", &["type", "conditions", "rules", "endpoint", "error", "documentation"])?;
        let declared = text(rule.get("type"), "rule type")?;
        out.push(match declared {
            "tree" => kind::TREE,
            "endpoint" => kind::ENDPOINT,
            "error" => kind::ERROR,
            _ => return Err(format!("unknown rule type {declared}")),
        });
        let conditions = array(rule.get("conditions"), "conditions")?;
        out.push(byte(conditions.len(), "conditions")?);
        for condition in conditions {
            put16(out, self.expression(condition)?);
        }
        match declared {
            "tree" => {
                let mut within = Vec::new();
                for rule in array(rule.get("rules"), "rules")? {
                    self.rule(&mut within, rule, depth + 1)?;
                }
                out.extend(u32::try_from(within.len()).map_err(|_| "too large".to_owned())?.to_le_bytes());
                out.extend(within);
            }
            "endpoint" => {
                let id = self.endpoint(rule.get("endpoint").unwrap_or(&Value::Null))?;
                put16(out, id);
            }
            _ => put16(out, self.expression(rule.get("error").unwrap_or(&Value::Null))?),
        }
        Ok(())
    }

    /// The id of an expression in the table.
    fn expression(&mut self, value: &Value) -> Compiled<u16> {
        let mut code = Vec::new();
        self.encode(&mut code, value, 0)?;
        self.exprs.id(code)
    }

    fn encode(&mut self, out: &mut Vec<u8>, value: &Value, depth: u8) -> Compiled<()> {
        if depth >= f::MAX_DEPTH {
            return Err("expression nested too deep".to_owned());
        }
        match value {
            Value::Bool(value) => out.push(if *value { expr::TRUE } else { expr::FALSE }),
            Value::Number(number) => {
                let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
                out.push(expr::INT);
                out.extend(number.ok_or_else(|| format!("number {value}"))?.to_le_bytes());
            }
            Value::String(value) if is_template(value) => self.template(out, value)?,
            Value::String(value) => {
                out.push(expr::TEXT);
                put16(out, self.strings.id(value)?);
            }
            Value::Object(reference) if reference.contains_key("ref") => {
                object(value, "reference", &["ref"])?;
                out.push(expr::REF);
                put16(out, self.slot(text(reference.get("ref"), "reference")?)?);
            }
            Value::Object(_) => self.call(out, value, depth)?,
            _ => return Err(format!("unknown expression {value}")),
        }
        Ok(())
    }

    fn call(&mut self, out: &mut Vec<u8>, value: &Value, depth: u8) -> Compiled<()> {
        let call = object(value, "function", &["fn", "argv", "assign"])?;
        let name = text(call.get("fn"), "function")?;
        let arguments = array(call.get("argv"), "arguments")?;
        if let Some(variable) = call.get("assign") {
            out.push(expr::ASSIGN);
            put16(out, self.slot(text(Some(variable), "assign")?)?);
        }
        if name == "getAttr" {
            let [of, path] = arguments else { return Err("getAttr needs two arguments".to_owned()) };
            out.push(expr::ATTR);
            encode_path(out, text(Some(path), "path")?, '.')?;
            return self.encode(out, of, depth + 1);
        }
        let code = function::ALL.iter().position(|(known, _)| *known == name);
        let code = code.ok_or_else(|| format!("unknown function {name}"))?;
        if function::ALL.get(code).is_none_or(|(_, count)| *count != arguments.len()) {
            return Err(format!("function {name} with {} arguments", arguments.len()));
        }
        out.push(byte(code, "functions")? + expr::CALL);
        arguments.iter().try_for_each(|argument| self.encode(out, argument, depth + 1))
    }

    fn slot(&mut self, name: &str) -> Compiled<u16> {
        let known = self.slots.iter().position(|slot| slot == name);
        bounded(known.unwrap_or_else(|| {
            self.slots.push(name.to_owned());
            self.slots.len() - 1
        }))
    }

    /// A text with variables in braces; doubled braces stand for themselves.
    fn template(&mut self, out: &mut Vec<u8>, template: &str) -> Compiled<()> {
        let bad = || format!("template {template}");
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut literal = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            literal.push_str(before);
            if let Some(tail) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
                literal.push_str(after.get(..1).unwrap_or(""));
                rest = tail;
                continue;
            }
            let (reference, tail) = after.strip_prefix('{').and_then(|tail| tail.split_once('}')).ok_or_else(bad)?;
            if reference.is_empty() || reference.contains(['{', ':', '!']) {
                return Err(bad());
            }
            self.literal(&mut parts, &mut literal)?;
            let (variable, path) = reference.split_once('#').unwrap_or((reference, ""));
            let mut part = vec![expr::PART_VAR];
            put16(&mut part, self.slot(variable)?);
            encode_path(&mut part, path, '#')?;
            parts.push(part);
            rest = tail;
        }
        literal.push_str(rest);
        self.literal(&mut parts, &mut literal)?;
        out.push(expr::TEMPLATE);
        out.push(byte(parts.len(), "template parts")?);
        out.extend(parts.concat());
        Ok(())
    }

    fn literal(&mut self, parts: &mut Vec<Vec<u8>>, literal: &mut String) -> Compiled<()> {
        if !literal.is_empty() {
            let mut part = vec![expr::PART_TEXT];
            put16(&mut part, self.strings.id(literal)?);
            parts.push(part);
            literal.clear();
        }
        Ok(())
    }

    fn endpoint(&mut self, endpoint: &Value) -> Compiled<u16> {
        let endpoint = object(endpoint, "endpoint", &["url", "properties", "headers"])?;
        let none = Value::Object(Map::new());
        let properties = endpoint.get("properties").unwrap_or(&none);
        let properties = object(properties, "property", &["authSchemes", "backend", "metricValues"])?;
        let headers = endpoint.get("headers").unwrap_or(&none).as_object().ok_or("headers are no object")?;
        let flags = [("authSchemes", ep::AUTH), ("backend", ep::BACKEND), ("metricValues", ep::METRICS)];
        let mut out = Vec::new();
        put16(&mut out, self.expression(endpoint.get("url").unwrap_or(&Value::Null))?);
        out.push(flags.iter().filter(|(key, _)| properties.contains_key(*key)).map(|(_, flag)| flag).sum());
        out.push(byte(headers.len(), "headers")?);
        for (name, values) in headers {
            put16(&mut out, self.strings.id(name)?);
            self.texts(&mut out, values, "header values")?;
        }
        if let Some(backend) = properties.get("backend") {
            put16(&mut out, self.text_expression(backend, "backend")?);
        }
        if let Some(metrics) = properties.get("metricValues") {
            self.texts(&mut out, metrics, "metricValues")?;
        }
        if let Some(schemes) = properties.get("authSchemes") {
            let schemes = array(Some(schemes), "authSchemes")?;
            out.push(byte(schemes.len(), "authSchemes")?);
            for scheme in schemes {
                self.scheme(&mut out, scheme)?;
            }
        }
        self.endpoints.id(out)
    }

    fn scheme(&mut self, out: &mut Vec<u8>, scheme: &Value) -> Compiled<()> {
        let keys = ["name", "signingName", "signingRegion", "signingRegionSet", "disableDoubleEncoding"];
        let scheme = object(scheme, "auth scheme", &keys)?;
        put16(out, self.text_expression(scheme.get("name").unwrap_or(&Value::Null), "auth scheme name")?);
        let flags = [
            ("signingName", ep::SCHEME_NAME),
            ("signingRegion", ep::SCHEME_REGION),
            ("signingRegionSet", ep::SCHEME_REGION_SET),
            ("disableDoubleEncoding", ep::SCHEME_ENCODING),
        ];
        let single = scheme.get("disableDoubleEncoding").and_then(Value::as_bool) == Some(true);
        let present: u8 = flags.iter().filter(|(key, _)| scheme.contains_key(*key)).map(|(_, flag)| flag).sum();
        out.push(present | if single { ep::SCHEME_SINGLE } else { 0 });
        for key in ["signingName", "signingRegion"] {
            if let Some(value) = scheme.get(key) {
                put16(out, self.text_expression(value, key)?);
            }
        }
        match scheme.get("signingRegionSet") {
            Some(regions) => self.texts(out, regions, "signingRegionSet"),
            None => Ok(()),
        }
    }

    fn text_expression(&mut self, value: &Value, what: &str) -> Compiled<u16> {
        text(Some(value), what)?;
        self.expression(value)
    }

    fn texts(&mut self, out: &mut Vec<u8>, values: &Value, what: &str) -> Compiled<()> {
        let values = array(Some(values), what)?;
        out.push(byte(values.len(), what)?);
        for value in values {
            put16(out, self.expression(value)?);
        }
        Ok(())
    }
}

/// Whether the AWS CLI takes a text for a template: it has one reference of letters and `#` at least.
fn is_template(text: &str) -> bool {
    text.split('{').skip(1).any(|after| {
        after.split_once('}').is_some_and(|(reference, _)| {
            !reference.is_empty() && reference.bytes().all(|c| c.is_ascii_alphabetic() || c == b'#')
        })
    })
}

/// Writes a path such as `resourceId[2]`: its names, and an index, which ends it.
fn encode_path(out: &mut Vec<u8>, path: &str, separator: char) -> Compiled<()> {
    let mut steps: Vec<u8> = Vec::new();
    let mut count = 0;
    for part in path.split(separator).filter(|_| !path.is_empty()) {
        let (name, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            Some((name, index)) => (name, Some(index)),
            None => (part, None),
        };
        let code = attribute::ALL.iter().position(|known| *known == name);
        let code = match code {
            Some(code) => byte(code, "attributes")?,
            None if name.is_empty() && index.is_some() => expr::NO_ATTR,
            None => return Err(format!("unknown attribute {part}")),
        };
        count += 1;
        if let Some(index) = index {
            steps.extend([expr::STEP_INDEX, code]);
            put16(&mut steps, index.parse().map_err(|_| format!("index {part}"))?);
            break;
        }
        steps.extend([expr::STEP_NAME, code]);
    }
    out.push(count);
    out.extend(steps);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(rule_set: Value) -> String {
        compile_rules("svc", &rule_set).unwrap_err().to_string()
    }

    fn with_condition(condition: Value) -> Value {
        let rule = json!({"type": "error", "conditions": [condition], "error": "no"});
        json!({"version": "1.0", "parameters": {}, "rules": [rule]})
    }

    #[test]
    fn names_what_it_does_not_know() {
        assert!(error(with_condition(json!({"fn": "frobnicate", "argv": []}))).contains("unknown function frobnicate"));
        assert!(
            error(with_condition(json!({"fn": "getAttr", "argv": [{"ref": "a"}, "zip"]})))
                .contains("unknown attribute zip")
        );
        let parameters = json!({"parameters": {"A": {"type": "list"}}, "rules": []});
        assert!(error(parameters).contains("unknown parameter type list"));
        let rule = json!({"type": "maybe", "conditions": []});
        assert!(error(json!({"parameters": {}, "rules": [rule]})).contains("unknown rule type maybe"));
        let endpoint = json!({"url": "x", "properties": {"colour": "red"}});
        let rule = json!({"type": "endpoint", "conditions": [], "endpoint": endpoint});
        assert!(error(json!({"parameters": {}, "rules": [rule]})).contains("unknown property key colour"));
    }

    #[test]
    fn equal_conditions_are_written_once() {
        let condition = json!({"fn": "isSet", "argv": [{"ref": "Region"}]});
        let rule = json!({"type": "error", "conditions": [condition], "error": "no"});
        let size = |count: usize| {
            let rules = vec![rule.clone(); count];
            compile_rules("svc", &json!({"parameters": {}, "rules": rules})).unwrap().len()
        };
        assert_eq!(size(11) - size(1), 10 * 6);
    }

    #[test]
    fn refuses_endless_nesting() {
        let mut rule = json!({"type": "error", "conditions": [], "error": "no"});
        for _ in 0..60 {
            rule = json!({"type": "tree", "conditions": [], "rules": [rule]});
        }
        assert!(error(json!({"parameters": {}, "rules": [rule]})).contains("nested too deep"));
    }

    #[test]
    fn tells_templates() {
        assert!(is_template("https://{Region}.x"));
        assert!(is_template("{a#b}"));
        assert!(!is_template("{a_b}") && !is_template("{}") && !is_template("plain"));
    }
}
