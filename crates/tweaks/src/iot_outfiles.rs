//! `iot`: certificates and keys of replies are saved to files as well.

use crate::arguments::tweak;
use crate::outfile;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::Value;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("iot", "create-keys-and-certificate", Hook::Arguments(all)),
    tweak("iot", "create-keys-and-certificate", Hook::Reply(save)),
    tweak("iot", "create-certificate-from-csr", Hook::Arguments(certificate_only)),
    tweak("iot", "create-certificate-from-csr", Hook::Reply(save)),
];

/// An option, where its contents stand in the reply, its help.
type OutFile = (&'static str, &'static [&'static str], &'static str);

const CERTIFICATE: OutFile = ("certificate-pem-outfile", &["certificatePem"], "A file for the certificate.");
const FILES: [OutFile; 3] = [
    CERTIFICATE,
    ("public-key-outfile", &["keyPair", "PublicKey"], "A file for the public key."),
    ("private-key-outfile", &["keyPair", "PrivateKey"], "A file for the private key."),
];

fn all(table: &mut ArgTable, _: Operation) {
    for file in FILES {
        add(table, file);
    }
}

fn certificate_only(table: &mut ArgTable, _: Operation) {
    add(table, CERTIFICATE);
}

fn add(table: &mut ArgTable, (name, _, help): OutFile) {
    table.insert(Arg { target: Target::Call(outfile::check), ..Arg::text(name, help) });
}

fn save(call: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    for (name, members, _) in FILES {
        let Some(path) = outfile::path(call, name)? else { continue };
        // What the reply doesn't have is an empty file.
        let contents = members.iter().try_fold(&*reply, |value, member| value.get(member));
        outfile::write(call.cx.world, &path, contents.and_then(Value::as_str).unwrap_or_default().as_bytes())?;
    }
    Ok(())
}
