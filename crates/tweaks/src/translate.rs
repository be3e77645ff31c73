//! `translate`: the contents of terminologies and documents by options of their own.

use crate::arguments::tweak;
use crate::hoisted_blob::{hoist, put, put_rest};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{ArgTable, Target};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("translate", "import-terminology", Hook::Arguments(terminology_arguments)),
    tweak("translate", "import-terminology", Hook::Parsed(no_terminology)),
    tweak("translate", "translate-document", Hook::Arguments(document_arguments)),
    tweak("translate", "translate-document", Hook::Parsed(no_document)),
];

fn terminology_arguments(table: &mut ArgTable, _: Operation) {
    hoist(table, "terminology-data", "File", "data-file", "The terminology: fileb://data.csv.", |params, value| {
        put(params, "TerminologyData", "File", value);
        Ok(())
    });
    require(table, &["data-file"]);
    if let Some(arg) = table.get_mut("terminology-data") {
        arg.target = Target::Custom(terminology);
    }
}

fn document_arguments(table: &mut ArgTable, _: Operation) {
    hoist(table, "document", "Content", "document-content", "The document: fileb://data.txt.", |params, value| {
        put(params, "Document", "Content", value);
        Ok(())
    });
    require(table, &["document-content", "document"]);
    if let Some(arg) = table.get_mut("document") {
        arg.target = Target::Custom(document);
    }
}

fn require(table: &mut ArgTable, names: &[&str]) {
    for name in names {
        if let Some(arg) = table.get_mut(name) {
            arg.required = true;
        }
    }
}

/// Without the option (which only `--cli-input-*` allows) the CLI sends on that there is nothing, in place of what the
/// document has.
fn no_terminology(call: &mut OperationCall) -> Result<(), Failure> {
    if !call.has("data-file") {
        put(&mut call.params, "TerminologyData", "File", Value::Null);
    }
    Ok(())
}

fn no_document(call: &mut OperationCall) -> Result<(), Failure> {
    if !call.has("document-content") {
        put(&mut call.params, "Document", "Content", Value::Null);
    }
    Ok(())
}

fn terminology(params: &mut Map, value: Value) -> Result<(), Failure> {
    put_rest(
        params,
        "TerminologyData",
        "File",
        value,
        "File cannot be provided as part of the '--terminology-data' argument. Please use the '--data-file' option \
         instead to specify a file.",
    )
}

fn document(params: &mut Map, value: Value) -> Result<(), Failure> {
    put_rest(
        params,
        "Document",
        "Content",
        value,
        "Content cannot be provided as a part of the '--document' argument. Please use the '--document-content' option \
         instead to specify a file.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    #[test]
    fn content_stands_apart() {
        let mut params = Map::new();
        document(&mut params, parse_json(r#"{"ContentType":"t"}"#).unwrap()).unwrap();
        put(&mut params, "Document", "Content", "x".into());
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            r#"{"Document":{"ContentType":"t","Content":"x"}}"#
        );
        let failure = terminology(&mut Map::new(), parse_json(r#"{"File":""}"#).unwrap()).unwrap_err();
        assert_eq!(failure.exit().code(), 252);
    }
}
