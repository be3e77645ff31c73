//! JSON as the recordings hold it. The cases were recorded by a Python program, whose reader differs from `serde_json`
//! where it matters here: integers of any size, `NaN` and `Infinity`, halves of surrogate pairs.

mod read;
mod write;

use std::cmp::Ordering;

pub use read::parse;

/// A JSON value. Objects keep the order of their keys, because the order of a case's `files` is the order of creation.
#[derive(Debug, Clone)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of any size, by its digits.
    Int(String),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// A string. Half of a surrogate pair is kept as U+FFFD.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object; keys are unique.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// An integer.
    pub fn int(number: impl ToString) -> Json {
        Json::Int(number.to_string())
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// An object of a few known keys.
    pub fn map<const N: usize>(entries: [(&str, Json); N]) -> Json {
        Json::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// An object from entries that may repeat a key: the last value counts, in the place of the first.
    pub fn unique(entries: impl IntoIterator<Item = (String, Json)>) -> Json {
        let mut map: Vec<(String, Json)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for (key, value) in entries {
            match places.get(&key) {
                Some(place) => {
                    let entry: &mut (String, Json) = &mut map[*place];
                    entry.1 = value;
                }
                None => {
                    places.insert(key.clone(), map.len());
                    map.push((key, value));
                }
            }
        }
        Json::Map(map)
    }

    /// The value of a key, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The entries of an object; none for anything else.
    pub fn entries(&self) -> &[(String, Json)] {
        match self {
            Json::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of an array; none for anything else.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number as floating point.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Json::Int(digits) => digits.parse().ok(),
            Json::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// An integer that fits.
    pub fn as_int<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Json::Int(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// Whether Python would take the value for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Json::Null => false,
            Json::Bool(yes) => *yes,
            Json::Int(_) | Json::Float(_) => self.as_number() != Some(0.0),
            Json::Text(text) => !text.is_empty(),
            Json::List(items) => !items.is_empty(),
            Json::Map(entries) => !entries.is_empty(),
        }
    }
}

/// Numbers are equal by value (1 is 1.0), objects whatever the order of their keys. A Boolean only equals a Boolean;
/// Python would also take `true` for 1, which would hide a wrong request body.
impl PartialEq for Json {
    fn eq(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Null, Json::Null) => true,
            (Json::Bool(a), Json::Bool(b)) => a == b,
            (Json::Int(a), Json::Int(b)) => a == b,
            (Json::Int(_) | Json::Float(_), Json::Int(_) | Json::Float(_)) => self.as_number() == other.as_number(),
            (Json::Text(a), Json::Text(b)) => a == b,
            (Json::List(a), Json::List(b)) => a == b,
            (Json::Map(a), Json::Map(b)) => a.len() == b.len() && (a == b || sorted(a) == sorted(b)),
            _ => false,
        }
    }
}

/// The entries of an object in the order of their keys.
fn sorted(entries: &[(String, Json)]) -> Vec<&(String, Json)> {
    let mut entries: Vec<&(String, Json)> = entries.iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

/// The order in which requests are laid beside each other where their own order doesn't count: by their JSON text.
pub fn by_text(a: &Json, b: &Json) -> Ordering {
    a.canonical().cmp(&b.canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn equality_is_by_value() {
        assert_eq!(json("[1, 2.0, -0]"), json("[1.0, 2, 0]"));
        assert_eq!(json(r#"{"a": 1, "b": {"c": 2, "d": 3}}"#), json(r#"{"b": {"d": 3, "c": 2}, "a": 1}"#));
        assert_eq!(json(r#"{"a": 1, "a": 2}"#), json(r#"{"a": 2}"#));
        for (one, other) in
            [("1", "true"), ("1", "\"1\""), ("[1]", "[1, 1]"), ("{\"a\": 1}", "{\"b\": 1}"), ("null", "0")]
        {
            assert_ne!(json(one), json(other), "{one} {other}");
        }
        assert_ne!(json("123456789012345678901"), json("123456789012345678902"));
    }

    #[test]
    fn truth_is_python_s() {
        for (text, truth) in
            [("0", false), ("0.0", false), ("\"\"", false), ("[]", false), ("{}", false), ("[0]", true)]
        {
            assert_eq!(json(text).is_truthy(), truth, "{text}");
        }
    }
}
