//! `aws history`: what `cli_history = enabled` recorded.

mod list;
mod show;
mod xml;

use oxaws_cli::Failure;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::watch::history::{HistoryError, Store, path};
use oxaws_failure::Cause;

/// `aws history`
pub static HISTORY: Command = Command {
    name: "history",
    options: &[],
    subcommands: &[&show::SHOW, &list::LIST],
    run: None,
    help: "Shows which commands were run and what they did. Commands are recorded while the setting cli_history is \
           enabled:\n\n  aws configure set cli_history enabled",
};

fn open(call: &CommandCall) -> Result<Store, Failure> {
    let path = path(call.cx.world);
    if !path.exists() {
        return Err(Failure::nothing_matched(
            "Could not locate history. Make sure cli_history is set to enabled in the ~/.aws/config file",
        ));
    }
    Store::open(&path).map_err(failed)
}

fn failed(error: HistoryError) -> Failure {
    Failure::File(Cause::of(error))
}
