//! Changes to the config file and the credentials file.

use oxaws_cli::{Context, Failure};
use oxaws_config::edit::{self, Change};
use oxaws_input::paramfile::python_os_error;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The mode of a new file.
const PRIVATE: u32 = 0o600;

/// How long other processes are waited for that change files of the same folder, and how often they are looked after.
const LOCK_PAUSE: Duration = Duration::from_millis(5);
const LOCK_TRIES: usize = 2_000;

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
    let failed = |e: std::io::Error| Failure::General(python_os_error(&e, &shown));
    if !cx.world.is_file(&path) {
        // What can't be written makes no folder.
        edit::update(None, section, changes)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        if !cx.world.is_folder(folder) {
            let refused = |e| Failure::General(python_os_error(&e, &folder.display().to_string()));
            // The AWS CLI makes the folder of a bare name, which has none.
            let nameless = folder.as_os_str().is_empty().then(|| Err(std::io::ErrorKind::NotFound.into()));
            nameless.unwrap_or_else(|| cx.world.create_folder(folder)).map_err(refused)?;
        }
    }
    let _lock = lock_folder_of(cx, &path);
    if !cx.world.is_file(&path) {
        let contents = edit::update(None, section, changes)?;
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

/// Locks the folder that a file is in, or that the file is in which a link names: the file itself is replaced by each
/// change, and a file for the lock alone would stay behind. `None` where that can't be had: then it must do without.
fn lock_folder_of(cx: &Context, path: &Path) -> Option<File> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = File::open(folder).ok()?;
    for _ in 0..LOCK_TRIES {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => cx.world.sleep(LOCK_PAUSE),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
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
