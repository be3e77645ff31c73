//! JSON: what is read and written is the same when read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_value::{JsonStyle, parse_json, parse_json_bytes, to_json};

fuzz_target!(|data: &[u8]| {
    let _ = parse_json_bytes(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = oxaws_input::json_arg::parse(text);
    let Ok(value) = parse_json(text) else { return };
    let written = to_json(&value, JsonStyle::OUTPUT);
    // Numbers that aren't JSON (NaN, Infinity) are written as Python writes them, and read again.
    let again = parse_json(&written).expect("what was written can be read");
    assert_eq!(to_json(&again, JsonStyle::OUTPUT), written);
});
