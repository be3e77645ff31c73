//! `aws datapipeline list-runs`

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::{formatted, reply};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallInput, Paging};
use oxaws_failure::Cause;
use oxaws_output::Format;
use oxaws_python::Timestamp;
use oxaws_value::repr::{self, type_name};
use oxaws_value::{Map, Value};

/// The command.
pub static LIST_RUNS: Command = Command {
    name: "list-runs",
    options: &[
        Opt::value("pipeline-id", "The pipeline.").required(),
        Opt::value(
            "status",
            "Shows only runs of these states, parted by commas: waiting, pending, cancelled, running, \
                              finished, failed, waiting_for_runner, waiting_on_dependencies, shutting_down.",
        ),
        Opt::value(
            "start-interval",
            "Shows only runs that started between these two times, parted by a comma. By \
                                      default those of the last four days.",
        ),
        Opt::value(
            "schedule-interval",
            "Shows only runs that were to start between these two times, parted by a comma.",
        ),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Lists the runs of a pipeline, as a table of fixed width unless --output is given.",
};

const STATES: [&str; 9] = [
    "waiting",
    "pending",
    "cancelled",
    "running",
    "finished",
    "failed",
    "waiting_for_runner",
    "waiting_on_dependencies",
    "shutting_down",
];
const STARTED: &str = "@actualStartTime";
const SCHEDULED: &str = "@scheduledStartTime";
/// How far back runs are listed by default.
const DEFAULT_SECONDS: i64 = 4 * 24 * 3600;
/// How many objects are described at once.
const BATCH: usize = 100;

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let selectors = selectors(call)?;
    let pipeline = Value::from(call.args.word("pipeline_id").unwrap_or_default());
    let params = reply::params([
        ("pipelineId", pipeline.clone()),
        ("sphere", Value::from("INSTANCE")),
        ("query", Value::Map(reply::params([("selectors", Value::List(selectors))]))),
    ]);
    let ids = all(cx, "QueryObjects", params, "ids")?;
    let mut runs = Vec::new();
    for batch in ids.chunks(BATCH) {
        let params = reply::params([("pipelineId", pipeline.clone()), ("objectIds", Value::List(batch.to_vec()))]);
        for object in &all(cx, "DescribeObjects", params, "pipelineObjects")? {
            runs.push(flat(object)?);
        }
    }
    sort(&mut runs)?;
    let runs = Value::List(runs.into_iter().map(Value::Map).collect());
    match &cx.globals.output {
        // Only the option counts, no setting.
        Some(format) => {
            let format = Format::from_name(format).unwrap_or(Format::Json);
            formatted::print_as(cx, format, "list-runs", runs)?;
        }
        None => table(cx, runs)?,
    }
    Ok(Exit::Success)
}

fn selectors(call: &CommandCall) -> Result<Vec<Value>, Failure> {
    let args = &call.args;
    let words = |dest| args.word(dest).map(|word| word.split(',').map(oxaws_python::strip).collect::<Vec<_>>());
    let interval = |dest| match words(dest).as_deref() {
        None => Ok(None),
        Some([from, to, ..]) => Ok(Some([(*from).to_owned(), (*to).to_owned()])),
        Some(_) => Err(Failure::bad_reply("list index out of range")),
    };
    let states = words("status").unwrap_or_default();
    if let Some(unknown) = states.iter().find(|s| !STATES.contains(s)) {
        let text = format!("Invalid status: {unknown}, must be one of: {}", STATES.join(", "));
        return Err(Failure::validation(text));
    }
    let (mut started, scheduled) = (interval("start_interval")?, interval("schedule_interval")?);
    if started.is_none() && scheduled.is_none() {
        let now = i64::try_from(call.cx.world.now().nanos / 1_000_000_000).unwrap_or(i64::MAX);
        started = Some([now.saturating_sub(DEFAULT_SECONDS), now].map(shown));
    }
    let selector = |field: &str, operator: &str, values: Vec<Value>| {
        let operator = reply::params([("type", Value::from(operator)), ("values", Value::List(values))]);
        Value::Map(reply::params([("fieldName", Value::from(field)), ("operator", Value::Map(operator))]))
    };
    let mut selectors = Vec::new();
    for (field, interval) in [(STARTED, started), (SCHEDULED, scheduled)] {
        if let Some(interval) = interval {
            selectors.push(selector(field, "BETWEEN", interval.map(Value::from).to_vec()));
        }
    }
    if !states.is_empty() {
        let states = states.iter().map(|s| Value::from(s.to_uppercase())).collect();
        selectors.push(selector("@status", "EQ", states));
    }
    Ok(selectors)
}

fn shown(seconds: i64) -> String {
    let c = Timestamp::from_unix(seconds).utc();
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// The items of all pages.
fn all(cx: &Context, operation: &str, params: Map, member: &str) -> Result<Vec<Value>, Failure> {
    let operation = reply::operation_of(cx, "datapipeline", operation)?;
    let mut pages = cx.session.pages(operation, CallInput::new(params), &Paging::default())?;
    let mut items = Vec::new();
    while let Some(page) = pages.next()? {
        let found = page.get(member).ok_or_else(|| reply::missing(member))?;
        items.extend(found.as_list().unwrap_or_default().iter().cloned());
    }
    Ok(items)
}

/// An object with its fields beside its id and name.
fn flat(object: &Value) -> Result<Map, Failure> {
    let object = object.as_map().ok_or_else(|| reply::missing("id"))?;
    let mut run = Map::new();
    run.insert("@id", reply::member(object, "id")?.clone());
    run.insert("name", reply::member(object, "name")?.clone());
    for field in reply::member(object, "fields")?.as_list().unwrap_or_default().iter().filter_map(Value::as_map) {
        let value = field.get("stringValue").or_else(|| field.get("refValue")).cloned().unwrap_or_default();
        run.insert(reply::text(field, "key")?.to_owned(), value);
    }
    Ok(run)
}

/// Sorts by scheduled start and name. Python can't compare a start with none.
fn sort(runs: &mut [Map]) -> Result<(), Failure> {
    let start = |run: &Map| run.get(SCHEDULED).and_then(Value::as_str).map(str::to_owned);
    if runs.len() > 1
        && let (Some(_), Some(_)) = (runs.iter().find(|r| start(r).is_none()), runs.iter().find(|r| start(r).is_some()))
    {
        return Err(Failure::bad_reply("'<' not supported between instances of 'NoneType' and 'str'"));
    }
    runs.sort_by_key(|run| (start(run), run.get("name").and_then(Value::as_str).map(str::to_owned)));
    Ok(())
}

/// The form of fixed width: two lines for a run.
fn table(cx: &Context, runs: Value) -> Result<(), Failure> {
    let runs = match &cx.globals.query {
        Some(query) => query.search(&runs).map_err(|e| Failure::invalid(Cause::of(e)))?,
        None => runs,
    };
    cx.ui.text(&format!(
        "       {}\n       {}\n{}\n",
        columns(["Name", "Scheduled Start", "Status"]),
        columns(["ID", "Started", "Ended"]),
        "-".repeat(99)
    ))?;
    let items = match &runs {
        Value::List(items) => items.as_slice(),
        // Python would take the letters or keys of these for runs.
        Value::String(text) if text.is_empty() => &[],
        Value::Map(map) if map.is_empty() => &[],
        Value::String(_) | Value::Map(_) => return Err(no_run(&Value::from(""))),
        other => {
            let kind = type_name(other, Default::default());
            return Err(Failure::bad_reply(format!("'{kind}' object is not iterable")));
        }
    };
    for (at, item) in items.iter().enumerate() {
        let run = item.as_map().ok_or_else(|| no_run(item))?;
        let needed = |key| Ok::<_, Failure>(repr::str(reply::member(run, key)?, Default::default()));
        let field = |key| run.get(key).map_or_else(String::new, |v| repr::str(v, Default::default()));
        let (parent, id) = (needed("@componentParent")?, needed("@id")?);
        let first = columns([&parent, &field(SCHEDULED), &field("@status")]);
        let second = columns([&id, &field(STARTED), &field("@actualEndTime")]);
        cx.ui.text(&format!("{:4}.  {first}\n       {second}\n\n", at + 1))?;
    }
    Ok(())
}

/// Python's complaint about an item that has no fields.
fn no_run(item: &Value) -> Failure {
    let kind = type_name(item, Default::default());
    Failure::bad_reply(match item {
        Value::String(_) => "string indices must be integers, not 'str'".to_owned(),
        Value::List(_) => "list indices must be integers or slices, not str".to_owned(),
        _ => format!("'{kind}' object is not subscriptable"),
    })
}

/// Texts cut and filled up to the widths of the columns.
fn columns(texts: [&str; 3]) -> String {
    let [a, b, c] = texts;
    format!("{a:<50.50}  {b:<19.19}  {c:<23.23}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    fn runs(json: &str) -> Vec<Map> {
        parse_json(json).unwrap().as_list().unwrap().iter().map(|o| flat(o).unwrap()).collect()
    }

    #[test]
    fn objects_become_runs_in_order() {
        let mut sorted = runs(
            r#"[{"id":"2","name":"b","fields":[{"key":"@scheduledStartTime","stringValue":"x"}]},
                {"id":"1","name":"a","fields":[{"key":"@scheduledStartTime","stringValue":"x"},{"key":"p","refValue":"r"}]}]"#,
        );
        sort(&mut sorted).unwrap();
        assert_eq!(sorted[0].get("p"), Some(&Value::from("r")));
        assert_eq!(sorted[1].get("@id"), Some(&Value::from("2")));
        let mut mixed = runs(
            r#"[{"id":"2","name":"b","fields":[{"key":"@scheduledStartTime","stringValue":"x"}]},{"id":"1","name":"a","fields":[]}]"#,
        );
        assert!(sort(&mut mixed).is_err());
        assert!(flat(&parse_json(r#"{"id":"1","fields":[]}"#).unwrap()).is_err());
    }

    #[test]
    fn columns_are_cut_and_filled() {
        let line = columns([&"é".repeat(60), "1", "x"]);
        assert_eq!(line.chars().count(), 50 + 2 + 19 + 2 + 23);
        assert!(line.starts_with(&format!("{}  1 ", "é".repeat(50))));
        assert_eq!(shown(0), "1970-01-01T00:00:00");
    }
}
