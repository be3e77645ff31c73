//! `datapipeline`: pipelines in the syntax of definition files, in place of the API's lists of fields.

mod definition;

use crate::arguments::{items, text, tweak, words};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_failure::Cause;
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("datapipeline", "put-pipeline-definition", Hook::Arguments(put_arguments)),
    tweak("datapipeline", "activate-pipeline", Hook::Arguments(value_arguments)),
    tweak("datapipeline", "get-pipeline-definition", Hook::Reply(translate)),
];

const OBJECTS: &str = "pipelineObjects";
const PARAMETERS: &str = "parameterObjects";
const VALUES: &str = "parameterValues";

fn put_arguments(table: &mut ArgTable, _: Operation) {
    let definition = Arg::text("pipeline-definition", "The definition, as JSON.").to(pipeline);
    table.insert(Arg { required: true, ..definition });
    table.insert(
        Arg::text("parameter-objects", "The parameters, as JSON; in place of the definition's.").to(parameters),
    );
    value_arguments_of(table);
    table.remove("pipeline-objects");
}

fn value_arguments(table: &mut ArgTable, _: Operation) {
    value_arguments_of(table);
}

fn value_arguments_of(table: &mut ArgTable) {
    table.insert(Arg::text("parameter-values-uri", "The values of parameters, as JSON.").to(values_as_json));
    table.insert(words("parameter-values", "The values of parameters: key=value, one a word.").to(values_as_words));
}

fn json(value: &Value) -> Result<Value, Failure> {
    let parsed = match value {
        Value::Bytes(bytes) => oxaws_value::parse_json_bytes(bytes),
        other => oxaws_value::parse_json(&text(other)),
    };
    parsed.map_err(|e| Failure::invalid(Cause::of(e)))
}

fn pipeline(params: &mut Map, value: Value) -> Result<(), Failure> {
    let parsed = json(&value)?;
    let objects = definition::objects(&parsed)?;
    let parameters = definition::parameters(&parsed)?;
    let values = definition::values(&parsed)?;
    params.insert(OBJECTS, objects);
    // Arguments go before what the definition holds.
    for (key, found) in [(PARAMETERS, parameters), (VALUES, values)] {
        if let Some(found) = found
            && !params.contains_key(key)
        {
            params.insert(key, found);
        }
    }
    Ok(())
}

fn parameters(params: &mut Map, value: Value) -> Result<(), Failure> {
    let found = definition::parameters(&json(&value)?)?;
    params.insert(PARAMETERS, found.unwrap_or_default());
    Ok(())
}

fn only_values(params: &Map) -> Result<(), Failure> {
    match params.get(VALUES) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(Failure::validation("Only parameter-values or parameter-values-uri is allowed")),
    }
}

fn values_as_json(params: &mut Map, value: Value) -> Result<(), Failure> {
    only_values(params)?;
    let found = definition::values(&json(&value)?)?;
    params.insert(VALUES, found.unwrap_or_default());
    Ok(())
}

fn values_as_words(params: &mut Map, value: Value) -> Result<(), Failure> {
    only_values(params)?;
    let mut given = Map::new();
    for word in items(value) {
        let Some((key, value)) = word.split_once('=') else {
            return Err(Failure::validation(format!("Error in parameter: Invalid inline parameter format: {word}\n")));
        };
        definition::add(&mut given, key, Value::from(value));
    }
    let parsed: Map = [("values", Value::Map(given))].into_iter().collect();
    let found = definition::values(&Value::Map(parsed))?;
    params.insert(VALUES, found.unwrap_or_default());
    Ok(())
}

fn translate(_: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    match reply {
        Value::Map(reply) => definition::from_api(reply),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    fn compact(params: Map) -> String {
        to_json(&Value::Map(params), JsonStyle::COMPACT)
    }

    #[test]
    fn a_definition_becomes_lists() {
        let mut params = Map::new();
        let text = r#"{"objects":[{"id":"D","name":"n","tags":["a","b"],"schedule":{"ref":"S"}}],
            "parameters":[{"id":"p","type":"String"}],"values":{"p":["x","y"],"q":"z"}}"#;
        pipeline(&mut params, Value::from(text)).unwrap();
        assert_eq!(
            compact(params),
            concat!(
                r#"{"pipelineObjects":[{"id":"D","name":"n","fields":[{"key":"schedule","refValue":"S"},{"key":"tags","stringValue":"a"},"#,
                r#"{"key":"tags","stringValue":"b"}]}],"parameterObjects":[{"id":"p","attributes":[{"key":"type","stringValue":"String"}]}],"#,
                r#""parameterValues":[{"id":"p","stringValue":"x"},{"id":"p","stringValue":"y"},{"id":"q","stringValue":"z"}]}"#
            )
        );
    }

    #[test]
    fn words_become_values() {
        let mut params = Map::new();
        values_as_words(&mut params, Value::List(vec!["a=b".into(), "a=c=".into(), "d=".into()])).unwrap();
        assert_eq!(
            compact(params.clone()),
            r#"{"parameterValues":[{"id":"a","stringValue":"b"},{"id":"a","stringValue":"c="},{"id":"d","stringValue":""}]}"#
        );
        let failure = values_as_json(&mut params, "{}".into()).unwrap_err();
        assert_eq!(failure.message(), "Only parameter-values or parameter-values-uri is allowed");
        let failure = values_as_words(&mut Map::new(), Value::List(vec!["x".into()])).unwrap_err();
        assert_eq!(failure.message(), "Error in parameter: Invalid inline parameter format: x\n");
    }

    #[test]
    fn faults() {
        let message = |text: &str| pipeline(&mut Map::new(), Value::from(text)).unwrap_err().message();
        assert_eq!(message("{}"), "Error in pipeline definition: Missing \"objects\" key\n");
        assert_eq!(
            message(r#"{"objects":[{"a":1}]}"#),
            "Error in pipeline definition: Missing \"id\" key of element: {\"a\": 1}\n"
        );
        assert_eq!(
            message(r#"{"objects":[],"parameters":[{}]}"#),
            "Error in pipeline definition: Missing \"id\" key of parameter: {}\n"
        );
        assert_eq!(message("x"), "Expecting value: line 1 column 1 (char 0)");
        assert_eq!(message(r#"{"objects":["a"]}"#), "'str' object has no attribute 'pop'");
        assert_eq!(message(r#"{"objects":1}"#), "'int' object is not iterable");
    }

    #[test]
    fn replies_become_definitions() {
        let Value::Map(mut reply) = parse_json(
            r#"{"pipelineObjects":[{"id":"D","name":"n","fields":[{"key":"a","stringValue":"1"},{"key":"a","refValue":"S"},
               {"key":"a","stringValue":"2"}]}],"parameterObjects":[{"id":"p","attributes":[{"key":"t","stringValue":"s"}]}],
               "parameterValues":[{"id":"p","stringValue":"x"},{"id":"p","stringValue":"y"}]}"#,
        )
        .unwrap() else {
            panic!()
        };
        definition::from_api(&mut reply).unwrap();
        assert_eq!(
            compact(reply),
            r#"{"objects":[{"id":"D","name":"n","a":["1",{"ref":"S"},"2"]}],"parameters":[{"id":"p","t":"s"}],"values":{"p":["x","y"]}}"#
        );
    }
}
