//! Every format writes any document, or says why not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_output::{Format, TableOptions, write};
use oxaws_value::parse_json_bytes;

fuzz_target!(|data: &[u8]| {
    let Some((choice, document)) = data.split_first() else { return };
    let Ok(value) = parse_json_bytes(document) else { return };
    let name = Format::NAMES[usize::from(*choice) % Format::NAMES.len()];
    let Some(format) = Format::from_name(name) else { return };
    let options = TableOptions { width: usize::from(*choice), colour: choice & 1 == 0 };
    let _ = write(&mut std::io::sink(), format, "Title", &value, &options);
});
