//! `aws configure add-model`: puts a service's model where the command line looks for more of them.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::kept_files;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_failure::Cause;
use oxaws_python::python_float_value;
use oxaws_python::repr_str as repr;
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{Map, Value, parse_json};

pub(super) static ADD_MODEL: Command = Command {
    name: "add-model",
    options: &[
        Opt::value("service-model", "The model, as JSON; `file://PATH` reads it from a file.").required(),
        Opt::value("service-name", "The name of the service's command, in place of the model's own."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Adds a service's model to ~/.aws/models.",
};

/// Where models of the user's own stand.
const MODELS: &str = "~/.aws/models";
/// For a file that is no secret.
const FILE_MODE: u32 = 0o666;

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let model = call.args.word("service_model").unwrap_or_default();
    let definition = parse_json(model).map_err(|e| Failure::invalid(Cause::of(e)))?;
    let path = location(cx, &definition, call.args.word("service_name"))?;
    let path = oxaws_env::expand_path(cx.world, &path);
    kept_files::make_folder_of(cx.world, &path)?;
    cx.world.replace(&path, model.as_bytes(), FILE_MODE).map_err(|e| Failure::file(e, path.display().to_string()))?;
    Ok(Exit::Success)
}

/// The path of a model's file: service, API version, and the version of the model's form. What is missing is complained
/// about in the AWS CLI's words, in one case those of its own stumbling.
fn location(cx: &Context, definition: &Value, name: Option<&str>) -> Result<String, Failure> {
    let Some(definition) = definition.as_map() else {
        return Err(Failure::invalid(format!(
            "'{}' object has no attribute 'get'",
            type_name(definition, MapClass::Dict)
        )));
    };
    let metadata = definition.get("metadata").and_then(Value::as_map);
    let text = |key: &str| metadata.and_then(|m: &Map| m.get(key)).and_then(Value::as_str);
    let stumbled = || Failure::invalid("maximum recursion depth exceeded");
    let prefix = text("endpointPrefix");
    let name = match name {
        Some(name) => name.to_owned(),
        None => service_name(cx, prefix.ok_or_else(stumbled)?),
    };
    let Some(version) = text("apiVersion") else {
        let prefix = prefix.ok_or_else(stumbled)?;
        let message = format!("\"apiVersion\" not defined in the metadata of the model: ServiceModel({prefix})");
        return Err(Failure::invalid(message));
    };
    let form = match definition.get("version") {
        None => 2.0,
        Some(Value::String(text)) => python_float_value(text)
            .ok_or_else(|| Failure::invalid(format!("could not convert string to float: {}", repr(text))))?,
        Some(other) => other.as_f64().ok_or_else(|| {
            let kind = type_name(other, MapClass::Dict);
            Failure::invalid(format!("float() argument must be a string or a real number, not '{kind}'"))
        })?,
    };
    Ok(format!("{MODELS}/{name}/{version}/service-{}.json", form.trunc()))
}

/// The service that is known by this name, else the last one whose hosts begin with it, else the name itself.
fn service_name(cx: &Context, prefix: &str) -> String {
    let pack = cx.session.pack();
    if pack.service_by_directory(prefix).is_some() {
        return prefix.to_owned();
    }
    let known = pack.services().filter(|s| s.endpoint_prefix() == prefix).last();
    known.map_or(prefix, |s| s.directory()).to_owned()
}
