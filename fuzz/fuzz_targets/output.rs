//! Every format writes any document, or says why not; and a list whose elements come one by one is written as the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_output::text::Lines;
use oxaws_output::{Format, Listing, TableOptions, write};
use oxaws_value::{Value, parse_json_bytes};

fn one_by_one(format: Format, elements: &[Value]) -> Option<Vec<u8>> {
    let (mut out, empty) = (Vec::new(), Value::List(Vec::new()));
    if format == Format::Text {
        let mut lines = Lines::new([Vec::new()]);
        elements.iter().for_each(|element| lines.push(0, element));
        return (!lines.need_all() && lines.write(&mut out, &empty).is_ok()).then_some(out);
    }
    let mut listing = Listing::new(format, [Vec::new()])?;
    elements.iter().for_each(|element| listing.push(0, element));
    listing.write(&mut out, &empty).is_ok().then_some(out)
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, document)) = data.split_first() else { return };
    let Ok(value) = parse_json_bytes(document) else { return };
    let name = Format::NAMES[usize::from(*choice) % Format::NAMES.len()];
    let Some(format) = Format::from_name(name) else { return };
    let options = TableOptions { width: usize::from(*choice), colour: choice & 1 == 0, visible: choice & 2 == 0 };
    let mut whole = Vec::new();
    let written = write(&mut whole, format, "Title", &value, &options).is_ok();
    if let (true, Value::List(elements)) = (written, &value)
        && let Some(text) = one_by_one(format, elements)
    {
        assert!(text == whole, "{}\n{}", String::from_utf8_lossy(&text), String::from_utf8_lossy(&whole));
    }
});
