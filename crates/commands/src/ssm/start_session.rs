//! Sessions on instances and containers: the program `session-manager-plugin` is given what the service answered.

use oxaws_cli::Context;
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_cli::written::program::{self, ProgramError};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_failure::Cause;
use oxaws_value::{JsonStyle, Map, Value, to_json};

/// What the operations `ssm start-session` and `ecs execute-command` do in place of printing their replies.
pub const TWEAKS: &[Tweak] = &[
    Tweak { service: "ssm", operation: "start-session", hook: Hook::Invoke(start_session) },
    Tweak { service: "ecs", operation: "execute-command", hook: Hook::Invoke(execute_command) },
];

const PLUGIN: &str = "session-manager-plugin";
/// The last version of the plugin that can't read the answer from a variable.
const LAST_WITHOUT_VARIABLE: [u64; 4] = [1, 2, 497, 0];
/// The first version of the plugin that `ssm start-session` doesn't warn about.
const FIRST_UP_TO_DATE: [u64; 4] = [1, 2, 764, 0];
const VARIABLE: &str = oxaws_env::var::AWS_SSM_START_SESSION_RESPONSE;
/// What a user of an older plugin reads on standard error; the session goes on.
const OUTDATED: &str = "\nWARNING: An outdated SessionManagerPlugin version detected. Please upgrade it to the latest \
                        version. \nFor more information, refer:\n  \
                        https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html\n";

fn missing() -> Failure {
    Failure::missing_program(
        "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: \
         http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found",
    )
}

fn json(map: &Map) -> String {
    to_json(&Value::Map(map.clone()), JsonStyle::PYTHON)
}

/// Runs the plugin; a code other than 0 is an error.
fn run(words: &[String], variables: &[(&str, &str)]) -> Result<(), ProgramError> {
    let status = program::run(words, variables)?;
    if status.success() {
        return Ok(());
    }
    Err(ProgramError::Io(std::io::Error::other(program::failure_text(words, status))))
}

fn failed(error: ProgramError) -> Failure {
    match error {
        ProgramError::Missing => missing(),
        ProgramError::Io(e) if e.raw_os_error().is_none() => Failure::ProgramFailed(Cause::of(e)),
        ProgramError::Io(e) => Failure::file(e, PLUGIN),
    }
}

fn start_session(call: &mut OperationCall) -> Result<Option<Exit>, Failure> {
    let cx = call.cx;
    let client = cx.session.client(call.operation.service())?;
    let reply = cx.session.call(call.operation, call.input()?)?.value;
    let id = reply::member(&reply, "SessionId")?.clone();
    let mut answer = Map::new();
    for key in ["SessionId", "TokenValue", "StreamUrl"] {
        answer.insert(key, reply::member(&reply, key)?.clone());
    }
    let answer = json(&answer);
    let words = |first: &str| {
        program::words([
            PLUGIN,
            first,
            client.region.as_deref().unwrap_or_default(),
            "StartSession",
            cx.globals.profile.as_deref().unwrap_or_default(),
            &json(&call.params),
            &client.base_url,
        ])
    };
    match session(cx, &answer, &words) {
        Err(ProgramError::Missing) => {
            // Nobody will use the session that has begun.
            reply::call(cx, "ssm", "TerminateSession", reply::params([("SessionId", id)]))?;
            Err(missing())
        }
        Err(other) => Err(failed(other)),
        // Ctrl-C was the plugin's, not this command's.
        Ok(()) => Ok(Some(Exit::Child(0))),
    }
}

/// Asks the plugin for its version, and gives it the answer in the way that this version reads it.
fn session(cx: &Context, answer: &str, words: &dyn Fn(&str) -> Vec<String>) -> Result<(), ProgramError> {
    let asking = program::words([PLUGIN, "--version"]);
    let asked = program::capture(&asking)?;
    if !asked.status.success() {
        return Err(ProgramError::Io(std::io::Error::other(program::failure_text(&asking, asked.status))));
    }
    let version = version(&String::from_utf8_lossy(&asked.stdout));
    if version.is_some_and(|v| v < FIRST_UP_TO_DATE) {
        cx.ui.warn_plain(OUTDATED);
    }
    if version.is_some_and(|v| v > LAST_WITHOUT_VARIABLE) {
        return run(&words(VARIABLE), &[(VARIABLE, answer)]);
    }
    run(&words(answer), &[])
}

/// A version as its parts, of which there are at most four; missing ones are zero. Blanks don't count.
fn version(text: &str) -> Option<[u64; 4]> {
    let text: String = text.split_whitespace().collect();
    let mut parts = [0; 4];
    for (at, part) in text.split('.').enumerate() {
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *parts.get_mut(at)? = part.parse().ok()?;
    }
    Some(parts)
}

fn execute_command(call: &mut OperationCall) -> Result<Option<Exit>, Failure> {
    let cx = call.cx;
    // Nothing is asked of the service when the plugin isn't there.
    run(&program::words([PLUGIN]), &[]).map_err(failed)?;
    let client = cx.session.client(call.operation.service())?;
    let reply = cx.session.call(call.operation, call.input()?)?.value;
    let last = |key: &str| -> Result<String, Failure> {
        Ok(reply::text(&reply, key)?.rsplit('/').next().unwrap_or_default().to_owned())
    };
    let (cluster, task) = (last("clusterArn")?, last("taskArn")?);
    let container = reply::text(&reply, "containerName")?;
    let asked = reply::params([
        ("cluster", Value::from(cluster.as_str())),
        ("tasks", Value::List(vec![Value::from(task.as_str())])),
    ]);
    let described = reply::call(cx, "ecs", "DescribeTasks", asked)?;
    let tasks = reply::member(&described, "tasks")?.as_list().unwrap_or_default();
    let Some(found) = tasks.first().and_then(Value::as_map) else {
        return Err(Failure::failed("The task provided in the request was not found."));
    };
    let containers = reply::member(found, "containers")?.as_list().unwrap_or_default();
    let found =
        containers.iter().filter_map(Value::as_map).find(|c| c.get("name").and_then(Value::as_str) == Some(container));
    let runtime = match found {
        Some(found) => reply::text(found, "runtimeId")?.to_owned(),
        None => "None".to_owned(),
    };
    let target = reply::params([("Target", Value::from(format!("ecs:{cluster}_{task}_{runtime}")))]);
    let session = reply::structure(&reply, "session")?;
    let profile = cx.session.config()?.profile_name().unwrap_or_default();
    let words = program::words([
        PLUGIN,
        &json(session),
        client.region.as_deref().unwrap_or_default(),
        "StartSession",
        &profile,
        &json(&target),
        &client.base_url,
    ]);
    run(&words, &[]).map_err(failed)?;
    Ok(Some(Exit::Child(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, parts) in [
            ("1.2.498.0\n", [1, 2, 498, 0]),
            ("1.2.497.1", [1, 2, 497, 1]),
            ("2", [2, 0, 0, 0]),
            (" 1.\n3", [1, 3, 0, 0]),
            ("1.2.764", FIRST_UP_TO_DATE),
        ] {
            assert_eq!(version(text), Some(parts), "{text}");
        }
        for text in ["", "x", "v1.3", "1.2.3.4.5", "1.2.498.0-beta", "+9", "1..2", "99999999999999999999"] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}
