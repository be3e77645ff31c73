//! Changes to the config file and the credentials file.

use oxaws_cli::{Context, Failure};
use oxaws_config::edit::{self, Change};
use oxaws_input::paramfile::python_os_error;
use std::path::{Path, PathBuf};

/// The mode of a new file.
const PRIVATE: u32 = 0o600;

/// Changes one section of a file and leaves everything else as it is. A file that is missing is made, with the folders
/// above it. `warn` tells the user when others can read the file.
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
    let failed = |e: std::io::Error| Failure::General(python_os_error(&e, &shown));
    if !cx.world.is_file(&path) {
        let contents = edit::update(None, section, changes)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        if !cx.world.is_folder(folder) {
            let refused = |e| Failure::General(python_os_error(&e, &folder.display().to_string()));
            cx.world.create_folder(folder).map_err(refused)?;
        }
        return cx.world.replace(&path, contents.as_bytes(), PRIVATE).map_err(failed);
    }
    let before = cx.world.read(&path).map_err(failed)?;
    let before = String::from_utf8(before).map_err(|e| Failure::General(not_utf8(&e)))?;
    let contents = edit::update(Some(&before), section, changes)?;
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

fn not_utf8(error: &std::string::FromUtf8Error) -> String {
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte")
}
