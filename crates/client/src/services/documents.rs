//! Documents that come as text: IAM's policies, CloudFormation's templates, EC2's console output.

use oxaws_model::{Shape, ShapeKind};
use oxaws_python::{b64decode, unquote};
use oxaws_value::{Map, Value, parse_json};

/// Puts policies in place of their percent-encoded JSON, wherever they stand (botocore looks at the shape's name).
pub(super) fn decode_policies(shape: Option<Shape>, value: &mut Map) {
    let Some(shape) = shape else { return };
    for member in shape.members() {
        let Some(value) = value.get_mut(member.name()) else { continue };
        decode_policy(member.shape(), value, 0);
    }
}

fn decode_policy(shape: Shape, value: &mut Value, depth: usize) {
    if depth > oxaws_value::MAX_DEPTH {
        return;
    }
    match (shape.kind(), value) {
        (ShapeKind::String, value) if shape.name() == "policyDocumentType" => {
            let Some(text) = value.as_str() else { return };
            if let Ok(document) = parse_json(&unquote(text)) {
                *value = document;
            }
        }
        (ShapeKind::Structure, Value::Map(map)) => {
            for member in shape.members() {
                if let Some(value) = map.get_mut(member.name()) {
                    decode_policy(member.shape(), value, depth + 1);
                }
            }
        }
        (ShapeKind::List, Value::List(items)) => {
            let element = shape.element().shape();
            // Texts that stand in a list themselves stay as they are.
            if element.kind() != ShapeKind::String {
                items.iter_mut().for_each(|item| decode_policy(element, item, depth + 1));
            }
        }
        _ => {}
    }
}

/// Puts a template in place of its JSON; one in YAML stays text.
pub(super) fn template_body(value: &mut Map) {
    if let Some(body) = value.get_mut("TemplateBody")
        && let Some(document) = body.as_str().and_then(|text| parse_json(text).ok())
    {
        *body = document;
    }
}

/// Puts the console's text in place of its base64.
pub(super) fn console_output(value: &mut Map) {
    if let Some(output) = value.get_mut("Output")
        && let Some(bytes) = output.as_str().and_then(b64decode)
    {
        *output = Value::String(String::from_utf8_lossy(&bytes).into_owned());
    }
}

/// The binary members of a page's last key become bytes: as text they would be encoded once more in the next request
/// and in the token that goes on from here.
pub(super) fn last_key(value: &mut Map) {
    let Some(Value::Map(key)) = value.get_mut("LastEvaluatedKey") else { return };
    for (_, attribute) in key.iter_mut() {
        if let Some(binary) = attribute.as_map_mut().and_then(|a| a.get_mut("B"))
            && let Some(bytes) = binary.as_str().and_then(b64decode)
        {
            *binary = Value::Bytes(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_become_documents() {
        let mut map: Map = [("TemplateBody", Value::from("{\"b\": 1, \"a\": 2}"))].into_iter().collect();
        template_body(&mut map);
        let keys: Vec<_> = map.get("TemplateBody").unwrap().as_map().unwrap().keys().map(|k| k.to_string()).collect();
        assert_eq!(keys, ["b", "a"]);
        let mut map: Map = [("TemplateBody", Value::from("a: 1"))].into_iter().collect();
        template_body(&mut map);
        assert_eq!(map.get("TemplateBody"), Some(&Value::from("a: 1")));
    }
}
