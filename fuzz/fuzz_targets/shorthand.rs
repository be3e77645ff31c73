//! Shorthand: what is parsed and can be written is the same when parsed again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_input::shorthand::{parse, to_text};
use oxaws_value::Value;

fuzz_target!(|text: &str| {
    let mut resolve = |_: &str| Ok::<_, std::convert::Infallible>(Value::Null);
    let Ok(value) = parse(text, &mut resolve) else { return };
    if let Some(written) = to_text(&value) {
        assert_eq!(parse(&written, &mut resolve).ok(), Some(value), "{written}");
    }
});
