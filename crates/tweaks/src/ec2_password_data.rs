//! `ec2 get-password-data --priv-launch-key`: the password of a Windows instance, decrypted with the key pair's file.

use crate::arguments::{text, tweak};
use crate::rsa;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_env::expand_path;
use oxaws_model::Operation;
use oxaws_value::Value;
use std::path::PathBuf;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "get-password-data", Hook::Arguments(arguments)),
    tweak("ec2", "get-password-data", Hook::Reply(decrypt)),
];

const OPTION: &str = "priv-launch-key";

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg {
        target: Target::Call(check),
        ..Arg::text(OPTION, "The file of the private key the instance was launched with; the password is decrypted.")
    });
}

fn check(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    match key_file(call, &value) {
        Some(path) if !path.is_file() => Err(Failure::input_file(
            "priv-launch-key should be a path to the local SSH private key file used to launch the instance.",
        )),
        _ => Ok(()),
    }
}

fn key_file(call: &OperationCall, value: &Value) -> Option<PathBuf> {
    value.is_truthy().then(|| expand_path(call.cx.world, &text(value)))
}

fn decrypt(call: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    let Some(path) = call.argument(OPTION)?.and_then(|value| key_file(call, &value)) else { return Ok(()) };
    let Some(data) = reply.as_map_mut().and_then(|m| m.get_mut("PasswordData")).filter(|d| d.is_truthy()) else {
        return Ok(());
    };
    let key = call.cx.world.read(&path).ok();
    match key.and_then(|key| password(&String::from_utf8_lossy(&key), &text(data))) {
        Some(password) => {
            *data = Value::String(password);
            Ok(())
        }
        None => Err(Failure::invalid("Unable to decrypt password data using provided private key file.")),
    }
}

/// The password in base64 `data`, encrypted for the key in `pem` by RSA with PKCS #1 v1.5 padding.
fn password(pem: &str, data: &str) -> Option<String> {
    let data = oxaws_python::b64decode(data)?;
    String::from_utf8(rsa::decrypt(pem, &data)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../tests/key.pem");
    const PKCS8: &str = include_str!("../tests/key8.pem");
    /// `secret`, encrypted for the key.
    const SECRET: &str = include_str!("../tests/secret.b64");

    /// A PEM text with lines of another length.
    fn rewrapped(pem: &str, width: usize) -> String {
        let lines: Vec<&str> = pem.lines().collect();
        let body = lines[1..lines.len() - 1].concat();
        let body: Vec<&str> = body.as_bytes().chunks(width).map(|c| std::str::from_utf8(c).unwrap()).collect();
        format!("{}\n{}\n{}\n", lines[0], body.join("\n"), lines[lines.len() - 1])
    }

    #[test]
    fn decrypts() {
        assert_eq!(password(KEY, SECRET).as_deref(), Some("secret"));
        assert_eq!(password(PKCS8, SECRET).as_deref(), Some("secret"));
        assert_eq!(password(KEY, "eA=="), None);
        for width in [1, 48, 76, 10_000] {
            assert_eq!(password(&rewrapped(KEY, width), SECRET).as_deref(), Some("secret"), "{width}");
            assert_eq!(password(&rewrapped(PKCS8, width), SECRET).as_deref(), Some("secret"), "{width}");
        }
        let dos = format!("\r\n{}", KEY.replace('\n', "\r\n"));
        assert_eq!(password(&dos, SECRET).as_deref(), Some("secret"));
        assert_eq!(password("no key", SECRET), None);
        assert_eq!(password(KEY, "a"), None);
    }
}
