//! `UserData` is sent in base64, whatever it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_value::{Map, Value};

/// Encodes `UserData`.
pub(super) fn encode(params: &mut Map) {
    let Some(value) = params.get_mut("UserData") else { return };
    let bytes = match value {
        Value::String(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        // Validation tells what is wrong with the rest.
        _ => return,
    };
    *value = Value::String(STANDARD.encode(bytes));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_are_encoded() {
        for data in [Value::from("héllo"), Value::Bytes("héllo".into())] {
            let mut params: Map = [("UserData", data)].into_iter().collect();
            encode(&mut params);
            assert_eq!(params.get("UserData").and_then(Value::as_str), Some("aMOpbGxv"));
        }
    }
}
