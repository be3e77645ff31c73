//! Files that parts of replies are saved to, readable by their owner only.

use crate::arguments::text;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::call::OperationCall;
use oxaws_env::{Put, PutMode, World, expand_path};
use oxaws_value::Value;
use rustix::fs::{Access, access};
use std::path::{Path, PathBuf};

/// Refuses a file in a folder that can't be written to, before anything is sent.
///
/// # Errors
/// 252, with the CLI's text.
pub(crate) fn check(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    let path = expand_path(call.cx.world, &text(&value));
    let folder = match path.parent() {
        // The empty path stands for the current folder, whose parent is what counts then.
        None if path.as_os_str().is_empty() => Path::new(".."),
        None => Path::new("/"),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    match access(folder, Access::WRITE_OK) {
        Ok(()) => Ok(()),
        Err(_) => Err(Failure::validation(format!("Unable to write to file: {}", path.display()))),
    }
}

/// The file that was given for an argument, expanded.
///
/// # Errors
/// When the argument can't be read.
pub(crate) fn path(call: &OperationCall, argument: &str) -> Result<Option<PathBuf>, Failure> {
    Ok(call.argument(argument)?.map(|value| expand_path(call.cx.world, &text(&value))))
}

/// Writes a file, whose mode is set even where it was there before.
///
/// # Errors
/// 255, with Python's words.
pub(crate) fn write(world: &dyn World, path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let how = Put { mode: PutMode::Private, follow: true, folders: false };
    world.put(path, contents, how).map_err(|e| Failure::file(e, path.display().to_string()))
}
