//! `--parameter-overrides`: words `Key=Value`, or JSON in one of three forms.

use oxaws_cli::Failure;
use oxaws_cli::written::list_option::ListOption;
use oxaws_failure::Cause;
use oxaws_value::{Map, Value};

/// The values that are overridden.
///
/// # Errors
/// When what was given has none of the forms.
pub fn parse(given: ListOption) -> Result<Map, Failure> {
    let data = match &given {
        ListOption::Absent => return Ok(Map::new()),
        ListOption::File(text) if text.is_empty() => None,
        ListOption::File(text) => Some(oxaws_value::parse_json(text).map_err(|e| Failure::invalid(Cause::of(e)))?),
        ListOption::Words(words) => words.first().and_then(|w| oxaws_value::parse_json(w).ok()),
    };
    match (data.filter(|d| !d.is_null()), given) {
        (Some(data), _) => of_json(&data),
        (None, ListOption::Words(words)) => key_values(&words, "parameter-overrides"),
        (None, _) => Ok(Map::new()),
    }
}

fn of_json(data: &Value) -> Result<Map, Failure> {
    let items: Vec<Value> = match data {
        Value::List(items) => items.clone(),
        Value::Map(map) => map.keys().map(|k| Value::from(&**k)).collect(),
        Value::String(text) => text.chars().map(|c| Value::from(c.to_string())).collect(),
        other => {
            let kind = oxaws_value::repr::type_name(other, Default::default());
            return Err(Failure::invalid(format!("'{kind}' object is not iterable")));
        }
    };
    if are_pairs(&items)? && matches!(data, Value::List(_)) {
        return Ok(items.iter().filter_map(pair).collect());
    }
    if let Some(parameters) = data.get("Parameters") {
        return match parameters {
            Value::Map(parameters) => Ok(parameters.clone()),
            _ => Ok(Map::new()),
        };
    }
    let word =
        |item: &Value| item.as_str().and_then(|t| t.split_once('=')).map(|(k, v)| (k.to_owned(), Value::from(v)));
    let words: Vec<_> = items.iter().map(word).collect();
    if words.iter().all(Option::is_some) {
        return Ok(words.into_iter().flatten().collect());
    }
    Err(Failure::validation(
        "JSON passed to --parameter-overrides must be one of the formats: [\"Key1=Value1\",\"Key2=Value2\", ...] , \
         [{\"ParameterKey\": \"Key1\", \"ParameterValue\": \"Value1\"}, ...] , [\"Parameters\": {\"Key1\": \"Value1\", \
         \"Key2\": \"Value2\", ...}]",
    ))
}

/// Whether all are maps of a key and a value. The AWS CLI looks for the names in whatever it finds.
fn are_pairs(items: &[Value]) -> Result<bool, Failure> {
    for item in items {
        let fits = match item {
            Value::Map(map) => map.len() == 2 && map.contains_key("ParameterKey") && map.contains_key("ParameterValue"),
            Value::String(text) if text.contains("ParameterKey") && text.contains("ParameterValue") => {
                return Err(Failure::invalid("'str' object has no attribute 'keys'"));
            }
            Value::String(_) | Value::List(_) | Value::Bytes(_) => false,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
                let kind = oxaws_value::repr::type_name(item, Default::default());
                return Err(Failure::invalid(format!("argument of type '{kind}' is not iterable")));
            }
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

fn pair(item: &Value) -> Option<(String, Value)> {
    Some((item.get("ParameterKey")?.as_str()?.to_owned(), item.get("ParameterValue")?.clone()))
}

/// Words `Key=Value`.
///
/// # Errors
/// For a word without `=`.
pub fn key_values(words: &[String], option: &str) -> Result<Map, Failure> {
    let mut out = Map::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            let shown = oxaws_python::repr_str(word);
            return Err(Failure::invalid(format!("[{shown}] value passed to --{option} must be of format Key=Value")));
        };
        out.insert(key.to_owned(), value);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<Map, Failure> {
        parse(ListOption::Words(words.iter().map(|w| (*w).to_owned()).collect()))
    }

    #[test]
    fn all_forms() {
        let expected: Map = [("a", Value::from("b=c")), ("d", Value::from(""))].into_iter().collect();
        for given in [
            &["a=b=c", "d="][..],
            &[r#"["a=b=c", "d="]"#],
            &[r#"{"Parameters": {"a": "b=c", "d": ""}}"#],
            &[r#"[{"ParameterKey": "a", "ParameterValue": "b=c"}, {"ParameterKey": "d", "ParameterValue": ""}]"#],
        ] {
            assert_eq!(words(given).unwrap(), expected, "{given:?}");
        }
    }

    #[test]
    fn what_has_no_form() {
        assert_eq!(
            words(&["foo"]).unwrap_err().message(),
            "['foo'] value passed to --parameter-overrides must be of format Key=Value"
        );
        assert!(matches!(words(&["[\"a\"]"]), Err(Failure::Validation(_))));
        assert_eq!(words(&["[1]"]).unwrap_err().message(), "argument of type 'int' is not iterable");
        assert!(parse(ListOption::File("x".into())).is_err());
        assert!(parse(ListOption::Absent).unwrap().is_empty());
    }
}
