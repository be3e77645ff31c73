//! Changes to the config file and the credentials file.

use super::kept_files;
use crate::{failure::Failure, plug::context::Context};
use oxaws_config::edit::{self, Change};
use oxaws_python::decode_utf8;
use oxaws_python::python_os_error;
use std::io::ErrorKind;
use std::path::PathBuf;

/// The mode of a new file.
const PRIVATE: u32 = 0o600;

/// Changes one section of a file and leaves everything else as it is. A file that is missing is made, with the folders
/// above it. `warn` tells the user when others can read the file. Processes that do this at the same time do it one after
/// another, so that none takes back what another one wrote.
///
/// # Errors
/// When a name or value can't stand in such a file, or the file can't be read or written.
pub fn update(
    cx: &Context,
    file: &str,
    section: &str,
    changes: &[(String, Change)],
    warn: bool,
) -> Result<(), Failure> {
    let path = expand_user(cx, file);
    let shown = path.display().to_string();
    let failed = |e: std::io::Error| Failure::unreadable(e, &shown);
    if !cx.world.is_file(&path) {
        // What can't be written makes no folder.
        edit::update(None, section, changes)?;
        if path.parent().is_none_or(|folder| folder.as_os_str().is_empty()) {
            // The AWS CLI makes the folder of a bare name, which has none.
            return Err(Failure::input_file(python_os_error(&ErrorKind::NotFound.into(), "")));
        }
        kept_files::make_folder_of(cx.world, &path)?;
    }
    let _lock = cx.world.lock_folder_of(&path);
    if !cx.world.is_file(&path) {
        let contents = edit::update(None, section, changes)?;
        return cx.world.replace(&path, contents.as_bytes(), PRIVATE).map_err(failed);
    }
    let before = cx.world.read(&path).map_err(failed)?;
    let before = decode_utf8(&before).map_err(Failure::input_file)?;
    let contents = edit::update(Some(before), section, changes)?;
    cx.world.replace(&path, contents.as_bytes(), PRIVATE).map_err(failed)?;
    if warn {
        warn_if_permissive(cx, file);
    }
    Ok(())
}

/// Tells the user when a file with secrets can be read by others.
pub fn warn_if_permissive(cx: &Context, file: &str) {
    let path = expand_user(cx, file);
    if cx.world.is_file(&path) && cx.world.mode(&path).is_ok_and(|mode| mode & 0o077 != 0) {
        let path = path.display();
        cx.ui.warn_plain(&format!(
            "\naws: [WARNING]: The file '{path}' is accessible by other users. Consider running 'chmod 600 {path}' to \
             restrict access to only your user."
        ));
    }
}

/// A leading `~` is the home folder; variables stay as they are, as the AWS CLI has it when it writes.
fn expand_user(cx: &Context, file: &str) -> PathBuf {
    match (file.strip_prefix('~'), cx.world.home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            PathBuf::from(format!("{}{rest}", home.display().to_string().trim_end_matches('/')))
        }
        _ => PathBuf::from(file),
    }
}
