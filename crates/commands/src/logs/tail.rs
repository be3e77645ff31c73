//! `aws logs tail`

use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, CallInput, Paging};
use oxaws_failure::Cause;
use oxaws_python::Timestamp;
use oxaws_value::visible::visible;
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

/// Between two looks for new events.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a pause goes on before it is looked whether the user has given up.
const SLICE: Duration = Duration::from_millis(50);
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// The command.
pub static TAIL: Command = Command {
    name: "tail",
    options: &[
        Opt::positional("group_name", Nargs::One, "The log group."),
        Opt::value("since", "Where to begin: a time, or a number with s, m, h, d or w, such as 5m. 10m unless given."),
        Opt::flag("follow", "Goes on with new events until Ctrl-C."),
        Opt::value("format", "How events are shown: detailed (the default), short, or json.")
            .one_of(&["detailed", "short", "json"]),
        Opt::value("filter-pattern", "Shows only events that match this pattern."),
        Opt::value("log-stream-names", "Shows only these streams.").taking(Nargs::OneOrMore),
        Opt::value("log-stream-name-prefix", "Shows only streams whose names begin so."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Shows the events of a log group, the last ten minutes' unless told otherwise.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    reply::make_client(cx, "logs")?;
    let mut params = reply::params([
        ("logGroupName", Value::from(args.word("group_name").unwrap_or_default())),
        ("interleaved", Value::Bool(true)),
        ("startTime", Value::Int(start(cx, args.word("since").unwrap_or("10m"))?)),
    ]);
    if let Some(pattern) = args.word("filter_pattern") {
        params.insert("filterPattern", pattern);
    }
    if args.get("log_stream_names").is_some() {
        params.insert("logStreamNames", reply::words(args.words("log_stream_names")));
    }
    if let Some(prefix) = args.word("log_stream_name_prefix") {
        params.insert("logStreamNamePrefix", prefix);
    }
    let colour = match cx.globals.color.as_str() {
        "on" => true,
        "off" => false,
        _ => cx.ui.is_terminal(),
    };
    let printer = Printer { format: args.word("format").unwrap_or("detailed"), colour, visible: cx.ui.is_terminal() };
    if args.flag("follow") == Some(true) {
        return match follow(cx, params, &printer) {
            // Ctrl-C is how it ends.
            Err(Failure::Interrupted) => Ok(Exit::Success),
            other => other.map(|()| Exit::Success),
        };
    }
    let operation = reply::operation_of(cx, "logs", "FilterLogEvents")?;
    let mut pages = cx.session.pages(operation, CallInput::new(params), &Paging::default())?;
    while let Some(page) = pages.next()? {
        let events = page.get("events").ok_or_else(|| reply::missing("events"))?;
        for event in events.as_list().unwrap_or_default() {
            cx.ui.painted(&printer.line(event.as_map().unwrap_or(&Map::new()))?)?;
        }
    }
    Ok(Exit::Success)
}

/// Milliseconds since the epoch.
fn start(cx: &Context, since: &str) -> Result<i64, Failure> {
    if let Some(seconds) = relative(since) {
        let now = i64::try_from(cx.world.now().nanos / 1_000_000).unwrap_or(i64::MAX);
        return Ok(now.saturating_sub(seconds.saturating_mul(1000)));
    }
    let moment = cx.session.with_clock(|clock| Timestamp::parse(since, &clock));
    let moment = moment.map_err(|e| Failure::invalid(Cause::of(e)))?;
    Ok(moment.seconds * 1000 + i64::from(moment.micros / 1000))
}

/// Seconds of a number with a unit.
fn relative(text: &str) -> Option<i64> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        'w' => 7 * 24 * 3600,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(unit))
}

fn follow(cx: &Context, mut params: Map, printer: &Printer) -> Result<(), Failure> {
    // The ids of the events of the newest moment: the next look begins with that moment again.
    let mut newest: Option<i64> = None;
    let mut seen: HashSet<(i64, String)> = HashSet::new();
    loop {
        let mut reply = reply::call(cx, "logs", "FilterLogEvents", params.clone())?;
        for event in reply::member(&reply, "events")?.as_list().unwrap_or_default() {
            let event = event.as_map().cloned().unwrap_or_default();
            let time = moment(&event, "timestamp")?;
            if seen.insert((time, reply::text(&event, "eventId")?.to_owned())) {
                newest = newest.max(Some(time));
                cx.ui.painted(&printer.line(&event)?)?;
            }
        }
        seen.retain(|(time, _)| Some(*time) == newest);
        if let Some(token) = reply.remove("nextToken") {
            params.insert("nextToken", token);
            continue;
        }
        if let Some(newest) = newest {
            params.insert("startTime", newest);
        }
        params.remove("nextToken");
        pause(cx)?;
    }
}

fn pause(cx: &Context) -> Result<(), Failure> {
    let mut left = PAUSE;
    while !left.is_zero() {
        if cx.session.cancel().is_cancelled() {
            return Err(CallError::Interrupted.into());
        }
        cx.world.sleep(SLICE.min(left));
        left = left.saturating_sub(SLICE);
    }
    Ok(())
}

fn moment(event: &Map, key: &str) -> Result<i64, Failure> {
    reply::member(event, key)?.as_i64().ok_or_else(|| reply::missing(key))
}

struct Printer<'a> {
    format: &'a str,
    colour: bool,
    /// Whether control characters are spelled out, since a terminal would obey them.
    visible: bool,
}

impl Printer<'_> {
    /// An event's line, or lines.
    fn line(&self, event: &Map) -> Result<String, Failure> {
        moment(event, "ingestionTime")?;
        let millis = moment(event, "timestamp")?;
        let time = Timestamp {
            seconds: millis.div_euclid(1000),
            micros: u32::try_from(millis.rem_euclid(1000)).unwrap_or(0) * 1000,
            offset: Some(0),
        };
        let show = |text| if self.visible { visible(text) } else { Cow::Borrowed(text) };
        let message = &*show(reply::text(event, "message")?);
        let text = match self.format {
            "short" => {
                let whole = Timestamp { micros: 0, offset: None, ..time }.isoformat();
                format!("{} {message}", self.coloured(&whole, GREEN))
            }
            format => {
                let stream = self.coloured(&show(reply::text(event, "logStreamName")?), CYAN);
                let shown = time.isoformat();
                if format == "json" {
                    let pretty = match oxaws_value::parse_json(message) {
                        Ok(value) => format!("\n{}", to_json(&value, JsonStyle::OUTPUT_ASCII)),
                        Err(_) => message.to_owned(),
                    };
                    format!("{} {stream} {pretty}", self.coloured(&shown, GREEN))
                } else {
                    let shown = if time.micros == 0 { shown.replace('+', ".000000+") } else { shown };
                    format!("{} {stream} {message}", self.coloured(&shown, GREEN))
                }
            }
        };
        Ok(format!("{}\n", text.trim_end()))
    }

    fn coloured(&self, text: &str, colour: &str) -> String {
        if self.colour { format!("{colour}{text}{PLAIN}") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times() {
        assert_eq!(relative("5m"), Some(300));
        assert_eq!(relative("2w"), Some(1_209_600));
        for other in ["", "m", "5", "5x", "-5m", "5h30m", "x5m"] {
            assert_eq!(relative(other), None, "{other}");
        }
    }

    #[test]
    fn events_are_shown() {
        let event = reply::params([
            ("timestamp", Value::Int(1_767_225_600_000)),
            ("ingestionTime", Value::Int(0)),
            ("logStreamName", Value::from("s")),
            ("message", Value::from("{\"a\": 1}\n\n")),
        ]);
        let line = |format, colour| Printer { format, colour, visible: false }.line(&event).unwrap();
        assert_eq!(line("detailed", false), "2026-01-01T00:00:00.000000+00:00 s {\"a\": 1}\n");
        assert_eq!(line("short", false), "2026-01-01T00:00:00 {\"a\": 1}\n");
        assert_eq!(line("json", false), "2026-01-01T00:00:00+00:00 s \n{\n    \"a\": 1\n}\n");
        assert_eq!(line("short", true), "\x1b[32m2026-01-01T00:00:00\x1b[0m {\"a\": 1}\n");
        let mut event = event.clone();
        event.insert("message", "a\x1b]0;x\x07\nb");
        let seen = Printer { format: "short", colour: true, visible: true }.line(&event).unwrap();
        assert_eq!(seen, "\x1b[32m2026-01-01T00:00:00\x1b[0m a\\x1b]0;x\\x07\nb\n");
    }
}
