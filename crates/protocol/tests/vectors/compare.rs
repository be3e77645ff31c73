//! Values side by side, the way Python's `==` sees them.

use oxaws_python::python_float;
use oxaws_value::{Value, parse_json};
use serde_json::Value as Json;

/// A vector's JSON as a value.
pub fn value_of(json: &Json) -> Value {
    parse_json(&json.to_string()).expect("JSON that was just written")
}

/// Equality with `1 == 1.0`, NaN equal to itself and to its name, and so for the infinities.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| same(a, b)))
        }
        (Value::Float(f), Value::String(s)) | (Value::String(s), Value::Float(f)) => {
            let name = python_float(*f);
            (f.is_nan() && s == "NaN") || (f.is_infinite() && s == &name.replace("inf", "Infinity"))
        }
        (Value::Int(_) | Value::Float(_) | Value::BigInt(_), Value::Int(_) | Value::Float(_) | Value::BigInt(_)) => {
            // The reader of the vectors' files may be off by one in the last place.
            let close = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || ((a - b) / a).abs() < 1e-15;
            a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| close(a, b))
        }
        _ => a == b,
    }
}

/// An XML text in a form that doesn't depend on blanks between elements, on attribute order or on how empty elements
/// are written.
pub fn canonical_xml(text: &str) -> Option<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::reader::Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut out, mut run) = (String::new(), String::new());
    loop {
        let event = reader.read_event().ok()?;
        match &event {
            Event::Text(t) => run.push_str(t),
            Event::CData(t) => run.push_str(t),
            Event::GeneralRef(r) => run.push_str(&format!("&{};", &**r)),
            _ => {
                out.push_str(run.trim());
                run.clear();
            }
        }
        match event {
            Event::Start(tag) => {
                let mut attributes: Vec<String> = tag
                    .attributes()
                    .map(|a| a.map(|a| format!(" {}={:?}", a.key.into_inner(), a.value)))
                    .collect::<Result<_, _>>()
                    .ok()?;
                attributes.sort();
                out.push_str(&format!("<{}{}>", tag.name().into_inner(), attributes.concat()));
            }
            Event::End(tag) => out.push_str(&format!("</{}>", tag.name().into_inner())),
            Event::Eof => return Some(out),
            _ => {}
        }
    }
}
