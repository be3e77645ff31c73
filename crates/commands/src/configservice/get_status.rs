//! `aws configservice get-status`

use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_value::{Map, Value, repr};

/// The command.
pub static GET_STATUS: Command = Command {
    name: "get-status",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Shows the status of all configuration recorders and delivery channels, as text.",
};

/// What a channel delivers, with the member that holds its status, in the order that they are shown.
const DELIVERIES: [(&str, &str); 3] = [
    ("stream", "configStreamDeliveryInfo"),
    ("history", "configHistoryDeliveryInfo"),
    ("snapshot", "configSnapshotDeliveryInfo"),
];

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let found = reply::call(cx, "config", "DescribeConfigurationRecorderStatus", Map::new())?;
    // What is known is shown before what is missing ends the command.
    cx.ui.text("Configuration Recorders:\n\n")?;
    for recorder in items(&found, "ConfigurationRecordersStatus")? {
        line(cx, recorder, "name", "name")?;
        let recording = reply::member(recorder, "recording")?.is_truthy();
        cx.ui.text(&format!("recorder: {}\n", if recording { "ON" } else { "OFF" }))?;
        if recording {
            status(cx, recorder, "last status")?;
        }
        cx.ui.text("\n")?;
    }
    let found = reply::call(cx, "config", "DescribeDeliveryChannelStatus", Map::new())?;
    cx.ui.text("Delivery Channels:\n\n")?;
    for channel in items(&found, "DeliveryChannelsStatus")? {
        line(cx, channel, "name", "name")?;
        let infos = DELIVERIES.map(|(what, member)| reply::structure(channel, member).map(|info| (what, info)));
        for info in infos.into_iter().collect::<Result<Vec<_>, _>>()? {
            if !info.1.is_empty() {
                status(cx, info.1, &format!("last {} delivery status", info.0))?;
            }
        }
        cx.ui.text("\n")?;
    }
    Ok(Exit::Success)
}

fn items<'v>(found: &'v Map, member: &str) -> Result<impl Iterator<Item = &'v Map>, Failure> {
    Ok(reply::member(found, member)?.as_list().unwrap_or_default().iter().filter_map(Value::as_map))
}

fn line(cx: &Context, from: &Map, member: &str, about: &str) -> Result<(), Failure> {
    let shown = repr::str(reply::member(from, member)?, Default::default());
    cx.ui.text(&format!("{about}: {shown}\n"))
}

/// The last status, with the error of a failure.
fn status(cx: &Context, from: &Map, about: &str) -> Result<(), Failure> {
    line(cx, from, "lastStatus", about)?;
    if from.get("lastStatus").and_then(Value::as_str) == Some("FAILURE") {
        line(cx, from, "lastErrorCode", "error code")?;
        line(cx, from, "lastErrorMessage", "message")?;
    }
    Ok(())
}
