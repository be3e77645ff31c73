//! `aws lightsail push-container-image`: hands the work to the program `lightsailctl`.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::program::{self, ProgramError};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_env::AWS_CLI_VERSION;
use oxaws_value::{JsonStyle, Map, Value, to_json};

/// The command.
pub static PUSH_CONTAINER_IMAGE: Command = Command {
    name: "push-container-image",
    options: &[
        Opt::value("service-name", "The container service's name.").required(),
        Opt::value("image", "The local image to push.").required(),
        Opt::value("label", "The label that the image gets.").required(),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Pushes a local container image to a container service. Needs the lightsailctl plugin.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let word = |dest| Value::from(call.args.word(dest).unwrap_or_default());
    let payload =
        reply::params([("service", word("service_name")), ("image", word("image")), ("label", word("label"))]);
    let request = reply::params([
        ("inputVersion", Value::from("1")),
        ("operation", Value::from("PushContainerImage")),
        ("payload", Value::Map(payload)),
        ("configuration", Value::Map(configuration(call)?)),
    ]);
    let words = program::words(["lightsailctl", "--plugin", "--input-stdin"]);
    let text = to_json(&Value::Map(request), JsonStyle::PYTHON);
    match program::feed(&words, text.as_bytes()) {
        Ok(status) if status.success() => Ok(Exit::Success),
        Ok(status) => Err(Failure::program_failed(program::failure_text(&words, status))),
        Err(ProgramError::Missing) => Err(Failure::missing_program(
            "The Lightsail Control (lightsailctl) plugin was not found. To download and install it, see \
             https://lightsail.aws.amazon.com/ls/docs/en_us/articles/amazon-lightsail-install-software",
        )),
        Err(ProgramError::Io(e)) => Err(Failure::file(e, "lightsailctl")),
    }
}

/// The command line's settings, for the plugin's own calls.
fn configuration(call: &CommandCall) -> Result<Map, Failure> {
    let (globals, config) = (call.cx.globals, call.cx.session.config()?);
    if globals.query.is_some() {
        // The AWS CLI hands its compiled query to the JSON writer.
        return Err(Failure::bug("Object of type ParsedResult is not JSON serializable"));
    }
    let mut out = reply::params([("debug", Value::Bool(globals.debug))]);
    let mut text = |key: &'static str, value: Option<String>| {
        if let Some(value) = value {
            out.insert(key, value);
        }
    };
    text("endpoint", globals.endpoint_url.clone());
    if !globals.verify_ssl {
        out.insert("doNotVerifySSL", true);
    }
    out.insert("paginate", globals.paginate);
    let mut text = |key: &'static str, value: Option<String>| {
        if let Some(value) = value {
            out.insert(key, value);
        }
    };
    text("output", globals.output.clone());
    let full = |value: Option<String>| value.filter(|v| !v.is_empty());
    text("profile", full(globals.profile.clone()).or_else(|| full(config.profile_name())));
    text("region", full(globals.region.clone()).or(full(config.region()?)));
    out.insert("doNotSignRequest", !globals.sign_request);
    let ca_bundle = match full(globals.ca_bundle.clone()) {
        Some(path) => Some(path),
        None => full(config.text("ca_bundle")?),
    };
    if let Some(path) = ca_bundle {
        out.insert("caBundle", path);
    }
    // No limit is no number, and isn't said.
    for (key, seconds) in [("readTimeout", globals.read_timeout), ("connectTimeout", globals.connect_timeout)] {
        if let Some(seconds) = seconds {
            out.insert(key, seconds);
        }
    }
    if let Some(format) = &globals.binary_format {
        out.insert("cliBinaryFormat", format.as_str());
    }
    out.insert("cliVersion", AWS_CLI_VERSION);
    Ok(out)
}
