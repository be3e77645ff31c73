//! Page tokens, `--starting-token` and `NextToken`: base64 of the JSON of a map from input tokens to their values, with
//! `boto_truncate_amount` items of the page to skip.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_python::python_int_text;
use oxaws_value::{JsonStyle, MAX_DEPTH, Map, Value, parse_json, to_json};
use std::fmt;

/// The key under which the number of items to skip is kept.
pub const TRUNCATE_KEY: &str = "boto_truncate_amount";
/// The key under which the paths of the values that were bytes are kept.
const ENCODED_KEYS: &str = "boto_encoded_keys";

/// Where paging starts.
#[derive(Debug, Clone, PartialEq)]
pub struct StartingToken {
    /// Input tokens and their values. [`Value::Null`] is an input token that isn't sent.
    pub tokens: Map,
    /// How many items of the first page to skip.
    pub truncate: i64,
}

/// Why a starting token can't be used. All end with exit code 255.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// It has more parts than the operation has input tokens.
    Bad(String),
    /// It is JSON, but not a map; the AWS CLI says so in Python's words.
    NotAMap {
        /// The Python type it is.
        kind: &'static str,
    },
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::Bad(token) => write!(f, "Bad starting token: {token}"),
            TokenError::NotAMap { kind } => write!(f, "'{kind}' object has no attribute 'pop'"),
        }
    }
}

impl std::error::Error for TokenError {}

/// The text of a resume token. Bytes in it are kept, with a note of where they were.
pub fn encode(token: &Map) -> String {
    let mut value = Value::Map(token.clone());
    let mut found = Vec::new();
    replace_bytes(&mut value, &mut Vec::new(), &mut found);
    if let (Value::Map(map), false) = (&mut value, found.is_empty()) {
        map.insert(ENCODED_KEYS, Value::List(found));
    }
    STANDARD.encode(to_json(&value, JsonStyle::PYTHON))
}

/// Puts base64 text in the place of bytes, and notes the paths.
fn replace_bytes(value: &mut Value, path: &mut Vec<Value>, found: &mut Vec<Value>) {
    // The JSON of something deeper couldn't be read again.
    if path.len() > MAX_DEPTH {
        return;
    }
    match value {
        Value::Bytes(bytes) => {
            found.push(Value::List(path.clone()));
            *value = Value::String(STANDARD.encode(bytes));
        }
        Value::List(items) => {
            for (i, item) in items.iter_mut().enumerate() {
                path.push(Value::Int(i as i64));
                replace_bytes(item, path, found);
                path.pop();
            }
        }
        Value::Map(map) => {
            for (key, item) in map.iter_mut() {
                path.push(Value::String(key.to_string()));
                replace_bytes(item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Reads a starting token. One that isn't base64 of JSON is taken as the older form: the values of the input tokens in
/// order and perhaps the number of items to skip, joined by `___`.
///
/// # Errors
/// When it is neither.
pub fn decode(token: &str, input_tokens: &[impl AsRef<str>]) -> Result<StartingToken, TokenError> {
    let json = oxaws_python::b64decode(token).and_then(|bytes| String::from_utf8(bytes).ok());
    let kind = match json.and_then(|json| parse_json(&json).ok()) {
        Some(Value::Map(map)) => match decoded(map) {
            Some(start) => return Ok(start),
            None => return decode_old(token, input_tokens),
        },
        None | Some(Value::List(_)) => return decode_old(token, input_tokens),
        Some(other) => oxaws_value::repr::type_name(&other, Default::default()),
    };
    Err(TokenError::NotAMap { kind })
}

/// Puts the bytes back in place; `None` where the notes don't fit.
fn decoded(mut tokens: Map) -> Option<StartingToken> {
    let mut value = match tokens.remove(ENCODED_KEYS) {
        None | Some(Value::Null) => Value::Map(tokens),
        Some(paths) => {
            let mut value = Value::Map(tokens);
            for path in paths.as_list()? {
                let place = place(&mut value, path.as_list()?)?;
                *place = Value::Bytes(oxaws_python::b64decode(place.as_str()?)?);
            }
            value
        }
    };
    let map = value.as_map_mut()?;
    let truncate = match map.remove(TRUNCATE_KEY) {
        Some(Value::Int(n)) => n,
        Some(Value::Bool(true)) => 1,
        _ => 0,
    };
    Some(StartingToken { tokens: std::mem::take(map), truncate })
}

fn place<'v>(value: &'v mut Value, path: &[Value]) -> Option<&'v mut Value> {
    let mut at = value;
    for step in path {
        at = match (at, step) {
            (Value::Map(map), Value::String(key)) => map.get_mut(key)?,
            (Value::List(items), Value::Int(i)) => {
                let i = if *i < 0 { items.len().checked_sub(i.unsigned_abs() as usize)? } else { *i as usize };
                items.get_mut(i)?
            }
            _ => return None,
        };
    }
    Some(at)
}

fn decode_old(token: &str, input_tokens: &[impl AsRef<str>]) -> Result<StartingToken, TokenError> {
    let mut parts: Vec<&str> = token.split("___").collect();
    let mut truncate = 0;
    if parts.len() == input_tokens.len() + 1 {
        match parts.pop().and_then(python_int_text) {
            Some(digits) => truncate = digits.parse().unwrap_or(i64::MAX),
            // A token of the service's own that happens to hold the separator.
            None => parts = vec![token],
        }
    }
    if parts.len() > input_tokens.len() {
        return Err(TokenError::Bad(token.into()));
    }
    let value = |part: &&str| if *part == "None" { Value::Null } else { Value::from(*part) };
    let values = parts.iter().map(value).chain(std::iter::repeat(Value::Null));
    let tokens = input_tokens.iter().map(|name| name.as_ref().to_owned()).zip(values).collect();
    Ok(StartingToken { tokens, truncate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start(entries: &[(&'static str, Value)], truncate: i64) -> StartingToken {
        StartingToken { tokens: entries.iter().cloned().collect(), truncate }
    }

    #[test]
    fn tokens_of_today() {
        let token = "eyJFeGNsdXNpdmVTdGFydFRhYmxlTmFtZSI6ICJiYmIiLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==";
        let map: Map =
            [("ExclusiveStartTableName", Value::from("bbb")), (TRUNCATE_KEY, Value::Int(1))].into_iter().collect();
        assert_eq!(encode(&map), token);
        assert_eq!(
            decode(token, &["ExclusiveStartTableName"]),
            Ok(start(&[("ExclusiveStartTableName", "bbb".into())], 1))
        );
        // What the map holds is the service's to judge.
        assert_eq!(decode("eyJGb28iOiAiYiJ9", &["T"]), Ok(start(&[("Foo", "b".into())], 0)));
        assert_eq!(decode("NQ==", &["T"]).unwrap_err().to_string(), "'int' object has no attribute 'pop'");
    }

    #[test]
    fn older_tokens() {
        for (token, names, want) in [
            ("bbb___1", vec!["T"], Ok(start(&[("T", "bbb".into())], 1))),
            ("WzFd", vec!["T"], Ok(start(&[("T", "WzFd".into())], 0))),
            ("bbb___x", vec!["T"], Ok(start(&[("T", "bbb___x".into())], 0))),
            ("a___None", vec!["T", "U"], Ok(start(&[("T", "a".into()), ("U", Value::Null)], 0))),
            ("!a", vec!["T", "U"], Ok(start(&[("T", "!a".into()), ("U", Value::Null)], 0))),
            ("a___b___c", vec!["T"], Err(TokenError::Bad("a___b___c".into()))),
        ] {
            assert_eq!(decode(token, &names), want, "{token}");
        }
    }

    #[test]
    fn bytes_are_kept() {
        let inner: Map = [("B", Value::Bytes(vec![0, 255]))].into_iter().collect();
        let map: Map = [("Key", Value::Map(inner)), ("L", Value::List(vec![1.into(), Value::Bytes(b"x".to_vec())]))]
            .into_iter()
            .collect();
        let token = encode(&map);
        assert_eq!(
            String::from_utf8(STANDARD.decode(&token).unwrap()).unwrap(),
            r#"{"Key": {"B": "AP8="}, "L": [1, "eA=="], "boto_encoded_keys": [["Key", "B"], ["L", 1]]}"#
        );
        assert_eq!(decode(&token, &["Key"]).unwrap().tokens, map);
    }

    proptest! {
        #[test]
        fn never_panics(token in "[A-Za-z0-9_=]{0,24}|\\PC*") {
            let _ = decode(&token, &["A", "B"]);
        }
    }
}
