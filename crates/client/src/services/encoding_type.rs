//! S3 lists keys percent-encoded where the caller wants it: XML can't hold all characters that keys may have.

use oxaws_value::{Map, Value};

/// Whether an operation lists keys.
pub(super) fn applies(operation: &str) -> bool {
    matches!(operation, "ListObjects" | "ListObjectsV2" | "ListObjectVersions")
}

/// Asks for encoded keys; whether it was needed.
pub(super) fn ask(params: &mut Map) -> bool {
    if params.contains_key("EncodingType") {
        return false;
    }
    params.insert("EncodingType", Value::from("url"));
    true
}

/// Decodes the keys of a reply.
pub(super) fn decode(operation: &str, value: &mut Map) {
    let (top, nested): (&[&str], &[(&str, &str)]) = match operation {
        "ListObjects" => (&["Delimiter", "Marker", "NextMarker"], &[("Contents", "Key"), ("CommonPrefixes", "Prefix")]),
        "ListObjectsV2" => {
            (&["Delimiter", "Prefix", "StartAfter"], &[("Contents", "Key"), ("CommonPrefixes", "Prefix")])
        }
        "ListObjectVersions" => (
            &["KeyMarker", "NextKeyMarker", "Prefix", "Delimiter"],
            &[("Versions", "Key"), ("DeleteMarkers", "Key"), ("CommonPrefixes", "Prefix")],
        ),
        _ => return,
    };
    if value.get("EncodingType").and_then(Value::as_str) != Some("url") {
        return;
    }
    for name in top {
        unquote(value.get_mut(name));
    }
    for (list, name) in nested {
        if let Some(Value::List(items)) = value.get_mut(list) {
            for item in items {
                unquote(item.as_map_mut().and_then(|m| m.get_mut(name)));
            }
        }
    }
}

/// Python's `unquote_plus`.
fn unquote(value: Option<&mut Value>) {
    let Some(Value::String(text)) = value else { return };
    // Keys come by the million, and few of them have anything to decode.
    if text.as_bytes().contains(&b'+') {
        *text = text.replace('+', " ");
    }
    if text.as_bytes().contains(&b'%') {
        *text = String::from_utf8_lossy(&oxaws_python::percent_decode(text)).into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_where_they_are_encoded() {
        let json = r#"{"EncodingType": "url", "Prefix": "a%20b+c", "Contents": [{"Key": "%C3%A9"}], "Marker": "%41"}"#;
        let mut value = oxaws_value::parse_json(json).unwrap();
        decode("ListObjectsV2", value.as_map_mut().unwrap());
        assert_eq!(value.get("Prefix").and_then(Value::as_str), Some("a b c"));
        assert_eq!(value.get("Contents").unwrap().as_list().unwrap()[0].get("Key"), Some(&Value::from("é")));
        assert_eq!(value.get("Marker").and_then(Value::as_str), Some("%41"));
    }
}
