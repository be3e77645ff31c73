//! Options of hand-written commands that take structures: their values in shorthand or JSON, checked against a schema of
//! the command's own.

use super::list_option::ListOption;
use crate::argv::argparse::{Parsed, python_float_text};
use crate::argv::globals::not_an_int;
use crate::operation::bind::json_or_shorthand;
use crate::plug::registry::SecretMembers;
use crate::{failure::Failure, plug::context::Context};
use oxaws_input::json_arg::looks_like_json;
use oxaws_value::repr::{self, MapClass};
use oxaws_value::secret::{HIDDEN, Secrets};
use oxaws_value::{Map, Value};

/// Values within values.
const MAX_DEPTH: usize = 64;

/// What a value has to be.
#[derive(Debug, Clone, Copy)]
pub enum Schema {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// A list.
    List(&'static Schema),
    /// A map with text keys.
    Map(&'static Schema),
    /// Named members.
    Structure(&'static [Field]),
}

/// A member of a structure.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it has to be.
    pub schema: Schema,
    /// It has to be there.
    pub required: bool,
    /// Its value is a secret.
    pub secret: bool,
}

impl Field {
    /// A member that may be left out.
    pub const fn new(name: &'static str, schema: Schema) -> Field {
        Field { name, schema, required: false, secret: false }
    }

    /// One that has to be there.
    pub const fn required(name: &'static str, schema: Schema) -> Field {
        Field { name, schema, required: true, secret: false }
    }
}

impl Field {
    /// The same, with a value that is a secret.
    pub const fn secret(self) -> Field {
        Field { secret: true, ..self }
    }
}

impl SecretMembers for Schema {
    fn without_secrets(&self, value: &Value) -> Value {
        self.masked(value, 0)
    }

    fn members(&self) -> Vec<(String, bool)> {
        let mut out = Vec::new();
        self.walk("", &mut out);
        out
    }
}

impl Schema {
    fn masked(&self, value: &Value, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return HIDDEN.into();
        }
        match (self, value) {
            (Schema::Structure(fields), Value::Map(map)) => Value::Map(
                map.iter()
                    .map(|(key, inner)| {
                        let shown = match fields.iter().find(|f| f.name == &**key) {
                            Some(field) if field.secret => HIDDEN.into(),
                            Some(field) => field.schema.masked(inner, depth + 1),
                            None => inner.clone(),
                        };
                        (key.clone(), shown)
                    })
                    .collect(),
            ),
            (Schema::Map(of), Value::Map(map)) => {
                Value::Map(map.iter().map(|(key, inner)| (key.clone(), of.masked(inner, depth + 1))).collect())
            }
            (Schema::List(of), Value::List(items)) => {
                Value::List(items.iter().map(|item| of.masked(item, depth + 1)).collect())
            }
            // One structure where a list of them belongs, as shorthand has it.
            (Schema::List(of), single @ Value::Map(_)) => of.masked(single, depth + 1),
            _ => value.clone(),
        }
    }

    fn walk(&self, path: &str, out: &mut Vec<(String, bool)>) {
        match self {
            Schema::Structure(fields) => {
                for field in *fields {
                    let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
                    field.schema.walk(&path, out);
                    out.push((path, field.secret));
                }
            }
            Schema::List(of) | Schema::Map(of) => of.walk(path, out),
            _ => {}
        }
    }

    /// What was given, for messages: a value with a secret in it isn't shown.
    fn shown(&self, value: &Value, secret: bool) -> String {
        if secret || self.members().iter().any(|(_, secret)| *secret) {
            return HIDDEN.to_owned();
        }
        repr::str(value, MapClass::OrderedDict)
    }

    /// The value given for the option `name` (without dashes).
    ///
    /// # Errors
    /// When it can't be read or doesn't fit.
    pub fn option(&self, cx: &Context, args: &Parsed, name: &str) -> Result<Option<Value>, Failure> {
        let words = match ListOption::of(cx, args, name)? {
            ListOption::Absent => return Ok(None),
            ListOption::Words(words) => words,
            ListOption::File(text) => vec![text],
        };
        self.read(cx, &words, &format!("--{name}")).map(Some).map_err(|failure| {
            if self.members().iter().all(|(_, secret)| !secret) {
                return failure;
            }
            // What a file held is known only here.
            let mut secrets = Secrets::default();
            words.iter().for_each(|word| secrets.add(word));
            failure.without(&secrets)
        })
    }

    fn read(&self, cx: &Context, words: &[String], option: &str) -> Result<Value, Failure> {
        let value = self.unpacked(cx, words, option)?;
        self.check(&value)?;
        Ok(value)
    }

    fn unpacked(&self, cx: &Context, words: &[String], option: &str) -> Result<Value, Failure> {
        let first = words.first().map_or("", String::as_str);
        let read = |word: &str| json_or_shorthand(cx.world, word, option);
        let is_json = looks_like_json(first);
        let mut value = match self {
            // A list's elements may be JSON each.
            Schema::List(_) if is_json && first.trim_start().starts_with('[') => read(first)?,
            Schema::List(Schema::Text) if !is_json => {
                return Ok(Value::List(words.iter().map(|w| Value::from(w.as_str())).collect()));
            }
            Schema::List(_) => Value::List(words.iter().map(|w| read(w)).collect::<Result<_, _>>()?),
            _ => read(first)?,
        };
        if !is_json {
            self.convert(&mut value, 0)?;
        }
        Ok(value)
    }

    /// Turns what shorthand leaves as text into what the schema says.
    fn convert(&self, value: &mut Value, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH {
            return Err(Failure::invalid("maximum recursion depth exceeded"));
        }
        match (self, &mut *value) {
            (Schema::Structure(fields), Value::Map(map)) => {
                for field in *fields {
                    if let Some(inner) = map.get_mut(field.name) {
                        field.schema.convert(inner, depth + 1)?;
                    }
                }
            }
            (Schema::Map(of), Value::Map(map)) => {
                for (_, inner) in map.iter_mut() {
                    of.convert(inner, depth + 1)?;
                }
            }
            (Schema::List(of), Value::List(items)) => {
                items.iter_mut().try_for_each(|item| of.convert(item, depth + 1))?;
            }
            (Schema::List(_), _) if depth > 0 => *value = Value::List(vec![std::mem::take(value)]),
            (Schema::Int, Value::String(text)) => {
                let digits = oxaws_python::python_int_text(text);
                let digits = digits.ok_or_else(|| Failure::invalid(not_an_int(text)))?;
                *value = digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int);
            }
            (Schema::Float, Value::String(text)) => {
                let number = python_float_text(text).ok_or_else(|| {
                    Failure::invalid(format!("could not convert string to float: {}", oxaws_python::repr_str(text)))
                })?;
                *value = Value::Float(number);
            }
            (Schema::Bool, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" => *value = Value::Bool(true),
                "false" => *value = Value::Bool(false),
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    /// Checks a value, as the parameters of a call are checked.
    ///
    /// # Errors
    /// With all that doesn't fit.
    pub fn check(&self, value: &Value) -> Result<(), Failure> {
        let mut problems = Vec::new();
        self.collect(value, ("", false), 0, &mut problems);
        if problems.is_empty() {
            return Ok(());
        }
        Err(Failure::validation(format!("Parameter validation failed:\n{}", problems.join("\n"))))
    }

    fn collect(&self, value: &Value, (name, secret): (&str, bool), depth: usize, problems: &mut Vec<String>) {
        let (fits, valid) = match (self, value) {
            (Schema::Text, v) => (v.as_str().is_some(), "<class 'str'>"),
            (Schema::Int, v) => (matches!(v, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)), "<class 'int'>"),
            (Schema::Float, v) => (
                matches!(v, Value::Float(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_)),
                "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
            ),
            (Schema::Bool, v) => (v.as_bool().is_some(), "<class 'bool'>"),
            (Schema::List(_), v) => (v.as_list().is_some(), "<class 'list'>, <class 'tuple'>"),
            (Schema::Map(_) | Schema::Structure(_), v) => (v.as_map().is_some(), "<class 'dict'>"),
        };
        let shown_name = match name {
            "" => "input",
            _ => name.strip_prefix('.').unwrap_or(name),
        };
        if !fits || depth > MAX_DEPTH {
            problems.push(format!(
                "Invalid type for parameter {shown_name}, value: {}, type: {}, valid types: {valid}",
                self.shown(value, secret),
                repr::class(value, MapClass::OrderedDict)
            ));
            return;
        }
        match (self, value) {
            (Schema::Structure(fields), Value::Map(map)) => {
                collect_structure(fields, map, name, shown_name, depth, problems);
            }
            (Schema::Map(of), Value::Map(map)) => {
                for (key, inner) in map.iter() {
                    of.collect(inner, (&format!("{name}.{key}"), secret), depth + 1, problems);
                }
            }
            (Schema::List(of), Value::List(items)) => {
                for (at, item) in items.iter().enumerate() {
                    of.collect(item, (&format!("{name}[{at}]"), secret), depth + 1, problems);
                }
            }
            _ => {}
        }
    }
}

fn collect_structure(
    fields: &[Field],
    map: &Map,
    name: &str,
    shown_name: &str,
    depth: usize,
    problems: &mut Vec<String>,
) {
    for field in fields.iter().filter(|f| f.required && !map.contains_key(f.name)) {
        problems.push(format!("Missing required parameter in {shown_name}: \"{}\"", field.name));
    }
    let names: Vec<&str> = fields.iter().map(|f| f.name).collect();
    for key in map.keys().filter(|k| !names.contains(&&***k)) {
        problems.push(format!("Unknown parameter in {shown_name}: \"{key}\", must be one of: {}", names.join(", ")));
    }
    for (key, inner) in map.iter() {
        if let Some(field) = fields.iter().find(|f| f.name == &**key) {
            field.schema.collect(inner, (&format!("{name}.{key}"), field.secret), depth + 1, problems);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: Schema = Schema::List(&Schema::Structure(&[
        Field::required("Name", Schema::Text),
        Field::new("Args", Schema::List(&Schema::Text)),
        Field::new("Count", Schema::Int),
    ]));

    fn check(json: &str) -> String {
        match ITEMS.check(&oxaws_value::parse_json(json).unwrap()) {
            Ok(()) => String::new(),
            Err(failure) => failure.message(),
        }
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(check(r#"[{"Name": "a", "Args": ["b"], "Count": 1}]"#), "");
        assert_eq!(
            check(r#"[{"Nope": "x"}]"#),
            "Parameter validation failed:\nMissing required parameter in [0]: \"Name\"\nUnknown parameter in [0]: \"Nope\", must \
             be one of: Name, Args, Count"
        );
        assert_eq!(
            check(r#"[{"Name": 1}]"#),
            "Parameter validation failed:\nInvalid type for parameter [0].Name, value: 1, type: <class 'int'>, valid types: \
             <class 'str'>"
        );
        assert!(check("5").contains("parameter input, value: 5"));
    }

    #[test]
    fn shorthand_is_converted() {
        let mut value = oxaws_value::parse_json(r#"[{"Name": "a", "Args": "b", "Count": "3"}]"#).unwrap();
        ITEMS.convert(&mut value, 0).unwrap();
        assert_eq!(value, oxaws_value::parse_json(r#"[{"Name": "a", "Args": ["b"], "Count": 3}]"#).unwrap());
    }
}
