//! Replies that tell an error.

use crate::failure::{Mismatch, ParseFailure};
use crate::nodes::Nodes;
use crate::reply::{ParseOptions, Reply};
use crate::scalar::python_str;
use crate::status::reason_phrase;
use crate::{cbor_read, json_read, rest_reply, xml_read, xml_tree};
use oxaws_model::{Operation, Protocol, Service, Shape};
use oxaws_value::repr::{self, MapClass};
use oxaws_value::{Map, Value, parse_json};

/// What a service says went wrong.
#[derive(Debug, Clone)]
pub struct ServiceError {
    /// The error's code; `Unknown` where the reply has none.
    pub code: String,
    /// Its message; `None` where the reply has none (the CLI then shows `Unknown`).
    pub message: Option<String>,
    /// Everything the reply says about the error, in its order, `Code` and `Message` included: S3 tells the `Endpoint`
    /// and `Region` of a redirect here, query-compatible services the `Type`.
    pub details: Map,
    /// What the CLI's structured error formats show: `Code`, `Message` and the members of the modelled error. Its
    /// additional details are those whose name, in lower case, is neither `code` nor `message`.
    pub fields: Map,
    /// The modelled error with this code.
    pub shape: Option<Shape>,
    /// The HTTP status.
    pub status: u16,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
}

impl std::fmt::Display for ServiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message.as_deref().unwrap_or("Unknown"))
    }
}

impl std::error::Error for ServiceError {}

/// The error that a reply with a status from 300 on tells.
///
/// # Errors
/// When the body can't be read at all: the AWS CLI then fails too, without an error code.
pub fn parse_error(op: Operation, reply: &Reply, o: &ParseOptions) -> Result<ServiceError, ParseFailure> {
    let service = op.service();
    let protocol = service.protocol();
    // botocore reads a 300 as a result and then finds no error in it.
    let told = if reply.status < 301 {
        Told::default()
    } else if is_generic(reply) {
        Told::from_status(reply)
    } else {
        match protocol {
            Protocol::Json => json_error(reply, false)?,
            Protocol::RestJson => json_error(reply, true)?,
            Protocol::Cbor => cbor_error(reply, o)?,
            Protocol::Query | Protocol::Ec2 => query_error(protocol, reply)?,
            Protocol::RestXml => rest_xml_error(reply),
        }
    };
    let code = told.error.get("Code");
    let shape = code.and_then(Value::as_str).and_then(|code| error_shape(service, code));
    let mut top = told.top;
    if let Some(shape) = shape
        && reply.status >= 301
        && !is_generic(reply)
    {
        // A member that can't be read must not hide the error itself.
        for (name, value) in modelled_members(protocol, shape, reply, o).unwrap_or_default() {
            top.insert(name, value);
        }
    }
    let modelled = |name: &str| {
        let lower = name.to_lowercase();
        lower == "code"
            || lower == "message"
            || shape.is_some_and(|s| s.members().any(|m| m.name().to_lowercase() == lower))
    };
    let mut fields: Map = told.error.iter().filter(|(k, _)| modelled(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
    for (name, value) in top {
        let hidden = ["Error", "ResponseMetadata", "Code", "Message"].contains(&name.as_ref());
        if !hidden && !told.error.contains_key(&name) && modelled(&name) {
            fields.insert(name, value);
        }
    }
    Ok(ServiceError {
        code: code.map_or_else(|| "Unknown".to_owned(), |c| python_str(c).into_owned()),
        message: match told.error.get("Message") {
            None if reply.status < 301 => None,
            found => found.map(message_text),
        },
        details: told.error,
        fields,
        shape,
        status: reply.status,
        request_id: told.request_id.or_else(|| reply.request_id()),
    })
}

/// A message is text; what else comes in its place is shown as Python shows it.
fn message_text(message: &Value) -> String {
    match message {
        Value::List(_) | Value::Map(_) => repr::repr(message, MapClass::Dict),
        other => python_str(other).into_owned(),
    }
}

/// What a body tells, before its shape is known.
#[derive(Default)]
struct Told {
    /// Code, message and what else stands beside them.
    error: Map,
    /// What stands beside the error itself.
    top: Map,
    request_id: Option<String>,
}

impl Told {
    fn new(message: Value, code: impl Into<Value>) -> Told {
        let error = [("Message", message), ("Code", code.into())].into_iter().collect();
        Told { error, ..Told::default() }
    }

    /// The status in place of a code and its phrase in place of a message.
    fn from_status(reply: &Reply) -> Told {
        let entries = [("Code", reply.status.to_string()), ("Message", reason_phrase(reply.status).to_owned())];
        Told { error: entries.into_iter().collect(), ..Told::default() }
    }
}

/// A server fault that says nothing in the protocol: an empty body, or the page of something in between.
fn is_generic(reply: &Reply) -> bool {
    let body = reply.body.trim_ascii();
    reply.status >= 500 && (body.is_empty() || body.starts_with(b"<html>"))
}

fn error_shape(service: Service, code: &str) -> Option<Shape> {
    service.shapes().filter(|s| s.exception() && s.error_code() == code).last()
}

fn modelled_members(protocol: Protocol, shape: Shape, reply: &Reply, o: &ParseOptions) -> Result<Map, ParseFailure> {
    let nodes = Nodes::new();
    match protocol {
        Protocol::Json => json_read::body(shape, false, reply, o, &nodes, None),
        Protocol::Cbor => cbor_read::body(shape, reply, o),
        Protocol::Query | Protocol::Ec2 => xml_read::error_members(protocol, shape, reply, o, &nodes),
        Protocol::RestJson => {
            // Headers count even where the body is no JSON.
            let located = rest_reply::located(protocol, shape, reply, o)?;
            Ok(rest_reply::output(protocol, shape, reply, o, &nodes, None).unwrap_or(located))
        }
        Protocol::RestXml => {
            let mut map = rest_reply::located(protocol, shape, reply, o)?;
            for (name, value) in xml_read::error_members(protocol, shape, reply, o, &nodes)? {
                map.insert(name, value);
            }
            Ok(map)
        }
    }
}

/// The code without the namespace before `#` and without the address after `:`.
fn bare_code(code: &str) -> &str {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code)
}

/// The two parts of `x-amzn-query-error`: the code that the service had when it spoke `query`, and who is at fault.
fn query_error_header(reply: &Reply) -> Option<(String, String)> {
    let header = reply.header("x-amzn-query-error")?;
    let (code, fault) = header.split_once(';')?;
    (!code.is_empty() && !fault.contains(';')).then(|| (code.to_owned(), fault.to_owned()))
}

fn message_of(body: &Map) -> Value {
    body.get("message").or_else(|| body.get("Message")).cloned().unwrap_or_else(|| Value::from(""))
}

fn json_error(reply: &Reply, rest: bool) -> Result<Told, ParseFailure> {
    let text = std::str::from_utf8(reply.body).map_err(|e| ParseFailure::not_utf8(reply.body, e))?;
    let body = if text.is_empty() { Ok(Value::Map(Map::new())) } else { parse_json(text) };
    let body = match body {
        Ok(Value::Map(body)) => body,
        Ok(other) => {
            let found = if matches!(other, Value::List(_)) { "list" } else { "scalar" };
            return Err(reply.mismatch(Mismatch::Type { place: "the error".into(), wanted: "structure", found }));
        }
        // A body that is no JSON is the message.
        Err(_) => [("message", text)].into_iter().collect(),
    };
    let mut told = Told::new(message_of(&body), "");
    let code = match query_error_header(reply) {
        Some((code, fault)) => {
            told.error.insert("Type", fault);
            Value::String(code)
        }
        None => body.get("__type").cloned().unwrap_or_else(|| Value::String(reply.status.to_string())),
    };
    if !code.is_null() {
        told.error.insert("Code", bare_code(&python_str(&code)));
    }
    if rest {
        let code = match reply.header("x-amzn-errortype") {
            Some(header) => Some(Value::String(header.into_owned())),
            None => body.get("code").or_else(|| body.get("Code")).cloned(),
        };
        match code {
            None | Some(Value::Null) => {}
            Some(Value::String(code)) => {
                told.error.insert("Code", bare_code(&code));
            }
            Some(other) => {
                told.error.insert("Code", other);
            }
        }
    }
    Ok(told)
}

fn cbor_error(reply: &Reply, o: &ParseOptions) -> Result<Told, ParseFailure> {
    // Without a body there is no error to be found, and botocore fails too.
    if reply.body.is_empty() {
        return Err(reply.mismatch(Mismatch::Empty));
    }
    let Value::Map(body) = cbor_read::item(reply, o)? else { return Err(reply.mismatch(Mismatch::Cbor)) };
    let mut told = Told::new(message_of(&body), "");
    let code = body.get("__type").filter(|t| !t.is_null()).map(|t| python_str(t).into_owned());
    let code = code.unwrap_or_else(|| reply.status.to_string());
    let code = bare_code(&code).to_owned();
    let code = match query_error_header(reply) {
        Some((query_code, fault)) => {
            told.error.insert("QueryErrorCode", code);
            told.error.insert("Type", fault);
            query_code
        }
        None => code,
    };
    told.error.insert("Code", code);
    Ok(told)
}

fn query_error(protocol: Protocol, reply: &Reply) -> Result<Told, ParseFailure> {
    let root = xml_tree::root(xml_read::body_text(reply)?).map_err(|fault| fault.into_failure(reply))?;
    let mut top = root.to_map();
    if let Some(Value::Map(errors)) = top.remove("Errors") {
        for (name, value) in errors {
            top.insert(name, value);
        }
    }
    let mut request_id = top.remove("RequestId");
    if protocol == Protocol::Ec2 {
        request_id = top.remove("RequestID").or(request_id);
    }
    let error = match top.remove("Error") {
        Some(Value::Map(error)) => error,
        _ => Map::new(),
    };
    Ok(Told { error, top, request_id: text_of(request_id) })
}

fn text_of(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Never fails: what can't be read is told by the status.
fn rest_xml_error(reply: &Reply) -> Told {
    let from_status = || Told::from_status(reply);
    let Ok(text) = std::str::from_utf8(reply.body) else { return from_status() };
    let Ok(root) = xml_tree::root(text) else { return from_status() };
    let mut top = root.to_map();
    let request_id = text_of(top.remove("RequestId"));
    if root.name == "Error" {
        // S3: the error is the root.
        top.remove("HostId");
        return Told { error: top, top: Map::new(), request_id };
    }
    let mut told = Told::new(Value::from(""), "");
    match top.remove("Error") {
        Some(Value::Map(error)) => {
            for (name, value) in error {
                told.error.insert(name, value);
            }
        }
        Some(_) => return from_status(),
        None => {}
    }
    Told { error: told.error, top, request_id }
}
