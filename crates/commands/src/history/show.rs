//! `aws history show`: everything that was recorded of one run.

use super::{failed, open, xml};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::watch::history::Record;
use oxaws_cli::{Exit, Failure};
use oxaws_env::Instant;
use oxaws_output::Format;
use oxaws_python::Timestamp;
use oxaws_value::repr::{self, MapClass};
use oxaws_value::visible::visible;
use oxaws_value::{JsonStyle, Map, Value, parse_json, to_json};

/// Characters of a signature that are shown, and how many it has.
const SIGNATURE_SHOWN: usize = 4;
const SIGNATURE: usize = 64;

/// `aws history show`
pub static SHOW: Command = Command {
    name: "show",
    options: &[
        Opt::positional("command_id", Nargs::Optional, "The id of the run to show; the last one where none is given."),
        Opt::value("include", "The events to show, no others. Not together with --exclude.").taking(Nargs::OneOrMore),
        Opt::value("exclude", "The events not to show. Not together with --include.").taking(Nargs::OneOrMore),
        Opt::value("format", "How events are shown.").one_of(&["detailed"]),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Shows what happened while a command ran. Events of one call have the same number.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let store = open(call)?;
    let (include, exclude) = (call.args.words("include"), call.args.words("exclude"));
    if !include.is_empty() && !exclude.is_empty() {
        return Err(Failure::validation("Either --exclude or --include can be provided but not both"));
    }
    let records = match call.args.word("command_id").unwrap_or("latest") {
        "latest" => store.latest(),
        id => store.records(id),
    };
    let records = records.map_err(failed)?;
    let cx = call.cx;
    let coloured = match cx.globals.color.as_str() {
        "on" => true,
        "off" => false,
        _ => cx.ui.is_terminal(),
    };
    let look = Look { coloured, visible: cx.ui.is_terminal() };
    cx.ui.painted_formatted(Format::Text, cx.pager()?.as_deref(), |out| {
        let mut calls: Vec<&str> = Vec::new();
        let shown = records.iter().filter(|r| match include {
            [] => !exclude.contains(&r.event_type),
            only => only.contains(&r.event_type),
        });
        for record in shown {
            let offset = cx.world.local_offset(Instant::from_secs(record.timestamp.div_euclid(1000)));
            let text = section(record, &mut calls, offset, look);
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    })?;
    Ok(Exit::Success)
}

/// What a terminal changes.
#[derive(Clone, Copy)]
struct Look {
    coloured: bool,
    /// Whether control characters are spelled out.
    visible: bool,
}

/// How a value is shown.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Dictionary,
    Headers,
    Body,
}

/// A value of an event: what is said before it, its key in the payload (empty: the payload itself), its form.
type Shown = (&'static str, &'static str, Form);

/// The title and the values of an event.
fn description(event: &str) -> Option<(Option<&'static str>, &'static [Shown])> {
    Some(match event {
        "CLI_VERSION" => (Some("AWS CLI command entered"), &[("with AWS CLI version", "", Form::Plain)]),
        "CLI_ARGUMENTS" => (None, &[("with arguments", "", Form::Plain)]),
        "API_CALL" => (
            Some("API call made"),
            &[
                ("to service", "service", Form::Plain),
                ("using operation", "operation", Form::Plain),
                ("with parameters", "params", Form::Dictionary),
            ],
        ),
        "HTTP_REQUEST" => (
            Some("HTTP request sent"),
            &[
                ("to URL", "url", Form::Plain),
                ("with method", "method", Form::Plain),
                ("with headers", "headers", Form::Headers),
                ("with body", "body", Form::Body),
            ],
        ),
        "HTTP_RESPONSE" => (
            Some("HTTP response received"),
            &[
                ("with status code", "status_code", Form::Plain),
                ("with headers", "headers", Form::Dictionary),
                ("with body", "body", Form::Body),
            ],
        ),
        "PARSED_RESPONSE" => (Some("HTTP response parsed"), &[("parsed to", "", Form::Dictionary)]),
        "CLI_RC" => (Some("AWS CLI command exited"), &[("with return code", "", Form::Plain)]),
        _ => return None,
    })
}

/// The text of an event. `calls` holds the calls that were met: their place in it is their number.
fn section<'r>(record: &'r Record, calls: &mut Vec<&'r str>, offset: i32, look: Look) -> String {
    let Some((title, values)) = description(&record.event_type) else { return String::new() };
    let paint = |text: String, code: &str| if look.coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text };
    let mut out = String::new();
    if let Some(title) = title {
        let number = record.request_id.as_deref().map(|id| {
            calls.iter().position(|c| *c == id).unwrap_or_else(|| {
                calls.push(id);
                calls.len() - 1
            })
        });
        let title = number.map_or_else(|| title.to_owned(), |n| format!("[{n}] {title}"));
        let time = paint("at time: ".into(), "36");
        out.push_str(&format!("\n{}\n{time}{}\n", paint(title, "1"), moment(record.timestamp, offset)));
    }
    let payload = parse_json(&record.payload).unwrap_or_default();
    for (about, key, form) in values {
        let null = Value::Null;
        let value = if key.is_empty() { &payload } else { payload.get(key).unwrap_or(&null) };
        let text = match form {
            Form::Plain => shown(value),
            Form::Dictionary => dictionary(value),
            Form::Headers => shorten_signature(&dictionary(value)),
            Form::Body => body(value, payload.get("streaming").is_some_and(Value::is_truthy)),
        };
        let text = if look.visible { visible(&text) } else { text.into() };
        out.push_str(&format!("{}{text}\n", paint(format!("{about}: "), "36")));
    }
    out
}

/// As Python's `str` shows it.
fn shown(value: &Value) -> String {
    repr::str(value, MapClass::Dict)
}

fn moment(milliseconds: i64, offset: i32) -> String {
    let c = Timestamp::from_unix(milliseconds.div_euclid(1000).saturating_add(offset.into())).utc();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        milliseconds.rem_euclid(1000)
    )
}

fn dictionary(value: &Value) -> String {
    to_json(&sorted(value), JsonStyle::OUTPUT_ASCII)
}

/// With the keys of maps in order. (The reader of JSON bounds the depth.)
fn sorted(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Value::Map(entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map>())
        }
        Value::List(items) => Value::List(items.iter().map(sorted).collect()),
        scalar => scalar.clone(),
    }
}

fn body(value: &Value, streaming: bool) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other if other.is_truthy() => shown(other),
        _ => String::new(),
    };
    if text.is_empty() {
        return "There is no associated body".into();
    }
    if streaming {
        return "The body is a stream and will not be displayed".into();
    }
    if let Some(pretty) = xml::pretty(&text) {
        return pretty;
    }
    match parse_json(&text) {
        Ok(parsed) if text.starts_with('{') => dictionary(&parsed),
        _ => text,
    }
}

/// Leaves the beginning of a signature only.
fn shorten_signature(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("Signature=");
    out.extend(parts.next());
    for part in parts {
        out.push_str("Signature=");
        let length = part.bytes().take_while(|b| b.is_ascii_digit() || b.is_ascii_lowercase()).take(SIGNATURE).count();
        if length == SIGNATURE {
            out.push_str(&part[..SIGNATURE_SHOWN]);
            out.push_str("...");
            out.push_str(&part[SIGNATURE..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { coloured: false, visible: false };
    const COLOURED: Look = Look { coloured: true, visible: false };

    #[test]
    fn a_terminal_is_not_driven_by_what_was_recorded() {
        let reply =
            record("HTTP_RESPONSE", None, r#"{"status_code": 200, "headers": {}, "body": "a\u001b]0;x\u0007"}"#);
        let text = section(&reply, &mut Vec::new(), 0, Look { coloured: true, visible: true });
        assert!(text.contains("with body: \x1b[0ma\\x1b]0;x\\x07\n"), "{text:?}");
        assert!(section(&reply, &mut Vec::new(), 0, PLAIN).contains("a\x1b]0;x\x07\n"));
    }

    fn record(event: &str, request: Option<&str>, payload: &str) -> Record {
        Record {
            id: "i".into(),
            request_id: request.map(str::to_owned),
            source: "CLI".into(),
            event_type: event.into(),
            timestamp: 1_795_517_908_598,
            payload: payload.into(),
        }
    }

    #[test]
    fn sections() {
        let mut calls = Vec::new();
        let args = record("CLI_ARGUMENTS", None, r#"["sts", "get-caller-identity"]"#);
        assert_eq!(section(&args, &mut calls, 0, PLAIN), "with arguments: ['sts', 'get-caller-identity']\n");
        let api = record("API_CALL", Some("r"), r#"{"service": "sts", "operation": "X", "params": {"b": 1, "a": 2}}"#);
        let text = section(&api, &mut calls, 0, PLAIN);
        assert_eq!(
            text,
            "\n[0] API call made\nat time: 2026-11-24 10:58:28.598\nto service: sts\nusing operation: X\nwith parameters: \
             {\n    \"a\": 2,\n    \"b\": 1\n}\n"
        );
        let code = record("CLI_RC", None, "0");
        assert_eq!(
            section(&code, &mut calls, 0, COLOURED),
            "\n\x1b[1mAWS CLI command exited\x1b[0m\n\x1b[36mat time: \x1b[0m2026-11-24 10:58:28.598\n\x1b[36mwith return \
             code: \x1b[0m0\n"
        );
    }

    #[test]
    fn signatures_and_bodies() {
        let line = format!("X, Signature={}\"", "ab12".repeat(16));
        assert_eq!(shorten_signature(&line), "X, Signature=ab12...\"");
        assert_eq!(shorten_signature("Signature=short"), "Signature=short");
        assert_eq!(body(&Value::Null, false), "There is no associated body");
        assert_eq!(body(&Value::from("x"), true), "The body is a stream and will not be displayed");
        assert_eq!(body(&Value::from("{\"b\":1,\"a\":2}"), false), "{\n    \"a\": 2,\n    \"b\": 1\n}");
        assert_eq!(body(&Value::from("Action=X"), false), "Action=X");
    }
}
