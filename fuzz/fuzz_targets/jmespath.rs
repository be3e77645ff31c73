//! Any expression over any document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_jmespath::compile;
use oxaws_value::{Value, parse_json};

fuzz_target!(|texts: (&str, &str)| {
    let Ok(expression) = compile(texts.0) else { return };
    let _ = expression.simple_path();
    let known = r#"{"a": [{"b": 1, "c": "x"}, {"b": 2.5}, null, true], "s": "text", "m": {"k": [1, [2, [3]]]}}"#;
    for document in [parse_json(texts.1).unwrap_or(Value::Null), parse_json(known).unwrap_or(Value::Null)] {
        let _ = expression.search(&document);
    }
});
