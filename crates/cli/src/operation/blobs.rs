//! Blob members of the parameters: base64 text becomes bytes, at any depth.

use crate::failure::Failure;
use oxaws_failure::Cause;
use oxaws_input::blob;
use oxaws_model::{Shape, ShapeKind};
use oxaws_value::{Map, Value};

/// Turns the text of blob members into bytes: base64 decoded, or as it is when `raw`. Bytes stay.
///
/// # Errors
/// For text that isn't base64 (255).
pub fn decode(input: Shape, params: &mut Map, raw: bool) -> Result<(), Failure> {
    for member in input.members() {
        if let Some(value) = params.get_mut(member.name()) {
            walk(member.shape(), value, raw, 0)?;
        }
    }
    Ok(())
}

fn walk(shape: Shape, value: &mut Value, raw: bool, depth: usize) -> Result<(), Failure> {
    if depth > oxaws_value::MAX_DEPTH {
        return Err(Failure::validation("nested too deeply"));
    }
    match (shape.kind(), &mut *value) {
        (ShapeKind::Blob, Value::String(text)) => {
            let bytes = if raw {
                std::mem::take(text).into_bytes()
            } else {
                blob::decode(text).map_err(|e| Failure::invalid(Cause::of(e)))?
            };
            *value = Value::Bytes(bytes);
        }
        (ShapeKind::Structure, Value::Map(map)) if !shape.document() => {
            for member in shape.members() {
                if let Some(value) = map.get_mut(member.name()) {
                    walk(member.shape(), value, raw, depth + 1)?;
                }
            }
        }
        (ShapeKind::Map, Value::Map(map)) => {
            for (_, value) in map.iter_mut() {
                walk(shape.value().shape(), value, raw, depth + 1)?;
            }
        }
        (ShapeKind::List, Value::List(items)) => {
            for item in items {
                walk(shape.element().shape(), item, raw, depth + 1)?;
            }
        }
        _ => {}
    }
    Ok(())
}
