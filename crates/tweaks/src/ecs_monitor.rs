//! `ecs create-/update-/delete-express-gateway-service --monitor-resources`: after the call, the service is watched as by
//! `ecs monitor-express-gateway-service`, in place of the output.

use crate::arguments::tweak;
use oxaws_cli::argv::argparse::{Given, Nargs, Parsed};
use oxaws_cli::exit::Exit;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{CommandCall, Hook, Tweak};
use oxaws_failure::Class;
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ecs", "create-express-gateway-service", Hook::Arguments(arguments)),
    tweak("ecs", "update-express-gateway-service", Hook::Arguments(arguments)),
    tweak("ecs", "delete-express-gateway-service", Hook::Arguments(arguments)),
    tweak("ecs", "create-express-gateway-service", Hook::Parsed(check)),
    tweak("ecs", "update-express-gateway-service", Hook::Parsed(check)),
    tweak("ecs", "delete-express-gateway-service", Hook::Parsed(check)),
    tweak("ecs", "create-express-gateway-service", Hook::Reply(watch_deployment)),
    tweak("ecs", "update-express-gateway-service", Hook::Reply(watch_deployment)),
    tweak("ecs", "delete-express-gateway-service", Hook::Reply(watch_resources)),
];

const WATCHER: &str = "monitor-express-gateway-service";
/// Minutes after which watching ends.
const TIMEOUT: &str = "30";

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg {
        nargs: Nargs::Optional,
        choices: vec!["DEPLOYMENT", "RESOURCE"],
        ..Arg::text(
            "monitor-resources",
            "Watch the service afterwards: what its last deployment changes (DEPLOYMENT), or all it has (RESOURCE).",
        )
    });
    table.insert(Arg {
        nargs: Nargs::Optional,
        choices: vec!["INTERACTIVE", "TEXT-ONLY"],
        ..Arg::text(
            "monitor-mode",
            "How it is shown: on the whole terminal (INTERACTIVE), or line by line (TEXT-ONLY).",
        )
    });
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    if call.parsed.word("monitor_mode").is_some() && !call.has("monitor-resources") {
        return Err(Failure::invalid("--monitor-mode can only be used with --monitor-resources"));
    }
    Ok(())
}

fn watch_deployment(call: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    watch(call, reply, "DEPLOYMENT")
}

fn watch_resources(call: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    watch(call, reply, "RESOURCE")
}

fn watch(call: &OperationCall, reply: &mut Value, default_view: &str) -> Result<(), Failure> {
    if !call.has("monitor-resources") {
        return Ok(());
    }
    let Some(arn) = reply.get("service").and_then(|s| s.get("serviceArn")).filter(|a| a.is_truthy()) else {
        return Ok(());
    };
    let view = call.parsed.word("monitor_resources").unwrap_or(default_view);
    let mode = call.parsed.word("monitor_mode").unwrap_or("INTERACTIVE");
    if mode == "INTERACTIVE" && !call.cx.ui.is_terminal() {
        call.cx.ui.warn_text(
            "aws: [ERROR]: Interactive mode requires a TTY (terminal). Monitoring skipped. Use --monitor-mode TEXT-ONLY for \
             non-interactive environments.",
        );
        return Ok(());
    }
    let Some((command, run)) =
        call.cx.registry.commands_under(&["ecs"]).find(|c| c.name == WATCHER).and_then(|c| Some((c, c.run?)))
    else {
        return Ok(());
    };
    let mut args = Parsed::default();
    let arn = arn.as_str().unwrap_or_default();
    for (dest, word) in [("service_arn", arn), ("resource_view", view), ("mode", mode), ("timeout", TIMEOUT)] {
        args.set(dest, Given::Word(word.to_owned()));
    }
    *reply = Value::Map(Map::new());
    match run(&CommandCall { cx: call.cx, command, path: vec!["ecs", WATCHER], args })? {
        Exit::Success => Ok(()),
        // The watcher has said why.
        _ => Err(Failure::Written { exit: Exit::General, class: Class::Failed }),
    }
}
