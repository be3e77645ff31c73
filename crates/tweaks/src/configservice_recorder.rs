//! `configservice put-configuration-recorder --recording-group`: a structure within a structure, apart from it.

use crate::arguments::{map, merge, tweak};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target, Unpack};
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[tweak("configservice", "put-configuration-recorder", Hook::Arguments(arguments))];

const RECORDER: &str = "ConfigurationRecorder";

fn arguments(table: &mut ArgTable, operation: Operation) {
    if let Some(arg) = table.get_mut("configuration-recorder") {
        arg.target = Target::Custom(recorder);
    }
    let member = operation.input().and_then(|i| i.member(RECORDER)).and_then(|m| m.shape().member("recordingGroup"));
    table.insert(
        Arg { member, unpack: Unpack::Shape, ..Arg::text("recording-group", "Which types of resources are recorded.") }
            .to(group),
    );
}

fn recorder(params: &mut Map, value: Value) -> Result<(), Failure> {
    merge(params, RECORDER, value);
    Ok(())
}

fn group(params: &mut Map, value: Value) -> Result<(), Failure> {
    map(params, RECORDER).insert("recordingGroup", value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    #[test]
    fn the_group_joins_the_recorder() {
        let mut params = Map::new();
        recorder(&mut params, parse_json(r#"{"name":"n"}"#).unwrap()).unwrap();
        group(&mut params, parse_json(r#"{"allSupported":true}"#).unwrap()).unwrap();
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            r#"{"ConfigurationRecorder":{"name":"n","recordingGroup":{"allSupported":true}}}"#
        );
    }
}
