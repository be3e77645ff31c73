//! `iam create-virtual-mfa-device`: the seed of the device goes to a file, not to the output.

use crate::arguments::{missing_key, tweak};
use crate::outfile;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_input::blob;
use oxaws_model::Operation;
use oxaws_value::Value;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("iam", "create-virtual-mfa-device", Hook::Arguments(arguments)),
    tweak("iam", "create-virtual-mfa-device", Hook::Reply(save)),
];

/// The members that hold the seed, in its two forms.
const METHODS: [&str; 2] = ["QRCodePNG", "Base32StringSeed"];

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg {
        required: true,
        target: Target::Call(outfile::check),
        ..Arg::text("outfile", "The file for the seed.")
    });
    table.insert(Arg {
        required: true,
        choices: METHODS.to_vec(),
        ..Arg::text("bootstrap-method", "The form of the seed: QRCodePNG or Base32StringSeed.")
    });
}

fn save(call: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    let (Some(path), Some(method)) = (outfile::path(call, "outfile")?, call.parsed.word("bootstrap_method")) else {
        return Ok(());
    };
    let device = reply.as_map_mut().and_then(|m| m.get_mut("VirtualMFADevice"));
    let device = device.and_then(Value::as_map_mut).ok_or_else(|| missing_key("VirtualMFADevice"))?;
    let contents = match device.get(method) {
        Some(Value::Bytes(bytes)) => bytes.clone(),
        Some(Value::String(text)) => blob::decode(text).map_err(|_| Failure::bad_reply("Incorrect padding"))?,
        _ => return Ok(()),
    };
    outfile::write(call.cx.world, &path, &contents)?;
    for method in METHODS {
        device.remove(method);
    }
    Ok(())
}
