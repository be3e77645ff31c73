//! A service of one operation from a vector.

use oxaws_model::{Operation, Pack};
use oxaws_modelpack::{PackBuilder, ServiceFiles};
use serde_json::{Map, Value as Json, json};

/// Traits that stand on a member in vectors and on shapes in every real model.
const MEMBER_ONLY_IN_VECTORS: &[&str] = &["timestampFormat"];

/// The operation that a case describes.
///
/// # Errors
/// When the compiler of models refuses it.
pub fn operation(suite: &Json, given: &Json) -> Result<Operation, String> {
    let mut metadata = suite["metadata"].as_object().cloned().unwrap_or_default();
    for (key, value) in [
        ("apiVersion", "2014-01-01"),
        ("endpointPrefix", "test"),
        ("serviceId", "Test"),
        ("serviceFullName", "Test"),
        ("signatureVersion", "v4"),
        ("uid", "test-2014-01-01"),
    ] {
        metadata.entry(key).or_insert_with(|| value.into());
    }
    let mut shapes = suite["shapes"].as_object().cloned().unwrap_or_default();
    lift_traits(&mut shapes);
    let mut given = given.as_object().cloned().unwrap_or_default();
    tidy(&mut shapes, &mut given);
    push_down(&mut shapes, &mut given);
    let name = given.get("name").and_then(Json::as_str).unwrap_or("OperationName").to_owned();
    given.entry("name").or_insert_with(|| name.clone().into());
    given.entry("http").or_insert_with(|| json!({"method": "POST", "requestUri": "/"}));
    let service = json!({
        "version": "2.0",
        "metadata": metadata,
        "operations": {name.clone(): given},
        "shapes": shapes,
    });
    Ok(service_of("test", service)?.operation_named(&name).expect("the operation"))
}

/// A compiled service.
///
/// # Errors
/// When the compiler of models refuses it.
pub fn service_of(name: &str, service: Json) -> Result<oxaws_model::Service, String> {
    let mut builder = PackBuilder::new("vectors");
    let files = ServiceFiles { service, paginators: None, waiters: None, rules: None };
    builder.add_service(name, &files).map_err(|e| e.to_string())?;
    let bytes = builder.finish().expect("a pack");
    let pack = Pack::new(Box::leak(bytes.into_boxed_slice())).expect("a readable pack");
    let command = oxaws_model_command(name);
    Ok(pack.service(&command).expect("the service"))
}

/// The command of a model directory; these three differ among those the vectors use.
fn oxaws_model_command(name: &str) -> String {
    match name {
        "s3" => "s3api",
        "config" => "configservice",
        "codedeploy" => "deploy",
        other => other,
    }
    .to_owned()
}

/// Gives members whose traits the pack keeps on shapes a shape of their own.
fn lift_traits(shapes: &mut Map<String, Json>) {
    let mut added = Map::new();
    let originals = shapes.clone();
    for (name, shape) in shapes.iter_mut() {
        let mut refs: Vec<(String, &mut Json)> = Vec::new();
        let Some(shape) = shape.as_object_mut() else { continue };
        for (key, value) in shape.iter_mut() {
            match key.as_str() {
                "members" => {
                    for (member, r) in value.as_object_mut().into_iter().flatten() {
                        refs.push((member.clone(), r));
                    }
                }
                "member" | "key" | "value" => refs.push((key.clone(), value)),
                _ => {}
            }
        }
        for (place, r) in refs {
            for &key in MEMBER_ONLY_IN_VECTORS {
                let Some(value) = r.as_object_mut().and_then(|r| r.remove(key)) else { continue };
                let target = r["shape"].as_str().unwrap_or_default();
                let mut copy = originals[target].clone();
                copy[key] = value;
                let copy_name = format!("{name}_{place}_{target}");
                added.insert(copy_name.clone(), copy);
                r["shape"] = copy_name.into();
            }
        }
    }
    shapes.extend(added);
}

/// What real models don't have: the wrapper of a result on its shape, misspelt traits.
fn tidy(shapes: &mut Map<String, Json>, given: &mut Map<String, Json>) {
    for (name, shape) in shapes.iter_mut() {
        let Some(shape) = shape.as_object_mut() else { continue };
        if let Some(wrapper) = shape.remove("resultWrapper")
            && let Some(output) = given.get_mut("output")
            && output["shape"].as_str() == Some(name)
        {
            output["resultWrapper"] = wrapper;
        }
        for key in ["member", "key", "value"] {
            if let Some(r) = shape.get_mut(key).and_then(Json::as_object_mut) {
                r.remove("LocationName");
            }
        }
    }
}

/// Traits that older vectors have one level away from where models put them: a `location` on the shape of a header, the
/// `payload` on the reference to an input.
fn push_down(shapes: &mut Map<String, Json>, given: &mut Map<String, Json>) {
    for side in ["input", "output"] {
        let Some(r) = given.get_mut(side).and_then(Json::as_object_mut) else { continue };
        let shape = r.get("shape").and_then(Json::as_str).unwrap_or_default().to_owned();
        if let Some(payload) = r.remove("payload") {
            shapes[&shape]["payload"] = payload;
        }
    }
    let mut moved: Map<String, Json> = Map::new();
    for (name, shape) in shapes.iter_mut() {
        if let Some(location) = shape.as_object_mut().and_then(|s| s.remove("location")) {
            moved.insert(name.clone(), location);
        }
    }
    for shape in shapes.values_mut() {
        for r in shape.get_mut("members").and_then(Json::as_object_mut).into_iter().flat_map(Map::values_mut) {
            if let Some(location) = r["shape"].as_str().and_then(|s| moved.get(s)).cloned() {
                r.as_object_mut().expect("a reference").entry("location").or_insert(location);
            }
        }
    }
}
