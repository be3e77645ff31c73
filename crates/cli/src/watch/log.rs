//! What `--debug` says of a run: a line a stage on standard error. Arguments, parameters, headers, URLs and bodies come
//! without their secrets.

use crate::plug::context::Context;
use crate::term::ui::log_line;
use crate::version;
use crate::watch::history::Recorder;
use oxaws_client::{Observer, Step};
use oxaws_env::{Instant, expand_path, var};
use oxaws_value::repr;
use oxaws_value::{JsonStyle, Value, to_json};
use std::sync::Arc;
use std::time::Duration;

/// The names under which the AWS CLI logs the same things.
const DRIVER: &str = "awscli.clidriver";
const CONFIG: &str = "botocore.configloader";
const CREDENTIALS: &str = "botocore.credentials";
const ENDPOINT: &str = "botocore.regions";
const REQUEST: &str = "botocore.endpoint";
const RESPONSE: &str = "botocore.parsers";
const RETRY: &str = "botocore.retries.standard";

/// Files that are read for every command, by their variables.
const FILES: [(&str, &str); 2] =
    [(var::AWS_CONFIG_FILE, "~/.aws/config"), (var::AWS_SHARED_CREDENTIALS_FILE, "~/.aws/credentials")];

/// Says what runs, with what, and which files configure it.
pub(crate) fn begin(cx: &Context) {
    if !cx.ui.logs() {
        return;
    }
    cx.ui.log(DRIVER, || format!("CLI version: {}", version::text(cx.world)));
    cx.ui.log(DRIVER, || {
        let args = cx.line.shown().iter().map(|word| Value::from(word.as_str())).collect();
        format!("Arguments entered to CLI: {}", repr::repr(&Value::List(args), Default::default()))
    });
    for (variable, usual) in FILES {
        let path = expand_path(cx.world, &cx.world.var(variable).unwrap_or_else(|| usual.into()));
        let found = if cx.world.is_file(&path) { "Reading" } else { "There is no" };
        cx.ui.log(CONFIG, || format!("{found} file {}", path.display()));
    }
    let profile = cx.session.config_unchecked().profile_name();
    cx.ui.log(CONFIG, || format!("Profile: {}", profile.as_deref().unwrap_or("default")));
}

/// Lets the log, the history and the result record, where they are wanted, know what calls do.
pub(crate) fn watch(cx: &Context, recorder: Option<&Recorder>) {
    let mut observers: Vec<Arc<dyn Observer>> = Vec::new();
    if cx.ui.logs() {
        observers.push(Arc::new(Log { offset: cx.world.local_offset(cx.world.now()) }));
    }
    if let Some(recorder) = recorder {
        observers.push(Arc::new(recorder.clone()));
    }
    if let Some(book) = cx.policy.book() {
        observers.push(book.clone());
    }
    match observers.len() {
        0 => {}
        1 => observers.into_iter().for_each(|observer| cx.session.observe(observer)),
        _ => cx.session.observe(Arc::new(All(observers))),
    }
}

/// Several observers as one.
struct All(Vec<Arc<dyn Observer>>);

impl Observer for All {
    fn observe(&self, at: Instant, call: Option<&str>, step: &Step) {
        self.0.iter().for_each(|observer| observer.observe(at, call, step));
    }
}

/// Writes the log.
struct Log {
    offset: i32,
}

impl Observer for Log {
    fn observe(&self, at: Instant, _call: Option<&str>, step: &Step) {
        for (logger, text) in lines(step) {
            log_line(at, self.offset, logger, &text);
        }
    }
}

fn lines(step: &Step) -> Vec<(&'static str, String)> {
    let json = |value: &Value| to_json(value, JsonStyle::PYTHON);
    match step {
        Step::Call { service, operation, params } => {
            vec![(REQUEST, format!("Making request for {service} {operation} with params: {}", json(params)))]
        }
        Step::Credentials(provider) => vec![(CREDENTIALS, format!("Found credentials with the provider: {provider}"))],
        Step::Endpoint(url) => vec![(ENDPOINT, format!("Endpoint provider result: {url}"))],
        Step::Request { method, url, headers, body, .. } => vec![
            (REQUEST, format!("Sending http request: {method} {url} headers={}", json(headers))),
            (REQUEST, format!("Request body: {}", shown(body))),
        ],
        Step::Response { status, headers, body, .. } => vec![
            (RESPONSE, format!("Response status: {status}")),
            (RESPONSE, format!("Response headers: {}", json(headers))),
            (RESPONSE, format!("Response body: {}", shown(body).trim_end())),
        ],
        // The body has told it.
        Step::Parsed(_) => Vec::new(),
        Step::Failed(why) => vec![(REQUEST, format!("No response: {why}"))],
        Step::Retry(why, pause) => vec![(RETRY, retry(why, *pause))],
    }
}

fn retry(why: &str, pause: Duration) -> String {
    format!("Retry needed, retrying request after delay of: {:.3} seconds, because of: {why}", pause.as_secs_f64())
}

fn shown(body: &Value) -> &str {
    body.as_str().unwrap_or("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_lines() {
        let map = |json: &str| oxaws_value::parse_json(json).expect("JSON");
        let call = Step::Call { service: "sts", operation: "GetCallerIdentity", params: map("{}") };
        assert_eq!(lines(&call)[0].1, "Making request for sts GetCallerIdentity with params: {}");
        let request = Step::Request {
            method: "GET".into(),
            url: "https://h/".into(),
            headers: map(r#"{"A": "b"}"#),
            streaming: false,
            body: Value::Null,
        };
        let texts: Vec<String> = lines(&request).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["Sending http request: GET https://h/ headers={\"A\": \"b\"}", "Request body: none"]);
        let retry = Step::Retry("busy".into(), Duration::from_millis(250));
        assert!(lines(&retry)[0].1.ends_with("after delay of: 0.250 seconds, because of: busy"));
        assert!(lines(&Step::Parsed(map("{}"))).is_empty());
    }
}
