//! Checks parameters against their shapes before anything is sent, with botocore's lines.
//!
//! Only what botocore checks is checked: required members, unknown members, types, minimum lengths and values, tagged
//! unions, host labels. Maxima, patterns and enums are the service's to judge.

use crate::types::input::Classes;
use crate::watch::redact;
use oxaws_input::yaml::{Foreign, Marks};
use oxaws_model::{Location, Member, Shape, ShapeKind};
use oxaws_python::LocalClock;
use oxaws_value::repr::{self, MapClass, type_name};
use oxaws_value::secret::HIDDEN;
use oxaws_value::{Map, Value};

/// How deep parameters may nest.
const MAX_DEPTH: usize = oxaws_value::MAX_DEPTH;

/// What stands for a member whose contents come from a file.
#[derive(Debug, Clone, Copy)]
pub struct Streamed(pub bool);

/// All problems, one a line; `None` when there is none.
pub fn problems(
    input: Option<Shape>,
    params: &Map,
    classes: &Classes,
    streamed: Streamed,
    clock: &LocalClock,
) -> Option<String> {
    let mut report = Report { lines: Vec::new(), clock, ordered: &classes.ordered };
    let input = input?;
    let payload = input.payload().filter(|m| streamed.0 && m.streaming()).map(|m| m.name());
    report.structure(input, params, &classes.marks, "", payload, 0);
    (!report.lines.is_empty()).then(|| format!("Parameter validation failed:\n{}", report.lines.join("\n")))
}

struct Report<'c> {
    lines: Vec<String>,
    clock: &'c LocalClock<'c>,
    ordered: &'c [String],
}

impl Report<'_> {
    fn value(&mut self, (of, member): (Shape, Member), value: &Value, marks: &Marks, path: &str, depth: usize) {
        let shape = member.shape();
        if depth > MAX_DEPTH {
            self.lines.push(format!("Parameter {path} is nested too deeply"));
            return;
        }
        if member.json_value() && member.location() == Some(Location::Header) && shape.kind() == ShapeKind::String {
            // Whatever a value can be is JSON.
            return;
        }
        if shape.document() {
            self.document(value, marks, path, depth);
            return;
        }
        // What is wrong with a secret is said without it.
        let secret = redact::is_secret(of, member);
        if let Some(foreign) = marks.own(value)
            && !(shape.kind() == ShapeKind::Timestamp && foreign.class() == Foreign::DATETIME)
        {
            self.foreign_type(shape.kind(), foreign, secret, path);
            return;
        }
        match (shape.kind(), value) {
            (ShapeKind::Structure, Value::Map(map)) => self.structure(shape, map, marks, path, None, depth),
            (ShapeKind::List, Value::List(items)) => {
                self.min_length(shape, items.len(), path);
                for (i, item) in items.iter().enumerate() {
                    self.value((shape, shape.element()), item, marks.item(i), &format!("{path}[{i}]"), depth + 1);
                }
            }
            (ShapeKind::Map, Value::Map(map)) => {
                for (key, value) in map.iter() {
                    let key_path = format!("{path} (key: {key})");
                    match marks.key(key) {
                        Some(foreign) => {
                            let secret = redact::is_secret(shape, shape.key());
                            self.foreign_type(shape.key().shape().kind(), foreign, secret, &key_path);
                        }
                        None => self.min_length(shape.key().shape(), key.chars().count(), &key_path),
                    }
                    self.value((shape, shape.value()), value, marks.entry(key), &format!("{path}.{key}"), depth + 1);
                }
            }
            (ShapeKind::String, Value::String(text)) => {
                let length = text.chars().count();
                if member.host_label() && shape.min().is_none() && length < 1 {
                    self.lines.push(format!("Invalid length for parameter {path}, value: 0, valid min length: 1"));
                } else {
                    self.min_length(shape, length, path);
                }
            }
            (ShapeKind::Integer | ShapeKind::Long, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)) => {
                self.min_value(shape, value, secret, path);
            }
            (
                ShapeKind::Float | ShapeKind::Double,
                Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_),
            ) => self.min_value(shape, value, secret, path),
            (ShapeKind::Boolean, Value::Bool(_)) => {}
            (ShapeKind::Blob, Value::Bytes(_) | Value::String(_)) => {}
            // A moment that can't be represented is found while serialising.
            (ShapeKind::Timestamp, value)
                if oxaws_value::timestamp(value, self.clock).map_or_else(|e| !e.is_invalid_type(), |_| true) => {}
            (_, other) => self.wrong_type((of, member), other, marks, path),
        }
    }

    /// Which Python class the maps of the top-level parameter at the start of `path` are.
    fn maps(&self, path: &str) -> MapClass {
        let top = path.split(['.', '[', ' ']).next().unwrap_or(path);
        if self.ordered.iter().any(|name| name == top) { MapClass::OrderedDict } else { MapClass::Dict }
    }

    fn wrong_type(&mut self, (of, member): (Shape, Member), value: &Value, marks: &Marks, path: &str) {
        let maps = self.maps(path);
        // Of another type than the shape's, the members in it can't be told apart.
        let hidden = redact::holds_secret(of, member);
        let shown = if hidden { HIDDEN.to_owned() } else { marks.str(value, maps) };
        self.type_line(member.shape().kind(), &shown, type_name(value, maps), path);
    }

    fn foreign_type(&mut self, kind: ShapeKind, foreign: &Foreign, secret: bool, path: &str) {
        self.type_line(kind, if secret { HIDDEN } else { foreign.shown() }, foreign.class(), path);
    }

    fn type_line(&mut self, kind: ShapeKind, shown: &str, class: &str, path: &str) {
        let valid = match kind {
            ShapeKind::Structure | ShapeKind::Map => "<class 'dict'>",
            ShapeKind::List => "<class 'list'>, <class 'tuple'>",
            ShapeKind::String => "<class 'str'>",
            ShapeKind::Integer | ShapeKind::Long => "<class 'int'>",
            ShapeKind::Float | ShapeKind::Double => "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
            ShapeKind::Boolean => "<class 'bool'>",
            ShapeKind::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
            ShapeKind::Timestamp => "<class 'datetime.datetime'>, timestamp-string",
        };
        self.lines.push(format!(
            "Invalid type for parameter {path}, value: {shown}, type: <class '{class}'>, valid types: {valid}"
        ));
    }

    fn document(&mut self, value: &Value, marks: &Marks, path: &str, depth: usize) {
        if depth > MAX_DEPTH {
            self.lines.push(format!("Parameter {path} is nested too deeply"));
            return;
        }
        match value {
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    self.document(value, marks.entry(key), key, depth + 1);
                }
            }
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.document(item, marks.item(i), &format!("{path}[{i}]"), depth + 1);
                }
            }
            Value::Bytes(_) => self.lines.push(format!(
                "Invalid type for document parameter {path}, value: {}, type: <class '{}'>, valid types: <class 'str'>, \
                 <class 'int'>, <class 'bool'>, <class 'float'>, <class 'list'>, <class 'dict'>",
                marks.str(value, MapClass::Dict),
                marks.own(value).map_or("bytes", Foreign::class)
            )),
            _ => {}
        }
    }

    fn structure(
        &mut self,
        shape: Shape,
        map: &Map,
        marks: &Marks,
        path: &str,
        given_elsewhere: Option<&str>,
        depth: usize,
    ) {
        if shape.union() {
            let names: Vec<&str> = shape.members().map(|m| m.name()).collect();
            let shown = if path.is_empty() { "input" } else { path };
            if map.is_empty() {
                self.lines.push(format!(
                    "Must set one of the following keys for tagged unionstructure {shown}: {}.",
                    names.join(". ")
                ));
            } else if map.len() > 1 {
                self.lines.push(format!(
                    "Invalid number of parameters set for tagged union structure {shown}. Can only set one of the \
                     following keys: {}.",
                    names.join(". ")
                ));
            }
        }
        for member in shape.members().filter(|m| m.required()) {
            if !map.contains_key(member.name()) && given_elsewhere != Some(member.name()) {
                let shown = if path.is_empty() { "input" } else { path };
                self.lines.push(format!("Missing required parameter in {shown}: \"{}\"", member.name()));
            }
        }
        let shown = if path.is_empty() { "input" } else { path };
        for (key, _) in map.iter().filter(|(key, _)| shape.member(key).is_none()) {
            let names: Vec<&str> = shape.members().map(|m| m.name()).collect();
            self.lines.push(format!("Unknown parameter in {shown}: \"{key}\", must be one of: {}", names.join(", ")));
        }
        for (key, value) in map.iter() {
            if let Some(member) = shape.member(key) {
                let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                self.value((shape, member), value, marks.entry(key), &path, depth + 1);
            }
        }
    }

    fn min_length(&mut self, shape: Shape, length: usize, path: &str) {
        if let Some(min) = shape.min().and_then(|m| m.parse::<f64>().ok())
            && (length as f64) < min
        {
            self.lines.push(format!(
                "Invalid length for parameter {path}, value: {length}, valid min length: {}",
                shape.min().unwrap_or_default()
            ));
        }
    }

    fn min_value(&mut self, shape: Shape, value: &Value, secret: bool, path: &str) {
        let Some(min) = shape.min() else { return };
        let maps = self.maps(path);
        let number = match value {
            Value::Bool(truth) => f64::from(u8::from(*truth)),
            other => other.as_f64().unwrap_or(f64::NAN),
        };
        if min.parse::<f64>().is_ok_and(|m| number < m) {
            self.lines.push(format!(
                "Invalid value for parameter {path}, value: {}, valid min value: {min}",
                if secret { HIDDEN.to_owned() } else { repr::str(value, maps) }
            ));
        }
    }
}
