//! From words to values: paramfiles, shorthand, JSON, and the shape's own type.

use crate::argv::argparse::{Given, python_float_text};
use crate::argv::globals::not_an_int;
use crate::failure::Failure;
use crate::plug::argtable::{Arg, Unpack};
use oxaws_env::{World, expand_path};
use oxaws_input::{json_arg, paramfile, shorthand};
use oxaws_model::{Location, Member, Shape, ShapeKind};
use oxaws_python::python_int_text;
use oxaws_value::secret::Secrets;
use oxaws_value::{Map, Value};

/// How deep a command line's values may nest when they are walked by shape.
const MAX_DEPTH: usize = 900;

/// What binding one operation's arguments needs to know.
#[derive(Clone, Copy)]
pub struct Binder<'a> {
    /// For paramfiles and streaming bodies.
    pub world: &'a dyn World,
    /// The operation takes a list of one-member structures as bare words here: argument names.
    pub bare_lists: &'a [&'a str],
}

/// `(service, operation, argument)` whose list of one-member structures takes bare words (core.md §5).
const BARE_LISTS: [(&str, &str, &str); 8] = [
    ("firehose", "put-record-batch", "records"),
    ("workspaces", "reboot-workspaces", "reboot-workspace-requests"),
    ("workspaces", "rebuild-workspaces", "rebuild-workspace-requests"),
    ("workspaces", "terminate-workspaces", "terminate-workspace-requests"),
    ("elb", "remove-tags", "tags"),
    ("elb", "describe-instance-health", "instances"),
    ("elb", "deregister-instances-from-load-balancer", "instances"),
    ("elb", "register-instances-with-load-balancer", "instances"),
];

/// The arguments of an operation whose lists take bare words.
pub fn bare_lists(service: &str, operation: &str) -> Vec<&'static str> {
    BARE_LISTS.iter().filter(|(s, o, _)| *s == service && *o == operation).map(|(_, _, a)| *a).collect()
}

/// Python's words where text is looked for in bytes.
const WANTED_BYTES: &str = "a bytes-like object is required, not 'str'";

/// An error about one argument, in the CLI's words.
pub fn param_error(cli_name: &str, message: impl std::fmt::Display) -> Failure {
    Failure::validation(format!("Error parsing parameter '{cli_name}': {message}"))
}

/// The same about a file that an argument names.
pub fn param_file_error(cli_name: &str, message: impl std::fmt::Display) -> Failure {
    Failure::param_file(format!("Error parsing parameter '{cli_name}': {message}"))
}

impl Binder<'_> {
    /// The value of an argument that was given.
    ///
    /// # Errors
    /// When its words can't be read as its type says, with the CLI's message and code.
    pub fn value(&self, arg: &Arg, given: &Given) -> Result<Value, Failure> {
        let loaded = self.load(arg, given)?;
        let (Unpack::Shape, Some(member)) = (arg.unpack, arg.member) else { return Ok(loaded) };
        // The words of the line are hidden where the message is written; what a file held is known only here.
        let secrets = match &loaded {
            Value::String(text) if arg.may_be_secret() && is_file(given) => Some(Secrets::of(text)),
            Value::Bytes(bytes) if arg.may_be_secret() => Some(Secrets::of(&String::from_utf8_lossy(bytes))),
            _ => None,
        };
        self.unpack(arg, member, loaded).map_err(|failure| match secrets {
            Some(secrets) => failure.without(&secrets),
            None => failure,
        })
    }

    /// A word or words, with `file://` and `fileb://` replaced by what they name.
    pub fn load(&self, arg: &Arg, given: &Given) -> Result<Value, Failure> {
        let word = match given {
            Given::Flag(truth) => return Ok(Value::Bool(*truth)),
            Given::Bytes(bytes) => return Ok(Value::Bytes(bytes.clone())),
            Given::Word(word) => word,
            Given::Words(words) => match words.as_slice() {
                [one] if paramfile::Reference::of(one).is_some() => one,
                _ => return Ok(Value::List(words.iter().map(|w| Value::from(w.as_str())).collect())),
            },
        };
        match self.paramfile(word) {
            Ok(None) => Ok(match given {
                Given::Words(words) => Value::List(words.iter().map(|w| Value::from(w.as_str())).collect()),
                _ => Value::from(word.as_str()),
            }),
            Ok(Some(contents)) => Ok(contents),
            Err(message) => Err(param_file_error(&arg.cli_name(), message)),
        }
    }

    /// The contents that a `file://` or `fileb://` word names; `None` for any other word.
    ///
    /// # Errors
    /// With the CLI's text.
    pub fn paramfile(&self, word: &str) -> Result<Option<Value>, String> {
        paramfile::load(self.world, word).transpose().map_err(|e| e.to_string())
    }

    fn unpack(&self, arg: &Arg, member: Member, value: Value) -> Result<Value, Failure> {
        let name = arg.cli_name();
        if matches!(value, Value::Bool(_)) {
            return Ok(value);
        }
        if takes_shorthand(member.shape()) && !looks_like_json(&value) {
            return self.shorthand(arg, member.shape(), value);
        }
        self.by_type(member, value, &name)
    }

    fn shorthand(&self, arg: &Arg, shape: Shape, value: Value) -> Result<Value, Failure> {
        let name = arg.cli_name();
        if shape.kind() == ShapeKind::List && self.bare_lists.contains(&arg.name.as_str()) {
            let element = shape.element().shape();
            if let (Some(only), 1, Value::List(words)) = (element.members().next(), element.members().len(), &value) {
                let items = words.iter().map(|w| Value::Map([(only.name(), w.clone())].into_iter().collect()));
                return Ok(Value::List(items.collect()));
            }
        }
        if shape.kind() == ShapeKind::Structure
            && shape.members().len() == 1
            && shape.member("Value").is_some_and(|m| m.shape().kind() == ShapeKind::String)
            && matches!(value, Value::Bytes(_))
        {
            return Err(Failure::invalid(WANTED_BYTES));
        }
        if shape.kind() == ShapeKind::Structure
            && shape.members().len() == 1
            && let Some(only) = shape.member("Value").filter(|m| m.shape().kind() == ShapeKind::String)
            && let Value::String(text) = &value
            && !text.contains('=')
        {
            return Ok(Value::Map([(only.name(), value)].into_iter().collect()));
        }
        let parse = |value: &Value| -> Result<Value, Failure> {
            let text = match value {
                Value::String(text) => text.as_str(),
                // A binary paramfile can't be shorthand.
                Value::Bytes(bytes) if bytes.is_empty() => return Err(Failure::invalid(WANTED_BYTES)),
                _ => return Err(Failure::invalid("'in <string>' requires string as left operand, not int")),
            };
            shorthand_of(self.world, text, &name)
        };
        let mut parsed = match &value {
            Value::List(words) => Value::List(words.iter().map(parse).collect::<Result<_, _>>()?),
            one => parse(one)?,
        };
        self.fix_up(shape, &mut parsed, &name, "", 0)?;
        Ok(parsed)
    }

    /// What shorthand leaves as text becomes what the shape says: numbers, booleans, lists of one. `member` is the
    /// nearest structure member, for messages.
    fn fix_up(&self, shape: Shape, value: &mut Value, name: &str, member: &str, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH {
            return Err(param_error(name, "nested too deeply"));
        }
        if shape.document() {
            return Err(param_error(
                name,
                format_args!(
                    "Shorthand syntax does not support document types. Use JSON input for top-level argument to specify \
                     nested parameter: {member}"
                ),
            ));
        }
        match (shape.kind(), &mut *value) {
            (_, Value::Null) => {}
            (ShapeKind::Structure, Value::Map(map)) => {
                for member in shape.members() {
                    if let Some(value) = map.get_mut(member.name()) {
                        self.fix_up(member.shape(), value, name, member.name(), depth + 1)?;
                    }
                }
            }
            (ShapeKind::Map, Value::Map(map)) => {
                for (_, value) in map.iter_mut() {
                    self.fix_up(shape.value().shape(), value, name, member, depth + 1)?;
                }
            }
            (ShapeKind::List, Value::List(items)) => {
                for item in items {
                    self.fix_up(shape.element().shape(), item, name, member, depth + 1)?;
                }
            }
            (ShapeKind::List, _) if depth > 0 => *value = Value::List(vec![std::mem::take(value)]),
            (kind, Value::String(text)) if kind.is_scalar() => {
                if let Some(converted) = convert_scalar(kind, text)? {
                    *value = converted;
                }
            }
            (kind, other) if kind.is_scalar() => not_convertible(kind, other)?,
            _ => {}
        }
        Ok(())
    }

    fn by_type(&self, member: Member, value: Value, name: &str) -> Result<Value, Failure> {
        let shape = member.shape();
        if shape.document() || is_json_header(member) {
            return json_of(&value, name);
        }
        match shape.kind() {
            ShapeKind::Structure | ShapeKind::Map => match &value {
                Value::String(text) => match text.trim_start().chars().next() {
                    Some('{') => json_of(&value, name),
                    Some(_) => Err(param_error(name, format_args!("Invalid JSON:\n{text}"))),
                    None => Err(Failure::invalid("string index out of range")),
                },
                Value::Bytes(bytes) if bytes.is_empty() => Err(Failure::invalid("index out of range")),
                Value::Bytes(_) => Err(param_error(name, format_args!("Invalid JSON:\n{}", shown(&value)))),
                _ => Ok(value),
            },
            ShapeKind::List => self.list(shape, value, name),
            kind => self.scalar(member, kind, value, name),
        }
    }

    fn list(&self, shape: Shape, value: Value, name: &str) -> Result<Value, Failure> {
        let words = match &value {
            Value::String(text) => match text.trim_start().chars().next() {
                Some('[') => return json_of(&value, name),
                None => return Err(Failure::invalid("string index out of range")),
                // Text that came from a file and is no JSON: Python goes through its characters.
                Some(_) => text.chars().map(|c| Value::from(c.to_string())).collect::<Vec<_>>(),
            },
            Value::List(words) => {
                if let [Value::String(one)] = words.as_slice()
                    && one.trim().starts_with('[')
                {
                    return json_of(&words[0], name);
                }
                words.clone()
            }
            // As with text, Python goes through what the file has: numbers.
            Value::Bytes(bytes) => bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect(),
            _ => return Ok(value),
        };
        let element = shape.element();
        let first = words.first().cloned().unwrap_or_default();
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            match self.by_type(element, word, name) {
                Ok(item) => out.push(item),
                // A list's element has no name of its own: the message shows the first word.
                Err(Failure::Invalid(_)) => {
                    return Err(param_error(name, oxaws_value::repr::str(&first, Default::default())));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(Value::List(out))
    }

    fn scalar(&self, member: Member, kind: ShapeKind, value: Value, name: &str) -> Result<Value, Failure> {
        let Value::String(text) = &value else {
            if kind == ShapeKind::Blob && member.streaming() {
                return Err(param_file_error(name, "Blob values must be a path to a file."));
            }
            return of_file(kind, value);
        };
        match kind {
            ShapeKind::Integer | ShapeKind::Long | ShapeKind::Float | ShapeKind::Double => {
                Ok(convert_scalar(kind, text)?.unwrap_or(Value::Null))
            }
            ShapeKind::Boolean => Ok(Value::Bool(!text.eq_ignore_ascii_case("false") && !text.is_empty())),
            ShapeKind::Blob if member.streaming() => {
                let path = expand_path(self.world, text);
                if !path.is_file() {
                    return Err(param_file_error(name, "Blob values must be a path to a file."));
                }
                Ok(Value::from(path.display().to_string()))
            }
            _ => Ok(value),
        }
    }
}

/// Whether what was given is the name of a file.
fn is_file(given: &Given) -> bool {
    let names_one = |word: &String| paramfile::Reference::of(word).is_some();
    match given {
        Given::Word(word) => names_one(word),
        Given::Words(words) => words.first().is_some_and(names_one),
        Given::Flag(_) | Given::Bytes(_) => false,
    }
}

/// What a binary file, or a byte of one, is as a number or truth.
fn of_file(kind: ShapeKind, value: Value) -> Result<Value, Failure> {
    let (is_int, is_float) = match kind {
        ShapeKind::Integer | ShapeKind::Long => (true, false),
        ShapeKind::Float | ShapeKind::Double => (false, true),
        ShapeKind::Boolean => return Ok(Value::Bool(value.is_truthy())),
        _ => return Ok(value),
    };
    match &value {
        Value::Int(byte) if is_float => Ok(Value::Float(*byte as f64)),
        Value::Bytes(bytes) if is_int || is_float => {
            let text = String::from_utf8_lossy(bytes);
            match convert_scalar(kind, &text) {
                Ok(number) => Ok(number.unwrap_or_default()),
                Err(_) if is_int => {
                    Err(Failure::invalid(format!("invalid literal for int() with base 10: {}", shown(&value))))
                }
                Err(_) => Err(Failure::invalid(format!("could not convert string to float: {}", shown(&value)))),
            }
        }
        _ => Ok(value),
    }
}

fn shown(value: &Value) -> String {
    oxaws_value::repr::repr(value, Default::default())
}

/// Python's complaint about a list or map where a number or truth is wanted.
fn not_convertible(kind: ShapeKind, value: &Value) -> Result<(), Failure> {
    let found = oxaws_value::repr::type_name(value, Default::default());
    let real = "must be a string, a bytes-like object or a real number";
    Err(Failure::invalid(match kind {
        ShapeKind::Integer | ShapeKind::Long => format!("int() argument {real}, not '{found}'"),
        ShapeKind::Float | ShapeKind::Double => {
            format!("float() argument must be a string or a real number, not '{found}'")
        }
        ShapeKind::Boolean => format!("'{found}' object has no attribute 'lower'"),
        _ => return Ok(()),
    }))
}

/// A number or truth from text; `None` leaves the text (validation will complain).
fn convert_scalar(kind: ShapeKind, text: &str) -> Result<Option<Value>, Failure> {
    Ok(match kind {
        ShapeKind::Integer | ShapeKind::Long => {
            let digits = python_int_text(text).ok_or_else(|| Failure::invalid(not_an_int(text)))?;
            Some(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
        }
        ShapeKind::Float | ShapeKind::Double => Some(Value::Float(python_float_text(text).ok_or_else(|| {
            Failure::invalid(format!("could not convert string to float: {}", oxaws_python::repr_str(text)))
        })?)),
        ShapeKind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    })
}

/// What an option's word says in JSON, or else in shorthand.
///
/// # Errors
/// When it is neither, or a file that it names can't be read.
pub fn json_or_shorthand(world: &dyn World, text: &str, name: &str) -> Result<Value, Failure> {
    match json_arg::looks_like_json(text) {
        true => json_arg::parse(text).map_err(|e| param_error(name, e)),
        false => shorthand_of(world, text, name),
    }
}

/// What a word says in shorthand, in which words may name files.
fn shorthand_of(world: &dyn World, text: &str, name: &str) -> Result<Value, Failure> {
    let mut resolve = |word: &str| match oxaws_input::paramfile::load(world, word) {
        Some(loaded) => loaded.map_err(|e| e.to_string()),
        None => Ok(Value::from(word)),
    };
    shorthand::parse(text, &mut resolve).map_err(|e| match e {
        shorthand::ShorthandError::File(message) => Failure::input_file(message),
        syntax => param_error(name, syntax),
    })
}

fn json_of(value: &Value, name: &str) -> Result<Value, Failure> {
    match value {
        Value::String(text) => json_arg::parse(text).map_err(|e| param_error(name, e)),
        Value::Bytes(bytes) => json_arg::parse(&String::from_utf8_lossy(bytes)).map_err(|e| match e {
            json_arg::JsonArgError::Invalid { error, .. } => {
                param_error(name, format_args!("Invalid JSON: {error}\nJSON received: {}", shown(value)))
            }
            other => param_error(name, other),
        }),
        // Only lists of words are left: Python's `json.loads` says so.
        other => Err(Failure::invalid(format!(
            "the JSON object must be str, bytes or bytearray, not {}",
            if matches!(other, Value::List(_)) { "list" } else { "bool" }
        ))),
    }
}

/// Whether a value (or the first word of a list) looks like JSON, which shorthand then is not tried on.
fn looks_like_json(value: &Value) -> bool {
    let first = match value {
        Value::List(words) => words.first().unwrap_or(value),
        other => other,
    };
    first.as_str().is_some_and(json_arg::looks_like_json)
}

/// Whether what was given is JSON itself, not shorthand.
pub fn is_json(given: &Given) -> bool {
    match given {
        Given::Flag(_) | Given::Bytes(_) => false,
        Given::Word(word) => json_arg::looks_like_json(word),
        Given::Words(words) => words.first().is_some_and(|w| json_arg::looks_like_json(w)),
    }
}

/// Whether an argument of this shape takes shorthand: a structure, a map, or a list of those, and no document.
pub fn takes_shorthand(shape: Shape) -> bool {
    let complex = |s: Shape| matches!(s.kind(), ShapeKind::Structure | ShapeKind::List | ShapeKind::Map);
    !is_document_container(shape)
        && match shape.kind() {
            ShapeKind::List => complex(shape.element().shape()),
            _ => complex(shape),
        }
}

fn is_document_container(mut shape: Shape) -> bool {
    for _ in 0..MAX_DEPTH {
        if shape.document() {
            return true;
        }
        shape = match shape.kind() {
            ShapeKind::List => shape.element().shape(),
            ShapeKind::Map => shape.value().shape(),
            _ => return false,
        };
    }
    false
}

/// A text member whose option takes JSON. In a body such a member is text like any other (`botocore.utils:
/// is_json_value_header`): the service gets it as the user wrote it.
pub fn is_json_header(member: Member) -> bool {
    member.json_value() && member.shape().kind() == ShapeKind::String && member.location() == Some(Location::Header)
}

/// Merges a `--cli-input-*` document under what the command line set.
///
/// # Errors
/// When it isn't a map.
pub fn merge_document(params: &mut Map, document: Value, cli_name: &str) -> Result<(), Failure> {
    let Value::Map(document) = document else {
        let kind = oxaws_value::repr::type_name(&document, Default::default());
        return Err(param_error(cli_name, format_args!("Invalid type: expecting map, received <class '{kind}'>")));
    };
    for (key, value) in document {
        if !params.contains_key(&key) {
            params.insert(key, value);
        }
    }
    Ok(())
}
