//! `cloudwatch put-metric-data`: one metric by simple options.

mod comma_list;

use crate::arguments::{exclusive, first, int, optional, text, tweak};
use oxaws_cli::argv::argparse::python_float_text;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("cloudwatch", "put-metric-data", Hook::Arguments(arguments)),
    tweak("cloudwatch", "put-metric-data", Hook::Parsed(check)),
];

const METRICS: &str = "MetricData";

fn arguments(table: &mut ArgTable, _: Operation) {
    optional(table, &["metric-data"]);
    table.insert(Arg::text("metric-name", "The name of the metric.").to(name));
    table.insert(Arg::text("timestamp", "When it was measured; by default, when it is received.").to(timestamp));
    table.insert(Arg::text("unit", "The unit of the value.").to(unit));
    table.insert(Arg::text("value", "The value.").to(value));
    table.insert(Arg::text("dimensions", "Names and values of dimensions: name=value,name=value.").to(dimensions));
    table.insert(
        Arg::text("statistic-values", "Statistics in place of a value: Sum=…,Minimum=…,Maximum=…,SampleCount=….")
            .to(statistics),
    );
    table.insert(Arg::text("storage-resolution", "How fine the metric is kept, in seconds: 1 or 60.").to(resolution));
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    exclusive(
        call,
        &[&["metric_data"], &["metric_name", "timestamp", "unit", "value", "dimensions", "statistic_values"]],
    )
}

fn name(params: &mut Map, value: Value) -> Result<(), Failure> {
    first(params, METRICS)?.insert("MetricName", value);
    Ok(())
}

fn timestamp(params: &mut Map, value: Value) -> Result<(), Failure> {
    first(params, METRICS)?.insert("Timestamp", value);
    Ok(())
}

fn unit(params: &mut Map, value: Value) -> Result<(), Failure> {
    first(params, METRICS)?.insert("Unit", value);
    Ok(())
}

fn value(params: &mut Map, value: Value) -> Result<(), Failure> {
    let number = decimal(&text(&value))?;
    first(params, METRICS)?.insert("Value", number);
    Ok(())
}

fn dimensions(params: &mut Map, value: Value) -> Result<(), Failure> {
    let list = pairs(&text(&value))?.into_iter().map(|(name, value)| {
        let entry: Map = [("Name", Value::from(name)), ("Value", Value::from(value))].into_iter().collect();
        Value::Map(entry)
    });
    let list: Vec<Value> = list.collect();
    first(params, METRICS)?.insert("Dimensions", list);
    Ok(())
}

fn statistics(params: &mut Map, value: Value) -> Result<(), Failure> {
    let mut set = Map::new();
    for (name, value) in pairs(&text(&value))? {
        set.insert(name, decimal(&value)?);
    }
    first(params, METRICS)?.insert("StatisticValues", set);
    Ok(())
}

fn resolution(params: &mut Map, value: Value) -> Result<(), Failure> {
    let seconds = int(&text(&value))?;
    first(params, METRICS)?.insert("StorageResolution", seconds);
    Ok(())
}

/// `key=value` between commas.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let parts = comma_list::split(text).map_err(Failure::invalid)?;
    parts
        .into_iter()
        .map(|part| match part.split('=').collect::<Vec<_>>().as_slice() {
            [key, value] => Ok(((*key).to_owned(), (*value).to_owned())),
            [_] => Err(Failure::invalid("not enough values to unpack (expected 2, got 1)")),
            _ => Err(Failure::invalid("too many values to unpack (expected 2)")),
        })
        .collect()
}

/// A number as Python's `Decimal` reads it; it is sent as a float.
fn decimal(text: &str) -> Result<Value, Failure> {
    python_float_text(&text.replace('_', ""))
        .map(Value::Float)
        .ok_or_else(|| Failure::invalid("[<class 'decimal.ConversionSyntax'>]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    type Put = fn(&mut Map, Value) -> Result<(), Failure>;

    fn metric(options: &[(Put, &str)]) -> Result<String, String> {
        let mut params = Map::new();
        for (put, word) in options {
            put(&mut params, Value::from(*word)).map_err(|e| e.message())?;
        }
        Ok(to_json(&Value::Map(params), JsonStyle::COMPACT))
    }

    #[test]
    fn one_metric() {
        assert_eq!(
            metric(&[(name, "m"), (value, "2"), (dimensions, "a=1,b=\"x,y\""), (resolution, "1"), (statistics, "Sum=1e3")]),
            Ok(r#"{"MetricData":[{"MetricName":"m","Value":2.0,"Dimensions":[{"Name":"a","Value":"1"},{"Name":"b","Value":"x,y"}],"StorageResolution":1,"StatisticValues":{"Sum":1000.0}}]}"#.into())
        );
    }

    #[test]
    fn faults() {
        assert_eq!(metric(&[(value, "x")]), Err("[<class 'decimal.ConversionSyntax'>]".into()));
        assert_eq!(metric(&[(dimensions, "a")]), Err("not enough values to unpack (expected 2, got 1)".into()));
        assert_eq!(metric(&[(dimensions, "a=b=c")]), Err("too many values to unpack (expected 2)".into()));
        assert_eq!(metric(&[(resolution, "x")]), Err("invalid literal for int() with base 10: 'x'".into()));
    }
}
