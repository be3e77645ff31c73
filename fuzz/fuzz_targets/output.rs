//! Every format writes any document, or says why not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_value::parse_json;

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let Ok(value) = std::str::from_utf8(rest).map(parse_json) else { return };
    let Ok(value) = value else { return };
    oxaws_fuzz::write_output(*choice, &value);
});
