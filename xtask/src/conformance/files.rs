//! The files of a case: created before the command runs, and noted afterwards.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{CWD, Mode, mkfifoat};

use super::case::{Content, File};
use super::fold::{Place, sha256};
use super::json::Json;

/// Longer text is noted by its hash.
const LONGEST_TEXT: usize = 4000;
/// Files of a given size repeat this many byte values: a prime number, so that no two parts of a transfer are equal.
const PATTERN: usize = 251;

/// A new folder that goes away with this value.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it, with an empty home and work folder in it. All such paths are equally long, as the AWS CLI's own were
    /// when the cases were recorded: the width of a table can depend on it.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new() -> io::Result<Folder> {
        const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos());
        let mut number = (time as u64).wrapping_mul(31).wrapping_add(u64::from(std::process::id()) << 40);
        loop {
            let mut name = "case-".to_owned();
            let mut digits =
                number.wrapping_add(COUNTER.fetch_add(1, Ordering::Relaxed)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for _ in 0..8 {
                name.push(char::from(LETTERS[(digits % 36) as usize]));
                digits /= 36;
            }
            let path = std::env::temp_dir().join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.wrapping_add(1 << 20),
                Err(error) => return Err(error),
                Ok(()) => {
                    fs::create_dir(path.join("home"))?;
                    fs::create_dir(path.join("work"))?;
                    return Ok(Folder(path));
                }
            }
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a case left behind that can't be removed is a few files of the system's temporary folder.
        let _removed = fs::remove_dir_all(&self.0);
    }
}

/// Where a file of a case is.
fn path_of(name: &str, place: &Place) -> PathBuf {
    match name.strip_prefix("~/") {
        Some(name) => Path::new(&place.home()).join(name),
        None => Path::new(&place.work()).join(name),
    }
}

/// Creates a case's files.
///
/// # Errors
/// When one can't be created.
pub fn create(files: &[(String, File)], place: &Place) -> io::Result<()> {
    for (name, file) in files {
        let path = path_of(name, place);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match &file.content {
            Content::Link(target) => {
                symlink(place.expand(target), &path)?;
                continue;
            }
            Content::Fifo => {
                mkfifoat(CWD, &path, Mode::from_raw_mode(0o666))?;
                continue;
            }
            Content::Folder => fs::create_dir_all(&path)?,
            Content::Text(text) => fs::write(&path, place.expand(text))?,
            Content::Bytes(bytes) => fs::write(&path, bytes)?,
            Content::Size(size) => write_pattern(&path, *size)?,
        }
        if let Some(mode) = file.mode {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
        if let Some(mtime) = file.mtime {
            let since = Duration::try_from_secs_f64(mtime.abs()).unwrap_or_default();
            let time = if mtime < 0.0 { UNIX_EPOCH - since } else { UNIX_EPOCH + since };
            fs::File::open(&path)?.set_times(fs::FileTimes::new().set_accessed(time).set_modified(time))?;
        }
    }
    Ok(())
}

fn write_pattern(path: &Path, size: usize) -> io::Result<()> {
    let block: Vec<u8> = (0..PATTERN * 256).filter_map(|at| u8::try_from(at % PATTERN).ok()).collect();
    let mut file = fs::File::create(path)?;
    let mut left = size;
    while left > 0 {
        let length = left.min(block.len());
        file.write_all(&block[..length])?;
        left -= length;
    }
    Ok(())
}

/// The state of files after the run.
pub fn note(names: &[String], place: &Place, with_mtime: bool) -> Json {
    Json::Map(names.iter().map(|name| (name.clone(), note_one(&path_of(name, place), with_mtime))).collect())
}

fn note_one(path: &Path, with_mtime: bool) -> Json {
    let Ok(own) = path.symlink_metadata() else { return Json::map([("absent", Json::Bool(true))]) };
    let Ok(metadata) = path.metadata() else {
        let target = fs::read_link(path).unwrap_or_default();
        return Json::map([("dangling", Json::text(target.to_string_lossy()))]);
    };
    if metadata.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        return Json::map([("dir", Json::List(names.into_iter().map(Json::Text).collect()))]);
    }
    if metadata.file_type().is_fifo() {
        // To read it would wait for a writer.
        return Json::map([("fifo", Json::Bool(true))]);
    }
    let data = match fs::read(path) {
        Ok(data) => data,
        Err(error) => return Json::map([("unreadable", Json::text(error.to_string()))]),
    };
    let content = match String::from_utf8(data) {
        Ok(text) if text.len() <= LONGEST_TEXT => ("text", Json::Text(text)),
        Ok(text) => ("sha256", Json::Text(sha256(text.as_bytes()))),
        Err(error) => ("sha256", Json::Text(sha256(error.as_bytes()))),
    };
    let mode = Json::Text(format!("{:o}", own.mode() & 0o777));
    match with_mtime {
        true => Json::map([content, ("mode", mode), ("mtime", Json::int(metadata.mtime()))]),
        false => Json::map([content, ("mode", mode)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::case::Case;

    #[test]
    fn files_are_created_and_noted() {
        let folder = Folder::new().unwrap();
        let place = Place { port: 1, root: folder.path().to_str().unwrap().to_owned() };
        let case = Case::parse(
            r#"{"id": "a", "files": {"~/a/b": "{WORK}", "b64": {"b64": "/w==", "mode": "600"}, "big": {"size": 5000, "mtime": 5},
            "link": {"link": "{HOME}/a/b"}, "lost": {"link": "nowhere"}, "d/e": {"dir": true}, "p": {"fifo": true}}}"#,
        )
        .unwrap();
        create(&case.files, &place).unwrap();
        let noted = |name: &str| note(&[name.to_owned()], &place, false).get(name).unwrap().dump();
        assert_eq!(noted("~/a/b"), format!(r#"{{"text": "{}", "mode": "644"}}"#, place.work()));
        assert_eq!(noted("b64"), format!(r#"{{"sha256": "{}", "mode": "600"}}"#, sha256(&[0xff])));
        let pattern: Vec<u8> = (0..5000).map(|at| (at % 251) as u8).collect();
        let big = note(&["big".to_owned()], &place, true).get("big").unwrap().dump();
        assert_eq!(big, format!(r#"{{"sha256": "{}", "mode": "644", "mtime": 5}}"#, sha256(&pattern)));
        assert!(noted("link").ends_with(r#""mode": "777"}"#), "the link's own mode");
        assert_eq!(noted("lost"), r#"{"dangling": "nowhere"}"#);
        assert_eq!(noted("d"), r#"{"dir": ["e"]}"#);
        assert_eq!(noted("p"), r#"{"fifo": true}"#);
        assert_eq!(noted("none"), r#"{"absent": true}"#);
        let path = folder.path().to_path_buf();
        drop(folder);
        assert!(!path.exists());
    }
}
