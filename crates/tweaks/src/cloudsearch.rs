//! `cloudsearch`: structures taken apart into options.

use crate::arguments::{int, map, text, tweak};
use oxaws_cli::argv::argparse::python_float_text;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_python::repr_str;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("cloudsearch", "define-expression", Hook::Arguments(expression_arguments)),
    tweak("cloudsearch", "define-index-field", Hook::Arguments(field_arguments)),
];

fn expression_arguments(table: &mut ArgTable, _: Operation) {
    let name = Arg::text("name", "The name of the expression.").to(expression_name);
    table.insert(Arg { required: true, ..name });
    let value = Arg::text("expression", "The expression.").to(expression_value);
    table.insert(Arg { required: true, ..value });
}

fn expression_name(params: &mut Map, value: Value) -> Result<(), Failure> {
    map(params, "Expression").insert("ExpressionName", value);
    Ok(())
}

fn expression_value(params: &mut Map, value: Value) -> Result<(), Failure> {
    map(params, "Expression").insert("ExpressionValue", value);
    Ok(())
}

const FIELD: &str = "IndexField";

fn field_arguments(table: &mut ArgTable, _: Operation) {
    table.remove("index-field");
    // The type stands before what depends on it.
    table.insert(Arg { required: true, ..Arg::text("name", "The name of the field.").to(field_name) });
    table.insert(Arg { required: true, ..Arg::text("type", "The type of the field.").to(field_type) });
    table.insert(Arg::text("default-value", "The value of documents without one.").to(default_value));
    table.insert(Arg::text("facet-enabled", "Whether facets can be counted: true or false.").to(facet));
    table.insert(Arg::text("search-enabled", "Whether it can be searched: true or false.").to(search));
    table.insert(Arg::text("return-enabled", "Whether it can be returned: true or false.").to(returned));
    table.insert(Arg::text("sort-enabled", "Whether results can be sorted by it: true or false.").to(sort));
    table.insert(Arg::text("source-field", "The fields to copy from.").to(source));
    table.insert(Arg::text("highlight-enabled", "Whether matches can be highlighted: true or false.").to(highlight));
    table.insert(Arg::text("analysis-scheme", "The analysis scheme of a text field.").to(scheme));
}

fn field_name(params: &mut Map, value: Value) -> Result<(), Failure> {
    map(params, FIELD).insert("IndexFieldName", value);
    Ok(())
}

fn field_type(params: &mut Map, value: Value) -> Result<(), Failure> {
    map(params, FIELD).insert("IndexFieldType", value);
    Ok(())
}

fn default_value(params: &mut Map, value: Value) -> Result<(), Failure> {
    let typed = match type_name(params)?.as_str() {
        "Int" | "IntArray" => int(&text(&value))?,
        "Double" | "DoubleArray" => Value::Float(python_float_text(&text(&value)).ok_or_else(|| {
            Failure::invalid(format!("could not convert string to float: {}", repr_str(&text(&value))))
        })?),
        _ => value,
    };
    put(params, "DefaultValue", typed)
}

fn facet(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "FacetEnabled", truth(&value))
}
fn search(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "SearchEnabled", truth(&value))
}
fn returned(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "ReturnEnabled", truth(&value))
}
fn sort(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "SortEnabled", truth(&value))
}
fn source(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "SourceField", value)
}
fn highlight(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "HighlightEnabled", truth(&value))
}
fn scheme(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "AnalysisScheme", value)
}

fn truth(value: &Value) -> Value {
    Value::Bool(text(value).to_lowercase() != "false")
}

/// The field's type in the form that the options' member has it: `int-array` → `IntArray`.
fn type_name(params: &mut Map) -> Result<String, Failure> {
    let Some(kind) = map(params, FIELD).get("IndexFieldType") else {
        return Err(Failure::validation("You must pass the --type option."));
    };
    let capitalised = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())
    };
    let name: String = text(kind).split('-').map(capitalised).collect();
    Ok(if name == "Latlon" { "LatLon".into() } else { name })
}

/// Into the options of the field's type.
fn put(params: &mut Map, key: &'static str, value: Value) -> Result<(), Failure> {
    let member = format!("{}Options", type_name(params)?);
    let options = map(params, FIELD).entry_or_insert_with(member, || Value::Map(Map::new()));
    if let Value::Map(options) = options {
        options.insert(key, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    type Put = fn(&mut Map, Value) -> Result<(), Failure>;

    fn field(options: &[(Put, &str)]) -> Result<String, String> {
        let mut params = Map::new();
        for (put, word) in options {
            put(&mut params, Value::from(*word)).map_err(|e| e.message())?;
        }
        Ok(to_json(&Value::Map(params), JsonStyle::COMPACT))
    }

    #[test]
    fn options_go_where_the_type_says() {
        assert_eq!(
            field(&[(field_name, "n"), (field_type, "int-array"), (default_value, "5"), (facet, "FALSE"), (sort, "x")]),
            Ok(r#"{"IndexField":{"IndexFieldName":"n","IndexFieldType":"int-array","IntArrayOptions":{"DefaultValue":5,"FacetEnabled":false,"SortEnabled":true}}}"#.into())
        );
        assert_eq!(
            field(&[(field_type, "latlon"), (source, "a")]),
            Ok(r#"{"IndexField":{"IndexFieldType":"latlon","LatLonOptions":{"SourceField":"a"}}}"#.into())
        );
        assert_eq!(
            field(&[(field_type, "double"), (default_value, "1")]),
            Ok(r#"{"IndexField":{"IndexFieldType":"double","DoubleOptions":{"DefaultValue":1.0}}}"#.into())
        );
    }

    #[test]
    fn faults() {
        assert_eq!(field(&[(facet, "true")]), Err("You must pass the --type option.".into()));
        assert_eq!(
            field(&[(field_type, "int"), (default_value, "x")]),
            Err("invalid literal for int() with base 10: 'x'".into())
        );
        assert_eq!(
            field(&[(field_type, "double"), (default_value, "x")]),
            Err("could not convert string to float: 'x'".into())
        );
    }
}
