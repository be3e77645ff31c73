//! `lambda`: `--zip-file` for the archive of a function or a layer, which must be one.

use crate::arguments::{optional, tweak};
use crate::hoisted_blob::{put, put_rest};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("lambda", "create-function", Hook::Arguments(function_arguments)),
    tweak("lambda", "publish-layer-version", Hook::Arguments(layer_arguments)),
    tweak("lambda", "update-function-code", Hook::Arguments(update_arguments)),
];

const HELP: &str = "The zip archive of the code: fileb://code.zip.";

fn function_arguments(table: &mut ArgTable, _: Operation) {
    split(table, "code", function_archive, function_code);
}

fn layer_arguments(table: &mut ArgTable, _: Operation) {
    split(table, "content", layer_archive, layer_content);
}

type Put = fn(&mut Map, Value) -> Result<(), Failure>;

fn split(table: &mut ArgTable, name: &str, archive: Put, rest: Put) {
    table.insert(Arg::text("zip-file", HELP).to(archive));
    optional(table, &[name]);
    if let Some(arg) = table.get_mut(name) {
        arg.target = Target::Custom(rest);
    }
}

fn update_arguments(table: &mut ArgTable, _: Operation) {
    if let Some(arg) = table.get_mut("zip-file") {
        arg.target = Target::Custom(|params, value| {
            check(&value)?;
            params.insert("ZipFile", value);
            Ok(())
        });
    }
}

fn function_archive(params: &mut Map, value: Value) -> Result<(), Failure> {
    check(&value)?;
    put(params, "Code", "ZipFile", value);
    Ok(())
}

fn layer_archive(params: &mut Map, value: Value) -> Result<(), Failure> {
    check(&value)?;
    put(params, "Content", "ZipFile", value);
    Ok(())
}

fn function_code(params: &mut Map, value: Value) -> Result<(), Failure> {
    put_rest(params, "Code", "ZipFile", value, &refusal("--code"))
}

fn layer_content(params: &mut Map, value: Value) -> Result<(), Failure> {
    put_rest(params, "Content", "ZipFile", value, &refusal("--content"))
}

fn refusal(option: &str) -> String {
    format!(
        "ZipFile cannot be provided as part of the {option} argument.  Please use the '--zip-file' option instead to specify \
         a zip file."
    )
}

fn check(value: &Value) -> Result<(), Failure> {
    let good = match value {
        Value::Bytes(bytes) => is_zip(bytes),
        Value::String(text) => is_zip(text.as_bytes()),
        _ => false,
    };
    if good {
        return Ok(());
    }
    Err(Failure::validation(
        "--zip-file must be a zip file with the fileb:// prefix.\nExample usage:  --zip-file fileb://path/to/file.zip",
    ))
}

/// Bytes of the record at the end of a zip archive, without its comment.
const END: usize = 22;
/// Bytes of a file's entry in the central directory, without its names.
const ENTRY: usize = 46;

/// Whether Python's `zipfile` opens it: the end record is there, and the central directory that it tells of is whole.
fn is_zip(bytes: &[u8]) -> bool {
    let Some(end) = end_record(bytes) else { return false };
    let Some(size) = u32_at(bytes, end + 12) else { return false };
    let Some(start) = end.checked_sub(size) else { return false };
    let mut at = start;
    while at < end {
        let (Some(names), true) = (entry_names(bytes, at, end), bytes[at..].starts_with(b"PK\x01\x02")) else {
            return false;
        };
        at += ENTRY + names;
    }
    true
}

fn end_record(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06"))
}

/// How long the names, extra fields and comments of an entry are together.
fn entry_names(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    if at + ENTRY > end {
        return None;
    }
    [28, 30, 32].iter().map(|field| u16_at(bytes, at + field)).sum()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn archive(entries: usize, comment: &[u8]) -> Vec<u8> {
        let mut directory = Vec::new();
        for _ in 0..entries {
            let mut entry = vec![0u8; ENTRY];
            entry[..4].copy_from_slice(b"PK\x01\x02");
            entry[28] = 1;
            directory.extend(entry);
            directory.push(b'n');
        }
        let mut out = directory.clone();
        let mut end = vec![0u8; END];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[12..16].copy_from_slice(&(directory.len() as u32).to_le_bytes());
        end[20] = comment.len() as u8;
        out.extend(end);
        out.extend(comment);
        out
    }

    #[test]
    fn archives() {
        assert!(is_zip(&archive(0, b"")));
        assert!(is_zip(&archive(2, b"a comment")));
        assert!(is_zip(&[b"junk before".to_vec(), archive(1, b"")].concat()));
        assert!(!is_zip(b""));
        assert!(!is_zip(b"x.zip"));
        let mut broken = archive(2, b"");
        broken[0] = b'X';
        assert!(!is_zip(&broken));
        let mut short = archive(1, b"");
        short[ENTRY + 1 + 12] = 200;
        assert!(!is_zip(&short));
    }

    #[test]
    fn messages() {
        assert_eq!(
            function_archive(&mut Map::new(), "x.zip".into()).unwrap_err().message(),
            "--zip-file must be a zip file with the fileb:// prefix.\nExample usage:  --zip-file fileb://path/to/file.zip"
        );
        let given = Value::Map([("ZipFile", Value::from("x"))].into_iter().collect());
        assert_eq!(
            layer_content(&mut Map::new(), given).unwrap_err().message(),
            "ZipFile cannot be provided as part of the --content argument.  Please use the '--zip-file' option instead to \
             specify a zip file."
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80), size in any::<u32>()) {
            let mut end = b"PK\x05\x06".to_vec();
            end.extend([0; 8]);
            end.extend(size.to_le_bytes());
            end.extend([0; 6]);
            let _ = is_zip(&[bytes.clone(), end].concat());
            let _ = is_zip(&bytes);
        }
    }
}
