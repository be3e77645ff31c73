//! `s3api select-object-content`: the records go to a file.

use crate::arguments::tweak;
use oxaws_cli::exit::Exit;
use oxaws_cli::failure::Failure;
use oxaws_cli::operation::display;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::common_args::OUTFILE;
use oxaws_cli::plug::registry::{Hook, Tweak};

use oxaws_model::Operation;
use oxaws_value::Value;
use std::fs::File;
use std::io::Write;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("s3api", "select-object-content", Hook::Arguments(arguments)),
    tweak("s3api", "select-object-content", Hook::Invoke(select)),
];

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg { positional: true, required: true, ..Arg::text(OUTFILE, "The file for the records.") });
}

fn select(call: &mut OperationCall) -> Result<Option<Exit>, Failure> {
    let (session, operation) = (call.cx.session, call.operation);
    let reply = session.call(operation, call.input()?)?;
    if let (Some(body), Some(path)) = (reply.stream, call.parsed.word(OUTFILE)) {
        let mut file = File::create(path).map_err(|e| Failure::file(e, path))?;
        let mut events = session.events(operation, body)?;
        while let Some(event) = events.next()? {
            if event.name == "Records"
                && let Some(Value::Bytes(records)) = event.value.get("Payload")
            {
                file.write_all(records).map_err(Failure::file_bare)?;
            }
        }
    }
    display::print(call.cx, operation.name(), Value::Map(reply.value))?;
    Ok(Some(Exit::Success))
}
