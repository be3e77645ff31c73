//! `aws ddb select`: a scan, or a query where there is a key condition.

use super::expression::Placeholders;
use super::output;
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::{number, reply};
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallInput, Paging};
use oxaws_value::{Map, Value};

/// The command.
pub static SELECT: Command = Command {
    name: "select",
    options: &[
        Opt::positional("table_name", Nargs::One, "The table."),
        Opt::value("index-name", "A secondary index to read."),
        Opt::value("projection", "The attributes to show, with commas between them.").taking(Nargs::OneOrMore),
        Opt::value("filter", "A condition on the items that are read.").taking(Nargs::OneOrMore),
        Opt::value("key-condition", "A condition on the keys of the items to read.").taking(Nargs::OneOrMore),
        Opt::value("attributes", "What is shown of the items: ALL, ALL_PROJECTED or COUNT.").one_of(&[
            "ALL",
            "ALL_PROJECTED",
            "COUNT",
        ]),
        Opt::switch("consistent-read", "consistent_read", true, "Reads what is newest (the default)."),
        Opt::switch("no-consistent-read", "consistent_read", false, "Reads what may be a little older."),
        Opt::switch("return-consumed-capacity", "return_consumed_capacity", true, "Shows the capacity that was used."),
        Opt::switch("no-return-consumed-capacity", "return_consumed_capacity", false, "Doesn't (the default)."),
        Opt::value("starting-token", "Where to go on: the NextToken of an earlier command."),
        Opt::value("max-items", "How many items to show."),
        Opt::value("page-size", "How many items to ask for at a time."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Searches a table or an index. The output is always YAML.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let nonzero = |dest| Ok::<_, Failure>(number::integer(args, dest)?.filter(Value::is_truthy));
    let max_items = nonzero("max_items")?;
    let page_size = nonzero("page_size")?;
    reply::make_client(cx, "dynamodb")?;
    if let Some(format) = cx.globals.output.as_deref().filter(|f| *f != "yaml") {
        return Err(Failure::validation(format!("{format} output format is not supported for ddb commands")));
    }
    let shown = |n: &Value| oxaws_value::repr::str(n, Default::default());
    let paging = Paging {
        starting_token: args.word("starting_token").filter(|t| !t.is_empty()).map(str::to_owned),
        max_items: max_items.as_ref().map(|n| n.as_i64().unwrap_or(i64::MAX)),
        page_size: page_size.as_ref().map(shown),
    };
    if !cx.globals.paginate {
        let given = [
            ("--starting-token", paging.starting_token.is_some()),
            ("--page-size", page_size.is_some()),
            ("--max-items", max_items.is_some()),
        ];
        let given: Vec<&str> = given.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        if !given.is_empty() {
            return Err(Failure::validation(format!(
                "Cannot specify --no-paginate along with pagination arguments: {}",
                given.join(", ")
            )));
        }
    }
    let params = params(call)?;
    let name = if args.words("key_condition").is_empty() { "Scan" } else { "Query" };
    let operation = reply::operation_of(cx, "dynamodb", name)?;
    let input = CallInput::new(params);
    let reply = if cx.globals.paginate {
        cx.session.pages(operation, input, &paging)?.merge(|_| Ok::<(), Failure>(()))?
    } else {
        cx.session.call(operation, input)?.value
    };
    output::print(cx, reply)?;
    Ok(Exit::Success)
}

fn params(call: &CommandCall) -> Result<Map, Failure> {
    let args = &call.args;
    let mut params = reply::params([
        ("TableName", Value::from(args.word("table_name").unwrap_or_default())),
        ("ConsistentRead", Value::Bool(args.flag("consistent_read") != Some(false))),
    ]);
    let index = args.word("index_name");
    if let Some(index) = index {
        params.insert("IndexName", index);
    }
    let mut placeholders = Placeholders::default();
    for (dest, member) in [
        ("projection", "ProjectionExpression"),
        ("filter", "FilterExpression"),
        ("key_condition", "KeyConditionExpression"),
    ] {
        if args.get(dest).is_some() {
            placeholders.add(&mut params, member, args.words(dest))?;
        }
    }
    if let Some(attributes) = args.word("attributes") {
        params.insert(
            "Select",
            match attributes {
                "ALL" => "ALL_ATTRIBUTES",
                "ALL_PROJECTED" => "ALL_PROJECTED_ATTRIBUTES",
                _ => "COUNT",
            },
        );
    }
    let capacity = match (args.flag("return_consumed_capacity"), index) {
        (Some(true), Some(_)) => "INDEXES",
        (Some(true), None) => "TOTAL",
        _ => "NONE",
    };
    params.insert("ReturnConsumedCapacity", capacity);
    placeholders.finish(&mut params)?;
    Ok(params)
}
